import { signInByDevice } from '../auth/device-code.ts';
import { signIn } from '../auth/sign-in.ts';
import { createTokenEndpoint } from '../auth/token-endpoint.ts';
import { missingScopes, type TokenSet } from '../auth/tokens.ts';
import { SignInNeeded } from '../sync/errors.ts';
import type { OAuthClient, OAuthServer } from '../auth/servers.ts';
import { createApiTokenCredentials, type TokenStore } from '../auth/credentials.ts';
import { readUser, type PipedriveUser } from '../crm/pipedrive/set-up.ts';
import {
  clientOf,
  pipedriveApi,
  pipedriveOAuth,
  tokenCredentials,
  type PipedriveLogin,
} from './compose.ts';
import { neutralise } from './neutralise.ts';
import { PROVIDERS, type ProviderKind, type ProviderSide } from './providers.ts';
import type { Session } from './session.ts';
import { Refused, TokenRefused, UsageError } from './usage-error.ts';
import * as texts from './texts/sign-in.ts';
import { sign } from './render/marks.ts';

/** A fresh sign-in at a provider, not stored yet; whose it is has to be asked. */
export interface ProviderGrant {
  readonly server: OAuthServer;
  readonly kind: ProviderKind;
  /** Whether more was asked for than to read. */
  readonly writes: boolean;
  readonly side: ProviderSide;
  readonly tokens: () => TokenSet;
  /** Ends every sign-in of this person with the user's OAuth client, not this one alone. */
  revoke(): Promise<void>;
}

/** A fresh sign-in at Pipedrive, not stored yet. */
export interface FreshPipedrive {
  readonly login: PipedriveLogin;
  readonly user: PipedriveUser;
  readonly secret: () => PipedriveSecret;
  /** Ends a sign-in in the browser; a personal token has nothing to end. */
  revoke(): Promise<void>;
}

/** Whatever ends the work half-way, what was signed in for it is taken back. */
export async function orTakeBack<T>(
  takeBack: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await takeBack();
    throw error;
  }
}

export type PipedriveSecret =
  | { readonly kind: 'api-token'; readonly token: string }
  | { readonly kind: 'tokens'; readonly tokens: TokenSet };

export interface BrowserChoice {
  /** Print the address instead of opening it. */
  readonly noBrowser: boolean;
}

export interface GrantChoice extends BrowserChoice {
  /** Asks for more than to read. */
  readonly writes?: boolean;
}

/** @throws {Refused} without an OAuth client */
export async function grantAt(
  kind: ProviderKind,
  session: Session,
  email: string,
  { noBrowser, writes = false }: GrantChoice,
): Promise<ProviderGrant> {
  const provider = PROVIDERS[kind];
  const server = provider.server(session, writes, email);
  const client = clientOf(session, kind);
  const store = memory(await authorize(session, { server, client }, { noBrowser }));
  return {
    kind,
    server,
    writes,
    side: await provider.side(
      session,
      tokenCredentials(session, { side: 'provider', server, client, store }),
    ),
    tokens: store.load,
    revoke: () => revokeTokens(session, server, client, store.load()),
  };
}

/** Best effort. */
export function revokeTokens(
  session: Session,
  server: OAuthServer,
  client: OAuthClient,
  { refreshToken, accessToken }: TokenSet,
): Promise<void> {
  const endpoint = createTokenEndpoint(server, client, session.http());
  return endpoint.revoke(refreshToken ?? accessToken);
}

/** @throws {Refused} when a box was left unticked */
export function checkScopes({ kind, server, writes, tokens }: ProviderGrant): void {
  const { name } = PROVIDERS[kind];
  if (missingScopes(server, tokens()).length === 0) return;
  throw new Refused(texts.boxUnticked(name, writes));
}

/** Whether both addresses lead to one mailbox; Google's two domains are one, and dots and tags are air there. */
export function sameMailbox(one: string, two: string): boolean {
  return canonical(one) === canonical(two);
}

/** https://support.google.com/mail/answer/7436150, https://support.google.com/a/users/answer/9282734 */
function canonical(email: string): string {
  const address = email.trim().toLowerCase();
  const [, local, gmail] = /^([^@+]+)(?:\+[^@]*)?@(gmail|googlemail)\.com$/u.exec(address) ?? [];
  if (local === undefined || gmail === undefined) return address;
  return `${local.replaceAll('.', '')}@gmail.com`;
}

function memory(first: TokenSet): TokenStore {
  let tokens = first;
  return {
    load: () => tokens,
    save: (fresh) => {
      tokens = fresh;
    },
    exclusively: (work) => work(),
  };
}

