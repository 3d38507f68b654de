import { signIn } from '../auth/sign-in.ts';
import { createTokenEndpoint, missingScopes, type TokenSet } from '../auth/tokens.ts';
import type { OAuthServer } from '../auth/servers.ts';
import { createApiTokenCredentials, type TokenStore } from '../auth/credentials.ts';
import { readUser, type PipedriveUser } from '../crm/pipedrive/set-up.ts';
import type { GoogleSide } from '../providers/google/index.ts';
import {
  clientOf,
  googleOAuth,
  googleSide,
  pipedriveApi,
  pipedriveOAuth,
  tokenCredentials,
  type PipedriveLogin,
} from './compose.ts';
import type { Session } from './session.ts';
import { Refused, UsageError } from './usage-error.ts';

/** A fresh sign-in at Google, not stored yet. */
export interface FreshGoogle {
  readonly side: GoogleSide;
  readonly email: string;
  readonly tokens: () => TokenSet;
  revoke(): Promise<void>;
}

/** A fresh sign-in at Pipedrive, not stored yet. */
export interface FreshPipedrive {
  readonly login: PipedriveLogin;
  readonly user: PipedriveUser;
  readonly secret: () => PipedriveSecret;
}

export type PipedriveSecret =
  | { readonly kind: 'api-token'; readonly token: string }
  | { readonly kind: 'tokens'; readonly tokens: TokenSet };

export interface BrowserChoice {
  /** Print the address instead of opening it. */
  readonly noBrowser: boolean;
}

/** Asks for no more than to read, unless `writes`. @throws {Refused} when another account signed in than the one that was named, or a box was left unticked */
export async function signInToGoogle(
  session: Session,
  email: string,
  browser: BrowserChoice,
  writes = false,
): Promise<FreshGoogle> {
  const server = googleOAuth(session, writes, email);
  const client = clientOf(session, 'google');
  const store = memory(await authorize(session, server, browser));
  const endpoint = createTokenEndpoint(server, client, session.http());
  const revoke = (): Promise<void> => {
    const { refreshToken, accessToken } = store.load();
    return endpoint.revoke(refreshToken ?? accessToken);
  };
  const side = googleSide(
    session,
    tokenCredentials(session, { side: 'provider', server, client, store }),
  );
  try {
    if (missingScopes(server, store.load()).length > 0) {
      throw new Refused(
        'Google was not allowed to show contactsync your contacts.',
        'Run the command again and tick the box for contacts on Google’s page.',
      );
    }
    const { email: signedIn } = await side.account(session.signal);
    if (sameMailbox(signedIn, email))
      return { side, email: signedIn.toLowerCase(), tokens: store.load, revoke };
    throw new Refused(
      `${signedIn} signed in at Google, but the account is ${email}.`,
      `Run the command again and choose ${email} on Google’s page.`,
    );
  } catch (error) {
    await revoke();
    throw error;
  }
}

/** Google’s two domains are one. */
function sameMailbox(one: string, two: string): boolean {
  const plain = (email: string): string =>
    email
      .trim()
      .toLowerCase()
      .replace(/@googlemail\.com$/u, '@gmail.com');
  return plain(one) === plain(two);
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

export async function pipedriveByToken(session: Session, token: string): Promise<FreshPipedrive> {
  const api = pipedriveApi(
    session,
    createApiTokenCredentials(() => token),
  );
  const user = await readUser(api, session.signal);
  return {
    user,
    login: { api, userId: user.id, companyId: user.companyId },
    secret: () => ({ kind: 'api-token', token }),
  };
}

export async function pipedriveByOAuth(
  session: Session,
  browser: BrowserChoice,
): Promise<FreshPipedrive> {
  const server = pipedriveOAuth(session);
  const client = clientOf(session, 'pipedrive');
  const store = memory(
    await authorize(session, server, browser, session.env.pipedriveRedirectPort),
  );
  const credentials = tokenCredentials(session, {
    side: 'crm',
    server,
    client,
    store,
  });
  const api = pipedriveApi(session, credentials, store.load().apiDomain);
  const user = await readUser(api, session.signal);
  return {
    user,
    login: { api, userId: user.id, companyId: user.companyId },
    secret: () => ({ kind: 'tokens', tokens: store.load() }),
  };
}

/** Where the personal token comes from: standard input, the environment, or a prompt that hides it. */
export async function readToken(session: Session, fromStdin: boolean): Promise<string> {
  if (fromStdin) return filled(await session.readStdin());
  if (session.env.pipedriveToken !== undefined) return session.env.pipedriveToken;
  if (!session.io.canAsk) {
    throw new UsageError(
      'Pipedrive’s personal API token is needed, and there is no terminal to ask for it.',
      'Set CONTACTSYNC_PIPEDRIVE_TOKEN, or pipe the token in with --crm-token-stdin.',
    );
  }
  const prompter = await session.prompter();
  return filled(
    await prompter.secret('Pipedrive’s personal API token (Personal preferences › API)'),
  );
}

function filled(token: string): string {
  if (token === '') throw new UsageError('The Pipedrive token is empty.');
  return token;
}

async function authorize(
  session: Session,
  server: OAuthServer,
  { noBrowser }: BrowserChoice,
  port?: number,
): Promise<TokenSet> {
  const { io } = session;
  const client = clientOf(session, server.name === 'Google' ? 'google' : 'pipedrive');
  const willOpen = !noBrowser && io.canAsk;
  const paste = io.canAsk && (noBrowser || process.env['SSH_CONNECTION'] !== undefined);
  return signIn({
    server,
    client,
    http: session.http(),
    ...(port === undefined ? {} : { port }),
    signal: session.signal,
    onAddress: (address) => {
      io.warn(
        `Sign in to ${server.name}${willOpen ? ' in the browser that opens, or' : ''} at\n  ${address}\n`,
      );
      if (willOpen) void openBrowser(address);
    },
    ...(paste
      ? {
          paste: async (problem: string | undefined, signal: AbortSignal) => {
            if (problem !== undefined) io.warn(problem);
            const prompter = await session.prompter();
            return prompter.input(
              'Browser elsewhere? Paste the address of the page that fails to load',
              { signal },
            );
          },
        }
      : {}),
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
