import type { SandboxAnswer } from '../core.ts';
import { checked, invalid, noPermission, notFound, ok } from './answers.ts';
import { addressOf } from './addresses.ts';
import { organizationBody, sharedPart, type OrganizationBody } from './bodies.ts';
import { amendPerson, type Actor } from './changes.ts';
import type { Organization } from './items.ts';
import { listPage } from './lists.ts';
import { byApi, idIn, readsContacts, writesContacts, type Call, type Route } from './routes.ts';
import { wireTime } from './times.ts';
import type { User } from './users.ts';
import { isVisible, type World } from './world.ts';

export function organizationRoutes(world: World): readonly Route[] {
  const all = /^\/api\/v2\/organizations$/u;
  const one = /^\/api\/v2\/organizations\/([^/]+)$/u;
  return [
    {
      method: 'GET',
      path: all,
      cost: 10,
      scopes: readsContacts,
      handle: (call) => list(world, call),
    },
    {
      method: 'POST',
      path: all,
      cost: 5,
      scopes: writesContacts,
      handle: (call) => create(world, call),
    },
    {
      method: 'GET',
      path: one,
      cost: 1,
      scopes: readsContacts,
      handle: (call) => ok(show(organizationIn(world, call))),
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

function show({ mergedInto: _merged, ...shown }: Organization): object {
  return shown;
}

function list(world: World, call: Call): SandboxAnswer {
  return listPage(world, call, world.organizations.listed(), show);
}

export function organizationIn(world: World, call: Call): Organization {
  const organization = world.organizations.get(idIn(call));
  if (organization === undefined || !isVisible(world, call.user, organization))
    throw notFound('Organization');
  return organization;
}

export function makeOrganization(world: World, user: User, body: OrganizationBody): Organization {
  if (body.name === undefined || body.name === '') throw invalid('"name" is required');
  return world.organizations.insert({
    ...sharedPart(world, user, body),
    name: body.name,
    add_time: body.add_time ?? wireTime(world.clock.now()),
    address: addressOf(body.address),
    website: body.website ?? null,
    linkedin: body.linkedin ?? null,
    industry: body.industry ?? null,
    annual_revenue: body.annual_revenue ?? null,
    employee_count: body.employee_count ?? null,
  });
}

/** Equal names are never refused. */
function create(world: World, call: Call): SandboxAnswer {
  if (!call.user.permissions.has('can_add_organizations')) throw noPermission();
  const made = makeOrganization(world, call.user, checked(organizationBody, call.request.json()));
  return ok(show(made), {}, world.behaviour.createStatus);
}

function update(world: World, call: Call): SandboxAnswer {
  const organization = organizationIn(world, call);
  const body = checked(organizationBody, call.request.json());
  if (organization.is_deleted) throw notFound('Organization');
  const may = call.user.permissions.has('can_edit_other_users_organizations');
  if (organization.owner_id !== call.user.id && !may) throw noPermission();
  return ok(show(changeOrganization(world, call.user, organization, body)));
}

export function changeOrganization(
  world: World,
  user: User,
  organization: Organization,
  body: OrganizationBody,
): Organization {
  return world.organizations.change(organization.id, {
    ...sharedPart(world, user, body, organization),
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.website === undefined ? {} : { website: body.website }),
    ...(body.linkedin === undefined ? {} : { linkedin: body.linkedin }),
    ...(body.industry === undefined ? {} : { industry: body.industry }),
    ...(body.annual_revenue === undefined ? {} : { annual_revenue: body.annual_revenue }),
    ...(body.employee_count === undefined ? {} : { employee_count: body.employee_count }),
    ...(body.address === undefined ? {} : { address: addressOf(body.address) }),
  });
}

function remove(world: World, call: Call): SandboxAnswer {
  const { id, is_deleted } = organizationIn(world, call);
  if (is_deleted) throw notFound('Organization');
  deleteOrganization(world, byApi(call), id);
  return ok({ id });
}

/** Its persons lose their link. */
export function deleteOrganization(world: World, actor: Actor, id: number): void {
  world.organizations.change(id, { is_deleted: true });
  for (const person of world.persons.all().filter(({ org_id }) => org_id === id)) {
    amendPerson(world, actor, person.id, { org_id: null });
  }
}
