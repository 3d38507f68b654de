import { readUser } from '../../crm/pipedrive/set-up.ts';
import type { Side } from '../../plan/model.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { SignInNeeded } from '../../sync/errors.ts';
import { saveTokens, storedLogin, storedProvider, writesBoth } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import { isProvider } from '../providers.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { checkScopes, grantAt, pipedriveByOAuth, pipedriveByToken } from '../sign-ins.ts';
import { beforeAnyChange, Refused } from '../usage-error.ts';
import { accountNamed } from './accounts.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import { PLACES, VENDORS } from '../texts/names.ts';
import * as texts from '../texts/sign-in.ts';

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
  // Without the key nothing could be kept: that is said before anybody signs in.
  session.store().keys.state();
  const sides = await beforeAnyChange(NOTHING_CHANGED, () => sidesToSignIn(session, row, flags));
  const noBrowser = flags.browser === false;
  for (const side of sides) {
    await beforeAnyChange(texts.leftAt(side), () =>
      side === 'provider'
        ? loginToProvider(session, row, noBrowser)
        : loginToCrm(session, row, noBrowser, flags.crmTokenStdin === true),
    );
  }
  const { io } = session;
  if (session.flags.json)
    io.result(JSON.stringify({ version: 1, account: row.name, signedIn: sides }, undefined, 2));
  else io.result(sides.length === 0 ? texts.BOTH_WORK : texts.signedInAgain(row.name));
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
  const choice = await prompter.select<Side | 'neither'>(texts.BOTH_WORK_QUESTION, [
    { value: 'neither', name: texts.NEITHER },
    { value: 'provider', name: PLACES.provider },
    { value: 'crm', name: PLACES.crm },
  ]);
  return choice === 'neither' ? [] : [choice];
}

/** A sign-in that is not there, cannot be renewed, or is not accepted any more. */
async function isBroken(session: Session, row: AccountRow, side: Side): Promise<boolean> {
  try {
    if (side === 'provider') await askProvider(session, row);
    else await askCrm(session, row);
    return false;
  } catch (error) {
    if (error instanceof SignInNeeded) return true;
    throw error;
  }
}

async function askProvider(session: Session, row: AccountRow): Promise<void> {
  const store = session.store();
  const connection = connectionOf(store, row.providerConnection);
  const side = await storedProvider(session, store, connection, writesBoth(row));
  await side.account(session.signal);
}

async function askCrm(session: Session, row: AccountRow): Promise<void> {
  const store = session.store();
  const { api } = storedLogin(session, store, connectionOf(store, row.crmConnection));
  await readUser(api, session.signal);
}

/** A refused sign-in is not taken back: that could end one that another account uses. */
async function loginToProvider(
  session: Session,
  row: AccountRow,
  noBrowser: boolean,
): Promise<void> {
  const { accounts, connections } = session.store();
  const sharing = accounts
    .list()
    .filter((one) => one.providerConnection === row.providerConnection);
  const { kind, identity } = connectionOf(session.store(), row.providerConnection);
  if (!isProvider(kind)) throw new Error(`${kind} is no provider.`);
  const grant = await grantAt(kind, session, row.email, {
    noBrowser,
    writes: sharing.some(writesBoth),
  });
  checkScopes(grant);
  const { id, email } = await grant.side.account(session.signal);
  if (id !== identity) {
    throw new Refused(texts.otherMailbox(VENDORS[kind], email, row.email));
  }
  saveTokens(connections, row.providerConnection, grant.tokens());
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
      : await pipedriveByToken(session, stdin);
  const { user } = fresh;
  if (`${user.companyId}:${user.id}` !== connection.identity) {
    const { user: wanted, company } = connection.details;
    throw new Refused(
      texts.otherPerson(
        { user: user.name, company: user.companyName },
        { user: String(wanted), company: String(company) },
      ),
    );
  }
  const secret = fresh.secret();
  if (secret.kind === 'tokens') saveTokens(store.connections, connection.id, secret.tokens);
  else store.connections.saveSecret(connection.id, 'api-token', secret.token);
}
