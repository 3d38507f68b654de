import { afterEach, describe, expect, it } from '@jest/globals';
import { EMPTY_CONTACT, type Contact } from '../../src/contact/contact.ts';
import {
  createPipedriveSide,
  type PipedriveOptions,
  type PipedriveSide,
} from '../../src/crm/pipedrive/index.ts';
import type { Revision } from '../../src/plan/model.ts';
import type { Outcome, Page, Write } from '../../src/sync/ports.ts';
import { BUILT_IN } from './pipedrive-arbitraries.ts';
import {
  BLOCKED,
  no,
  ok,
  startLoopback,
  type Loopback,
  type Reply,
  type Seen,
} from './pipedrive-loopback.ts';
import { looked } from '../support/looked.ts';

const ME = { id: 7, companyId: 1 };
const signal = new AbortController().signal;
const PERSONS = '/api/v2/persons';

let open: Loopback | undefined;
afterEach(async () => open?.close());

async function pipedrive(
  answer: (seen: Seen) => Reply,
  options: Partial<PipedriveOptions> = {},
): Promise<{ readonly side: PipedriveSide; readonly server: Loopback }> {
  const server = await startLoopback(answer);
  open = server;
  const side = createPipedriveSide({ api: server.api, user: ME, fields: BUILT_IN, ...options });
  return { side, server };
}

