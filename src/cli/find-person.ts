import type { AccountRow } from '../store/accounts.ts';
import type { Person } from '../store/people.ts';
import { neutralise } from './neutralise.ts';
import type { Session } from './session.ts';
import { UsageError } from './usage-error.ts';
import { moreOf, noContactKnownAs, severalKnownAs } from './texts/common.ts';

export interface FoundPerson {
  readonly account: AccountRow;
  readonly person: Person;
}

/** More than this are no help to choose from. */
const LISTED = 20;

/**
 * The one contact that a user means: by name, e-mail or the id of either record.
 * @throws {UsageError} where it is nobody, or several
 */
export function onePerson(
  session: Session,
  text: string,
  accounts: readonly AccountRow[],
): FoundPerson {
  const { people } = session.store();
  const found = accounts.flatMap((account) =>
    people.find(text, account).map((person): FoundPerson => ({ account, person })),
  );
  const [first] = found;
  if (first === undefined) {
    throw new UsageError(noContactKnownAs(neutralise(text)));
  }
  if (found.length === 1) return first;
  for (const one of found.slice(0, LISTED)) session.io.warn(`  ${inWords(one)}`);
  if (found.length > LISTED) session.io.warn(moreOf(found.length - LISTED));
  throw new UsageError(severalKnownAs(neutralise(text), found.length));
}

function inWords({ account, person }: FoundPerson): string {
  const { name, emails, organization, providerId, crmId } = person;
  const about = [name, ...emails, organization].filter((part) => part !== undefined);
  const ids = [providerId, crmId].filter((id) => id !== undefined && id !== '');
  return neutralise(`${ids.join('  ')}  ${about.join(', ')}  (${account.name})`);
}
