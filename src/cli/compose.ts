import {
  createApiTokenCredentials,
  createTokenCredentials,
  type TokenStore,
} from '../auth/credentials.ts';
import { pipedriveServer, type OAuthClient, type OAuthServer } from '../auth/servers.ts';
import { createTokenEndpoint, type TokenSet } from '../auth/tokens.ts';
import {
  createPipedriveSide,
  pipedriveLimits,
  type PipedriveSide,
} from '../crm/pipedrive/index.ts';
import type { FieldName } from '../contact/contact.ts';
import type { Api, Credentials } from '../http/api.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { Connection } from '../store/connections.ts';
import type { Store } from '../store/open.ts';
import type { Account } from '../sync/account.ts';
import { SignInNeeded } from '../sync/errors.ts';
import type { CustomField } from '../sync/store-port.ts';
import type { Side } from '../plan/model.ts';
import type { Vendor } from './environment.ts';
import { delay, isProvider, PROVIDERS, type ProviderSide } from './providers.ts';
import { connectionOf } from './connection-of.ts';
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

/** A field that is still to be made is planned with as if it were there. */
const TO_BE_MADE = 'to-be-made';

export function pipedriveSide(
  session: Session,
  login: PipedriveLogin,
  { visibility, customFields }: CrmSettings,
): PipedriveSide {
  const codes = customFields.flatMap(({ field, state, code }): [FieldName, string][] => {
    if (state === 'left-out') return [];
    return [[field, code ?? TO_BE_MADE]];
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
  throw new Refused(
    `contactsync needs an OAuth client of yours to sign in to ${name}.`,
    `Set ${variable}_ID${secret ? ` and ${variable}_SECRET` : ''}; the README says where to get ${secret ? 'them' : 'it'}.`,
  );
}

const CRM = { name: 'Pipedrive', secret: true };

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
  const { kind } = connection;
  if (isProvider(kind)) {
    const { name, server } = PROVIDERS[kind];
    return tokenCredentials(session, {
      side: 'provider',
      name,
      server: server(session, false),
      client: clientOf(session, kind),
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
      provider: storedProvider(session, store, provider),
      crm: pipedriveSide(session, storedLogin(session, store, crm), settings),
    },
    store: accountStore,
  };
}

/** The address book of a login that is stored. */
export function storedProvider(
  session: Session,
  store: Store,
  connection: Connection,
): ProviderSide {
  const { kind } = connection;
  if (!isProvider(kind)) throw new Error(`${kind} is no provider.`);
  return PROVIDERS[kind].side(session, storedCredentials(session, store, connection));
}
