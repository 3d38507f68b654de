import { googleServer, microsoftServer, type OAuthServer } from '../auth/servers.ts';
import type { Credentials } from '../http/api.ts';
import type { ApiOptions } from '../http/client.ts';
import type { ContactSide, Groups } from '../sync/ports.ts';
import type { Session } from './session.ts';
import { KINDS_OF_ACCOUNT, VENDORS } from './texts/names.ts';

/** An address book that somebody is signed in to. */
export interface ProviderSide extends ContactSide {
  readonly groups: Groups;
  /** Whose sign-in this is, by the provider's own id, and by all addresses that lead to the mailbox. */
  account(signal: AbortSignal): Promise<ProviderUser>;
}

export interface ProviderUser {
  readonly id: string;
  readonly email: string;
  readonly aliases?: readonly string[];
}

/** Whose limits are shared; nobody's before the login is known. */
type Pooled = Pick<ApiOptions, 'pool'>;

interface Provider {
  /** For sign-ins: `Google`. */
  readonly name: string;
  /** For those who are asked whose account it is. */
  readonly title: string;
  /** Of addresses that tell the provider by themselves. */
  readonly domains: RegExp;
  /** What is needed besides the client's id. */
  readonly secret: boolean;
  /** Loads what talks to this provider, and nothing of the others. */
  readonly side: (
    session: Session,
    credentials: Credentials,
    pooled?: Pooled,
  ) => Promise<ProviderSide>;
  readonly server: (session: Session, write: boolean, email?: string) => OAuthServer;
}

/** A line for each provider. */
export const PROVIDERS = {
  google: {
    name: VENDORS.google,
    title: KINDS_OF_ACCOUNT.google,
    domains: /^(?:gmail|googlemail)\.com$/u,
    secret: true,
    side: googleSide,
    server: googleOAuth,
  },
  microsoft: {
    name: VENDORS.microsoft,
    title: KINDS_OF_ACCOUNT.microsoft,
    domains: /^(?:outlook|hotmail|live|msn)\./u,
    secret: false,
    side: microsoftSide,
    server: microsoftOAuth,
  },
} as const satisfies Readonly<Record<string, Provider>>;

export type ProviderKind = keyof typeof PROVIDERS;

export const PROVIDER_KINDS = Object.keys(PROVIDERS) as readonly ProviderKind[];

export function isProvider(kind: string): kind is ProviderKind {
  return kind in PROVIDERS;
}

async function microsoftSide(
  session: Session,
  credentials: Credentials,
  pooled?: Pooled,
): Promise<ProviderSide> {
  const { createMicrosoftSide, microsoftApiBase, microsoftLimits } =
    await import('../providers/microsoft/index.ts');
  const { env } = session;
  const api = session.http().api({
    name: 'microsoft',
    base: microsoftApiBase(env.microsoftUrl),
    credentials,
    limits: env.adjust('microsoft', microsoftLimits()),
    ...pooled,
  });
  return createMicrosoftSide({ api, ...delay(session) });
}

async function googleSide(
  session: Session,
  credentials: Credentials,
  pooled?: Pooled,
): Promise<ProviderSide> {
  const { createGoogleSide, googleApiBases, googleLimits } =
    await import('../providers/google/index.ts');
  const { env } = session;
  const bases = googleApiBases(env.googleUrl);
  const limits = env.adjust('google', googleLimits());
  const http = session.http();
  const shared = { name: 'google', credentials, limits, ...pooled };
  const api = http.api({ ...shared, base: bases.people });
  const userinfo =
    bases.userinfo === bases.people ? api : http.api({ ...shared, base: bases.userinfo });
  return createGoogleSide({ api, userinfo, ...delay(session) });
}

function microsoftOAuth(session: Session, write: boolean, email?: string): OAuthServer {
  const { microsoftAuthUrl: base } = session.env;
  return microsoftServer({ base, write, ...(email === undefined ? {} : { email }) });
}

function googleOAuth(session: Session, write: boolean, email?: string): OAuthServer {
  const { googleAuthUrl } = session.env;
  return googleServer({ base: googleAuthUrl, write, ...(email === undefined ? {} : { email }) });
}

/** Milliseconds after which writes show, where the user knows better than the vendor. */
export function delay({ env }: Session): { visibilityDelayMs?: number } {
  return env.visibilityDelayMs === undefined ? {} : { visibilityDelayMs: env.visibilityDelayMs };
}
