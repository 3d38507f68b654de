import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import { controlHands } from '../control-hands.ts';
import { BadControl, BadJson } from '../core.ts';
import type { SandboxAnswer, SandboxRequest, SandboxSeed } from '../core.ts';
import type { SandboxContact } from '../seed-contact.ts';
import { createAddressBook } from './address-book.ts';
import { createEtags } from './etags.ts';
import type { GoogleHands, GoogleSandbox } from './google-sandbox.ts';
import { GoogleFailure, invalidArgument, notFound } from './errors.ts';
import { createGroupBook } from './group-book.ts';
import { createListings } from './listings.ts';
import { CONTACTS_SCOPE, READ_ONLY_SCOPE, createGoogleOAuth } from './oauth.ts';
import { READABLE_FIELDS } from './person-fields.ts';
import { personView } from './person-view.ts';
import { servePhoto } from './photo-calls.ts';
import { createQuota } from './quota.ts';
import { ROUTES } from './routes.ts';
import { createGoogleUser } from './user.ts';
import type { GoogleWorld } from './world.ts';

export type { GoogleSandbox } from './google-sandbox.ts';
export { GOOGLE_CLIENT } from './oauth-client.ts';

export interface GoogleSandboxOptions {
  readonly email?: string;
  readonly contacts?: readonly SandboxContact[];
  /** How long lists hide fresh writes. */
  readonly visibilityDelayMs?: number;
  readonly enforceLimits?: boolean;
  readonly autoConsent?: boolean;
  /** The OAuth app is in Google's "Testing" mode. */
  readonly testing?: boolean;
  /** Google's own limit is 25,000; seeds are not held to it. */
  readonly maxContacts?: number;
  /** `http://127.0.0.1:PORT`, for the addresses of pictures in {@link GoogleSandbox.people}. */
  readonly origin?: () => string;
}

/** Parameters that every Google API takes. */
const STANDARD_QUERY: readonly string[] = [
  '$.xgafv',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
];

export function createGoogleSandbox(
  seed: SandboxSeed,
  options: GoogleSandboxOptions = {},
): GoogleSandbox {
  let staleReads = 0;
  const world = createWorld(seed, options, () => {
    staleReads -= 1;
    return staleReads >= 0;
  });
  const user = createGoogleUser(world);
  for (const contact of options.contacts ?? []) user.create(contact);
  hideWritesFor(world, options.visibilityDelayMs ?? 0);

  const hands: GoogleHands = {
    ...user,
    signInAs: (email) => world.oauth.signInAs(email),
    consent: (answer) => world.oauth.consent(answer),
    tickScopes: (scopes) => world.oauth.tickScopes(scopes),
    revokeGrants: () => world.oauth.revokeGrants(),
    expireAccessTokens: () => world.oauth.expireAccessTokens(),
    people: () => everybody(world, options.origin?.() ?? ''),
    hide: (delayMs) => hideWritesFor(world, delayMs),
    etags: (reading) => world.etags.read(reading),
    expireSyncTokens() {
      world.contactListings.expireSyncTokens();
      world.groupListings.expireSyncTokens();
    },
    staleReads(count) {
      staleReads = count;
    },
    setQuota: (limits) => world.quota.enforce(limits),
  };
  return {
    ...hands,
    vendor: 'google',
    handle: (request) => handle(world, request),
    isWrite: ({ method, path }) => path.startsWith('/v1/') && method !== 'GET',
    control: (action, body) => controlHands(hands, action, body),
  };
}

function createWorld(
  seed: SandboxSeed,
  options: GoogleSandboxOptions,
  takeStaleRead: () => boolean,
): GoogleWorld {
  const contacts = createAddressBook(seed);
  const groups = createGroupBook(seed);
  return {
    clock: seed.clock,
    contacts,
    groups,
    contactListings: createListings(seed.clock, contacts.feed),
    groupListings: createListings(seed.clock, groups.feed),
    quota: createQuota(seed.clock, options.enforceLimits ?? false),
    oauth: createGoogleOAuth(seed, {
      email: options.email ?? 'ann@example.com',
      autoConsent: options.autoConsent ?? false,
      testing: options.testing ?? false,
    }),
    etags: createEtags(),
    maxContacts: options.maxContacts ?? 25_000,
    takeStaleRead,
  };
}

function hideWritesFor(world: GoogleWorld, delayMs: number): void {
  if (!(delayMs >= 0)) throw new BadControl('The delay is a number of milliseconds.');
  world.contacts.feed.hide(delayMs);
  world.groups.feed.hide(delayMs);
}

function handle(world: GoogleWorld, request: SandboxRequest): SandboxAnswer | undefined {
  if (request.path.startsWith('/photos/')) return servePhoto(world, request);
  const signingIn = world.oauth.handle(request);
  if (signingIn !== undefined || !request.path.startsWith('/v1/')) return signingIn;
  try {
    return callApi(world, request);
  } catch (error) {
    if (error instanceof GoogleFailure) return error.answer();
    if (error instanceof BadJson) return invalidArgument('Invalid JSON payload received.').answer();
    throw error;
  }
}

function callApi(world: GoogleWorld, request: SandboxRequest): SandboxAnswer {
  for (const route of ROUTES) {
    const match = route.method === request.method ? route.path.exec(request.path) : null;
    if (match === null) continue;
    const readOnly = request.method === 'GET' ? [READ_ONLY_SCOPE] : [];
    world.oauth.require(request, [CONTACTS_SCOPE, ...readOnly]);
    refuseUnknownQuery(request.query, route.query);
    world.quota.charge(route.cost);
    return route.answer(world, { request, id: match[1] ?? '' });
  }
  throw notFound();
}

function refuseUnknownQuery(query: URLSearchParams, known: readonly string[]): void {
  const bad = [...query.keys()].find(
    (key) => !known.includes(key) && !STANDARD_QUERY.includes(key),
  );
  if (bad === undefined) return;
  throw invalidArgument(
    `Invalid JSON payload received. Unknown name "${bad}": Cannot bind query parameter. Field '${bad}' could not be found in request message.`,
  );
}

function everybody(world: GoogleWorld, origin: string): readonly people_v1.Schema$Person[] {
  const look = {
    mask: new Set<string>(READABLE_FIELDS),
    contacts: true,
    profiles: true,
    list: false,
    origin,
    etagOut: (etag: string) => etag,
    groupExists: (name: string) => world.groups.find(name) !== undefined,
  };
  return world.contacts.all().map((contact) => personView(contact, look));
}
