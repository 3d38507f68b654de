import type { SandboxAnswer } from '../core.ts';
import type { StoredContact } from './contact-book.ts';
import { readContact, withValues } from './contact-input.ts';
import type { ContactInput } from './contact-input.ts';
import { contactView, etagOf } from './contact-view.ts';
import type { Look } from './contact-view.ts';
import { GraphFailure, badRequest, itemNotFound } from './errors.ts';
import { filterOf } from './filter.ts';
import type { Filter } from './filter.ts';
import { folderOf } from './folder-calls.ts';
import { withMadeNames } from './names.ts';
import {
  appliedHeaders,
  expandOf,
  orderOf,
  preferencesOf,
  refuseQuery,
  selectOf,
  windowOf,
} from './query.ts';
import { accountOf } from './accounts.ts';
import { contextOf, found } from './answers.ts';
import type { Call, MicrosoftWorld } from './world.ts';

const LIST_QUERY = ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'];

/** `GET …/contacts`: by offset, so that a folder that changes meanwhile skips or doubles rows. */
export function listContacts(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const { query } = call.request;
  refuseQuery(query, LIST_QUERY);
  const preferences = preferencesOf(call.request);
  const folder = folderOf(world, call);
  const { top, skip } = windowOf(query, preferences);
  const all = ordered(searched(world, folder.id, filterOf(query)), query);
  const lists = folder.id === world.folders.defaultId ? world.behaviour.contactLists : 0;
  const look = lookOf(call);
  return found(
    {
      '@odata.context': contextOf(call, 'contacts'),
      ...(query.get('$count') === 'true' ? { '@odata.count': all.length + lists } : {}),
      value: all.slice(skip, skip + top).map((contact) => contactView(world, contact, look)),
      ...(skip + top < all.length ? { '@odata.nextLink': nextLink(call, top, skip + top) } : {}),
    },
    appliedHeaders(preferences),
  );
}

/** `GET …/contacts/$count` */
export function countContacts(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const folder = folderOf(world, call);
  const lists = folder.id === world.folders.defaultId ? world.behaviour.contactLists : 0;
  const count = searched(world, folder.id, filterOf(call.request.query)).length + lists;
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(count) };
}

/** `GET …/contacts/{id}` */
export function getContact(world: MicrosoftWorld, call: Call): SandboxAnswer {
  refuseQuery(call.request.query, ['$select', '$expand']);
  const binned = world.contacts.deleted(call.names['id'] ?? '');
  if (binned !== undefined && world.behaviour.deletedGet === 'in-deleted-items') {
    return entity(world, call, { ...binned, folderId: world.folders.deletedItems });
  }
  return entity(world, call, contactOf(world, call));
}

/** `POST …/contacts`: nothing looks for one that is there already. */
export function createContact(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const folder = folderOf(world, call);
  const input = readContact(call.request.json());
  refuseNulls(world, input, undefined);
  refuseWhenFull(world);
  const contact = world.contacts.add({
    folderId: folder.id,
    properties: withMadeNames(withValues({}, input), input, world),
    extended: world.behaviour.extendedProperties === 'kept' ? input.extended : {},
  });
  return { ...entity(world, call, contact), status: 201 };
}

/** `PATCH …/contacts/{id}` */
export function updateContact(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const contact = contactOf(world, call);
  const input = readContact(call.request.json());
  refuseStale(world, call, contact);
  refuseNulls(world, input, contact);
  refuseWhenFull(world);
  const folderId = movedTo(world, input, contact);
  const before = contact.properties;
  const changed = world.contacts.change(contact, {
    properties: withMadeNames(withValues(before, input), input, { ...world, before }),
    extended: { ...contact.extended, ...input.extended },
  });
  const kept = folderId === changed.folderId ? changed : world.contacts.move(changed, folderId);
  const preferences = preferencesOf(call.request);
  if (preferences.minimal) return { status: 204, headers: appliedHeaders(preferences) };
  return entity(world, call, kept);
}

/** `DELETE …/contacts/{id}`: to Deleted Items; `POST …/permanentDelete`: away for good. */
export function deleteContact(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const contact = contactOf(world, call);
  if (world.behaviour.ifMatch === 'honoured') refuseStale(world, call, contact);
  world.contacts.remove(contact, { forGood: call.request.method === 'POST' });
  return { status: 204 };
}

