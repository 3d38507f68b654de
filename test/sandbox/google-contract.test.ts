import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { ALL_FIELDS, seedOf, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

/**
 * The sandbox's answers against Google's own discovery document, turned into JSON Schema.
 * A property that the document does not know is a failure.
 */
const folder = process.env['CONTACTSYNC_CONTRACTS'];
const file = folder === undefined ? undefined : join(folder, 'google/people-v1.json');
const here = file !== undefined && existsSync(file);
const title = here
  ? 'Google’s discovery document'
  : 'Google’s discovery document (skipped: CONTACTSYNC_CONTRACTS names no folder with google/people-v1.json)';

interface DiscoveryMethod {
  readonly httpMethod: string;
  readonly flatPath: string;
  readonly response: { readonly $ref: string };
}
interface DiscoveryResource {
  readonly methods?: Readonly<Record<string, DiscoveryMethod>>;
  readonly resources?: Readonly<Record<string, DiscoveryResource>>;
}
interface Discovery extends DiscoveryResource {
  readonly schemas: Readonly<Record<string, object>>;
}

/** A discovery schema is an old JSON Schema but for its references and a few words of its own. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== 'object' || node === null) return node;
  const schema = node as Readonly<Record<string, unknown>>;
  if (typeof schema['$ref'] === 'string') return { $ref: `#/$defs/${schema['$ref']}` };
  const { type, properties, items, additionalProperties } = schema;
  const values = schema['enum'];
  return {
    type,
    ...(values === undefined ? {} : { enum: values }),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(type === 'object'
      ? {
          properties: mapped(properties ?? {}),
          additionalProperties: anything(additionalProperties),
        }
      : {}),
  };
}

/** `Status.details` holds messages of any type. */
function anything(additional: unknown): unknown {
  const { type } = (additional ?? {}) as { type?: string };
  if (additional === undefined) return false;
  return type === 'any' ? true : toJsonSchema(additional);
}

function mapped(properties: object): object {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, toJsonSchema(property)]),
  );
}

function methodsOf({
  methods = {},
  resources = {},
}: DiscoveryResource): readonly DiscoveryMethod[] {
  return [...Object.values(methods), ...Object.values(resources).flatMap(methodsOf)];
}

function pathPattern({ flatPath }: DiscoveryMethod): RegExp {
  return new RegExp(`^/${flatPath.replaceAll(/\{\w+\}/gu, '[^/:]+')}$`, 'u');
}

