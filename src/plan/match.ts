import { FIELDS, type Contact } from '../contact/contact.ts';
import { sameField } from '../contact/fields.ts';
import {
  emailKey,
  folded,
  nameKey,
  organizationKey,
  phoneLookup,
  sameValue,
} from '../contact/normalize.ts';
import type { Revision, Rules, Side } from './model.ts';

/**
 * Keys under which a record is looked up when a newcomer is matched, of three kinds:
 * `e:` an e-mail; `p:` and `o:` the name with a phone or the organization; `n:` the bare name of a
 * contact that has nothing else.
 * A side's contact is looked at as the CRM would hold it, so that both sides' keys can meet.
 */
export function matchKeys(contact: Contact): readonly string[] {
  const name = nameKey(contact);
  const emails = contact.emails.map((email) => `e:${emailKey(email.value)}`);
  if (name === '') return emails;
  const phones = contact.phones
    .map((phone) => phoneLookup(phone.value))
    .filter((phone) => phone !== undefined)
    .map((phone) => `p:${name}|${phone}`);
  const organization =
    contact.organization === undefined
      ? []
      : [`o:${name}|${organizationKey(contact.organization)}`];
  const bare = emails.length === 0 ? [`n:${name}`] : [];
  return [...new Set([...emails, ...phones, ...organization, ...bare])];
}

/** How a newcomer fares among the records of the other side that have no mapping either. */
export type Match =
  | { readonly kind: 'none' }
  | { readonly kind: 'only'; readonly id: string }
  | { readonly kind: 'ambiguous'; readonly ids: readonly string[] };

/**
 * Looks up unmapped records in scope that share one of the keys, without those that the user told
 * apart from the seeker, a record of the other side.
 */
export type Lookup = (side: Side, keys: readonly string[], seeker: string) => readonly Revision[];

/** A record with the contact as the CRM would hold it. */
interface Held {
  readonly id: string;
  readonly contact: Contact;
}

/**
 * The CRM record that is the provider's newcomer: joined only when each is the other's only
 * candidate. Among several, one that is exactly what we would create decides.
 */
export function matchNewcomer(newcomer: Revision, lookup: Lookup, rules: Rules): Match {
  if (rules.match === 'none') return { kind: 'none' };
  const self = held(newcomer, rules);
  const candidates = alike(self, lookup('crm', matchKeys(self.contact), self.id));
  if (candidates.length === 0) return { kind: 'none' };
  const rivals = candidates.flatMap((candidate) =>
    alike(
      candidate,
      lookup('provider', matchKeys(candidate.contact), candidate.id).map((revision) =>
        held(revision, rules),
      ),
    ),
  );
  const [first] = candidates;
  if (first !== undefined && candidates.length === 1 && rivals.every(({ id }) => id === self.id)) {
    return { kind: 'only', id: first.id };
  }
  return exactly(self, candidates, rivals) ?? ambiguous(candidates);
}

function held(revision: Revision, rules: Rules): Held {
  return { id: revision.id, contact: rules.holds.crm(revision.contact) };
}

function ambiguous(candidates: readonly Held[]): Match {
  return { kind: 'ambiguous', ids: candidates.map(({ id }) => id) };
}

/** The lookup's answers that really are candidates: by e-mail; without any, by name and one thing more. */
function alike<T extends Held>(self: Held, others: readonly T[]): readonly T[] {
  const byEmail = others.filter((one) => shareEntry('emails', self, one));
  if (byEmail.length > 0) return byEmail;
  return others.filter(
    (one) =>
      (self.contact.emails.length === 0 || one.contact.emails.length === 0) &&
      nameKey(self.contact) === nameKey(one.contact) &&
      (shareEntry('phones', self, one) || shareOrganization(self, one) || identical(self, one)),
  );
}

function shareEntry(field: 'emails' | 'phones', one: Held, two: Held): boolean {
  return one.contact[field].some((a) =>
    two.contact[field].some((b) => sameValue[field](a.value, b.value)),
  );
}

function shareOrganization(one: Held, two: Held): boolean {
  const [a, b] = [one.contact.organization, two.contact.organization];
  return a !== undefined && b !== undefined && organizationKey(a) === organizationKey(b);
}

/** Exactly what we would create. */
function identical(one: Held, two: Held): boolean {
  return FIELDS.every((field) => sameField(field, one.contact, two.contact));
}

function exactly(
  self: Held,
  candidates: readonly Held[],
  rivals: readonly Held[],
): Match | undefined {
  const exact = candidates.filter((one) => identical(self, one));
  const [first] = exact;
  if (first === undefined || exact.length > 1) return undefined;
  const contested = rivals.some((rival) => rival.id !== self.id && identical(rival, first));
  return contested ? undefined : { kind: 'only', id: first.id };
}

/**
 * Whether a record may be the one that a create without an answer has made. The vendor may have
 * changed spellings and left fields out, so only what tells people apart is compared.
 */
export function couldBeCreated(sent: Contact, found: Contact): boolean {
  return (
    folded(nameKey(sent)) === folded(nameKey(found)) &&
    coversEntries('emails', sent, found) &&
    coversEntries('phones', sent, found)
  );
}

function coversEntries(field: 'emails' | 'phones', sent: Contact, found: Contact): boolean {
  return (
    sent[field].length === found[field].length &&
    found[field].every((b) => sent[field].some((a) => sameValue[field](a.value, b.value)))
  );
}
