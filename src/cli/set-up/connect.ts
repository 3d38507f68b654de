import { readRights, readVisibilities, type Rights } from '../../crm/pipedrive/set-up.ts';
import type { Connection } from '../../store/connections.ts';
import type { AddAccountFlags, ConnectedCrm, ConnectedProvider } from './draft.ts';
import type { Direction } from '../../plan/model.ts';
import { mayWrite, storedLogin, storedProvider, writesBoth } from '../compose.ts';
import { PROVIDER_KINDS, PROVIDERS, type ProviderKind, type ProviderUser } from '../providers.ts';
import { neutralise } from '../neutralise.ts';
import { ofAccount, userOf } from '../of-account.ts';
import type { Session } from '../session.ts';
import {
  checkScopes,
  grantAt,
  orTakeBack,
  pipedriveByOAuth,
  pipedriveByToken,
  sameMailbox,
} from '../sign-ins.ts';
import { Refused, UsageError } from '../usage-error.ts';
import * as texts from '../texts/set-up.ts';
import { otherMailbox } from '../texts/sign-in.ts';
import { sign } from '../render/marks.ts';

export async function connectProvider(
  session: Session,
  flags: AddAccountFlags,
): Promise<ConnectedProvider> {
  const name = (await askEmail(session, flags)).toLowerCase();
  const kind = flags.provider ?? guessedProvider(name) ?? (await askProvider(session, name));
  const connection = knownMailbox(session, kind, name);
  if (connection !== undefined) {
    return ofAccount(
      () => userOf(session.store(), connection),
      () => withStored(session, { kind, name }, connection),
    );
  }
  const writes = flags.direction === 'two-way';
  return signInAsNamed(session, { kind, name, writes }, flags);
}

/** The mailbox of a login that is stored. */
export async function withStored(
  session: Session,
  { kind, name }: Pick<Named, 'kind' | 'name'>,
  connection: Connection,
): Promise<ConnectedProvider> {
  const store = session.store();
  const { identity } = connection;
  const email = String(connection.details['email']);
  const side = await storedProvider(session, store, connection);
  const writes = mayWrite(session, store, connection);
  const [tokens, abandon] = [undefined, nothingToTakeBack];
  return { kind, name, email, identity, writes, side, connection, tokens, abandon };
}

/**
 * Two-way also writes there: where the sign-in was for reading alone, consent is asked for again.
 * `abandon` takes that consent back, and none that was there before.
 */
export async function widened(
  session: Session,
  flags: AddAccountFlags,
  provider: ConnectedProvider,
  direction: Direction,
): Promise<ConnectedProvider> {
  if (provider.writes || !writesBoth({ direction }))
    return { ...provider, abandon: nothingToTakeBack };
  const { kind, name } = provider;
  session.io.note(texts.writingToo(PROVIDERS[kind].name));
  return signInAsNamed(session, { kind, name, writes: true }, flags);
}

/** An account as the user named it, and what it is to be signed in for. */
interface Named {
  readonly kind: ProviderKind;
  readonly name: string;
  readonly writes: boolean;
}

/** The login that is stored for this address, however it is written. */
function knownMailbox(session: Session, kind: ProviderKind, name: string): Connection | undefined {
  return loginsAt(kind, session).find(({ details }) => sameMailbox(String(details['email']), name));
}

function loginsAt(provider: ProviderKind, session: Session): readonly Connection[] {
  return session
    .store()
    .connections.list()
    .filter(({ kind }) => kind === provider);
}

/** @throws {Refused} when another account signed in than the one that was named, or a box was left unticked */
async function signInAsNamed(
  session: Session,
  { kind, name, writes }: Named,
  flags: AddAccountFlags,
): Promise<ConnectedProvider> {
  const grant = await grantAt(kind, session, name, { noBrowser: flags.browser === false, writes });
  // To take a grant back ends all sign-ins of that person: never of one that an account here uses.
  let inUse = loginsAt(kind, session).length > 0;
  const abandon = async (): Promise<void> => {
    if (!inUse) await grant.revoke();
  };
  return orTakeBack(abandon, async () => {
    checkScopes(grant);
    const user = await grant.side.account(session.signal);
    const connection = session.store().connections.find(kind, user.id);
    inUse = connection !== undefined;
    checkMailbox(user, { kind, name, writes });
    const said = texts.signedIn(PROVIDERS[kind].name, neutralise(user.email));
    session.io.note(`${sign(session.io, 'good')} ${said}`);
    const { side } = grant;
    const tokens = !writes && isWrittenTo(session, connection) ? undefined : grant.tokens;
    const [email, identity] = [user.email.toLowerCase(), user.id];
    return { kind, name, email, identity, writes, side, connection, tokens, abandon };
  });
}

/** Whether an account needs more of this login than to read: a sign-in for less must not replace it. */
function isWrittenTo(session: Session, connection: Connection | undefined): boolean {
  const { accounts } = session.store();
  return accounts
    .list()
    .some((one) => one.providerConnection === connection?.id && writesBoth(one));
}

function checkMailbox({ email, aliases = [] }: ProviderUser, { kind, name }: Named): void {
  if ([email, ...aliases].some((address) => sameMailbox(address, name))) return;
  throw new Refused(otherMailbox(PROVIDERS[kind].name, email, name));
}

async function askEmail(session: Session, { email }: AddAccountFlags): Promise<string> {
  if (email !== undefined) {
    const verdict = checkEmail(email);
    if (verdict !== true) throw new UsageError(texts.noEmail(email));
    return email.trim();
  }
  const prompter = await session.prompter();
  session.io.note(texts.WELCOME);
  return (await prompter.input(texts.EMAIL_QUESTION, { check: checkEmail })).trim();
}

