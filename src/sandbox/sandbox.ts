import type { Server } from 'node:http';
import { createClock } from './clock.ts';
import { answerControl } from './control.ts';
import { seededRandom } from './core.ts';
import type { SandboxClock } from './core.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { GOOGLE_CLIENT, createGoogleSandbox } from './google/index.ts';
import type { GoogleSandbox } from './google/index.ts';
import { MICROSOFT_CLIENT, createMicrosoftSandbox } from './microsoft/index.ts';
import type { MicrosoftSandbox } from './microsoft/index.ts';
import { createPipedriveSandbox } from './pipedrive/index.ts';
import type { PipedriveSandbox } from './pipedrive/index.ts';
import type { SandboxContact } from './seed-contact.ts';
import { startServer } from './server.ts';
import type { RequestLogEntry } from './server.ts';

export interface SandboxOptions {
  /** 0, any free one, by default. */
  readonly port?: number;
  /** Google's address book at the start, and Outlook's as far as its slots go. */
  readonly contacts?: readonly SandboxContact[];
  /** Of the CRM's company. */
  readonly plan?: 'essential' | 'professional';
  /** The same seed gives the same ids, etags and tokens. */
  readonly seed?: number;
  /** How long the providers' lists hide fresh writes. */
  readonly visibilityDelayMs?: number;
  /** Whether the vendors' rate limits and budgets are enforced. */
  readonly enforceLimits?: boolean;
  /** The consent pages redirect at once, as for tests and the demo. */
  readonly autoConsent?: boolean;
  /** Who signs in at Google. */
  readonly email?: string;
  /** Who signs in at Microsoft: ann@outlook.com by default; an address of another domain is a work account. */
  readonly microsoftEmail?: string;
  /** The OAuth app at Google is in "Testing": refresh tokens die after 7 days. */
  readonly testing?: boolean;
  /** How many contacts Google takes through its API; 25,000 by default. */
  readonly maxContacts?: number;
}

/** Local vendors on one loopback address, and a hand on everything behind it. */
export interface Sandbox {
  readonly url: string;
  /** What points contactsync at the sandbox. */
  readonly env: Readonly<Record<string, string>>;
  readonly google: GoogleSandbox;
  readonly microsoft: MicrosoftSandbox;
  readonly pipedrive: PipedriveSandbox;
  readonly faults: Faults;
  requests(): readonly RequestLogEntry[];
  clearRequests(): void;
  /** Moves the vendors' clocks ahead. */
  advance(ms: number): void;
  close(): Promise<void>;
}

/** Resolves once it listens. @throws when the port is taken */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createClock();
  const faults = createFaults();
  let url = '';
  let log: RequestLogEntry[] = [];
  let vendors = createVendors(options, clock, () => url);

  const house = {
    clock,
    faults,
    vendors: () => [vendors.google, vendors.microsoft, vendors.pipedrive],
    requests: () => log,
    advance: (ms: number) => clock.advance(ms),
    reset() {
      clock.reset();
      faults.clear();
      log = [];
      vendors = createVendors(options, clock, () => url);
    },
  };
  const server = await startServer(options.port ?? 0, {
    ...house,
    control: (request) => answerControl(house, request),
    log: (entry) => void log.push(entry),
  });
  url = addressOf(server);

  return {
    url,
    env: environment(url, vendors.pipedrive),
    get google() {
      return vendors.google;
    },
    get microsoft() {
      return vendors.microsoft;
    },
    get pipedrive() {
      return vendors.pipedrive;
    },
    faults,
    requests: () => log,
    clearRequests() {
      log = [];
    },
    advance: (ms) => clock.advance(ms),
    close: () => close(server),
  };
}

function createVendors(options: SandboxOptions, clock: SandboxClock, origin: () => string) {
  const seed = options.seed ?? 1;
  return {
    google: createGoogleSandbox({ clock, random: seededRandom(seed) }, { ...options, origin }),
    microsoft: createMicrosoftSandbox(
      { clock, random: seededRandom(seed + 2) },
      {
        ...options,
        email: options.microsoftEmail ?? 'ann@outlook.com',
        behaviour: { enforceLimits: options.enforceLimits ?? false },
      },
    ),
    pipedrive: createPipedriveSandbox(
      { clock, random: seededRandom(seed + 1) },
      {
        plan: options.plan ?? 'professional',
        enforceLimits: options.enforceLimits ?? false,
        autoConsent: options.autoConsent ?? false,
      },
    ),
  };
}

function environment(url: string, pipedrive: PipedriveSandbox): Readonly<Record<string, string>> {
  return {
    CONTACTSYNC_GOOGLE_URL: url,
    CONTACTSYNC_GOOGLE_AUTH_URL: url,
    CONTACTSYNC_GOOGLE_CLIENT_ID: GOOGLE_CLIENT.id,
    CONTACTSYNC_GOOGLE_CLIENT_SECRET: GOOGLE_CLIENT.secret,
    CONTACTSYNC_MICROSOFT_URL: url,
    CONTACTSYNC_MICROSOFT_AUTH_URL: url,
    CONTACTSYNC_MICROSOFT_CLIENT_ID: MICROSOFT_CLIENT.id,
    CONTACTSYNC_PIPEDRIVE_URL: url,
    CONTACTSYNC_PIPEDRIVE_AUTH_URL: url,
    CONTACTSYNC_PIPEDRIVE_CLIENT_ID: pipedrive.clientId,
    CONTACTSYNC_PIPEDRIVE_CLIENT_SECRET: pipedrive.clientSecret,
    CONTACTSYNC_PIPEDRIVE_TOKEN: pipedrive.token,
  };
}

function addressOf(server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://127.0.0.1:${port}`;
}

/** Hung requests are cut off. */
async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
