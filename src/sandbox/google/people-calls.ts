import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import type { SandboxAnswer } from '../core.ts';
import type { StoredContact } from './address-book.ts';
import type { Call, GoogleWorld } from './world.ts';
import { lookOf, pageSizeOf } from './call.ts';
import { invalidArgument, notFound } from './errors.ts';
import type { FeedEntry } from '../change-feed.ts';
import { personView, tombstoneView } from './person-view.ts';
import type { PersonLook } from './person-view.ts';

const MAX_GET = 200;

/** `people.connections.list` */
export function listConnections(world: GoogleWorld, call: Call): SandboxAnswer {
  if (call.id !== 'me') throw invalidArgument('Resource name must be "people/me".');
  const { query } = call.request;
  const look = { ...lookOf(world, call), list: true };
  const syncToken = query.get('syncToken') ?? undefined;
  const pageToken = query.get('pageToken') ?? undefined;
  const wantsToken = query.get('requestSyncToken') === 'true';
  const pageSize = pageSizeOf(query, { usual: 100, most: 1000 });
  if (syncToken === undefined && pageToken === undefined && wantsToken) {
    world.quota.charge({ fullSync: 1 });
  }
  const sortOrder = query.get('sortOrder') ?? '';
  const page = world.contactListings.page({
    parameters: [query.get('personFields'), query.getAll('sources'), pageSize, sortOrder].join('|'),
    pageSize,
    pageToken,
    syncToken,
    ...(syncToken === undefined && !wantsToken ? { order: sorting(sortOrder) } : {}),
  });
  const connections = page.entries.map((entry) => entryView(entry, look, page.delta));
  return ok({
    ...(connections.length > 0 ? { connections } : {}),
    ...(page.total > 0 ? { totalPeople: page.total, totalItems: page.total } : {}),
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    ...(wantsToken && page.nextSyncToken !== undefined
      ? { nextSyncToken: page.nextSyncToken }
      : {}),
  } satisfies people_v1.Schema$ListConnectionsResponse);
}

/** `people.get` */
export function getPerson(world: GoogleWorld, call: Call): SandboxAnswer {
  const look = lookOf(world, call);
  if (call.id === 'me') return ok(accountPerson(world, call));
  const contact = world.contacts.find(`people/${call.id}`);
  if (contact === undefined) throw notFound();
  return ok(personView(world.takeStaleRead() ? world.contacts.before(contact) : contact, look));
}

/** `people.getBatchGet` */
export function batchGetPeople(world: GoogleWorld, call: Call): SandboxAnswer {
  const names = call.request.query.getAll('resourceNames');
  const look = lookOf(world, call);
  if (names.length === 0 || names.length > MAX_GET) throw invalidArgument();
  const responses = names.map((name) => personResponse(name, world.contacts.find(name), look));
  return ok({ responses } satisfies people_v1.Schema$GetPeopleResponse);
}

/** One entry of a batch's answer. A name that is not found does not fail the others. */
export function personResponse(
  requestedResourceName: string,
  contact: StoredContact | undefined,
  look: PersonLook,
): people_v1.Schema$PersonResponse {
  if (contact === undefined) {
    return { requestedResourceName, httpStatusCode: 404, status: notFound().rpcStatus() };
  }
  return {
    requestedResourceName,
    httpStatusCode: 200,
    status: {},
    ...(look.mask.size > 0 ? { person: personView(contact, look) } : {}),
  };
}

function entryView(entry: FeedEntry<StoredContact>, look: PersonLook, delta: boolean) {
  if (entry.value === undefined) return tombstoneView(entry.name, look.mask);
  const person = personView(entry.value, look);
  const { formerNames } = entry.value;
  if (!delta || formerNames.length === 0 || person.metadata === undefined) return person;
  return { ...person, metadata: { ...person.metadata, previousResourceNames: [...formerNames] } };
}

function sorting(sortOrder: string) {
  type Entries = readonly FeedEntry<StoredContact>[];
  const byName = (key: string) => (entries: Entries) =>
    entries.toSorted((one, two) => nameKey(one, key).localeCompare(nameKey(two, key)));
  switch (sortOrder) {
    case '':
    case 'LAST_MODIFIED_ASCENDING':
      return (entries: Entries) => entries;
    case 'LAST_MODIFIED_DESCENDING':
      return (entries: Entries) => entries.toReversed();
    case 'FIRST_NAME_ASCENDING':
      return byName('givenName');
    case 'LAST_NAME_ASCENDING':
      return byName('familyName');
    default:
      throw invalidArgument();
  }
}

function nameKey(entry: FeedEntry<StoredContact>, key: string): string {
  const value = entry.value?.fields.names?.[0]?.[key];
  return typeof value === 'string' ? value : '';
}

/** Whoever is signed in. */
function accountPerson(world: GoogleWorld, call: Call): people_v1.Schema$Person {
  const source = { type: 'ACCOUNT', id: '100000000000000000001' };
  const metadata = { primary: true, source };
  return {
    resourceName: `people/${source.id}`,
    etag: '%account',
    metadata: { sources: [source], objectType: 'PERSON' },
    emailAddresses: [{ metadata, value: world.oauth.emailOf(call.request) }],
  };
}

export function ok(body: object): SandboxAnswer {
  return { status: 200, body };
}
