import type { SandboxAnswer } from '../core.ts';
import { invalid, ok } from './answers.ts';
import type { Organization, Person } from './items.ts';
import { readsContacts, type Call, type Route } from './routes.ts';
import { isVisible, type World } from './world.ts';

const DEFAULT_LIMIT = 100;

interface Found {
  readonly item: object;
  readonly texts: readonly string[];
}

/** Searches over the index, which lags behind writes. */
export function searchRoutes(world: World): readonly Route[] {
  const search = (path: RegExp, find: (call: Call) => readonly Found[]): Route => ({
    method: 'GET',
    path,
    cost: 20,
    scopes: [...readsContacts, 'search:read'],
    search: true,
    handle: (call) => answer(world, call, find(call)),
  });
  const persons = (call: Call): readonly Found[] =>
    visible(world, call, world.persons.indexed()).map((person) => foundPerson(world, person));
  const organizations = (call: Call): readonly Found[] =>
    visible(world, call, world.organizations.indexed()).map(foundOrganization);
  return [
    search(/^\/api\/v2\/persons\/search$/u, persons),
    search(/^\/api\/v2\/organizations\/search$/u, organizations),
    search(/^\/api\/v2\/itemSearch$/u, (call) => {
      const types = call.request.query.get('item_types')?.split(',') ?? ['person', 'organization'];
      return [
        ...(types.includes('person') ? persons(call) : []),
        ...(types.includes('organization') ? organizations(call) : []),
      ];
    }),
  ];
}

function visible<T extends Person | Organization>(
  world: World,
  { user }: Call,
  items: Iterable<T>,
): readonly T[] {
  return [...items].filter((item) => !item.is_deleted && isVisible(world, user, item));
}

/** The page that the cursor, an offset inside, asks for. */
function answer({ behaviour }: World, call: Call, all: readonly Found[]): SandboxAnswer {
  const { query } = call.request;
  const fits = matcher(query);
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > behaviour.searchMaximum) {
    throw invalid(`"limit" must be between 1 and ${behaviour.searchMaximum}`);
  }
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Number.isInteger(from)) throw invalid('"cursor" is not valid');
  const matching = all.filter(({ texts }) => texts.some(fits));
  const items = matching.slice(from, from + limit).map(({ item }) => ({ result_score: 1, item }));
  const end = from + limit;
  const next = end < matching.length ? Buffer.from(String(end)).toString('base64url') : null;
  return ok({ items }, { additional_data: { next_cursor: next } });
}

/** An exact match is not case-sensitive either. */
function matcher(query: URLSearchParams): (text: string) => boolean {
  const term = (query.get('term') ?? '').toLowerCase();
  const exact = query.get('exact_match') === 'true';
  if (term.length < (exact ? 1 : 2)) throw invalid('"term" is not allowed to be empty');
  return (text) => (exact ? text.toLowerCase() === term : text.toLowerCase().includes(term));
}

function foundPerson(world: World, person: Person): Found {
  const [phones, emails] = [values(person.phones), values(person.emails)];
  const organization = person.org_id === null ? undefined : world.organizations.get(person.org_id);
  return {
    texts: [person.name, ...emails, ...phones],
    item: {
      id: person.id,
      type: 'person',
      name: person.name,
      phones,
      emails,
      visible_to: person.visible_to,
      owner: { id: person.owner_id },
      organization:
        organization === undefined
          ? null
          : {
              id: organization.id,
              name: organization.name,
              address: organization.address?.value ?? null,
            },
      custom_fields: [],
      notes: [],
    },
  };
}

function foundOrganization({ id, name, address, visible_to, owner_id }: Organization): Found {
  return {
    texts: [name, address?.value ?? ''],
    item: {
      id,
      type: 'organization',
      name,
      address: address?.value ?? null,
      visible_to,
      owner: { id: owner_id },
      custom_fields: [],
      notes: [],
    },
  };
}

function values(entries: Person['emails']): string[] {
  return entries.map(({ value }) => value);
}
