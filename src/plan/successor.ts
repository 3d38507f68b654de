import { emailKey, nameKey, samePhone } from '../contact/normalize.ts';
import type { Contact } from '../contact/contact.ts';
import type { Bases, Mapping, Revision } from './model.ts';

/** What became of a provider's record that is gone, judged by the records that hold its keys now. */
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
export function successor(gone: Pick<Mapping, 'bases'>, heirs: readonly Heir[]): Succession {
  const lost = gone.bases.provider;
  const holding = heirs.filter(({ revision }) => sharesReach(lost, revision.contact));
  const gained = holding.filter(
    ({ bases }) => bases !== undefined && !sharesReach(lost, bases.provider),
  );
  if (gained.length > 0) return { kind: 'merged' };
  const newcomers = holding.filter(({ bases }) => bases === undefined);
  const [first] = newcomers;
  return first !== undefined && newcomers.length === 1
    ? { kind: 'replaced', by: first.revision }
    : { kind: 'none' };
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
