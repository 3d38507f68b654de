import type { AccountRow } from '../../store/accounts.ts';
import { writesBoth } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import type { Session } from '../session.ts';
import { widened, withStored } from '../set-up/connect.ts';
import type { ConnectedProvider } from '../set-up/draft.ts';
import { kindOf, type EditFlags } from './changes.ts';

/**
 * What a change of the direction takes at the provider: a sign-in that may also write, asked for
 * where the stored one may not. `undefined` where nothing more is needed than before.
 */
export async function consentTo(
  session: Session,
  { before, after }: { readonly before: AccountRow; readonly after: AccountRow },
  flags: EditFlags,
): Promise<ConnectedProvider | undefined> {
  if (writesBoth(before) || !writesBoth(after)) return undefined;
  const connection = connectionOf(session.store(), after.providerConnection);
  const named = { kind: kindOf(session, after), name: after.email };
  const stored = await withStored(session, named, connection);
  const { browser } = flags;
  const how = browser === undefined ? {} : { browser };
  return widened(session, how, stored, after.direction);
}
