import type { Side } from '../../plan/model.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { SignInNeeded } from '../../sync/errors.ts';
import { connectionOf, saveTokens, storedCredentials, writesBoth } from '../compose.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { pipedriveByOAuth, pipedriveByToken, readToken, signInToGoogle } from '../sign-ins.ts';
import { Refused } from '../usage-error.ts';
import { accountNamed } from './remove-account.ts';

export interface LoginFlags {
  readonly provider?: boolean;
  readonly crm?: boolean;
  readonly crmTokenStdin?: boolean;
  readonly browser?: boolean;
}

/** Signs in again. The same person, in the same company; settings and mappings stay. */
export async function login(
  session: Session,
  name: string,
  flags: LoginFlags,
): Promise<ExitStatus> {
  const row = accountNamed(session, name);
  const sides = await sidesToSignIn(session, row, flags);
  const noBrowser = flags.browser === false;
  for (const side of sides) {
    if (side === 'provider') await loginToProvider(session, row, noBrowser);
    else await loginToCrm(session, row, noBrowser, flags.crmTokenStdin === true);
  }
  const { io } = session;
  if (session.flags.json)
    io.result(JSON.stringify({ version: 1, account: row.name, signedIn: sides }, undefined, 2));
  else
    io.result(
      sides.length === 0 ? 'Both sign-ins work; nothing to do.' : `Signed in again: ${row.name}.`,
    );
  return EXIT.done;
}

/** What the flags say, else whichever sign-in does not work any more, else what the user chooses. */
async function sidesToSignIn(
  session: Session,
  row: AccountRow,
  flags: LoginFlags,
): Promise<readonly Side[]> {
  const asked = [
    ...(flags.provider === true ? ['provider' as const] : []),
    ...(flags.crm === true || flags.crmTokenStdin === true ? ['crm' as const] : []),
  ];
  if (asked.length > 0) return asked;
  const broken: Side[] = [];
  for (const side of ['provider', 'crm'] as const) {
    if (await isBroken(session, row, side)) broken.push(side);
  }
  if (broken.length > 0 || !session.io.canAsk || session.flags.yes) return broken;
  const prompter = await session.prompter();
  const choice = await prompter.select<Side | 'neither'>('Both sign-ins work. Sign in again to', [
    { value: 'neither', name: 'neither' },
    { value: 'provider', name: 'the address book' },
    { value: 'crm', name: 'the CRM' },
  ]);
  return choice === 'neither' ? [] : [choice];
}

/** A last run that needed a sign-in, or a token that is not there or cannot be renewed. */
async function isBroken(session: Session, row: AccountRow, side: Side): Promise<boolean> {
  const store = session.store();
  const id = side === 'provider' ? row.providerConnection : row.crmConnection;
  try {
    const writes = side === 'provider' && writesBoth(row);
    const credentials = storedCredentials(session, store, connectionOf(store, id), writes);
    await credentials.headers(session.signal);
    return !(await worksStill(session, row, side));
  } catch (error) {
    if (error instanceof SignInNeeded) return true;
    throw error;
  }
}

async function worksStill(session: Session, row: AccountRow, side: Side): Promise<boolean> {
  const { composeAccount } = await import('../compose.ts');
  const account = composeAccount(session, session.store(), row);
  try {
    if (side === 'provider') await account.sides.provider.groups?.list(session.signal);
    else await account.sides.crm.customFields?.survey(session.signal);
    return true;
  } catch (error) {
    if (error instanceof SignInNeeded) return false;
    throw error;
  }
}

async function loginToProvider(
  session: Session,
  row: AccountRow,
  noBrowser: boolean,
): Promise<void> {
  const { accounts } = session.store();
  const sharing = accounts
    .list()
    .filter((one) => one.providerConnection === row.providerConnection);
  const writes = sharing.some(writesBoth);
  const fresh = await signInToGoogle(session, row.email, { noBrowser }, writes);
  saveTokens(session.store().connections, row.providerConnection, fresh.tokens());
}

async function loginToCrm(
  session: Session,
  row: AccountRow,
  noBrowser: boolean,
  stdin: boolean,
): Promise<void> {
  const store = session.store();
  const connection = connectionOf(store, row.crmConnection);
  const fresh =
    connection.details['signIn'] === 'oauth'
      ? await pipedriveByOAuth(session, { noBrowser })
      : await pipedriveByToken(session, await readToken(session, stdin));
  const { user } = fresh;
  if (`${user.companyId}:${user.id}` !== connection.identity) {
    throw new Refused(
      `${user.name} of ${user.companyName} signed in, but the account belongs to ${connection.details['user']} of ${connection.details['company']}.`,
      'Run the command again and sign in as the same person.',
    );
  }
  const secret = fresh.secret();
  if (secret.kind === 'tokens') saveTokens(store.connections, connection.id, secret.tokens);
  else store.connections.saveSecret(connection.id, 'api-token', secret.token);
}