/** The contact that the path names, by either of its ids. @throws {GraphFailure} 404, 400 */
export function contactOf(world: MicrosoftWorld, call: Call): StoredContact {
  const id = call.names['id'] ?? '';
  if (!/^AA[Mk][kA]/u.test(id)) throw badRequest('Id is malformed.', 'ErrorInvalidIdMalformed');
  const personal = accountOf(call.grant.email).kind === 'personal';
  const escaped = /%3d/iu.test(call.request.rawPath);
  if (escaped && personal && world.behaviour.escapedEquals === 'not-found') throw itemNotFound();
  const contact = world.contacts.find(id);
  if (contact === undefined) throw itemNotFound();
  const inFolder =
    call.names['folder'] === undefined || folderOf(world, call).id === contact.folderId;
  if (!inFolder) throw itemNotFound();
  return contact;
}

function lookOf(call: Call): Look {
  const { query } = call.request;
  const { immutable } = preferencesOf(call.request);
  return { immutable, select: selectOf(query), expand: expandOf(query) };
}

function entity(world: MicrosoftWorld, call: Call, contact: StoredContact): SandboxAnswer {
  const view = contactView(world, contact, lookOf(call));
  return found(
    { '@odata.context': contextOf(call, 'contacts/$entity'), ...view },
    { ...appliedHeaders(preferencesOf(call.request)), etag: etagOf(contact) },
  );
}

/** How soon a search finds what was just written is not documented: as late as the feeds. */
function searched(
  { contacts, clock }: MicrosoftWorld,
  folderId: string,
  { holds, search }: Filter,
): readonly StoredContact[] {
  const horizon = clock.now().getTime() - (search ? contacts.delayMs() : 0);
  return contacts
    .inFolder(folderId)
    .filter((contact) => contact.modifiedAt.getTime() <= horizon && holds(contact));
}

function ordered(
  contacts: readonly StoredContact[],
  query: URLSearchParams,
): readonly StoredContact[] {
  const order = orderOf(query);
  if (order === undefined) return contacts;
  const { by, descending } = order;
  const key = ({ properties, createdAt, modifiedAt }: StoredContact): string => {
    const values: Readonly<Record<string, unknown>> = {
      ...properties,
      createdDateTime: createdAt.toISOString(),
      lastModifiedDateTime: modifiedAt.toISOString(),
    };
    const value = values[by];
    return typeof value === 'string' ? value : '';
  };
  const sorted = contacts.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
  return descending ? sorted.toReversed() : sorted;
}

function nextLink({ request }: Call, top: number, skip: number): string {
  const query = new URLSearchParams(request.query);
  query.set('$top', String(top));
  query.set('$skip', String(skip));
  return `${request.origin}${request.rawPath}?${query.toString()}`;
}

/** @throws {GraphFailure} 412, or 409 */
function refuseStale(world: MicrosoftWorld, { request }: Call, contact: StoredContact): void {
  const expected = request.headers['if-match'];
  if (expected === undefined || expected === '*' || world.behaviour.ifMatch === 'ignored') return;
  if (expected === etagOf(contact)) return;
  throw new GraphFailure(
    world.behaviour.conflictStatus,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}

/** "Explicit nulls for fields that hold nothing are rejected" (one report): 500. */
function refuseNulls(
  { behaviour }: MicrosoftWorld,
  { nulls }: ContactInput,
  contact: StoredContact | undefined,
): void {
  if (behaviour.nullForEmpty === 'taken') return;
  if (nulls.every((name) => contact?.properties[name] !== undefined)) return;
  throw new GraphFailure(
    500,
    'ErrorInternalServerError',
    'An internal server error occurred. The operation failed.',
  );
}

export function refuseWhenFull({ behaviour }: MicrosoftWorld): void {
  if (behaviour.mailbox !== 'full') return;
  throw new GraphFailure(507, 'ErrorQuotaExceeded', 'The mailbox has exceeded its quota.');
}

/** Resolves to the folder that the contact is in from now on. */
function movedTo(
  { behaviour, folders }: MicrosoftWorld,
  { parentFolderId }: ContactInput,
  { folderId }: StoredContact,
): string {
  if (parentFolderId === undefined || parentFolderId === folderId) return folderId;
  if (behaviour.parentFolderPatch === 'ignored') return folderId;
  const folder = folders.find(parentFolderId);
  if (behaviour.parentFolderPatch === 'moves' && folder !== undefined) return folder.id;
  throw badRequest("The property 'parentFolderId' is read-only.", 'ErrorInvalidProperty');
}
