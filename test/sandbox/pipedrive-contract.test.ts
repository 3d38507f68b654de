import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

/* The sandbox's answers against Pipedrive's own OpenAPI documents. */

const folder = process.env['CONTACTSYNC_CONTRACTS'];
const fileOf = (version: 1 | 2): string =>
  path.join(folder ?? '', `pipedrive/openapi-v${version}.yaml`);
const here = folder !== undefined && existsSync(fileOf(2));
const title = here
  ? 'Pipedrive’s OpenAPI documents'
  : 'Pipedrive’s OpenAPI documents (skipped: CONTACTSYNC_CONTRACTS names no folder with pipedrive/openapi-v2.yaml)';

interface Operation {
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: object }> }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: object;
}

/**
 * Where the documents say less than the service does, as its own client's types and recorded
 * answers show: these come as null, too.
 */
const NULL_TOO = new Set([
  'org_id',
  'first_name',
  'last_name',
  'picture_id',
  'owner_id',
  'next_cursor',
  'options',
  'subfields',
  'description',
  'address',
  'update_time',
  'phone',
  'icon_url',
  'website',
  'linkedin',
  'industry',
  'annual_revenue',
  'employee_count',
  'notes',
  'birthday',
  'job_title',
  'postal_address',
  'im',
  'data',
]);

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a type of its own. */
function toJsonSchema(node: unknown, name = ''): unknown {
  if (Array.isArray(node)) return node.map((one) => toJsonSchema(one));
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, example: _example, properties, ...rest } = node as Record<string, unknown>;
  const plain = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]),
  );
  const inner =
    properties === undefined
      ? plain
      : {
          ...plain,
          properties: Object.fromEntries(
            Object.entries(properties as object).map(([key, value]) => [
              key,
              toJsonSchema(value, key),
            ]),
          ),
        };
  return nullable === true || NULL_TOO.has(name) ? { anyOf: [inner, { type: 'null' }] } : inner;
}

(here ? describe : describe.skip)(title, () => {
  let sandbox: Sandbox;
  let code: string;
  let documents: Readonly<Record<1 | 2, OpenApi>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ plan: 'professional' });
    code = sandbox.pipedrive.createField({
      field_name: 'Rank',
      field_type: 'enum',
      options: [{ label: 'gold' }],
    }).field_code;
    sandbox.pipedrive.updatePerson(1, { name: 'Clara Changed' });
    documents = {
      1: parse(readFileSync(fileOf(1), 'utf8')) as OpenApi,
      2: parse(readFileSync(fileOf(2), 'utf8')) as OpenApi,
    };
  }, 60_000);
  afterAll(() => sandbox.close());

  function validator(version: 1 | 2, method: string, template: string): ValidateFunction {
    const operation = documents[version].paths[template]?.[method.toLowerCase()];
    const schema = operation?.responses['200']?.content?.['application/json']?.schema;
    if (schema === undefined) throw new Error(`${method} ${template} is not in the document`);
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const components = toJsonSchema(documents[version].components ?? {});
    return ajv.compile({ ...(toJsonSchema(schema) as object), components });
  }

  /** An address with the id of a fresh record, or of the field, in the place of its braces. */
  function placed(address: string): string {
    if (address.includes('{person}')) {
      return address.replace('{person}', String(sandbox.pipedrive.createPerson({ name: 'X' }).id));
    }
    if (address.includes('{organization}')) {
      const { id } = sandbox.pipedrive.createOrganization({ name: 'X' });
      return address.replace('{organization}', String(id));
    }
    return address.replace('{code}', code);
  }

  async function ask(method: string, address: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${sandbox.url}/api/${address}`, {
      method,
      headers: { 'x-api-token': sandbox.pipedrive.token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  }

  it.each([
    [2, 'POST', '/organizations', 'v2/organizations', { name: 'Acme' }],
    [2, 'GET', '/organizations', 'v2/organizations', undefined],
    [
      2,
      'POST',
      '/persons',
      'v2/persons',
      { name: 'Ann Lee', emails: [{ value: 'ann@example.com' }] },
    ],
    [2, 'GET', '/persons', 'v2/persons', undefined],
    [2, 'GET', '/persons/{id}', 'v2/persons/1', undefined],
    [2, 'PATCH', '/persons/{id}', 'v2/persons/3', { name: 'Anna Leigh' }],
    [2, 'GET', '/persons/search', 'v2/persons/search?term=clara', undefined],
    [2, 'GET', '/organizations/search', 'v2/organizations/search?term=acme', undefined],
    [2, 'GET', '/itemSearch', 'v2/itemSearch?term=acme', undefined],
    [2, 'DELETE', '/persons/{id}', 'v2/persons/3', undefined],
    [2, 'GET', '/personFields', 'v2/personFields', undefined],
    [2, 'GET', '/personFields/{field_code}', 'v2/personFields/visible_to', undefined],
    [2, 'POST', '/personFields', 'v2/personFields', { field_name: 'Notes', field_type: 'text' }],
    [
      2,
      'POST',
      '/personFields/{field_code}/options',
      'v2/personFields/{code}/options',
      [{ label: 'silver' }],
    ],
    [
      2,
      'PATCH',
      '/personFields/{field_code}/options',
      'v2/personFields/{code}/options',
      [{ id: 9, label: 'new' }],
    ],
    [
      2,
      'DELETE',
      '/personFields/{field_code}/options',
      'v2/personFields/{code}/options',
      [{ id: 9 }],
    ],
    [2, 'DELETE', '/personFields/{field_code}', 'v2/personFields/{code}', undefined],
    [1, 'GET', '/persons/{id}/changelog', 'v1/persons/1/changelog', undefined],
    [1, 'PUT', '/persons/{id}/merge', 'v1/persons/{person}/merge', { merge_with_id: 1 }],
    [
      1,
      'PUT',
      '/organizations/{id}/merge',
      'v1/organizations/{organization}/merge',
      { merge_with_id: 1 },
    ],
    [1, 'GET', '/users/me', 'v1/users/me', undefined],
    [1, 'GET', '/users/{id}/permissions', 'v1/users/1001/permissions', undefined],
    [1, 'GET', '/users/{id}/roleSettings', 'v1/users/1001/roleSettings', undefined],
  ] as const)('v%i %s %s is answered as documented', async (...row) => {
    const [version, method, template, address, body] = row;
    const valid = validator(version, method, template);
    sandbox.advance(3000);
    const answer = await ask(method, placed(address), body);
    expect({ valid: valid(answer), errors: valid.errors }).toEqual({ valid: true, errors: null });
  });
});
