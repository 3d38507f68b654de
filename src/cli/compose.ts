import {
  createApiTokenCredentials,
  createTokenCredentials,
  type TokenStore,
} from '../auth/credentials.ts';
import {
  googleServer,
  pipedriveServer,
  type OAuthClient,
  type OAuthServer,
} from '../auth/servers.ts';
import { createTokenEndpoint, type TokenSet } from '../auth/tokens.ts';
import {
  createPipedriveSide,
  pipedriveLimits,
  type PipedriveSide,
} from '../crm/pipedrive/index.ts';
import type { FieldName } from '../contact/contact.ts';
import type { Api, Credentials } from '../http/api.ts';
import { createGoogleSide, googleApiBases, type GoogleSide } from '../providers/google/index.ts';
import { googleLimits } from '../providers/google/limits.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { Connection } from '../store/connections.ts';
import type { Store } from '../store/open.ts';
import type { Account } from '../sync/account.ts';
import { SignInNeeded } from '../sync/errors.ts';
import { codeOf } from '../sync/fields.ts';
import type { CustomField } from '../sync/store-port.ts';
import type { Side } from '../plan/model.ts';
import type { Session } from './session.ts';
import { Refused } from './usage-error.ts';

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

export function googleSide(session: Session, credentials: Credentials): GoogleSide {
  const { env } = session;
  const bases = googleApiBases(env.googleUrl);
  const limits = env.adjust('google', googleLimits());
  const http = session.http();
  const api = http.api({ name: 'google', base: bases.people, credentials, limits });
  const userinfo =
    bases.userinfo === bases.people
      ? api
      : http.api({ name: 'google', base: bases.userinfo, credentials, limits });
  return createGoogleSide({ api, userinfo, ...delay(session) });
}

export function pipedriveApi(session: Session, credentials: Credentials, domain?: string): Api {
  const { env } = session;
  return session.http().api({
    name: 'pipedrive',
    base: env.pipedriveUrl ?? trusted(domain) ?? PIPEDRIVE_API,
    credentials,
    limits: env.adjust('pipedrive', pipedriveLimits()),
  });
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

function delay({ env }: Session): { visibilityDelayMs?: number } {
  return env.visibilityDelayMs === undefined ? {} : { visibilityDelayMs: env.visibilityDelayMs };
}

export function googleOAuth(session: Session, write: boolean, email?: string): OAuthServer {
  const { googleAuthUrl } = session.env;
  return googleServer({ base: googleAuthUrl, write, ...(email === undefined ? {} : { email }) });
}

export function pipedriveOAuth(session: Session): OAuthServer {
  return pipedriveServer(session.env.pipedriveAuthUrl);
}

/** @throws {Refused} naming the variables that are missing */
export function clientOf(session: Session, vendor: 'google' | 'pipedrive'): OAuthClient {
  const client = vendor === 'google' ? session.env.googleClient : session.env.pipedriveClient;
  if (client !== undefined) return client;
  const name = vendor.toUpperCase();
  throw new Refused(
    `contactsync needs an OAuth client of yours to sign in to ${vendor === 'google' ? 'Google' : 'Pipedrive'}.`,
    `Set CONTACTSYNC_${name}_CLIENT_ID and CONTACTSYNC_${name}_CLIENT_SECRET; the README says where to get them.`,
  );
}

export interface TokenOwner {
  readonly side: Side;
  readonly name: string;
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  readonly store: TokenStore;
}

export function tokenCredentials(session: Session, owner: TokenOwner): Credentials {
  const { side, name, server, client, store } = owner;
  const endpoint = createTokenEndpoint(server, client, session.http());
  return createTokenCredentials({ side, name, endpoint, store });
}

/** A stored login's tokens. @throws {SignInNeeded} when there are none */
function storedTokens(store: Store, connection: Connection, side: Side): TokenStore {
  return {
    load: () => {
      const text = store.connections.loadSecret(connection.id, 'tokens');
      if (text === undefined) throw new SignInNeeded(side, 'Nobody is signed in.');
      return JSON.parse(text) as TokenSet;
    },
    save: (tokens) => store.connections.saveSecret(connection.id, 'tokens', JSON.stringify(tokens)),
  };
}

/** The credentials of a login that is stored. */
export function storedCredentials(
  session: Session,
  store: Store,
  connection: Connection,
): Credentials {
  if (connection.kind === 'google') {
    return tokenCredentials(session, {
      side: 'provider',
      name: 'Google',
      server: googleOAuth(session, false),
      client: clientOf(session, 'google'),
      store: storedTokens(store, connection, 'provider'),
    });
  }
  if (connection.details['signIn'] === 'oauth') {
    return tokenCredentials(session, {
      side: 'crm',
      name: 'Pipedrive',
      server: pipedriveOAuth(session),
      client: clientOf(session, 'pipedrive'),
      store: storedTokens(store, connection, 'crm'),
    });
  }
  return createApiTokenCredentials(() => {
    const token = store.connections.loadSecret(connection.id, 'api-token');
    if (token === undefined) throw new SignInNeeded('crm', 'No Pipedrive token is stored.');
    return token;
  });
}

export function storedLogin(
  session: Session,
  store: Store,
  connection: Connection,
): PipedriveLogin {
  const [companyId = 0, userId = 0] = connection.identity.split(':').map(Number);
  const { apiDomain } = connection.details;
  const domain = typeof apiDomain === 'string' ? apiDomain : undefined;
  const api = pipedriveApi(session, storedCredentials(session, store, connection), domain);
  return { api, userId, companyId };
}

/** An account that is set up, ready to run. */
export function composeAccount(session: Session, store: Store, row: AccountRow): Account {
  const provider = connectionOf(store, row.providerConnection);
  const crm = connectionOf(store, row.crmConnection);
  const accountStore = store.account(row.id);
  const settings = { visibility: row.visibilityValue, customFields: accountStore.customFields() };
  return {
    name: row.name,
    rules: {
      direction: row.direction,
      onConflict: row.onConflict,
      match: row.match,
      group: row.group,
    },
    sides: {
      provider: googleSide(session, storedCredentials(session, store, provider)),
      crm: pipedriveSide(session, storedLogin(session, store, crm), settings),
    },
    store: accountStore,
  };
}

export function connectionOf(store: Store, id: number): Connection {
  const connection = store.connections.get(id);
  if (connection === undefined) throw new Error(`There is no connection ${id}.`);
  return connection;
}
