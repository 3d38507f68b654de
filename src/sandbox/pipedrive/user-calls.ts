import type { SandboxAnswer } from '../core.ts';
import { noPermission, notFound, ok } from './answers.ts';
import { idIn, type Call, type Route } from './routes.ts';
import type { User } from './users.ts';
import { defaultVisibility } from './visibility.ts';
import { userOf, type Company, type World } from './world.ts';

export function userRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: /^\/api\/v1\/users\/me$/u,
      cost: 2,
      scopes: ['base'],
      handle: ({ user }) => ok(showUser(user, world.company)),
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/userSettings$/u,
      cost: 2,
      scopes: ['base'],
      handle: () => settings(),
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/users\/([^/]+)\/permissions$/u,
      cost: 10,
      scopes: ['users:read'],
      handle: (call) => permissions(world, call),
    },
    {
      method: 'GET',
      path: /^\/api\/v1\/users\/([^/]+)\/roleSettings$/u,
      cost: 10,
      scopes: ['users:read'],
      handle: (call) => roleSettings(world, call),
    },
  ];
}

function showUser(user: User, company: Company): object {
  return {
    id: user.id,
    name: user.name,
    default_currency: 'EUR',
    locale: 'en_GB',
    lang: 1,
    email: user.email,
    phone: null,
    activated: true,
    last_login: '2026-05-15 09:10:11',
    created: '2020-01-02 03:04:05',
    modified: '2026-05-15 09:10:11',
    access: [
      {
        app: 'sales',
        admin: user.admin,
        permission_set_id: 'f07d229d-0000-4000-8000-000000000001',
      },
    ],
    active_flag: true,
    timezone_name: 'Europe/Berlin',
    timezone_offset: '+01:00',
    role_id: 1,
    icon_url: null,
    is_you: true,
    is_deleted: false,
    company_id: company.id,
    company_name: company.name,
    company_domain: company.domain,
    company_country: 'DE',
    company_industry: 'Trade',
    language: { language_code: 'en', country_code: 'GB' },
  };
}

function settings(): SandboxAnswer {
  return ok({
    list_limit: 100,
    beta_app: false,
    person_duplicate_condition: 'name && (org_id || email || phone)',
  });
}

function themselves(world: World, call: Call): User {
  const id = idIn(call);
  const user = userOf(world, id);
  if (user === undefined) throw notFound('User');
  if (id !== call.user.id && !call.user.admin) throw noPermission();
  return user;
}

/** A right that is missing is left out rather than false. */
function permissions(world: World, call: Call): SandboxAnswer {
  const user = themselves(world, call);
  return ok(Object.fromEntries([...user.permissions].map((name) => [name, true])));
}

function roleSettings(world: World, call: Call): SandboxAnswer {
  themselves(world, call);
  const level = defaultVisibility(world.plan);
  return ok({
    deal_default_visibility: level,
    lead_default_visibility: level,
    org_default_visibility: level,
    person_default_visibility: level,
    product_default_visibility: level,
  });
}
