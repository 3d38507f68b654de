import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Lesson, Limits } from '../http/api.ts';
import { assertSafe, isLoopback } from '../http/loopback.ts';
import type { OAuthClient } from '../auth/servers.ts';
import { filled } from './home.ts';
import { UsageError } from './usage-error.ts';
import * as texts from './texts/settings.ts';

/** Everything that the program takes from environment variables, checked once. */
export interface Environment {
  readonly home: string | undefined;
  readonly key: string | undefined;
  /** Whether this machine's key chain can be asked from here. */
  readonly keyChain: boolean;
  /** Whether there is a proxy for https, for some addresses at least. */
  readonly proxied: boolean;
  readonly pipedriveToken: string | undefined;
  readonly googleUrl: string | undefined;
  readonly googleAuthUrl: string | undefined;
  readonly pipedriveUrl: string | undefined;
  readonly pipedriveAuthUrl: string | undefined;
  readonly microsoftUrl: string | undefined;
  readonly microsoftAuthUrl: string | undefined;
  readonly googleClient: OAuthClient | undefined;
  readonly microsoftClient: OAuthClient | undefined;
  readonly pipedriveClient: OAuthClient | undefined;
  /** Variables without which the other half of an OAuth client is of no use. */
  readonly missingHalves: readonly string[];
  readonly pipedriveRedirectPort: number;
  /** Milliseconds; each vendor's own where it is not set. */
  readonly visibilityDelayMs: number | undefined;
  /** Whether budgets are kept in advance. */
  readonly paced: boolean;
  /** The share of the CRM's daily budget that is left to other programs, where the user says it. */
  readonly reserve: number | undefined;
  /** The vendor's limits with the user's own figures in place of the published ones. */
  readonly adjust: (vendor: Vendor, limits: Limits) => Limits;
}

const VENDORS = ['google', 'microsoft', 'pipedrive'] as const;

/** Whoever is called. */
export type Vendor = (typeof VENDORS)[number];

type Variables = Readonly<Record<string, string | undefined>>;

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
const DEFAULT_REDIRECT_PORT = 53_683;
const LAST_PORT = 65_535;

/** @throws {UsageError} naming the variable */
export function readEnvironment(env: Variables): Environment {
  const address = (name: string): string | undefined => checkedAddress(name, env[name]);
  const googleUrl = address('CONTACTSYNC_GOOGLE_URL');
  const pipedriveUrl = address('CONTACTSYNC_PIPEDRIVE_URL');
  const googleAuthUrl = address('CONTACTSYNC_GOOGLE_AUTH_URL');
  const pipedriveAuthUrl = address('CONTACTSYNC_PIPEDRIVE_AUTH_URL');
  const microsoftUrl = address('CONTACTSYNC_MICROSOFT_URL');
  const microsoftAuthUrl = address('CONTACTSYNC_MICROSOFT_AUTH_URL');
  const microsoftClient = publicClient(env, 'MICROSOFT');
  const googleClient = client(env, 'GOOGLE');
  const pipedriveClient = client(env, 'PIPEDRIVE');
  // Without a client of the user's own, nobody signs in at the vendor's page.
  const inUse = [
    googleUrl,
    pipedriveUrl,
    ...(googleClient === undefined ? [] : [googleAuthUrl]),
    ...(pipedriveClient === undefined ? [] : [pipedriveAuthUrl]),
    ...(microsoftClient === undefined ? [] : [microsoftUrl, microsoftAuthUrl]),
  ];
  return {
    home: filled(env['CONTACTSYNC_HOME']),
    key: filled(env['CONTACTSYNC_KEY']),
    keyChain: hasKeyChain(env),
    proxied: PROXY_VARIABLES.some((name) => filled(env[name]) !== undefined),
    pipedriveToken: filled(env['CONTACTSYNC_PIPEDRIVE_TOKEN']),
    googleUrl,
    googleAuthUrl,
    pipedriveUrl,
    pipedriveAuthUrl,
    microsoftUrl,
    microsoftAuthUrl,
    googleClient,
    microsoftClient,
    pipedriveClient,
    missingHalves: ['GOOGLE', 'PIPEDRIVE'].flatMap((vendor) => missingHalf(env, vendor)),
    pipedriveRedirectPort:
      port(env, 'CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT') ?? DEFAULT_REDIRECT_PORT,
    visibilityDelayMs: seconds(env, 'CONTACTSYNC_VISIBILITY_DELAY'),
    ...readLimits(filled(env['CONTACTSYNC_LIMITS']), inUse),
  };
}

