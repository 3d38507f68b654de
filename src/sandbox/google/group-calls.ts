import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import { isRecord } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';
import { pageSizeOf } from './call.ts';
import { GoogleFailure, invalidArgument, notFound } from './errors.ts';
import { OPEN_SYSTEM_GROUPS } from './group-book.ts';
import type { StoredGroup } from './group-book.ts';
import { ok } from './people-calls.ts';
import type { Call, GoogleWorld } from './world.ts';

type Group = people_v1.Schema$ContactGroup;

/** `memberResourceNames` is not among them: it follows `maxMembers` (documented). */
const GROUP_FIELDS = ['clientData', 'groupType', 'memberCount', 'metadata', 'name'];
const USUAL_FIELDS = 'metadata,groupType,memberCount,name';
const MAX_GET = 200;
const MAX_MODIFY = 1000;

/** `contactGroups.list`: has a sync token on its last page always. */
export function listGroups(world: GoogleWorld, call: Call): SandboxAnswer {
  const { query } = call.request;
  const mask = groupMask(query.get('groupFields'));
  const pageSize = pageSizeOf(query, { usual: 30, most: 1000 });
  const page = world.groupListings.page({
    parameters: [query.get('groupFields'), pageSize].join('|'),
    pageSize,
    pageToken: query.get('pageToken') ?? undefined,
    syncToken: query.get('syncToken') ?? undefined,
  });
  const counts = memberCounts(world);
  const contactGroups = page.entries.map(({ name, value }) =>
    value === undefined
      ? { resourceName: name, metadata: { deleted: true } }
      : groupView(value, mask, counts.get(name) ?? 0),
  );
  return ok({
    ...(contactGroups.length > 0 ? { contactGroups } : {}),
    ...(page.total > 0 ? { totalItems: page.total } : {}),
    ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    ...(page.nextSyncToken === undefined ? {} : { nextSyncToken: page.nextSyncToken }),
  } satisfies people_v1.Schema$ListContactGroupsResponse);
}

/** `contactGroups.get` */
export function getGroup(world: GoogleWorld, call: Call): SandboxAnswer {
  return ok(viewWithMembers(world, call, existing(world, call)));
}

/** `contactGroups.batchGet` */
export function batchGetGroups(world: GoogleWorld, call: Call): SandboxAnswer {
  const names = call.request.query.getAll('resourceNames');
  if (names.length === 0 || names.length > MAX_GET) throw invalidArgument();
  const responses = names.map((requestedResourceName) => {
    const group = world.groups.find(requestedResourceName);
    return group === undefined
      ? { requestedResourceName, status: notFound().rpcStatus() }
      : { requestedResourceName, contactGroup: viewWithMembers(world, call, group), status: {} };
  });
  return ok({ responses } satisfies people_v1.Schema$BatchGetContactGroupsResponse);
}

/** `contactGroups.create` */
export function createGroup(world: GoogleWorld, call: Call): SandboxAnswer {
  const { name, clientData } = sentGroup(call);
  if (name === undefined) throw invalidArgument();
  refuseTakenName(world, name, undefined);
  const group = world.groups.add(name, clientData ?? []);
  return ok(answered(world, call, group));
}

/** `contactGroups.update` */
export function updateGroup(world: GoogleWorld, call: Call): SandboxAnswer {
  const group = existing(world, call);
  if (group.system) throw invalidArgument();
  const { name, clientData, etag, fields } = sentGroup(call);
  if (etag !== undefined && etag !== group.etag) {
    throw new GoogleFailure('ABORTED', 'Contact group etag is outdated');
  }
  if (fields.has('name')) {
    if (name === undefined) throw invalidArgument();
    refuseTakenName(world, name, group);
  }
  const changed = world.groups.change(group, {
    ...(fields.has('name') && name !== undefined ? { name } : {}),
    ...(fields.has('clientData') ? { clientData: clientData ?? [] } : {}),
  });
  return ok(answered(world, call, changed));
}

/** `contactGroups.delete` */
export function deleteGroup(world: GoogleWorld, call: Call): SandboxAnswer {
  const group = existing(world, call);
  if (group.system) throw invalidArgument();
  if (call.request.query.get('deleteContacts') === 'true') {
    for (const contact of membersOf(world, group)) world.contacts.remove(contact);
  }
  world.groups.remove(group);
  return ok({});
}

