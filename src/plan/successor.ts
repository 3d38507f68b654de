import { emailKey, nameKey, samePhone } from '../contact/normalize.ts';
import { FIELDS, type Contact } from '../contact/contact.ts';
import { join } from './join.ts';
import type { Bases, Mapping, Pair, Revision, Rules, Side } from './model.ts';

/** What became of a record that is gone, judged by the records of its side that hold its keys now. */
export type Succession =
  | { readonly kind: 'none' }
  /** A record without a mapping took its place: deleted and added again, or moved. */
  | { readonly kind: 'replaced'; readonly by: Revision }
  /** A record with a mapping of its own has taken its e-mail or phone: merged at the vendor. */
  | { readonly kind: 'merged' };

interface Heir {
  readonly revision: Revision;
  /** Of its own mapping, live or released, if it has one. */
  readonly bases?: Bases;
}

/** A tombstone whose e-mail or phone now stands on another record is a merge, not a deletion. */
export function successor(
  gone: Pick<Mapping, 'bases'>,
  side: Side,
  heirs: readonly Heir[],
): Succession {
  const lost = gone.bases[side];
  const holding = heirs.filter(({ revision }) => sharesReach(lost, revision.contact));
  const gained = holding.filter(
    ({ bases }) => bases !== undefined && !sharesReach(lost, bases[side]),
  );
  if (gained.length > 0) return { kind: 'merged' };
  const newcomers = holding.filter(({ bases }) => bases === undefined);
  const [first] = newcomers;
  return first !== undefined && newcomers.length === 1
    ? { kind: 'replaced', by: first.revision }
    : { kind: 'none' };
}

/**
 * The bases of a pair of which one record was replaced. What the heir has otherwise is a change of
 * its own; what it lacks nobody took away, so that is met as in a first meeting.
 */
export function inheritedBases({ mapping, provider, crm }: Pair, side: Side, rules: Rules): Bases {
  if (provider.kind === 'absent' || crm.kind === 'absent') return mapping.bases;
  const met = join(provider.revision.contact, crm.revision.contact, rules).bases;
  const heir = { provider, crm }[side].revision.contact;
  const lacking = FIELDS.filter((field) => heir[field] === undefined || Array.isArray(heir[field]));
  const taken = (of: Side): Contact => {
    const { ...base } = mapping.bases[of];
    for (const field of lacking) Object.assign(base, { [field]: met[of][field] });
    return base;
  };
  return { provider: taken('provider'), crm: taken('crm') };
}

/** An e-mail in common, or the name and a phone. */
function sharesReach(one: Contact, two: Contact): boolean {
  const email = one.emails.some((a) =>
    two.emails.some((b) => emailKey(a.value) === emailKey(b.value)),
  );
  if (email) return true;
  return (
    nameKey(one) === nameKey(two) &&
    one.phones.some((a) => two.phones.some((b) => samePhone(a.value, b.value)))
  );
}