function ann(rest: object = {}): Record<string, unknown> {
  return {
    id: 1,
    name: 'Ann Fox',
    first_name: 'Ann',
    last_name: 'Fox',
    owner_id: 7,
    org_id: null,
    emails: [{ value: 'ann@x.test', primary: true, label: 'work' }],
    phones: [],
    update_time: '2026-05-15T11:00:00Z',
    ...rest,
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function ids(page: Page | undefined): readonly string[] {
  return (page?.items ?? [])
    .map(looked)
    .map((item) => (item.kind === 'revision' ? item.revision.id : `${item.kind} ${item.id}`));
}

describe('reading what changed', () => {
  it('walks all pages by id and starts the next reading before the last change it saw', async () => {
    const { side, server } = await pipedrive(({ query }) =>
      query['cursor'] === undefined
        ? ok([ann(), ann({ id: 2, update_time: '2026-05-15T11:58:05Z' })], 'next')
        : ok([ann({ id: 3 })]),
    );
    const pages = await all(side.changes(undefined, signal));
    expect(pages.map(ids)).toStrictEqual([['1', '2'], ['3']]);
    expect(pages.map((page) => page.cursor)).toStrictEqual([
      undefined,
      '{"since":"2026-05-15T11:57:05Z"}',
    ]);
    expect(server.seen[0]?.query).toStrictEqual({
      limit: '500',
      sort_by: 'id',
      sort_direction: 'asc',
    });
  });

  it('asks only for what changed since, and does not go back when nothing did', async () => {
    const { side, server } = await pipedrive(() => ok([], null));
    const cursor = '{"since":"2026-05-15T11:57:05Z"}';
    const [page] = await all(side.changes(cursor, signal));
    expect(server.seen[0]?.query['updated_since']).toBe('2026-05-15T11:57:05Z');
    expect(page).toStrictEqual({ items: [], cursor });
  });

  it('does not list for ever what changed last when nothing newer changes', async () => {
    const { side } = await pipedrive(() => ok([ann()], null));
    const [page] = await all(side.changes('{"since":"2026-05-15T09:00:00Z"}', signal));
    expect(page?.cursor).toBe('{"since":"2026-05-15T11:55:00Z"}');
  });

  it('does not step over changes made behind it while it was reading', async () => {
    const late = ann({ id: 9, update_time: '2026-05-15T12:20:00Z' });
    const { side } = await pipedrive(({ query }) =>
      query['cursor'] === undefined ? ok([ann()], 'next') : ok([late], null),
    );
    const pages = await all(side.changes(undefined, signal));
    expect(pages.at(-1)?.cursor).toBe('{"since":"2026-05-15T11:59:00Z"}');
  });

  it('sets a strange person aside, suspects a deleted one, and goes on', async () => {
    const { side } = await pipedrive(() =>
      ok([ann({ emails: 'x' }), ann({ id: 2, is_deleted: true }), ann({ id: 3 })]),
    );
    const [page] = await all(side.changes(undefined, signal));
    expect(ids(page)).toStrictEqual(['malformed 1', 'tombstone 2', '3']);
  });

  it('lists colleagues’ persons as not owned', async () => {
    const { side } = await pipedrive(() => ok([ann({ owner_id: 8 })]));
    const [page] = await all(side.changes(undefined, signal));
    expect(page?.items.map(looked)[0]).toMatchObject({ revision: { owned: false } });
  });

  it.each([
    ['no list', { json: { success: true, data: null } }, 'BadAnswer'],
    ['a failure with a good status', { json: { success: false, data: [] } }, 'BadAnswer'],
    ['a web page', { text: '<html>', headers: { 'content-type': 'text/html' } }, 'BadAnswer'],
    ['half a list', { text: '{"success":true,"data":[{"id":1' }, 'BadAnswer'],
    ['a bad request', no(400, 'x'), 'BadAnswer'],
    ['a revoked sign-in', no(401, 'unauthorized access'), 'SignInNeeded'],
    ['a missing scope', no(403, 'Scope and URL mismatch'), 'SignInNeeded'],
    ['a closed company', no(402, 'x'), 'CompanyClosed'],
    ['a block', BLOCKED, 'BudgetSpent'],
    ['a server out of order', no(503, 'x'), 'Unreachable'],
    ['no answer', 'cut', 'Unreachable'],
    [
      'a spent day',
      { status: 429, headers: { 'x-daily-ratelimit-token-remaining': '0' } },
      'BudgetSpent',
    ],
  ] as const)('ends with an error, not with an empty list, on %s', async (_, reply, name) => {
    const { side } = await pipedrive(() => reply);
    await expect(all(side.changes(undefined, signal))).rejects.toMatchObject({ name });
  });

  it.each([
    ['refused', '{"since":"2020-01-01T00:00:00Z"}'],
    ['unreadable', 'not json'],
  ])('asks for a full reading when the cursor is %s', async (_, cursor) => {
    const { side } = await pipedrive(() => no(400, 'bad time'));
    await expect(all(side.changes(cursor, signal))).rejects.toMatchObject({
      name: 'CursorExpired',
    });
  });

  it('breaks off a list that goes in a circle', async () => {
    const { side } = await pipedrive(() => ok([ann()], 'again'));
    await expect(all(side.changes(undefined, signal))).rejects.toMatchObject({ name: 'BadAnswer' });
  });
});

describe('the walk over all ids', () => {
  it('goes page by page, and starts again when its position is refused', async () => {
    const { side } = await pipedrive(({ query }) => {
      if (query['cursor'] === 'stale') return no(400, 'x');
      return query['cursor'] === undefined ? ok([ann()], 'p2') : ok([ann({ id: 2 })], null);
    });
    const first = await side.walk.page(undefined, signal);
    expect(first.position).toBe('p2');
    expect(await side.walk.page('p2', signal)).not.toHaveProperty('position');
    await expect(side.walk.page('stale', signal)).rejects.toMatchObject({ name: 'CursorExpired' });
  });
});

describe('reading by id', () => {
  const replies: Readonly<Record<string, Reply>> = {
    1: ok(ann()),
    2: ok(ann({ id: 2, is_deleted: true })),
    3: no(404, 'Person not found'),
    4: no(410, 'gone'),
    5: no(403, 'You do not have permissions to do this.'),
    6: ok({ id: 6, emails: 'x' }),
  };

  it('tells deleted, hidden, vanished and strange apart', async () => {
    const { side } = await pipedrive(({ path }) => replies[path.split('/').at(-1) ?? ''] ?? 'cut');
    const found = await side.read(Object.keys(replies), signal);
    expect(Object.fromEntries(found)).toMatchObject({
      1: { kind: 'present', revision: { id: '1', owned: true } },
      2: { kind: 'absent', how: 'deleted' },
      3: { kind: 'absent', how: 'vanished' },
      4: { kind: 'absent', how: 'vanished' },
      5: { kind: 'absent', how: 'hidden' },
      6: { kind: 'malformed' },
    });
  });

  it('lists many at once and asks singly only for those that the list left out', async () => {
    const { side, server } = await pipedrive(({ path, query }) =>
      path === PERSONS
        ? ok(
            (query['ids'] ?? '')
              .split(',')
              .filter((id) => id !== '50')
              .map((id) => ann({ id: Number(id) })),
          )
        : no(404, 'x'),
    );
    const asked = Array.from({ length: 130 }, (_, index) => String(index + 1));
    const found = await side.read(asked, signal);
    expect(server.calls()).toStrictEqual([`GET ${PERSONS}`, `GET ${PERSONS}`, `GET ${PERSONS}/50`]);
    expect(found.size).toBe(130);
    expect(found.get('50')).toStrictEqual({ kind: 'absent', how: 'vanished' });
  });

  it.each([
    ['a block', BLOCKED, 'BudgetSpent'],
    ['a missing scope', no(403, 'Scope and URL mismatch'), 'SignInNeeded'],
    ['a refused question', no(400, 'x'), 'BadAnswer'],
  ] as const)('takes %s for no finding', async (_, reply, name) => {
    const { side } = await pipedrive(() => reply);
    await expect(side.read(['1'], signal)).rejects.toMatchObject({ name });
  });
});

const contact: Contact = {
  ...EMPTY_CONTACT,
  name: { given: 'Ann', family: 'Fox' },
  emails: [{ value: 'ann@x.test' }, { value: 'ann@home.test', label: 'home' }],
  notes: 'hello',
};

function creation(rest: Partial<Extract<Write, { kind: 'create' }>> = {}): Write {
  return { kind: 'create', key: 'k', contact, ...rest };
}

function expected(rest: Partial<Contact> = {}, about: Partial<Revision> = {}): Revision {
  return {
    id: '1',
    etag: 'old',
    contact: {
      ...EMPTY_CONTACT,
      name: { given: 'Ann', family: 'Fox' },
      emails: [{ value: 'ann@x.test', label: 'work', primary: true }],
      ...rest,
    },
    groups: [],
    owned: true,
    ...about,
  };
}

async function outcomeOf(side: PipedriveSide, write: Write): Promise<Outcome | undefined> {
  return (await all(side.write([write], signal)))[0];
}

describe('creating a person', () => {
  it('sends what Pipedrive holds, with the organization and the visibility', async () => {
    const { side, server } = await pipedrive(
      ({ json }) => ({ status: 201, ...(ok(ann(json)) as object) }),
      {
        visibility: 3,
      },
    );
    const outcome = await outcomeOf(side, creation({ organizationId: '5' }));
    expect(server.seen[0]?.json).toStrictEqual({
      name: 'Ann Fox',
      emails: [
        { value: 'ann@x.test', primary: true, label: 'other' },
        { value: 'ann@home.test', primary: false, label: 'home' },
      ],
      notes: 'hello',
      org_id: 5,
      visible_to: 3,
    });
    expect(outcome).toMatchObject({
      kind: 'written',
      revision: { id: '1', owned: true, organizationId: '5', contact: { notes: 'hello' } },
    });
    expect(server.calls()).toStrictEqual([`POST ${PERSONS}`]);
  });

  it('takes for content what the answer holds, not what was sent', async () => {
    const { side } = await pipedrive(() => ok(ann()));
    const outcome = await outcomeOf(side, creation());
    expect(outcome).toMatchObject({ kind: 'written' });
    expect(outcome?.kind === 'written' && outcome.revision.contact).not.toHaveProperty('notes');
  });

  it('reads the person when the answer names only its id', async () => {
    const { side } = await pipedrive(({ method }) => ok(method === 'POST' ? { id: 1 } : ann()));
    expect(await outcomeOf(side, creation())).toMatchObject({
      kind: 'written',
      revision: { contact: { emails: [{ value: 'ann@x.test' }] } },
    });
  });

  it.each([
    ['a refused value', no(400, 'Email a@b.test is invalid'), 'refused', 'Rejected'],
    ['a missing right', no(403, 'You do not have permissions to do this.'), 'refused', 'Forbidden'],
    ['an error of the server', no(500, 'Internal Server Error'), 'lost', 'AnswerLost'],
    ['a cut connection', 'cut', 'lost', 'AnswerLost'],
    ['half an answer', { text: '{"success":true,"da' }, 'lost', 'AnswerLost'],
    ['an empty answer', { status: 200 }, 'lost', 'AnswerLost'],
  ] as const)('tells %s', async (_, reply, kind, name) => {
    const { side, server } = await pipedrive(() => reply);
    expect(await outcomeOf(side, creation())).toMatchObject({ kind, key: 'k', error: { name } });
    expect(server.seen).toHaveLength(1);
  });

  it('explains a refusal in the vendor’s words, without what might be personal', async () => {
    const { side } = await pipedrive(() =>
      no(400, 'Email ann@x.test of person 123456 is invalid', { field_code: 'im' }),
    );
    expect(await outcomeOf(side, creation())).toMatchObject({
      error: { message: 'Pipedrive refused this: Email … of person … is invalid (field im)' },
    });
  });

  it.each([
    ['by its code', no(400, 'Not valid', { field_code: 'f'.repeat(40) }), 'notes'],
    ['in its words', no(400, `custom field "${'f'.repeat(40)}" does not exist`), 'notes'],
    ['with a place in it', no(400, 'Invalid input: "emails.1.value" is no email'), 'emails'],
    ['as before', no(400, '"phone" is not valid'), 'phones'],
    ['that is none of ours', no(400, '"label_ids" is not allowed'), undefined],
    ['not at all', no(400, 'No'), undefined],
  ] as const)('names the field that Pipedrive complains of %s', async (_, reply, field) => {
    const { side } = await pipedrive(() => reply);
    side.customFields.use('notes', 'f'.repeat(40));
    const outcome = await outcomeOf(side, creation());
    expect({ field: undefined, ...outcome }).toMatchObject({ kind: 'refused', field });
  });

  it('ends the writing when nothing more can be written, after what was under way', async () => {
    let count = 0;
    const { side, server } = await pipedrive(({ json }) => {
      count += 1;
      return count === 2 ? BLOCKED : ok(ann(json));
    });
    const keys = Array.from({ length: 100 }, (_, index) => String(index));
    const outcomes: string[] = [];
    const writing = async (): Promise<void> => {
      for await (const { kind } of side.write(
        keys.map((key) => creation({ key })),
        signal,
      )) {
        outcomes.push(kind);
      }
    };
    await expect(writing()).rejects.toMatchObject({ name: 'BudgetSpent' });
    expect(outcomes).toHaveLength(server.seen.length - 1);
    expect(server.seen.length).toBeLessThan(50);
  });

  it('sends nothing once it was told to stop', async () => {
    const { side, server } = await pipedrive(() => ok(ann()));
    const stop = AbortSignal.abort(new Error('stop'));
    await expect(all(side.write([creation()], stop))).rejects.toThrow('stop');
    expect(server.seen).toHaveLength(0);
  });
});

function updating(rest: Partial<Extract<Write, { kind: 'update' }>> = {}): Write {
  const patch = { phones: [{ value: '1', label: 'mobile' }] };
  return { kind: 'update', key: 'k', id: '1', expected: expected(), patch, ...rest };
}

describe('changing a person', () => {
  const serve =
    (now: object = {}, patched: Reply = ok(ann({ phones: [{ value: '1', label: 'mobile' }] }))) =>
    ({ method }: Seen): Reply =>
      method === 'GET' ? ok(ann(now)) : patched;

  it('reads it again, and sends the patched fields only', async () => {
    const { side, server } = await pipedrive(serve());
    const outcome = await outcomeOf(side, updating({ organizationId: null }));
    expect(server.calls()).toStrictEqual([`GET ${PERSONS}/1`, `PATCH ${PERSONS}/1`]);
    expect(server.seen[1]?.json).toStrictEqual({
      phones: [{ value: '1', primary: true, label: 'mobile' }],
      org_id: null,
    });
    expect(outcome).toMatchObject({
      kind: 'written',
      revision: { contact: { phones: [{ value: '1' }] } },
    });
  });

  it('reads many again in one list', async () => {
    const { side, server } = await pipedrive(({ method, path }) => {
      const list = [ann(), ann({ id: 2 })];
      if (method === 'GET') return ok(list);
      return ok(ann({ id: Number(path.split('/').at(-1)) }));
    });
    const outcomes = await all(side.write([updating(), updating({ key: 'l', id: '2' })], signal));
    expect(outcomes.map(({ kind }) => kind)).toStrictEqual(['written', 'written']);
    expect(server.calls().filter((call) => call.startsWith('GET'))).toStrictEqual([
      `GET ${PERSONS}`,
    ]);
  });

  it('does not mind that other fields have changed meanwhile', async () => {
    const { side } = await pipedrive(
      serve({ job_title: 'CEO', update_time: '2026-05-15T11:59:59Z' }),
    );
    expect(await outcomeOf(side, updating())).toMatchObject({ kind: 'written' });
  });

  it.each([
    ['a patched field has changed', { phones: [{ value: '2' }] }, {}, 'present'],
    ['it belongs to somebody else', { owner_id: 8 }, {}, 'present'],
    ['it is deleted', { is_deleted: true }, {}, 'absent'],
    [
      'its link has changed and is to be changed',
      { org_id: 4 },
      { organizationId: '5' },
      'present',
    ],
  ])('writes nothing when %s', async (_, now, rest, kind) => {
    const { side, server } = await pipedrive(serve(now));
    expect(await outcomeOf(side, updating(rest))).toMatchObject({
      kind: 'moved',
      finding: { kind },
    });
    expect(server.calls()).toStrictEqual([`GET ${PERSONS}/1`]);
  });

  it('finds out what became of one that vanished in between', async () => {
    let reads = 0;
    const { side } = await pipedrive(({ method }) => {
      if (method === 'PATCH') return no(404, 'x');
      reads += 1;
      return ok(ann({ is_deleted: reads > 1 }));
    });
    expect(await outcomeOf(side, updating())).toMatchObject({
      kind: 'moved',
      finding: { kind: 'absent', how: 'deleted' },
    });
  });

  it('sends nothing for fields that the company does not have', async () => {
    const { side, server } = await pipedrive(serve(), { fields: {} });
    expect(await outcomeOf(side, updating({ patch: { notes: 'x' } }))).toMatchObject({
      kind: 'written',
    });
    expect(server.calls()).toStrictEqual([`GET ${PERSONS}/1`]);
  });

  it('says what it cannot know when the server fails again and again', async () => {
    const { side } = await pipedrive(serve({}, no(500, 'x')));
    expect(await outcomeOf(side, updating())).toMatchObject({ kind: 'lost' });
  });
});

describe('deleting a person', () => {
  const deletion: Write = { kind: 'delete', key: 'k', id: '1', expected: expected() };
  const serve =
    (now: Reply, answer: Reply = ok({ id: 1 })) =>
    ({ method }: Seen): Reply =>
      method === 'GET' ? now : answer;

  it.each([
    ['200', ok({ id: 1 })],
    ['204', { status: 204 }],
    ['404', no(404, 'x')],
    ['410 with a success', { status: 410, json: { success: true, data: { id: 1 } } }],
  ] as const)('takes %s for done', async (_, answer) => {
    const { side, server } = await pipedrive(serve(ok(ann()), answer));
    expect(await outcomeOf(side, deletion)).toStrictEqual({ kind: 'deleted', key: 'k' });
    expect(server.calls()).toStrictEqual([`GET ${PERSONS}/1`, `DELETE ${PERSONS}/1`]);
  });

  it.each([
    ['deleted', ok(ann({ is_deleted: true }))],
    ['vanished', no(404, 'x')],
  ])('has nothing to do for one that is %s', async (_, now) => {
    const { side, server } = await pipedrive(serve(now));
    expect(await outcomeOf(side, deletion)).toStrictEqual({ kind: 'deleted', key: 'k' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['somebody edited it', ok(ann({ job_title: 'CEO' }))],
    ['it belongs to somebody else', ok(ann({ owner_id: 8 }))],
    ['it is hidden', no(403, 'You do not have permissions to do this.')],
    ['it has moved to an organization', ok(ann({ org_id: 5 }))],
  ])('leaves it when %s', async (_, now) => {
    const { side, server } = await pipedrive(serve(now));
    expect(await outcomeOf(side, deletion)).toMatchObject({ kind: 'moved', key: 'k' });
    expect(server.seen).toHaveLength(1);
  });

  it('is refused without the right', async () => {
    const { side } = await pipedrive(serve(ok(ann()), no(403, 'You do not have permissions')));
    expect(await outcomeOf(side, deletion)).toMatchObject({ kind: 'refused' });
  });
});
