import fc from 'fast-check';
import type { Address, Birthday, Contact, Entry, Name } from '../../src/contact/contact.ts';
import type { FieldCodes } from '../../src/crm/pipedrive/field-codes.ts';

export const BUILT_IN: FieldCodes = {
  ims: 'im',
  addresses: 'postal_address',
  notes: 'notes',
  birthday: 'birthday',
  jobTitle: 'job_title',
};

export const OWN: FieldCodes = {
  ims: '1'.repeat(40),
  addresses: '2'.repeat(40),
  notes: '3'.repeat(40),
  birthday: '4'.repeat(40),
  jobTitle: '5'.repeat(40),
};

/** Words as people type them, and what else may stand in an address book. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.lorem({ maxCount: 3 }) },
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', ':', ': ', '\u00a0', '👩‍👩‍👧', '') }),
  fc.constantFrom('', ' ', 'x'.repeat(300), '👩‍🚀'.repeat(80), 'skype: live:me', ': x', 'a : b'),
);
const label = fc.oneof(fc.constantFrom('home', 'work', 'mobile', 'other'), text);

function some<T extends object>(parts: {
  [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>>;
}): fc.Arbitrary<T> {
  return fc.record(parts, { requiredKeys: [] }) as unknown as fc.Arbitrary<T>;
}

const name = some<Name>({ given: text, family: text, middle: text, prefix: text, suffix: text });
const entry = fc.record(
  { value: text, label, primary: fc.constant(true as const) },
  { requiredKeys: ['value'] },
) as fc.Arbitrary<Entry>;
const address = some<Address>({
  label,
  street: text,
  extended: text,
  poBox: text,
  city: text,
  region: text,
  postalCode: text,
  country: text,
  formatted: text,
});
const birthday = fc.record(
  {
    year: fc.integer({ min: -1, max: 10_000 }),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
  },
  { requiredKeys: ['month', 'day'] },
) as fc.Arbitrary<Birthday>;
const notes = fc.oneof(
  text,
  fc.constant('emoji 🙂 '.repeat(1500)),
  fc.constant('🙂'.repeat(12_000)),
);

export const anyContact = fc.record(
  {
    name,
    emails: fc.array(entry, { maxLength: 4 }),
    phones: fc.array(entry, { maxLength: 4 }),
    ims: fc.array(entry, { maxLength: 4 }),
    addresses: fc.array(address, { maxLength: 4 }),
    organization: text,
    jobTitle: text,
    notes,
    birthday,
  },
  { requiredKeys: ['emails', 'phones', 'ims', 'addresses'] },
) as fc.Arbitrary<Contact>;
