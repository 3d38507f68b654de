import { hash } from 'node:crypto';
import * as v from 'valibot';
import type { Birthday, Contact, Entry, FieldName, Patch } from '../../contact/contact.ts';
import type { Revision } from '../../plan/model.ts';
import { addressOf, wireAddress } from './address.ts';
import {
  BUILT_IN_CODES,
  isBuiltIn,
  isOptionalField,
  type FieldCodes,
  type OptionalField,
} from './field-codes.ts';
import { isDate, plainLines } from './holds.ts';
import { parseIms, printIms } from './ims.ts';
import { nameBody, nameOf } from './name.ts';
import { compact, filled } from './text.ts';
import { AnyAddress, type Person, type WireAddress, type WireEntry } from './wire.ts';

/** A person as a contact. Without the organization, which is a record of its own. */
export function contactOf(person: Person, codes: FieldCodes): Contact {
  const address = addressOf(wireAddressOf(person, codes));
  const scalars = {
    jobTitle: filled(textIn(person, 'jobTitle', codes)),
    notes: plainLines(filled(textIn(person, 'notes', codes))),
    birthday: birthdayOf(textIn(person, 'birthday', codes)),
  };
  const name = nameOf(person);
  return {
    ...(name !== undefined && { name }),
    emails: entriesOf(person.emails),
    phones: entriesOf(person.phones),
    ims: imsOf(person, codes),
    addresses: address === undefined ? [] : [address],
    ...compact(scalars),
  };
}

/** A person as the engine knows records; `userId` is the signed-in user's. */
export function revisionOf(person: Person, codes: FieldCodes, userId: number): Revision {
  const contact = contactOf(person, codes);
  const { org_id, owner_id, picture_id } = person;
  return {
    id: String(person.id),
    etag: fingerprint([contact, org_id ?? null, owner_id ?? null, picture_id ?? null]),
    contact,
    groups: [],
    owned: owner_id === userId,
    ...compact({
      createdAt: filled(person.add_time),
      updatedAt: filled(person.update_time),
      organizationId: idText(org_id),
      photo: idText(picture_id),
    }),
  };
}

/** Pipedrive has no etag, and `update_time` moves for reasons that are none of ours. */
function fingerprint(state: unknown): string {
  return hash('sha256', JSON.stringify(state), 'base64url').slice(0, 22);
}

function idText(id: string | number | null | undefined): string | undefined {
  return id === null || id === undefined ? undefined : String(id);
}

/** The value of a field that a company may lack, wherever it is kept. */
function valueIn(person: Person, field: OptionalField, codes: FieldCodes): unknown {
  const code = codes[field];
  if (code === undefined) return undefined;
  if (!isBuiltIn(field, code)) return person.custom_fields?.[code];
  return field === 'ims' ? (person.im ?? person.ims) : person[BUILT_IN_CODES[field]];
}

function textIn(person: Person, field: OptionalField, codes: FieldCodes): string | undefined {
  const value = valueIn(person, field, codes);
  return typeof value === 'string' ? value : undefined;
}

/** The person's postal address as it is, sub-fields and all. */
function wireAddressOf(person: Person, codes: FieldCodes): WireAddress | undefined {
  const parsed = v.safeParse(AnyAddress, valueIn(person, 'addresses', codes));
  return parsed.success ? (parsed.output ?? undefined) : undefined;
}

function entriesOf(entries: readonly WireEntry[] | null | undefined): readonly Entry[] {
  return (entries ?? []).flatMap((entry) => {
    const value = filled(entry.value);
    const label = filled(entry.label);
    if (value === undefined) return [];
    return [{ value, ...compact({ label }), ...(entry.primary === true && { primary: true }) }];
  });
}

function imsOf(person: Person, codes: FieldCodes): readonly Entry[] {
  if (codes.ims !== undefined && isBuiltIn('ims', codes.ims)) {
    return entriesOf(person.im ?? person.ims);
  }
  return parseIms(textIn(person, 'ims', codes) ?? '');
}

function birthdayOf(text: string | undefined): Birthday | undefined {
  const [, ...digits] = /^(\d{4})-(\d\d)-(\d\d)/u.exec(text ?? '') ?? [];
  const [year = 0, month = 0, day = 0] = digits.map(Number);
  return isDate(year, month, day) ? { year, month, day } : undefined;
}

export type Body = Readonly<Record<string, unknown>>;

/** A whole contact as Pipedrive takes it for a new person: what is absent is left out. */
export function creationBody(contact: Contact, codes: FieldCodes): Body {
  const isThere = (value: unknown): boolean =>
    value !== undefined && (!Array.isArray(value) || value.length > 0);
  const fields = (Object.keys(contact) as FieldName[]).filter((field) => isThere(contact[field]));
  return bodyOf(contact, fields, { codes });
}

/**
 * The patched fields as Pipedrive takes them. Lists go whole, since Pipedrive replaces them whole.
 * `before` is the person as it is, from which unchanged parts of an address are taken over.
 */
export function patchBody(patch: Patch, codes: FieldCodes, before?: Person): Body {
  return bodyOf(patch, Object.keys(patch) as FieldName[], { codes, before });
}

function bodyOf(
  patch: Patch,
  fields: readonly FieldName[],
  { codes, before }: { readonly codes: FieldCodes; readonly before?: Person | undefined },
): Body {
  const custom: Record<string, unknown> = {};
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    if (field === 'name') Object.assign(body, nameBody(patch.name ?? {}));
    else if (field === 'emails' || field === 'phones')
      body[field] = wireEntries(patch[field] ?? []);
    else if (isOptionalField(field)) putOptional(field, patch, { codes, before, body, custom });
  }
  return Object.keys(custom).length === 0 ? body : { ...body, custom_fields: custom };
}

interface Target {
  readonly codes: FieldCodes;
  readonly before: Person | undefined;
  readonly body: Record<string, unknown>;
  readonly custom: Record<string, unknown>;
}

function putOptional(field: OptionalField, patch: Patch, target: Target): void {
  const code = target.codes[field];
  if (code === undefined) return;
  const builtIn = isBuiltIn(field, code);
  (builtIn ? target.body : target.custom)[code] = optionalValue(field, patch, builtIn, target);
}

function optionalValue(
  field: OptionalField,
  patch: Patch,
  builtIn: boolean,
  { codes, before }: Target,
): unknown {
  switch (field) {
    case 'ims': {
      const ims = patch.ims ?? [];
      return builtIn ? wireEntries(ims) : ims.length === 0 ? null : printIms(ims);
    }
    case 'addresses': {
      const address = patch.addresses?.[0];
      return address === undefined
        ? null
        : wireAddress(address, before && wireAddressOf(before, codes));
    }
    case 'birthday':
      return patch.birthday ? isoDate(patch.birthday) : null;
    case 'jobTitle':
    case 'notes':
      return patch[field] ?? null;
  }
}

function isoDate({ year, month, day }: Birthday): string {
  return `${padded(year ?? 0, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function padded(figure: number, length: number): string {
  return String(figure).padStart(length, '0');
}

/** Exactly one is primary, and says so. */
function wireEntries(entries: readonly Entry[]): readonly WireEntry[] {
  const primary = Math.max(
    0,
    entries.findIndex((entry) => entry.primary === true),
  );
  return entries.map(({ value, label }, index) => ({
    value,
    primary: index === primary,
    ...(label !== undefined && { label }),
  }));
}
