import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPipedriveSide } from '../../src/crm/pipedrive/index.ts';
import { HttpFailure, type Api, type ApiAnswer } from '../../src/http/api.ts';
import { createGoogleSide } from '../../src/providers/google/index.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';
import { ContactSyncError } from '../../src/sync/errors.ts';
import type { ContactSide, Observation } from '../../src/sync/ports.ts';

/*
 * Whatever a vendor answers — nonsense, half an answer, one field of another type —, an adapter gives
 * observations or one of our errors: it does not crash, and it does not go on for ever.
 */

/** Says the same to every question. */
function apiThatSays(status: number, body: string): Api {
  let asked = 0;
  const answer: ApiAnswer = {
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
  const send = async (): Promise<ApiAnswer> => {
    asked += 1;
    if (asked > 50) throw new Error('it asks for ever');
    return answer;
  };
  return {
    send,
    fetch: async () => new Response(Buffer.from(body), { status, headers: answer.headers }),
    requests: () => asked,
    now: () => new Date(0),
  };
}

const signal = new AbortController().signal;
const sides: readonly (readonly [string, (api: Api) => ContactSide])[] = [
  ['Google', (api) => createGoogleSide({ api, userinfo: api })],
  [
    'Pipedrive',
    (api) =>
      createPipedriveSide({
        api,
        user: { id: 1, companyId: 1 },
        visibility: undefined,
        fields: { birthday: 'birthday', ims: 'im', jobTitle: 'job_title', notes: 'notes' },
      }),
  ],
];

async function listed(side: ContactSide): Promise<readonly Observation[]> {
  const items: Observation[] = [];
  for await (const page of side.changes(undefined, signal)) items.push(...page.items);
  return items;
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
const answers: Readonly<Record<string, unknown>> = {
  Google: { connections: [person], nextSyncToken: 't', totalPeople: 1 },
  Pipedrive: { success: true, data: [row], additional_data: { next_cursor: null } },
};

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

describe.each(sides)('%s', (name, create) => {
  const readAll = (side: ContactSide): Promise<unknown> => side.read(['people/c1', '1'], signal);

  it('may answer anything at all', async () => {
    const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 410, 412, 422, 500);
    const body = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constant('<html>'));
    await fc.assert(
      fc.asyncProperty(status, body, async (code, text) => {
        await inOurWords(() => listed(create(apiThatSays(code, text))));
        await inOurWords(() => readAll(create(apiThatSays(code, text))));
      }),
      { numRuns: 300 },
    );
  });

  it('may answer with anything in the place of one thing', async () => {
    await fc.assert(
      fc.asyncProperty(bent(answers[name]), async (answer) => {
        const text = JSON.stringify(answer) ?? '';
        await inOurWords(() => listed(create(apiThatSays(200, text))));
        await inOurWords(() => readAll(create(apiThatSays(200, text))));
      }),
      { numRuns: 600 },
    );
  });

  it('is understood where nothing is bent', async () => {
    const items = await listed(create(apiThatSays(200, JSON.stringify(answers[name]))));
    expect(items.map(({ kind }) => kind)).toEqual(['revision']);
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
