import * as v from 'valibot';
import type { SandboxAnswer } from '../core.ts';
import { checked, invalid, noPermission, notFound, ok } from './answers.ts';
import { amendPerson, writePerson, type Actor } from './changes.ts';
import type { Entry, Person } from './items.ts';
import { organizationIn } from './organization-calls.ts';
import { personIn } from './person-calls.ts';
import { showPersonV1 } from './person-view.ts';
import { byApi, writesContacts, type Call, type Route } from './routes.ts';
import type { World } from './world.ts';

const mergeBody = v.object({ merge_with_id: v.pipe(v.number(), v.integer()) });

/** `PUT /v1/…/{id}/merge`: the id in the body survives, the one in the path is gone (documented). */
export function mergeRoutes(world: World): readonly Route[] {
  const route = (kind: string, handle: Route['handle']): Route => ({
    method: 'PUT',
    path: new RegExp(`^/api/v1/${kind}/([^/]+)/merge$`, 'u'),
    cost: 40,
    scopes: writesContacts,
    handle,
  });
  return [
    route('persons', (call) => mergePersonsCall(world, call)),
    route('organizations', (call) => mergeOrganizationsCall(world, call)),
  ];
}

function mergePersonsCall(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_merge_people')) throw noPermission();
  const loser = personIn(world, call);
  const survivor = personIn(world, { ...call, parts: [survivorIn(call)] });
  if (loser.is_deleted || survivor.is_deleted) throw notFound('Person');
  if (loser.id === survivor.id) throw invalid('a person cannot be merged with itself');
  const merged = mergePersons(world, byApi(call), { loser, survivor });
  return ok({ ...showPersonV1(world, merged), merge_what_id: loser.id });
}

function mergeOrganizationsCall(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_merge_organizations')) throw noPermission();
  const loser = organizationIn(world, call);
  const survivor = organizationIn(world, { ...call, parts: [survivorIn(call)] });
  if (loser.is_deleted || survivor.is_deleted) throw notFound('Organization');
  if (loser.id === survivor.id) throw invalid('an organization cannot be merged with itself');
  mergeOrganizations(world, byApi(call), { loser: loser.id, survivor: survivor.id });
  return ok({ id: survivor.id });
}

function survivorIn(call: Call): string {
  return String(checked(mergeBody, call.request.json()).merge_with_id);
}

/** "This person's data will be prioritized in case of conflict" (documented); lists are joined. */
export function mergePersons(
  world: World,
  actor: Actor,
  { loser, survivor }: { readonly loser: Person; readonly survivor: Person },
): Person {
  writePerson(world, actor, loser.id, { is_deleted: true, mergedInto: survivor.id });
  for (const [at, deal] of world.deals.entries()) {
    if (deal.personId === loser.id) world.deals[at] = { ...deal, personId: survivor.id };
  }
  return writePerson(world, actor, survivor.id, {
    emails: joined(survivor.emails, loser.emails),
    phones: joined(survivor.phones, loser.phones),
    im: joined(survivor.im, loser.im),
    org_id: survivor.org_id ?? loser.org_id,
    picture_id: survivor.picture_id ?? loser.picture_id,
    notes: survivor.notes ?? loser.notes,
    birthday: survivor.birthday ?? loser.birthday,
    job_title: survivor.job_title ?? loser.job_title,
    postal_address: survivor.postal_address ?? loser.postal_address,
    label_ids: [...new Set([...survivor.label_ids, ...loser.label_ids])],
    custom_fields: { ...loser.custom_fields, ...filled(survivor.custom_fields) },
  });
}

/** Each value once; the survivor's primary entry stays the primary one. */
function joined(kept: readonly Entry[], lost: readonly Entry[]): readonly Entry[] {
  const fresh = lost.filter(({ value }) => !kept.some((one) => one.value === value));
  return [...kept, ...fresh.map((one) => ({ ...one, primary: kept.length === 0 && one.primary }))];
}

function filled(fields: Person['custom_fields']): Person['custom_fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Its persons go to the survivor. */
export function mergeOrganizations(
  world: World,
  actor: Actor,
  { loser, survivor }: { readonly loser: number; readonly survivor: number },
): void {
  const address = world.organizations.get(loser)?.address ?? null;
  world.organizations.change(loser, { is_deleted: true, mergedInto: survivor });
  const present = world.organizations.get(survivor)?.address ?? null;
  world.organizations.change(survivor, { address: present ?? address });
  for (const person of world.persons.all().filter(({ org_id }) => org_id === loser)) {
    amendPerson(world, actor, person.id, { org_id: survivor });
  }
}