/**
 * With the personal token from standard input, the environment, or a prompt that hides it; there a
 * mistyped one is asked for again. @throws {TokenRefused}
 */
export async function pipedriveByToken(
  session: Session,
  fromStdin: boolean,
): Promise<FreshPipedrive> {
  const given = await givenToken(session, fromStdin);
  if (given !== undefined) return withToken(session, given);
  const prompter = await session.prompter();
  for (;;) {
    const typed = await prompter.secret(texts.TOKEN_QUESTION);
    try {
      return await withToken(session, filled(typed));
    } catch (error) {
      if (!(error instanceof TokenRefused || error instanceof UsageError)) throw error;
      session.io.warn(`${sign(session.io, 'bad')} ${error.message}`);
    }
  }
}

async function withToken(session: Session, token: string): Promise<FreshPipedrive> {
  const api = pipedriveApi(
    session,
    createApiTokenCredentials(() => token),
  );
  const user = await readUser(api, session.signal).catch((error: unknown) => {
    throw error instanceof SignInNeeded ? new TokenRefused(error) : error;
  });
  return {
    user,
    login: { api, userId: user.id, companyId: user.companyId },
    secret: () => ({ kind: 'api-token', token }),
    revoke: async () => undefined,
  };
}

export async function pipedriveByOAuth(
  session: Session,
  browser: BrowserChoice,
): Promise<FreshPipedrive> {
  const server = pipedriveOAuth(session);
  const client = clientOf(session, 'pipedrive');
  const store = memory(
    await authorize(session, { server, client }, browser, session.env.pipedriveRedirectPort),
  );
  const credentials = tokenCredentials(session, {
    side: 'crm',
    server,
    client,
    store,
  });
  const api = pipedriveApi(session, credentials, store.load().apiDomain);
  const revoke = (): Promise<void> => revokeTokens(session, server, client, store.load());
  // As long as nobody knows who this is, it may be somebody whose sign-in an account here uses.
  const takeBack = isAnyStored(session) ? async (): Promise<void> => undefined : revoke;
  const user = await orTakeBack(takeBack, () => readUser(api, session.signal));
  return {
    user,
    login: { api, userId: user.id, companyId: user.companyId },
    secret: () => ({ kind: 'tokens', tokens: store.load() }),
    revoke,
  };
}

/** Whether somebody is signed in at Pipedrive in the browser: to take one grant back ends all of that user's. */
function isAnyStored({ store }: Session): boolean {
  return store()
    .connections.list()
    .some(({ kind, details }) => kind === 'pipedrive' && details['signIn'] === 'oauth');
}

/** The token that needs no question; `undefined` where there is somebody to ask for it. */
async function givenToken(session: Session, fromStdin: boolean): Promise<string | undefined> {
  if (fromStdin) return filled(await session.readStdin());
  if (session.env.pipedriveToken !== undefined) return session.env.pipedriveToken;
  if (session.io.canAsk) return undefined;
  throw new UsageError(texts.TOKEN_NEEDED);
}

function filled(token: string): string {
  if (token.trim() === '') throw new UsageError(texts.TOKEN_EMPTY);
  return token.trim();
}

interface Registration {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
}

async function authorize(
  session: Session,
  { server, client }: Registration,
  { noBrowser }: BrowserChoice,
  port?: number,
): Promise<TokenSet> {
  const { io } = session;
  if (noBrowser && server.deviceEndpoint !== undefined) {
    return withCode(session, { server, client });
  }
  const willOpen = !noBrowser && io.canAsk;
  return signIn({
    server,
    client,
    http: session.http(),
    ...(port === undefined ? {} : { port }),
    signal: session.signal,
    onAddress: (address) => {
      io.warn(texts.signInAt(server.name, address, willOpen));
      if (willOpen) void openBrowser(address);
    },
    ...(io.canAsk
      ? {
          paste: async (problem: string | undefined, signal: AbortSignal) => {
            if (problem !== undefined) io.warn(`${sign(io, 'bad')} ${problem}`);
            const prompter = await session.prompter();
            return prompter.input(texts.PASTE_QUESTION, { signal });
          },
        }
      : {}),
  });
}

/** Where the vendor has a page for it, nothing has to come back to this machine. */
function withCode({ io, http, signal }: Session, registration: Registration): Promise<TokenSet> {
  return signInByDevice({
    ...registration,
    http: http(),
    signal,
    onCode: ({ code, address }) => {
      const { name } = registration.server;
      io.warn(texts.signInWithCode(name, neutralise(address), neutralise(code)));
    },
  });
}

/** Best effort: the address is on the screen whatever comes of it. */
async function openBrowser(address: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const child = await open(address);
    child.on('error', () => undefined);
  } catch {
    // No browser on this machine.
  }
}