/** On Linux there is one where there is a session to ask it in: not under cron, not over plain ssh. */
function hasKeyChain(env: Variables): boolean {
  const wish = filled(env['CONTACTSYNC_KEY_CHAIN']) ?? 'on';
  if (wish !== 'on' && wish !== 'off') {
    throw new UsageError(texts.KEY_CHAIN);
  }
  const reachable =
    process.platform !== 'linux' || filled(env['DBUS_SESSION_BUS_ADDRESS']) !== undefined;
  return wish === 'on' && reachable;
}

function checkedAddress(name: string, value: string | undefined): string | undefined {
  const text = filled(value);
  if (text === undefined) return undefined;
  try {
    assertSafe(new URL(text));
  } catch {
    throw new UsageError(texts.address(name));
  }
  return text.replace(/\/+$/u, '');
}

function client(env: Variables, vendor: 'GOOGLE' | 'PIPEDRIVE'): OAuthClient | undefined {
  const id = filled(env[`CONTACTSYNC_${vendor}_CLIENT_ID`]);
  const secret = filled(env[`CONTACTSYNC_${vendor}_CLIENT_SECRET`]);
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

function missingHalf(env: Variables, vendor: string): readonly string[] {
  const names = ['ID', 'SECRET'].map((half) => `CONTACTSYNC_${vendor}_CLIENT_${half}`);
  const missing = names.filter((name) => filled(env[name]) === undefined);
  return missing.length === 1 ? missing : [];
}

/** One that has no secret to keep. */
function publicClient(env: Variables, vendor: 'MICROSOFT'): OAuthClient | undefined {
  const id = filled(env[`CONTACTSYNC_${vendor}_CLIENT_ID`]);
  return id === undefined ? undefined : { id };
}

function port(env: Variables, name: string): number | undefined {
  const text = filled(env[name]);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,5}$/u.test(text) || number < 1 || number > LAST_PORT)
    throw new UsageError(texts.port(name, LAST_PORT));
  return number;
}

function seconds(env: Variables, name: string): number | undefined {
  const text = filled(env[name]);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new UsageError(texts.seconds(name));
  return value * 1000;
}

const figures = {
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  budgets: v.optional(v.record(v.string(), v.pipe(v.number(), v.minValue(1))), {}),
};
/** With more than this left to others, a first sync would never come to its end. */
const MOST_RESERVED = 0.9;
const Figures = v.strictObject({
  google: v.optional(v.strictObject(figures)),
  microsoft: v.optional(v.strictObject(figures)),
  pipedrive: v.optional(
    v.strictObject({
      ...figures,
      reserve: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_RESERVED))),
    }),
  ),
});

function readLimits(
  setting: string | undefined,
  addresses: readonly (string | undefined)[],
): Pick<Environment, 'paced' | 'adjust' | 'reserve'> {
  const asPublished = { adjust: (_: Vendor, limits: Limits) => limits, reserve: undefined };
  if (setting === undefined || setting === 'documented') return { paced: true, ...asPublished };
  if (setting === 'none') {
    const local = addresses.every((one) => one !== undefined && isLoopback(new URL(one).hostname));
    if (!local) throw new UsageError(texts.LIMITS_NONE);
    return { paced: false, ...asPublished };
  }
  const own = v.safeParse(Figures, readJson(setting));
  if (!own.success) throw new UsageError(texts.noLimitsIn(setting));
  return {
    paced: true,
    reserve: own.output.pipedrive?.reserve,
    adjust: (vendor, limits) => withOwn(limits, own.output[vendor]),
  };
}

type OwnFigures = v.InferOutput<typeof Figures>['google'];

/** What an answer teaches counts where it is less than the user's own figure. */
function withOwn(limits: Limits, own: OwnFigures): Limits {
  if (own === undefined) return limits;
  const { learn } = limits;
  const budgets = limits.budgets.map((budget) => ({
    ...budget,
    units: own.budgets[budget.name] ?? budget.units,
  }));
  const capped = (lesson: Lesson): Lesson => {
    const most = own.budgets[lesson.budget];
    const { units, concurrency } = lesson;
    return {
      ...lesson,
      ...(units !== undefined && most !== undefined && { units: Math.min(units, most) }),
      ...(concurrency !== undefined && { concurrency: own.concurrency ?? concurrency }),
    };
  };
  return {
    ...limits,
    concurrency: own.concurrency ?? limits.concurrency,
    budgets,
    ...(learn && { learn: (headers) => learn(headers).map(capped) }),
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    throw new UsageError(texts.limitsUnreadable(file));
  }
}
