import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPipedriveSide } from '../../src/crm/pipedrive/index.ts';
import { HttpFailure, type Api, type ApiAnswer, type ApiCall } from '../../src/http/api.ts';
import { createGoogleSide } from '../../src/providers/google/index.ts';
import { createMicrosoftSide } from '../../src/providers/microsoft/index.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';
import { ContactSyncError } from '../../src/sync/errors.ts';
import type { ContactSide, Told, Write } from '../../src/sync/ports.ts';
import { ann, aRevision } from '../support/contacts.ts';
import { looked } from '../support/looked.ts';

/*
 * Whatever a vendor answers — nonsense, half an answer, one field of another type —, an adapter gives
 * observations, outcomes, or one of our errors: it does not crash, and it does not go on for ever.
 */

type Say = (call: ApiCall) => string;

/** More than any answer here is worth. */
const MOST_QUESTIONS = 300;

function apiThatSays(status: number, say: Say): Api {
  let asked = 0;
  const send = async (call: ApiCall): Promise<ApiAnswer> => {
    asked += 1;
    if (asked > MOST_QUESTIONS) throw new Error('it asks for ever');
    const body = say(call);
    return {
      status,
      headers: { 'content-type': 'application/json' },
      bytes: Buffer.from(body),
      text: () => body,
      json: () => {
        try {
          return JSON.parse(body) as unknown;
        } catch (error) {
          throw new HttpFailure('malformed', 'no JSON', { cause: error });
        }
      },
    };
  };
  return {
    send,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const sent = await request.text();
      const { bytes, headers } = await send({
        method: request.method as ApiCall['method'],
        path: request.url,
        ...(sent.startsWith('{') ? { json: JSON.parse(sent) as unknown } : {}),
      });
      const body = status === 204 ? null : Buffer.from(bytes);
      return new Response(body, { status, headers: { ...headers } });
    },
    requests: () => asked,
    now: () => new Date(0),
  };
}

const signal = new AbortController().signal;

async function listed(side: ContactSide, cursor?: string): Promise<readonly Told[]> {
  const items: Told[] = [];
  for await (const page of side.changes(cursor, signal)) items.push(...page.items.map(looked));
  return items;
}

const expected = aRevision('people/c1', ann(), { etag: 'e' });
const WRITES: readonly Write[] = [
  { kind: 'create', key: 'k1', contact: ann() },
  { kind: 'update', key: 'k2', id: 'people/c1', expected, patch: { phones: [{ value: '1' }] } },
  { kind: 'delete', key: 'k3', id: 'people/c1', expected },
];

/** Everything that an adapter asks of its vendor in the course of a run. */
async function askEverything(create: () => ContactSide, cursor?: string): Promise<void> {
  await inOurWords(() => listed(create()));
  if (cursor !== undefined) await inOurWords(() => listed(create(), cursor));
  await inOurWords(() => create().read(['people/c1', '1'], signal));
  for (const write of WRITES) await inOurWords(() => carriedOut(create(), write));
  await inOurWords(async () => create().groups?.list(signal));
  await inOurWords(async () => create().walk?.page(undefined, signal));
}

async function carriedOut(side: ContactSide, write: Write): Promise<void> {
  for await (const outcome of side.write([write], signal)) expect(outcome.key).toBe(write.key);
}

/** Works, or fails in our words. */
async function inOurWords(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ContactSyncError) return;
    throw error;
  }
}

const person = {
  resourceName: 'people/c1',
  etag: 'e',
  metadata: {
    sources: [{ type: 'CONTACT', id: '1', etag: 'x', updateTime: '2026-01-01T00:00:00Z' }],
  },
  names: [{ givenName: 'Ann', familyName: 'Example', metadata: { source: { type: 'CONTACT' } } }],
  emailAddresses: [{ value: 'ann@example.com', type: 'home' }],
  phoneNumbers: [{ value: '+48 601' }],
  addresses: [{ city: 'Kraków', type: 'work' }],
  birthdays: [{ date: { year: 1990, month: 2, day: 29 } }],
  photos: [{ url: 'https://example.com/p', default: true }],
  memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/x' } }],
};
const row = {
  id: 1,
  name: 'Ann Example',
  first_name: 'Ann',
  last_name: 'Example',
  owner_id: 1,
  org_id: 3,
  emails: [{ value: 'ann@example.com', primary: true, label: 'work' }],
  phones: [{ value: '+48 601', primary: true, label: 'mobile' }],
  postal_address: { value: 'x', locality: 'Kraków' },
  birthday: '1990-02-28',
  im: [{ value: 'ann', label: 'skype' }],
  update_time: '2026-01-01T00:00:00Z',
  add_time: '2026-01-01T00:00:00Z',
  picture_id: 4,
  is_deleted: false,
  visible_to: 3,
  custom_fields: {},
};
const outlook = {
  id: 'people/c1',
  '@odata.etag': 'W/"e"',
  changeKey: 'e',
  parentFolderId: 'f0',
  createdDateTime: '2026-01-01T00:00:00Z',
  lastModifiedDateTime: '2026-01-01T00:00:00Z',
  categories: ['Red'],
  displayName: 'Ann Example',
  givenName: 'Ann',
  surname: 'Example',
  emailAddresses: [{ name: 'Ann', address: 'ann@example.com' }],
  businessPhones: ['+48 601'],
  mobilePhone: null,
  imAddresses: [''],
  homeAddress: { city: 'Kraków' },
  otherAddress: {},
  birthday: '1990-02-28T11:59:00Z',
  singleValueExtendedProperties: [{ id: 'String {x} Name y', value: 'z' }],
};
/** What Graph answers, by what it is asked for. */
const graph = {
  envelope: { status: 200, headers: { 'retry-after': '1' } },
  me: { id: 'u1', mail: 'ann@example.com', proxyAddresses: ['SMTP:ann@example.com'] },
  defaultFolder: { id: 'f0', displayName: 'Contacts' },
  folders: { value: [{ id: 'f1', displayName: 'Rowing', parentFolderId: 'f0' }] },
  children: { value: [] },
  categories: { value: [{ id: '1', displayName: 'Red' }] },
  feed: {
    value: [{ id: 'people/c1', changeKey: 'e' }],
    '@odata.deltaLink': 'https://x.test/v1.0/d',
  },
  contacts: { value: [outlook] },
  contact: outlook,
};
type Graph = typeof graph;

