import type { Address, Contact, Entry } from '../../src/contact/contact.ts';
import { BUILT_IN_CODES } from '../../src/crm/pipedrive/field-codes.ts';
import { holds as heldByPipedrive } from '../../src/crm/pipedrive/holds.ts';
import { holds as heldByGoogle } from '../../src/providers/google/patch.ts';
import type { Rules } from '../../src/plan/model.ts';

/** What the real sides hold, so that sides in memory lose what those lose. */
export const GOOGLE_AND_PIPEDRIVE: Rules['holds'] = {
  provider: heldByGoogle,
  crm: (contact) => heldByPipedrive(contact, BUILT_IN_CODES),
};

/** An address book of fixed places, as Outlook is one: three e-mails without labels, slots for phones. */
export const SLOTS_AND_PIPEDRIVE: Rules['holds'] = {
  provider: heldInSlots,
  crm: GOOGLE_AND_PIPEDRIVE.crm,
};

const PHONE_SLOTS: Readonly<Record<string, number>> = { home: 2, work: 2, mobile: 1 };

function heldInSlots(contact: Contact): Contact {
  return {
    ...contact,
    emails: contact.emails.slice(0, 3).map(({ value }) => ({ value })),
    phones: inSlots(contact.phones, PHONE_SLOTS),
    ims: contact.ims.slice(0, 1).map(({ value }) => ({ value })),
    addresses: inSlots(contact.addresses, { home: 1, work: 1, other: 1 }),
  };
}

function inSlots<T extends Entry | Address>(
  entries: readonly T[],
  slots: Readonly<Record<string, number>>,
): readonly T[] {
  const taken = new Map<string, number>();
  return entries.filter(({ label }) => {
    const slot = label ?? '';
    const count = (taken.get(slot) ?? 0) + 1;
    taken.set(slot, count);
    return count <= (slots[slot] ?? 0);
  });
}
