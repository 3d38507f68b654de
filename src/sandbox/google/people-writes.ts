import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import { isRecord } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';
import type { StoredContact } from './address-book.ts';
import { lookOfBody, lookOfWrite } from './call.ts';
import { GoogleFailure, invalidArgument, notFound } from './errors.ts';
import { MY_CONTACTS, OPEN_SYSTEM_GROUPS } from './group-book.ts';
import { ok, personResponse } from './people-calls.ts';
import { STORED_FIELDS } from './person-fields.ts';
import type { ContactFields, Item, StoredField } from './person-fields.ts';
import { readPerson, writeMask } from './person-input.ts';
import type { PersonInput } from './person-input.ts';
import { personView } from './person-view.ts';
import type { Call, GoogleWorld } from './world.ts';

const MAX_CREATE_OR_UPDATE = 200;
const MAX_DELETE = 500;

/** `people.createContact` */
export function createContact(world: GoogleWorld, call: Call): SandboxAnswer {
  const look = lookOfWrite(world, call);
  const input = readPerson(call.request.json());
  checkNew(world, input, 1);
  return ok(personView(add(world, input), look));
}

/** `people.updateContact` */
export function updateContact(world: GoogleWorld, call: Call): SandboxAnswer {
  const look = lookOfWrite(world, call);
  const mask = writeMask('updatePersonFields', call.request.query.get('updatePersonFields'));
  const input = readPerson(call.request.json());
  const contact = checkedUpdate(world, `people/${call.id}`, input, mask);
  return ok(personView(replace(world, contact, input, mask), look));
}

/** `people.deleteContact` */
export function deleteContact(world: GoogleWorld, call: Call): SandboxAnswer {
  const contact = world.contacts.find(`people/${call.id}`);
  if (contact === undefined) throw notFound();
  world.contacts.remove(contact);
  return ok({});
}

/** `people.batchCreateContacts`: all or none. The answer's order is not documented; ours is backwards. */
export function batchCreateContacts(world: GoogleWorld, call: Call): SandboxAnswer {
  const body = bodyOf(call);
  const look = lookOfBody(world, call, {
    parameter: 'readMask',
    mask: body['readMask'],
    sources: body['sources'],
  });
  const entries = body['contacts'];
  if (!Array.isArray(entries) || !within(entries.length, MAX_CREATE_OR_UPDATE)) {
    throw invalidArgument();
  }
  const inputs = checkedBatch(
    'BatchCreateContactsErrorDetails',
    entries.map((entry: unknown, index) => [String(index), entry] as const),
    (_, entry) => {
      const input = readPerson(isRecord(entry) ? entry['contactPerson'] : undefined);
      checkNew(world, input, entries.length);
      return input;
    },
  );
  const createdPeople = inputs
    .map((input) => add(world, input))
    .map((contact) => createdResponse(contact, look))
    .toReversed();
  return ok({ createdPeople } satisfies people_v1.Schema$BatchCreateContactsResponse);
}

/** `people.batchUpdateContacts`: all or none. */
export function batchUpdateContacts(world: GoogleWorld, call: Call): SandboxAnswer {
  const body = bodyOf(call);
  const look = lookOfBody(world, call, {
    parameter: 'readMask',
    mask: body['readMask'],
    sources: body['sources'],
  });
  const mask = writeMask('updateMask', text(body['updateMask']));
  const entries = isRecord(body['contacts']) ? Object.entries(body['contacts']) : [];
  if (!within(entries.length, MAX_CREATE_OR_UPDATE)) throw invalidArgument();
  const updates = checkedBatch('BatchUpdateContactsErrorDetails', entries, (name, person) => {
    const input = readPerson(person);
    return { name, input, contact: checkedUpdate(world, name, input, mask) };
  });
  const updateResult = Object.fromEntries(
    updates.map(({ name, input, contact }) => [
      name,
      personResponse(name, replace(world, contact, input, mask), look),
    ]),
  );
  return ok({ updateResult } satisfies people_v1.Schema$BatchUpdateContactsResponse);
}

