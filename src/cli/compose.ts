import {
  createApiTokenCredentials,
  createTokenCredentials,
  type TokenStore,
} from '../auth/credentials.ts';
import { pipedriveServer, type OAuthClient, type OAuthServer } from '../auth/servers.ts';
import { endOf, missingScopes, type TokenSet } from '../auth/tokens.ts';
import {
  createPipedriveSide,
  dailyTokens,
  ofFirstSync,
  pipedriveLimits,
  type DailyTokens,
  type PipedriveSide,
} from '../crm/pipedrive/index.ts';
import type { FieldName } from '../contact/contact.ts';
import type { Api, Credentials, Limits } from '../http/api.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { Connection, Connections } from '../store/connections.ts';
import type { Store } from '../store/open.ts';
import { renewingAlone } from '../store/token-lock.ts';
import type { Account } from '../sync/account.ts';
import { SignInNeeded } from '../sync/errors.ts';
import { codeOf } from '../sync/fields.ts';
import type { CustomField } from '../sync/records.ts';
import type { Side } from '../plan/model.ts';
import type { Vendor } from './environment.ts';
import { delay, isProvider, PROVIDERS, type ProviderSide } from './providers.ts';
import { connectionOf } from './connection-of.ts';
import type { Session } from './session.ts';
import { Refused } from './usage-error.ts';
import { VENDORS } from './texts/names.ts';
import { NO_TOKEN_STORED, noClient, NOBODY_SIGNED_IN } from './texts/sign-in.ts';

/*
 * Where everything is wired: settings and sign-ins become sides, sides and rules an account.
 */

/** How a Pipedrive user signs in, and who that is. */
export interface PipedriveLogin {
  readonly api: Api;
  readonly userId: number;
  readonly companyId: number;
}

const PIPEDRIVE_API = 'https://api.pipedrive.com';

export function pipedriveApi(
  session: Session,
  credentials: Credentials,
  domain?: string,
  connection?: Connection,
): Api {
  const { env, budgets } = session;
  const limits = env.adjust('pipedrive', pipedriveLimits(env.reserve));
  return session.http().api({
    name: 'pipedrive',
    base: env.pipedriveUrl ?? trusted(domain) ?? PIPEDRIVE_API,
    credentials,
    limits: overheard(limits, (told) => budgets.note(connection?.id, told)),
    ...poolOf(connection),
  });
}

/** Accounts of one login share its limits. */
function poolOf(connection: Connection | undefined): { pool?: string } {
  return connection === undefined ? {} : { pool: `${connection.kind} ${connection.identity}` };
}

/** The same limits; what an answer tells of the day's tokens is passed on. */
function overheard(limits: Limits, onTokens: (told: DailyTokens) => void): Limits {
  return {
    ...limits,
    learn: (headers) => {
      const told = dailyTokens(headers);
      if (told !== undefined) onTokens(told);
      return limits.learn?.(headers) ?? [];
    },
  };
}

/** An answer is not trusted to send a token anywhere else than to Pipedrive. */
function trusted(domain: string | undefined): string | undefined {
  if (domain === undefined || !URL.canParse(domain)) return undefined;
  const { protocol, hostname, origin } = new URL(domain);
  return protocol === 'https:' && hostname.endsWith('.pipedrive.com') ? origin : undefined;
}

export interface CrmSettings {
  readonly visibility?: number | undefined;
  readonly customFields: readonly CustomField[];
}

export function pipedriveSide(
  session: Session,
  login: PipedriveLogin,
  { visibility, customFields }: CrmSettings,
): PipedriveSide {
  const codes = customFields.flatMap((one): [FieldName, string][] => {
    const code = codeOf(one);
    return code === undefined ? [] : [[one.field, code]];
  });
  return createPipedriveSide({
    api: login.api,
    user: { id: login.userId, companyId: login.companyId },
    visibility,
    fields: Object.fromEntries(codes),
    ...delay(session),
  });
}

export function pipedriveOAuth(session: Session): OAuthServer {
  return pipedriveServer(session.env.pipedriveAuthUrl);
}

/** @throws {Refused} naming the variables that are missing */
export function clientOf({ env }: Session, vendor: Vendor): OAuthClient {
  const client = env[`${vendor}Client`];
  if (client !== undefined) return client;
  const { name, secret } = vendor === 'pipedrive' ? CRM : PROVIDERS[vendor];
  const variable = `CONTACTSYNC_${vendor.toUpperCase()}_CLIENT`;
  throw new Refused(noClient(name, variable, secret));
}

const CRM = { name: VENDORS.pipedrive, secret: true };

export interface TokenOwner {
  readonly side: Side;
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly store: TokenStore;
}

export function tokenCredentials(session: Session, owner: TokenOwner): Credentials {
  const { side, server, client, store } = owner;
  return createTokenCredentials({ side, server, endpoint: { refresh }, store });

  /** Once an hour or so: what it takes is loaded then. */
  async function refresh(refreshToken: string): Promise<TokenSet> {
    const { createTokenEndpoint } = await import('../auth/token-endpoint.ts');
    return createTokenEndpoint(server, client, session.http()).refresh(refreshToken);
  }
}