/** `contactGroups.members.modify`: trouble with one member does not fail the others. */
export function modifyMembers(world: GoogleWorld, call: Call): SandboxAnswer {
  const group = existing(world, call);
  const body = call.request.json();
  if (!isRecord(body)) throw invalidArgument();
  const adding = strings(body['resourceNamesToAdd']);
  const removing = strings(body['resourceNamesToRemove']);
  if (adding.length + removing.length > MAX_MODIFY) throw invalidArgument();
  const open = !group.system || OPEN_SYSTEM_GROUPS.includes(group.resourceName);
  if (adding.length > 0 && !open) throw invalidArgument();
  const trouble = { missing: new Set<string>(), last: new Set<string>() };
  for (const name of adding)
    change(world, name, trouble, (groups) => [...groups, group.resourceName]);
  for (const name of removing) {
    change(world, name, trouble, (groups) => groups.filter((each) => each !== group.resourceName));
  }
  return ok({
    ...(trouble.missing.size > 0 ? { notFoundResourceNames: [...trouble.missing] } : {}),
    ...(trouble.last.size > 0
      ? { canNotRemoveLastContactGroupResourceNames: [...trouble.last] }
      : {}),
  } satisfies people_v1.Schema$ModifyContactGroupMembersResponse);
}

function change(
  world: GoogleWorld,
  name: string,
  trouble: { readonly missing: Set<string>; readonly last: Set<string> },
  edit: (groups: readonly string[]) => readonly string[],
): void {
  const contact = world.contacts.find(name);
  if (contact === undefined) return void trouble.missing.add(name);
  const groups = [...new Set(edit(contact.groups))];
  if (groups.length === 0) return void trouble.last.add(name);
  if (groups.length !== contact.groups.length) world.contacts.change(contact, { groups });
}

function existing(world: GoogleWorld, call: Call): StoredGroup {
  const group = world.groups.find(`contactGroups/${call.id}`);
  if (group === undefined) throw notFound();
  return group;
}

/** "Must be unique to the user's contact groups" (documented). */
function refuseTakenName(world: GoogleWorld, name: string, self: StoredGroup | undefined): void {
  const holder = world.groups.byName(name);
  if (holder === undefined || holder.resourceName === self?.resourceName) return;
  throw new GoogleFailure('ALREADY_EXISTS', 'Contact group name already exists.');
}

function sentGroup(call: Call) {
  const body = call.request.json();
  const group = isRecord(body) ? body['contactGroup'] : undefined;
  if (!isRecord(body) || !isRecord(group)) throw invalidArgument();
  const { name, etag, clientData } = group;
  const update = body['updateGroupFields'];
  return {
    name: typeof name === 'string' && name !== '' ? name : undefined,
    etag: typeof etag === 'string' ? etag : undefined,
    clientData: Array.isArray(clientData)
      ? clientData
          .filter(isRecord)
          .map(({ key, value }) => ({ key: String(key), value: String(value) }))
      : undefined,
    fields: groupMask(typeof update === 'string' ? update : 'name'),
    read: body['readGroupFields'],
  };
}

function answered(world: GoogleWorld, call: Call, group: StoredGroup): Group {
  const { read } = sentGroup(call);
  const mask = groupMask(typeof read === 'string' ? read : null);
  return groupView(group, mask, membersOf(world, group).length);
}

function groupMask(text: string | null): ReadonlySet<string> {
  const paths = (text === null || text === '' ? USUAL_FIELDS : text).split(',');
  const bad = paths.find((path) => !GROUP_FIELDS.includes(path.trim()));
  if (bad !== undefined) throw invalidArgument(`Invalid groupFields mask path: "${bad}".`);
  return new Set(paths.map((path) => path.trim()));
}

function viewWithMembers(world: GoogleWorld, call: Call, group: StoredGroup): Group {
  const { query } = call.request;
  const most = Number(query.get('maxMembers') ?? '0');
  if (!Number.isInteger(most) || most < 0) throw invalidArgument();
  const members = membersOf(world, group);
  const shown = members.slice(0, most).map(({ resourceName }) => resourceName);
  return {
    ...groupView(group, groupMask(query.get('groupFields')), members.length),
    ...(shown.length > 0 ? { memberResourceNames: shown } : {}),
  };
}

function groupView(group: StoredGroup, mask: ReadonlySet<string>, memberCount: number): Group {
  const { resourceName, etag, name, system, updatedAt, clientData } = group;
  return {
    resourceName,
    etag,
    ...(mask.has('metadata') && !system ? { metadata: { updateTime: updatedAt } } : {}),
    ...(mask.has('groupType')
      ? { groupType: system ? 'SYSTEM_CONTACT_GROUP' : 'USER_CONTACT_GROUP' }
      : {}),
    ...(mask.has('name') ? { name, formattedName: formattedName(group) } : {}),
    ...(mask.has('memberCount') && memberCount > 0 ? { memberCount } : {}),
    ...(mask.has('clientData') && clientData.length > 0 ? { clientData: [...clientData] } : {}),
  };
}

/** System groups' names are shown in the viewer's language. */
function formattedName({ name, system }: StoredGroup): string {
  if (!system) return name;
  const words = name.replaceAll(/([A-Z])/gu, ' $1');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function membersOf(world: GoogleWorld, group: StoredGroup) {
  return world.contacts.all().filter(({ groups }) => groups.includes(group.resourceName));
}

function memberCounts(world: GoogleWorld): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of world.contacts.all().flatMap(({ groups }) => groups)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