/** RFC 5321, 4.5.3.1.3, without the brackets of a path. */
const LONGEST_EMAIL = 254;

function checkEmail(text: string): string | true {
  const email = text.trim();
  const isOne = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(email) && email.length <= LONGEST_EMAIL;
  return isOne ? true : texts.NO_EMAIL;
}

/** The provider of an address whose domain tells. */
export function guessedProvider(email: string): ProviderKind | undefined {
  const domain = email.slice(email.indexOf('@') + 1).toLowerCase();
  return PROVIDER_KINDS.find((kind) => PROVIDERS[kind].domains.test(domain));
}

async function askProvider(session: Session, email: string): Promise<ProviderKind> {
  const prompter = await session.prompter();
  return prompter.select<ProviderKind>(
    texts.providerQuestion(email),
    PROVIDER_KINDS.map((kind) => ({ value: kind, name: PROVIDERS[kind].title })),
  );
}

/** @throws {Refused} when the user may not add persons or organizations, or has this mailbox already */
export async function connectCrm(
  session: Session,
  flags: AddAccountFlags,
  provider: ConnectedProvider,
): Promise<ConnectedCrm> {
  const signedIn = await signInToCrm(session, flags);
  return orTakeBack(signedIn.abandon, async () => {
    checkNotTwice(session, provider, signedIn.identity);
    const { rights, visibilities } = await ofAccount(
      () => userOf(session.store(), signedIn.connection),
      () => readLevels(session, signedIn),
    );
    const who = texts.userOf(signedIn.company, signedIn.user);
    session.io.note(`${sign(session.io, 'good')} ${texts.signedInToCrm(neutralise(who))}`);
    return { ...signedIn, rights, visibilities };
  });
}

/** @throws {Refused} */
async function readLevels(
  session: Session,
  { login: { api, userId }, user }: SignedIn,
): Promise<Pick<ConnectedCrm, 'rights' | 'visibilities'>> {
  const rights = await readRights(api, userId, session.signal);
  checkRights(rights, user);
  return { rights, visibilities: await readVisibilities(api, rights, session.signal) };
}

type SignedIn = Omit<ConnectedCrm, 'rights' | 'visibilities'>;

async function signInToCrm(session: Session, flags: AddAccountFlags): Promise<SignedIn> {
  const known = await chooseKnownLogin(session, flags);
  if (known !== undefined) return ofConnection(session, known);
  const auth = flags.crmAuth ?? (await askAuth(session, flags));
  const fresh =
    auth === 'oauth'
      ? await pipedriveByOAuth(session, { noBrowser: flags.browser === false })
      : await pipedriveByToken(session, flags.crmTokenStdin === true);
  const { user, login, secret } = fresh;
  const identity = `${user.companyId}:${user.id}`;
  const connection = session.store().connections.find('pipedrive', identity);
  const inUse = connection?.details['signIn'] === 'oauth';
  const abandon = inUse ? nothingToTakeBack : fresh.revoke;
  return {
    login,
    identity,
    company: user.companyName,
    user: user.name,
    connection,
    secret,
    abandon,
  };
}

function ofConnection(session: Session, connection: Connection): SignedIn {
  const { company = '', user = '' } = connection.details;
  return {
    login: storedLogin(session, session.store(), connection),
    identity: connection.identity,
    company: String(company),
    user: String(user),
    connection,
    secret: undefined,
    abandon: nothingToTakeBack,
  };
}

async function nothingToTakeBack(): Promise<void> {
  // A login that is stored stays.
}

/** A login that is there already is offered first. */
async function chooseKnownLogin(
  session: Session,
  flags: AddAccountFlags,
): Promise<Connection | undefined> {
  const known = session
    .store()
    .connections.list()
    .filter(({ kind }) => kind === 'pipedrive');
  const [first] = known;
  if (first === undefined || flags.crmAuth !== undefined || flags.crmTokenStdin === true)
    return undefined;
  if (session.flags.yes || !session.io.canAsk) return known.length === 1 ? first : undefined;
  const prompter = await session.prompter();
  return prompter.select<Connection | undefined>(texts.LOGIN_QUESTION, [
    ...known.map((one) => ({
      value: one,
      name: neutralise(texts.userOf(String(one.details['company']), String(one.details['user']))),
    })),
    { value: undefined, name: texts.OTHER_LOGIN },
  ]);
}

async function askAuth(session: Session, flags: AddAccountFlags): Promise<'token' | 'oauth'> {
  const oauth = session.env.pipedriveClient !== undefined;
  if (!oauth || flags.crmTokenStdin === true || session.flags.yes || !session.io.canAsk)
    return 'token';
  const prompter = await session.prompter();
  return prompter.select<'token' | 'oauth'>(texts.AUTH_QUESTION, [
    { value: 'token', name: texts.AUTH_ANSWERS.token },
    { value: 'oauth', name: texts.AUTH_ANSWERS.oauth },
  ]);
}

function checkNotTwice(session: Session, provider: ConnectedProvider, identity: string): void {
  const { accounts, connections } = session.store();
  const crm = connections.find('pipedrive', identity);
  const twin = accounts
    .list()
    .find(
      (row) => row.providerConnection === provider.connection?.id && row.crmConnection === crm?.id,
    );
  if (twin === undefined) return;
  throw new Refused(texts.addedAlready(provider.email, twin.name));
}

function checkRights(rights: Rights, user: string): void {
  const missing = [
    ...(rights.addPeople === 'no' ? [texts.PEOPLE] : []),
    ...(rights.addOrganizations === 'no' ? [texts.ORGANIZATIONS] : []),
  ];
  if (missing.length === 0) return;
  throw new Refused(texts.mayNotAdd(user, missing));
}