(here ? describe : describe.skip)(title, () => {
  let signed: Signed;
  let discovery: Discovery;

  beforeAll(async () => {
    discovery = JSON.parse(readFileSync(file ?? '', 'utf8')) as Discovery;
    signed = await signedIn();
  });

  afterAll(() => signed.sandbox.close());

  async function answersOf(calls: readonly Sent[]): Promise<readonly string[]> {
    const ajv = new Ajv({ strict: false, allErrors: true });
    const $defs = mapped(discovery.schemas);
    const problems: string[] = [];
    for (const { method, path, query = '', body } of calls) {
      const known = methodsOf(discovery).find(
        (each) => each.httpMethod === method && pathPattern(each).test(path),
      );
      const answer = await fetch(`${signed.sandbox.url}${path}${query}`, {
        method,
        headers: { authorization: `Bearer ${signed.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json: unknown = await answer.json();
      const validate = ajv.compile({ $ref: `#/$defs/${known?.response.$ref}`, $defs });
      if (answer.status !== 200) problems.push(`${method} ${path}: ${answer.status}`);
      if (!validate(json)) problems.push(`${method} ${path}: ${ajv.errorsText(validate.errors)}`);
    }
    return problems;
  }

  it('allows every answer that the sandbox gives', async () => {
    const { google } = signed.sandbox;
    const id = google.create(fullContact());
    google.edit(id, everyField());
    google.linkProfile(id, 'profile', true);
    const group = google.createGroup('Press');
    const fields = `?personFields=${ALL_FIELDS},urls,userDefined,events,relations,genders,nicknames,locations,externalIds,occupations`;
    const person = { names: [{ givenName: 'A' }] };
    const etag = google.people()[0]?.etag;
    expect(
      await answersOf([
        {
          method: 'GET',
          path: '/v1/people/me/connections',
          query: `${fields}&requestSyncToken=true`,
        },
        { method: 'GET', path: `/v1/${id}`, query: fields },
        { method: 'GET', path: '/v1/people/me', query: fields },
        {
          method: 'GET',
          path: '/v1/people:batchGet',
          query: `${fields}&resourceNames=${id}&resourceNames=people/c1`,
        },
        { method: 'POST', path: '/v1/people:createContact', body: person },
        {
          method: 'PATCH',
          path: `/v1/${id}:updateContact`,
          query: '?updatePersonFields=nicknames',
          body: { etag },
        },
        {
          method: 'POST',
          path: '/v1/people:batchCreateContacts',
          body: { contacts: [{ contactPerson: person }], readMask: 'names' },
        },
      ]),
    ).toEqual([]);
    // The etag has moved with the update.
    expect(await answersOf([batchUpdate(id, person)])).toEqual([]);
    expect(
      await answersOf([
        {
          method: 'PATCH',
          path: `/v1/${id}:updateContactPhoto`,
          body: { photoBytes: '/9j/4AAQ', personFields: 'photos' },
        },
        { method: 'DELETE', path: `/v1/${id}:deleteContactPhoto`, query: '?personFields=photos' },
        { method: 'GET', path: '/v1/contactGroups' },
        { method: 'GET', path: `/v1/${group}`, query: '?maxMembers=5' },
        {
          method: 'GET',
          path: '/v1/contactGroups:batchGet',
          query: `?resourceNames=${group}&resourceNames=contactGroups/x`,
        },
        { method: 'POST', path: '/v1/contactGroups', body: { contactGroup: { name: 'Radio' } } },
        { method: 'PUT', path: `/v1/${group}`, body: { contactGroup: { name: 'Media' } } },
        {
          method: 'POST',
          path: `/v1/${group}/members:modify`,
          body: { resourceNamesToAdd: [id, 'people/c1'] },
        },
        { method: 'DELETE', path: `/v1/${group}` },
        { method: 'POST', path: '/v1/people:batchDeleteContacts', body: { resourceNames: [id] } },
      ]),
    ).toEqual([]);
  });

  it('allows the answers to deltas, tombstones and former names among them', async () => {
    const { google } = signed.sandbox;
    const [one, two] = [google.create(fullContact()), google.create(fullContact())];
    const query = '?personFields=metadata,names&requestSyncToken=true';
    const headers = { authorization: `Bearer ${signed.token}` };
    const first = await fetch(`${signed.sandbox.url}/v1/people/me/connections${query}`, {
      headers,
    });
    const { nextSyncToken } = (await first.json()) as { nextSyncToken: string };
    google.remove(one);
    google.rekey(two);
    const path = '/v1/people/me/connections';
    const delta = { method: 'GET', path, query: `${query}&syncToken=${nextSyncToken}` };
    expect(await answersOf([delta])).toEqual([]);
  });

  it('would notice a property that Google does not have', () => {
    const ajv = new Ajv({ strict: false });
    const validate = ajv.compile({ $ref: '#/$defs/Person', $defs: mapped(discovery.schemas) });
    expect(validate({ names: [{ givenName: 'A' }] })).toBe(true);
    expect(validate({ names: [{ given: 'A' }] })).toBe(false);
  });

  function batchUpdate(id: string, person: object): Sent {
    const contacts = { [id]: { ...person, metadata: signed.sandbox.google.people()[0]?.metadata } };
    const body = { contacts, updateMask: 'names', readMask: 'names' };
    return { method: 'POST', path: '/v1/people:batchUpdateContacts', body };
  }
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
}

function fullContact() {
  return seedOf({
    name: { given: 'Ana', family: 'Diaz' },
    emails: [{ value: 'a@x.test', label: 'work' }],
    phones: [{ value: '+49301234567', label: 'mobile' }],
    ims: [{ value: 'ana', label: 'skype' }],
    addresses: [{ label: 'home', street: 'Road 1', city: 'Berlin' }],
    organization: 'X',
    jobTitle: 'CEO',
    notes: 'n',
    birthday: { year: 1980, month: 1, day: 2 },
  });
}

function everyField() {
  return {
    urls: [{ value: 'https://x.test', type: 'home' }],
    userDefined: [{ key: 'k', value: 'v' }],
    events: [{ date: { month: 1, day: 1 }, type: 'anniversary' }],
    relations: [{ person: 'Bo', type: 'spouse' }],
    genders: [{ value: 'female' }],
    nicknames: [{ value: 'Anna', type: 'DEFAULT' }],
    locations: [{ value: 'desk', current: true }],
    externalIds: [{ value: '1', type: 'customer' }],
    occupations: [{ value: 'smith' }],
    clientData: [{ key: 'k', value: 'v' }],
  };
}
