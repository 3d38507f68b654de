import type { SandboxAnswer } from '../core.ts';
import { checked, invalid, noPermission, notFound, ok, refusal } from './answers.ts';
import {
  contactSyncPart,
  emailsOf,
  entriesOf,
  namesOf,
  personBody,
  sharedPart,
  type PersonBody,
} from './bodies.ts';
import { writePerson, type Actor } from './changes.ts';
import type { Person } from './items.ts';
import { listPage } from './lists.ts';
import { personView, showPerson } from './person-view.ts';
import { byApi, idIn, readsContacts, writesContacts, type Call, type Route } from './routes.ts';
import { wireTime } from './times.ts';
import type { User } from './users.ts';
import { isVisible, type World } from './world.ts';

export function personRoutes(world: World): readonly Route[] {
  const one = /^\/api\/v2\/persons\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      path: /^\/api\/v2\/persons$/u,
      cost: 10,
      scopes: readsContacts,
      handle: (call) => list(world, call),
    },
    {
      method: 'POST',
      path: /^\/api\/v2\/persons$/u,
      cost: 5,
      scopes: writesContacts,
      handle: (call) => create(world, call),
    },
    {
      method: 'GET',
      path: one,
      cost: 1,
      scopes: readsContacts,
      handle: (call) => get(world, call),
    },
    {
      method: 'PATCH',
      path: one,
      cost: 5,
      scopes: writesContacts,
      handle: (call) => update(world, call),
    },
    {
      method: 'DELETE',
      path: one,
      cost: 3,
      scopes: writesContacts,
      handle: (call) => remove(world, call),
    },
  ];
}

function list(world: World, call: Call): SandboxAnswer {
  return listPage(world, call, world.persons.listed(), personView(world, call.request.query));
}

/** @throws {Refusal} as Pipedrive answers for what is deleted, merged away or hidden */
export function personIn(world: World, call: Call): Person {
  const person = world.persons.get(idIn(call));
  const { deletedGet, mergedGet, hiddenGet } = world.behaviour;
  if (person === undefined) throw notFound('Person');
  if (!isVisible(world, call.user, person))
    throw hiddenGet === 'forbidden' ? noPermission() : notFound('Person');
  const state = person.mergedInto === undefined ? deletedGet : mergedGet;
  if (person.is_deleted && state === 'not-found') throw notFound('Person');
  if (person.is_deleted && state === 'gone') throw refusal(410, 'Person is deleted');
  return person;
}

function get(world: World, call: Call): SandboxAnswer {
  return ok(showPerson(world, personIn(world, call), call.request.query));
}

/** Also how a user of the web application makes a person. */
export function makePerson(world: World, user: User, body: PersonBody): Person {
  const { trimsValues } = world.behaviour;
  const names = namesOf(body, trimsValues);
  if (names === undefined) throw invalid('"name" is required');
  checkOrganization(world, user, body.org_id);
  return world.persons.insert({
    ...names,
    ...sharedPart(world, user, body),
    add_time: body.add_time ?? wireTime(world.clock.now()),
    org_id: body.org_id ?? null,
    emails: emailsOf(world, body.emails),
    phones: entriesOf(world, body.phones),
    picture_id: null,
    im: [],
    notes: null,
    birthday: null,
    job_title: null,
    postal_address: null,
    ...contactSyncPart(world, body),
  });
}

function create(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_add_people')) throw noPermission();
  const person = makePerson(world, call.user, checked(personBody, call.request.json()));
  return ok(showPerson(world, person), {}, world.behaviour.createStatus);
}

export function changePerson(world: World, actor: Actor, person: Person, body: PersonBody): Person {
  const { user } = actor;
  const names = namesOf(body, world.behaviour.trimsValues);
  checkOrganization(world, user, body.org_id);
  return writePerson(world, actor, person.id, {
    ...names,
    ...sharedPart(world, user, body, person),
    ...(body.org_id === undefined ? {} : { org_id: body.org_id }),
    ...(body.emails === undefined ? {} : { emails: emailsOf(world, body.emails) }),
    ...(body.phones === undefined ? {} : { phones: entriesOf(world, body.phones) }),
    ...contactSyncPart(world, body),
  });
}

function update(world: World, call: Call): SandboxAnswer {
  const person = personIn(world, call);
  if (person.is_deleted) throw notFound('Person');
  if (
    person.owner_id !== call.user.id &&
    !call.user.permissions.has('can_edit_other_users_people')
  ) {
    throw noPermission();
  }
  const body = checked(personBody, call.request.json());
  if (body.add_time !== undefined) throw invalid('"add_time" is not allowed');
  return ok(showPerson(world, changePerson(world, byApi(call), person, body)));
}

function checkOrganization(world: World, user: User, id: number | null | undefined): void {
  if (id === null || id === undefined) return;
  const organization = world.organizations.get(id);
  if (
    organization === undefined ||
    organization.is_deleted ||
    !isVisible(world, user, organization)
  ) {
    throw invalid('"org_id" does not exist');
  }
}

function remove(world: World, call: Call): SandboxAnswer {
  const person = personIn(world, call);
  if (person.is_deleted) throw notFound('Person');
  writePerson(world, byApi(call), person.id, { is_deleted: true });
  return { status: world.behaviour.deleteStatus, body: { success: true, data: { id: person.id } } };
}