/** A stored login's tokens. @throws {SignInNeeded} when there are none */
function storedTokens(
  { home }: Session,
  { connections }: Store,
  { id }: Connection,
  side: Side,
): TokenStore {
  return {
    load: () => {
      const text = connections.loadSecret(id, 'tokens');
      if (text === undefined) throw new SignInNeeded(side, NOBODY_SIGNED_IN);
      return JSON.parse(text) as TokenSet;
    },
    save: (tokens) => saveTokens(connections, id, tokens),
    exclusively: (work) => renewingAlone(home, work),
  };
}

/** With the time at which the sign-in ends, as far as it is known. */
export function saveTokens(connections: Connections, id: number, tokens: TokenSet): void {
  const end = endOf(tokens);
  const endsAt = end === undefined ? undefined : new Date(end);
  connections.saveSecret(id, 'tokens', JSON.stringify(tokens), endsAt);
}

/** The credentials of a login that is stored; `writes` where the account changes what is there. */
export function storedCredentials(
  session: Session,
  store: Store,
  connection: Connection,
  writes = false,
): Credentials {
  const { kind } = connection;
  if (isProvider(kind)) {
    const { server } = PROVIDERS[kind];
    return tokenCredentials(session, {
      side: 'provider',
      server: server(session, writes),
      client: clientOf(session, kind),
      store: storedTokens(session, store, connection, 'provider'),
    });
  }
  if (connection.details['signIn'] === 'oauth') {
    return tokenCredentials(session, {
      side: 'crm',
      server: pipedriveOAuth(session),
      client: clientOf(session, 'pipedrive'),
      store: storedTokens(session, store, connection, 'crm'),
    });
  }
  return createApiTokenCredentials(() => {
    const token = store.connections.loadSecret(connection.id, 'api-token');
    if (token === undefined) throw new SignInNeeded('crm', NO_TOKEN_STORED);
    return token;
  });
}

export function storedLogin(
  session: Session,
  store: Store,
  connection: Connection,
  credentials = storedCredentials(session, store, connection),
): PipedriveLogin {
  const [companyId = 0, userId = 0] = connection.identity.split(':').map(Number);
  const { apiDomain } = connection.details;
  const domain = typeof apiDomain === 'string' ? apiDomain : undefined;
  const api = pipedriveApi(session, credentials, domain, connection);
  return { api, userId, companyId };
}

/** Signs nothing: for what needs an account's rules and its database, and asks nobody. */
export const NOBODY: Credentials = {
  headers: () => Promise.reject(new Error('Nothing is asked of a vendor here.')),
  renew: () => Promise.resolve(false),
};

/** An account that is set up, ready to run. */
export async function composeAccount(
  session: Session,
  store: Store,
  row: AccountRow,
  signIn: (connection: Connection) => Credentials = (connection) =>
    storedCredentials(session, store, connection, writesBoth(row)),
): Promise<Account> {
  const provider = connectionOf(store, row.providerConnection);
  const crm = connectionOf(store, row.crmConnection);
  const accountStore = store.account(row.id);
  const settings = { visibility: row.visibilityValue, customFields: accountStore.customFields() };
  const login = storedLogin(session, store, crm, signIn(crm));
  const api = accountStore.everFinished() ? login.api : ofFirstSync(login.api);
  return {
    name: row.name,
    rules: {
      direction: row.direction,
      onConflict: row.onConflict,
      match: row.match,
      group: row.group,
    },
    sides: {
      provider: await providerSide(session, provider, signIn(provider)),
      crm: pipedriveSide(session, { ...login, api }, settings),
    },
    store: accountStore,
  };
}

/** Whether the account changes contacts at the provider too. */
export function writesBoth({ direction }: Pick<AccountRow, 'direction'>): boolean {
  return direction === 'two-way';
}

/** Whether a stored login was granted what writing needs. @throws {SignInNeeded, KeyWrong} */
export function mayWrite(session: Session, store: Store, connection: Connection): boolean {
  const { kind } = connection;
  if (!isProvider(kind)) return true;
  const tokens = storedTokens(session, store, connection, 'provider').load();
  return missingScopes(PROVIDERS[kind].server(session, true), tokens).length === 0;
}

/** The address book of a login that is stored. */
export function storedProvider(
  session: Session,
  store: Store,
  connection: Connection,
  writes = false,
): Promise<ProviderSide> {
  return providerSide(session, connection, storedCredentials(session, store, connection, writes));
}

async function providerSide(
  session: Session,
  connection: Connection,
  credentials: Credentials,
): Promise<ProviderSide> {
  const { kind } = connection;
  if (!isProvider(kind)) throw new Error(`${kind} is no provider.`);
  return PROVIDERS[kind].side(session, credentials, poolOf(connection));
}