const ROUTES: readonly (readonly [RegExp, keyof Graph])[] = [
  [/^\/me(?:\?|$)/u, 'me'],
  [/masterCategories/u, 'categories'],
  [/\/childFolders/u, 'children'],
  [/\/delta|\/d$/u, 'feed'],
  [/\/contactFolders\/contacts(?:\?|$)/u, 'defaultFolder'],
  [/\/contactFolders\?/u, 'folders'],
  [/\/contacts\/[^/?]+/u, 'contact'],
];

function graphSays(whole: Graph): Say {
  const answer = (path: string): unknown => {
    const [, key = 'contacts'] = ROUTES.find(([pattern]) => pattern.test(path)) ?? [];
    return whole[key];
  };
  return ({ path, json }) => {
    if (!path.endsWith('/$batch')) return text(answer(path.replace(/^.*\/v1\.0/u, '')));
    const { requests } = json as { requests: readonly { id: string; url: string }[] };
    return text({
      responses: requests.map(({ id, url }) => ({ ...whole.envelope, id, body: answer(url) })),
    });
  };
}

const text = (value: unknown): string => JSON.stringify(value) ?? '';
const sameToAll =
  (whole: unknown): Say =>
  () =>
    text(whole);

interface Vendor {
  readonly name: string;
  readonly create: (api: Api) => ContactSide;
  /** Everything it answers, as it should be. */
  readonly whole: unknown;
  readonly says: (whole: unknown) => Say;
  /** As an earlier run left it. */
  readonly cursor?: string;
}

const vendors: readonly Vendor[] = [
  {
    name: 'Google',
    create: (api) => createGoogleSide({ api, userinfo: api }),
    whole: { connections: [person], nextSyncToken: 't', totalPeople: 1 },
    says: sameToAll,
  },
  {
    name: 'Pipedrive',
    create: (api) =>
      createPipedriveSide({
        api,
        user: { id: 1, companyId: 1 },
        visibility: undefined,
        fields: { birthday: 'birthday', ims: 'im', jobTitle: 'job_title', notes: 'notes' },
      }),
    whole: { success: true, data: [row], additional_data: { next_cursor: null } },
    says: sameToAll,
  },
  {
    name: 'Microsoft',
    create: (api) => createMicrosoftSide({ api, wait: async () => undefined }),
    whole: graph,
    says: (whole) => graphSays((whole ?? {}) as Graph),
    cursor: text({ version: 1, folders: { contacts: 'https://x.test/v1.0/d' } }),
  },
];

/** The answer with one thing, anywhere in it, in another shape. */
function bent(whole: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(whole);
  return fc
    .tuple(fc.constantFrom(...places), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .map(([place, value]) => withAt(whole, place, value));
}

function placesIn(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, below]) => placesIn(below, [...at, key]))];
}

function withAt(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(whole) as Record<string, unknown>;
  copy[key] = withAt(copy[key], rest, value);
  return copy;
}

describe.each(vendors)('$name', ({ create, whole, says, cursor }) => {
  it('may answer anything at all', async () => {
    const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 410, 412, 422, 500);
    const listOf = (key: string) => fc.jsonValue().map((value) => text({ [key]: value }));
    const lists = ['value', 'responses', 'data', 'connections'].map(listOf);
    const body = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.constant('<html>'),
      ...lists,
    );
    await fc.assert(
      fc.asyncProperty(status, body, (code, answer) =>
        askEverything(() => create(apiThatSays(code, () => answer)), cursor),
      ),
      { numRuns: 300 },
    );
  });

  it('may answer with anything in the place of one thing', async () => {
    await fc.assert(
      fc.asyncProperty(bent(whole), (answer) =>
        askEverything(() => create(apiThatSays(200, says(answer))), cursor),
      ),
      { numRuns: 600 },
    );
  });

  it('is understood where nothing is bent', async () => {
    const items = await listed(create(apiThatSays(200, says(whole))));
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['revision']));
  });
});

describe('a vCard file', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('BEGIN:VCARD', 'END:VCARD', 'VERSION:2.1', ' folded', '=', 'N:;;;', 'item1.X:'),
    fc
      .tuple(
        fc.constantFrom('N', 'FN', 'EMAIL', 'TEL', 'ADR', 'BDAY', 'PHOTO', 'NOTE', 'IMPP', 'ORG'),
        fc.constantFrom(
          '',
          ';TYPE=home',
          ';ENCODING=QUOTED-PRINTABLE',
          ';ENCODING=b',
          ';CHARSET=x',
          ';"',
        ),
        fc.string({ unit: 'binary' }),
      )
      .map(([name, parameters, value]) => `${name}${parameters}:${value}`),
  );

  it('of any lines gives contacts and problems, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (lines, framed) => {
        const all = framed ? ['BEGIN:VCARD', ...lines, 'END:VCARD'] : lines;
        const read = readVCards(Buffer.from(all.join('\r\n')));
        expect(read.contacts.length + read.problems.length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes does not end the reader', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readVCards(bytes)));
  });
});