/** `people.batchDeleteContacts`: all or none. */
export function batchDeleteContacts(world: GoogleWorld, call: Call): SandboxAnswer {
  const names = bodyOf(call)['resourceNames'];
  if (!Array.isArray(names) || !within(names.length, MAX_DELETE)) throw invalidArgument();
  if (new Set(names).size < names.length) throw invalidArgument();
  const contacts = names.map((name: unknown) => {
    const contact = world.contacts.find(String(name));
    if (contact === undefined) throw notFound();
    return contact;
  });
  for (const contact of contacts) world.contacts.remove(contact);
  return ok({});
}

/** "Needs at least one group" (documented); without any, a new contact is believed to be in My Contacts. */
function add(world: GoogleWorld, { fields, groups }: PersonInput): StoredContact {
  const chosen = groups === undefined || groups.length === 0 ? [MY_CONTACTS] : groups;
  return world.contacts.add({ fields, groups: [...new Set(chosen)] });
}

function checkNew(world: GoogleWorld, { groups }: PersonInput, count: number): void {
  if (world.contacts.size() + count > world.maxContacts) {
    throw invalidArgument('MY_CONTACTS_OVERFLOW_COUNT');
  }
  checkGroups(world, groups ?? [], []);
}

function checkGroups(
  world: GoogleWorld,
  groups: readonly string[],
  present: readonly string[],
): void {
  for (const name of groups.filter((each) => !present.includes(each))) {
    const group = world.groups.find(name);
    const open = group !== undefined && (!group.system || OPEN_SYSTEM_GROUPS.includes(name));
    if (!open) throw invalidArgument();
  }
}

function checkedUpdate(
  world: GoogleWorld,
  resourceName: string,
  input: PersonInput,
  mask: ReadonlySet<string>,
): StoredContact {
  if (!/^people\/c\d+$/u.test(resourceName)) {
    throw invalidArgument(
      `Resource name "${resourceName}" is not a valid contact person resource.`,
    );
  }
  const contact = world.contacts.find(resourceName);
  if (contact === undefined) throw notFound();
  world.etags.check(contact.etag, input);
  if (mask.has('memberships')) {
    if (input.groups === undefined || input.groups.length === 0) {
      throw invalidArgument('person.memberships must have at least one contact group membership.');
    }
    checkGroups(world, input.groups, contact.groups);
  }
  return contact;
}

/** "All fields specified in the update mask will be replaced" (documented), by nothing if need be. */
function replace(
  world: GoogleWorld,
  contact: StoredContact,
  input: PersonInput,
  mask: ReadonlySet<string>,
): StoredContact {
  const groups = mask.has('memberships') ? input.groups : undefined;
  return world.contacts.change(contact, {
    fields: withFields(contact.fields, input.fields, mask),
    ...(groups === undefined ? {} : { groups: [...new Set(groups)] }),
  });
}

function withFields(
  old: ContactFields,
  sent: ContactFields,
  mask: ReadonlySet<string>,
): ContactFields {
  const fields: { [F in StoredField]?: readonly Item[] } = { ...old };
  for (const field of STORED_FIELDS.filter((each) => mask.has(each))) {
    fields[field] = sent[field] ?? [];
  }
  return fields;
}

/** Checks every entry before anything is done; failures come together, by key. */
function checkedBatch<T>(
  detail: string,
  entries: readonly (readonly [string, unknown])[],
  check: (key: string, entry: unknown) => T,
): readonly T[] {
  const failures = new Map<string, GoogleFailure>();
  const checked = entries.flatMap(([key, entry]) => {
    try {
      return [check(key, entry)];
    } catch (error) {
      if (!(error instanceof GoogleFailure)) throw error;
      failures.set(key, error);
      return [];
    }
  });
  const [first] = failures.values();
  if (first === undefined) return checked;
  const contactErrors = Object.fromEntries(
    [...failures].map(([key, failure]) => [key, failure.rpcStatus()]),
  );
  throw new GoogleFailure(first.status, first.message, {
    details: [{ '@type': `type.googleapis.com/google.people.v1.${detail}`, contactErrors }],
  });
}

function createdResponse(
  contact: StoredContact,
  look: Parameters<typeof personResponse>[2],
): people_v1.Schema$PersonResponse {
  const { requestedResourceName: _, ...response } = personResponse('', contact, look);
  return response;
}

function bodyOf(call: Call): Record<string, unknown> {
  const body = call.request.json();
  if (!isRecord(body)) throw invalidArgument('Invalid JSON payload received.');
  return body;
}

function within(count: number, most: number): boolean {
  return count > 0 && count <= most;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
