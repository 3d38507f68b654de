import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { seedOf } from './google-client.ts';
import { IMMUTABLE, rows, signedIn } from './microsoft-client.ts';
import type { Answer, More, Signed } from './microsoft-client.ts';
import { PIXEL_JPEG } from './microsoft-pictures.ts';

/* The sandbox's answers against OpenAPI cut from Graph's own metadata. */

const folder = process.env['CONTACTSYNC_CONTRACTS'];
const file = path.join(folder ?? '', 'microsoft/openapi-contacts.json');
const here = folder !== undefined && existsSync(file);
const title = here
  ? 'Graph’s metadata'
  : 'Graph’s metadata (skipped: CONTACTSYNC_CONTRACTS names no folder with microsoft/openapi-contacts.json)';

interface Operation {
  readonly responses: Readonly<
    Record<string, { content?: Record<string, { schema: object }>; $ref?: string }>
  >;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

const CODES = { GET: '200', PATCH: '200', POST: '201', PUT: '200', DELETE: '204' } as const;

/** OpenAPI 3.0 as JSON Schema: `nullable` becomes a type of its own. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const plain = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]),
  );
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

/** The names of a type's properties, its base types' among them. */
function propertyNames(document: OpenApi, name: string): readonly string[] {
  const { schemas } = document.components as { schemas: Record<string, Schema> };
  const { properties = {}, allOf = [] } = schemas[name] ?? {};
  const parts = allOf.flatMap((part) => [
    ...Object.keys(part.properties ?? {}),
    ...(part.$ref === undefined ? [] : propertyNames(document, part.$ref.split('/').at(-1) ?? '')),
  ]);
  return [...Object.keys(properties), ...parts];
}
interface Schema {
  readonly properties?: object;
  readonly allOf?: readonly (Schema & { readonly $ref?: string })[];
}

(here ? describe : describe.skip)(title, () => {
  let signed: Signed;
  let document: OpenApi;
  let ids: { contact: string; folder: string; category: string };

  beforeAll(async () => {
    document = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;
    signed = await signedIn({ contacts: [seedOf({ name: { given: 'Ana' } })] });
    const { microsoft } = signed.sandbox;
    ids = {
      contact: String(microsoft.people('contacts')[0]?.id),
      folder: microsoft.folders().find(({ displayName }) => displayName === 'Board')?.id ?? '',
      category: microsoft.categories()[0]?.id ?? '',
    };
    microsoft.setPhoto(ids.contact, { bytes: PIXEL_JPEG, type: 'image/jpeg' });
  });
  afterAll(() => signed.sandbox.close());

  function validator(schema: object): ValidateFunction {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const components = toJsonSchema(document.components) as object;
    return ajv.compile({ ...(toJsonSchema(schema) as object), components });
  }

  function schemaOf(method: keyof typeof CODES, template: string): object {
    const operation = document.paths[template]?.[method.toLowerCase()];
    const response = operation?.responses[CODES[method]] ?? operation?.responses['200'];
    const schema = response?.content?.['application/json']?.schema;
    if (schema === undefined) throw new Error(`${method} ${template} is not in the document`);
    return schema;
  }

  function ask(method: string, address: string, more: More = {}): Promise<Answer> {
    const filled = address
      .replace('{contact-id}', ids.contact)
      .replace('{contactFolder-id}', ids.folder)
      .replace('{outlookCategory-id}', ids.category);
    return signed.graph(method, filled, { headers: IMMUTABLE, ...more });
  }

  const whole = { givenName: 'Bo', birthday: '1974-07-22', businessPhones: ['+3726000001'] };

  it.each([
    ['GET', '/me', undefined],
    ['GET', '/me/contacts', undefined],
    ['POST', '/me/contacts', whole],
    ['GET', '/me/contacts/{contact-id}', undefined],
    ['PATCH', '/me/contacts/{contact-id}', { jobTitle: 'CEO' }],
    ['GET', '/me/contacts/delta', undefined],
    ['GET', '/me/contacts/{contact-id}/photo', undefined],
    ['GET', '/me/contactFolders', undefined],
    ['POST', '/me/contactFolders', { displayName: 'Press' }],
    ['GET', '/me/contactFolders/{contactFolder-id}', undefined],
    ['PATCH', '/me/contactFolders/{contactFolder-id}', { displayName: 'Directors' }],
    ['GET', '/me/contactFolders/{contactFolder-id}/childFolders', undefined],
    ['GET', '/me/contactFolders/{contactFolder-id}/contacts', undefined],
    ['POST', '/me/contactFolders/{contactFolder-id}/contacts', whole],
    ['GET', '/me/contactFolders/{contactFolder-id}/contacts/delta', undefined],
    ['GET', '/me/outlook/masterCategories', undefined],
    ['POST', '/me/outlook/masterCategories', { displayName: 'Press', color: 'preset3' }],
    ['PATCH', '/me/outlook/masterCategories/{outlookCategory-id}', { color: 'none' }],
    ['POST', '/$batch', { requests: [{ id: '1', method: 'GET', url: '/me/contacts' }] }],
  ] as const)('%s %s is answered as documented', async (method, template, body) => {
    const valid = validator(schemaOf(method, template));
    const answer = await ask(method, template, body === undefined ? {} : { body });
    expect([answer.status, valid(answer.body), valid.errors]).toEqual([
      answer.status < 300 ? answer.status : 200,
      true,
      null,
    ]);
  });

  it('allows ids in another format', async () => {
    const valid = validator(schemaOf('POST', '/me/translateExchangeIds'));
    const body = {
      inputIds: [ids.contact, 'nonsense'],
      sourceIdType: 'restImmutableEntryId',
      targetIdType: 'restId',
    };
    const answer = await ask('POST', '/me/translateExchangeIds', { body });
    expect([answer.status, valid(answer.body)]).toEqual([200, true]);
  });

  it('allows a delta with rows that are gone, and every kind of refusal', async () => {
    const first = await ask('GET', '/me/contacts/delta');
    signed.sandbox.microsoft.remove(signed.sandbox.microsoft.create(seedOf({})));
    const later = await ask('GET', String(first.body['@odata.deltaLink']));
    expect(rows(later)).toHaveLength(1);
    expect(validator(schemaOf('GET', '/me/contacts/delta'))(later.body)).toBe(true);

    const refusal = validator({ $ref: '#/components/schemas/odataError' });
    const refused = await Promise.all([
      ask('GET', '/me/contacts/AAMkNobody='),
      ask('GET', '/me/contacts?$filter=x'),
      ask('GET', '/me/contacts', { headers: { authorization: 'Bearer nobody' } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([404, 400, 401]);
    expect(refused.map(({ body }) => refusal(body))).toEqual([true, true, true]);
  });

  it('knows every property that the sandbox sends, and the sandbox sends every one', async () => {
    const { body } = await ask('GET', '/me/contacts/{contact-id}');
    signed.sandbox.microsoft.setOption('empties', 'documented');
    const full = await ask('GET', '/me/contacts/{contact-id}');
    const known = propertyNames(document, 'microsoft.graph.contact');
    const unknown = Object.keys(body).filter((name) => !known.includes(name));
    expect(unknown).toEqual(['@odata.context']);
    const navigation = ['extensions', 'photo', 'singleValueExtendedProperties'];
    const optional = [...navigation, 'multiValueExtendedProperties', '@odata.type'];
    expect(known.filter((name) => !(name in full.body) && !optional.includes(name))).toEqual([]);
  });

  it('would notice a value of another type', () => {
    const valid = validator(schemaOf('GET', '/me/contacts'));
    expect(valid({ value: [{ businessPhones: ['1'] }] })).toBe(true);
    expect(valid({ value: [{ businessPhones: '1' }] })).toBe(false);
  });
});
