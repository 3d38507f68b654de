import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createPipedriveSide,
  FIELD_MARKS,
  type PipedriveSide,
} from '../../src/crm/pipedrive/index.ts';
import { inParallel } from '../../src/crm/pipedrive/in-parallel.ts';
import { daysOfFirstSync, pipedriveLimits } from '../../src/crm/pipedrive/limits.ts';
import {
  readRights,
  readUser,
  readVisibilities,
  type Rights,
} from '../../src/crm/pipedrive/set-up.ts';
import type { ApiAnswer } from '../../src/http/api.ts';
import {
  BLOCKED,
  DATE,
  no,
  ok,
  startLoopback,
  type Loopback,
  type Reply,
  type Seen,
} from './pipedrive-loopback.ts';

const signal = new AbortController().signal;
let open: Loopback | undefined;
afterEach(async () => open?.close());

async function serve(answer: (seen: Seen) => Reply): Promise<Loopback> {
  open = await startLoopback(answer);
  return open;
}

async function pipedrive(
  answer: (seen: Seen) => Reply,
  visibility?: number,
): Promise<{ readonly side: PipedriveSide; readonly server: Loopback }> {
  const server = await serve(answer);
  const side = createPipedriveSide({ api: server.api, user: { id: 7, companyId: 1 }, visibility });
  return { side, server };
}

describe('organizations', () => {
  const acme = {
    id: 5,
    name: 'Acme',
    owner_id: 7,
    address: null,
    update_time: '2026-05-15T11:00:00Z',
  };
  const address = { label: 'work', street: '1 Main St', city: 'Bonn' };

  it('are listed with their owner and whether they have an address', async () => {
    const { side } = await pipedrive(() =>
      ok([
        acme,
        { ...acme, id: 6, owner_id: 8, address: { value: 'Bonn' } },
        { ...acme, id: 7, is_deleted: true },
        { ...acme, id: 8, address: { value: '', route: null } },
      ]),
    );
    const pages = [];
    for await (const page of side.organizations.changes(undefined, signal)) pages.push(page);
    expect(pages).toStrictEqual([
      {
        items: [
          { id: '5', name: 'Acme', owned: true, hasAddress: false },
          { id: '6', name: 'Acme', owned: false, hasAddress: true },
          { id: '8', name: 'Acme', owned: true, hasAddress: false },
        ],
        cursor: '{"since":"2026-05-15T11:55:00Z"}',
      },
    ]);
  });

  it('are made with the address and the visibility of persons', async () => {
    const { side, server } = await pipedrive(({ json }) => ok({ ...acme, ...json }), 3);
    const made = await side.organizations.create({ name: 'Acme', address }, signal);
    expect(server.seen[0]?.json).toStrictEqual({
      name: 'Acme',
      address: { value: '1 Main St, Bonn', route: '1 Main St', locality: 'Bonn' },
      visible_to: 3,
    });
    expect(made).toStrictEqual({ id: '5', name: 'Acme', owned: true, hasAddress: true });
  });

  it.each([
    [no(403, 'You do not have permissions'), 'Forbidden'],
    [no(500, 'x'), 'AnswerLost'],
    ['cut', 'AnswerLost'],
    [no(400, 'x'), 'Rejected'],
  ] as const)('are not made twice by a failure (%#)', async (reply, name) => {
    const { side, server } = await pipedrive(() => reply);
    const making = side.organizations.create({ name: 'Acme' }, signal);
    await expect(making).rejects.toMatchObject({ name });
    expect(server.seen).toHaveLength(1);
  });

  it('get an address only while they have none and are the user’s', async () => {
    const states = [acme, { ...acme, owner_id: 8 }, { ...acme, address: { value: 'x' } }];
    for (const [index, state] of states.entries()) {
      const { side, server } = await pipedrive(({ method, json }) =>
        ok(method === 'GET' ? state : { ...state, ...json }),
      );
      const after = await side.organizations.fillAddress('5', address, signal);
      expect(server.calls().length).toBe(index === 0 ? 2 : 1);
      expect(after.hasAddress).toBe(index !== 1);
      await server.close();
    }
  });

  it('may be gone when their address comes', async () => {
    const { side } = await pipedrive(() => no(404, 'x'));
    const filling = side.organizations.fillAddress('5', address, signal);
    await expect(filling).rejects.toMatchObject({ name: 'Moved' });
  });
});

describe('custom fields', () => {
  const HASH = 'a'.repeat(40);
  const ours = { field_name: 'Renamed', field_code: HASH, description: `x ${FIELD_MARKS.notes}` };
  const builtIn = { field_name: 'Birthday', field_code: 'birthday', description: null };
  const lookalike = { field_name: 'Contact notes', field_code: 'b'.repeat(40) };

  const company =
    (fields: readonly object[], post: (json: Seen['json']) => Reply = () => 'cut') =>
    ({ method, path, json }: Seen): Reply => {
      if (path.endsWith('/permissions')) return ok({ can_add_custom_fields: true });
      return method === 'GET' ? ok(fields) : post(json);
    };

  it('are recognised by Pipedrive’s own code or by our mark, never by name', async () => {
    const { side } = await pipedrive(company([lookalike, ours, builtIn]));
    expect(await side.customFields.survey(signal)).toStrictEqual([
      { field: 'ims', kind: 'makeable' },
      { field: 'addresses', kind: 'makeable' },
      { field: 'jobTitle', kind: 'makeable' },
      { field: 'notes', kind: 'found', code: HASH },
      { field: 'birthday', kind: 'found', code: 'birthday' },
    ]);
  });

  it('stay in use while they are there, whatever Pipedrive has by now', async () => {
    const { side } = await pipedrive(company([ours, { ...builtIn, field_code: 'notes' }]));
    const notes = async () =>
      (await side.customFields.survey(signal)).find(({ field }) => field === 'notes');
    expect(await notes()).toMatchObject({ code: 'notes' });
    side.customFields.use('notes', HASH);
    expect(await notes()).toMatchObject({ code: HASH });
  });

  it('cannot be made without the right', async () => {
    const { side } = await pipedrive(({ path }) =>
      path.endsWith('/permissions') ? ok({ can_add_custom_fields: false }) : ok([]),
    );
    const survey = await side.customFields.survey(signal);
    expect(new Set(survey.map(({ kind }) => kind))).toStrictEqual(new Set(['impossible']));
  });

  it('are not made again when a colleague has made them', async () => {
    const { side, server } = await pipedrive(company([ours]));
    expect(await side.customFields.make('notes', signal)).toBe(HASH);
    expect(server.calls()).toStrictEqual(['GET /api/v2/personFields']);
  });

  it('are made with the mark in the description', async () => {
    const { side, server } = await pipedrive(
      company([], (json) => ok({ ...json, field_code: HASH })),
    );
    expect(await side.customFields.make('birthday', signal)).toBe(HASH);
    expect(server.seen[1]?.json).toStrictEqual({
      field_name: 'Birthday',
      field_type: 'date',
      description: `Kept by contactsync. ${FIELD_MARKS.birthday}`,
    });
    expect(server.seen).toHaveLength(2);
  });

  it.each(['ignored', 'refused'])(
    'carry the mark in the name where a description is %s',
    async (how) => {
      const fields: Record<string, unknown>[] = [];
      const { side } = await pipedrive(({ method, json }) => {
        if (method === 'GET') return ok(fields);
        if (how === 'refused' && 'description' in json)
          return no(400, '"description" is not allowed');
        const { description: _, ...taken } = json;
        if (method === 'POST') fields.push({ ...taken, field_code: HASH });
        else Object.assign(fields[0] ?? {}, taken);
        return ok(fields[0]);
      });
      expect(await side.customFields.make('notes', signal)).toBe(HASH);
      expect(await side.customFields.make('notes', signal)).toBe(HASH);
      expect(fields).toHaveLength(1);
    },
  );

  it.each([
    [no(403, 'x', { code: 'feature_capping_fields' }), 'Forbidden'],
    [no(400, 'You have reached the limit of custom fields'), 'Forbidden'],
    [no(500, 'x'), 'AnswerLost'],
  ])('tell why they cannot be made (%#)', async (reply, name) => {
    const { side } = await pipedrive(company([], () => reply));
    await expect(side.customFields.make('notes', signal)).rejects.toMatchObject({ name });
  });

  it('are read and written from the moment they are in use', async () => {
    const { side } = await pipedrive(() => 'cut');
    const contact = { emails: [], phones: [], ims: [], addresses: [], notes: 'hi' };
    expect(side.holds(contact).notes).toBeUndefined();
    side.customFields.use('notes', HASH);
    expect(side.holds(contact).notes).toBe('hi');
    side.customFields.use('notes', undefined);
    expect(side.holds(contact).notes).toBeUndefined();
  });
});

describe('pictures', () => {
  /** The head of a PNG, which is all that tells its size. */
  function png(width: number, height: number, padding = 0): Uint8Array {
    const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const size = Buffer.alloc(8);
    size.writeUInt32BE(width, 0);
    size.writeUInt32BE(height, 4);
    return Buffer.concat([head, size, Buffer.alloc(16 + padding)]);
  }

  it('are sent as they are when they are square', async () => {
    const { side, server } = await pipedrive(() => ok({ id: 4 }));
    const bytes = png(128, 128);
    await side.photoTarget.put('25', bytes, signal);
    const [seen] = server.seen;
    expect(server.calls()).toStrictEqual(['POST /api/v1/persons/25/picture']);
    expect(seen?.type).toMatch(/^multipart\/form-data; boundary=/u);
    expect(seen?.text).toContain(Buffer.from(bytes).toString('latin1'));
    expect(seen?.text).not.toContain('crop_');
  });

  it('are cropped to the square in their middle', async () => {
    const { side, server } = await pipedrive(() => ok({ id: 4 }));
    await side.photoTarget.put('25', png(401, 200), signal);
    const fields = [...(server.seen[0]?.text ?? '').matchAll(/name="(crop_\w+)"\r\n\r\n(\d+)/gu)];
    expect(fields.map(([, name, value]) => `${name} ${value}`)).toStrictEqual([
      'crop_x 100',
      'crop_y 0',
      'crop_width 200',
      'crop_height 200',
    ]);
  });

  it.each([
    ['too small', png(127, 500)],
    ['too large', png(500, 500, 1024 * 1024)],
    ['of another kind', Buffer.from('<svg width="200" height="200"></svg>')],
    ['no picture', Buffer.from('hello, I am text')],
  ])('are not sent when they are %s', async (_, bytes) => {
    const { side, server } = await pipedrive(() => ok({ id: 4 }));
    await expect(side.photoTarget.put('25', bytes, signal)).rejects.toMatchObject({
      name: 'Rejected',
    });
    expect(server.seen).toHaveLength(0);
  });

  it('have nowhere to go when the person is gone', async () => {
    const { side } = await pipedrive(() => no(404, 'x'));
    await expect(side.photoTarget.put('25', png(200, 200), signal)).rejects.toMatchObject({
      name: 'Moved',
    });
  });
});

describe('set-up', () => {
  it('reads who is signed in', async () => {
    const { api } = await serve(() =>
      ok({
        id: 7,
        name: 'Jo',
        email: 'jo@x.test',
        company_id: 77,
        company_name: 'Acme',
        company_domain: null,
      }),
    );
    expect(await readUser(api, signal)).toStrictEqual({
      id: 7,
      name: 'Jo',
      email: 'jo@x.test',
      companyId: 77,
      companyName: 'Acme',
      companyDomain: '',
    });
  });

  it.each([
    ['granted', ok({ can_add_people: true, can_add_organizations: true }), ['yes', 'yes', 'no']],
    ['denied', ok({ can_add_people: false, can_add_deals: true }), ['no', 'no', 'no']],
    ['not listed at all', ok({ can_use_api: true }), ['unknown', 'unknown', 'unknown']],
    ['out of scope', no(403, 'Scope and URL mismatch'), ['unknown', 'unknown', 'unknown']],
  ])('reads rights that are %s', async (_, reply, rights) => {
    const { api } = await serve(() => reply);
    const { addPeople, addOrganizations, addCustomFields } = await readRights(api, 7, signal);
    expect([addPeople, addOrganizations, addCustomFields]).toStrictEqual(rights);
  });

  it('does not take a block for a lack of rights', async () => {
    const { api } = await serve(() => BLOCKED);
    await expect(readRights(api, 7, signal)).rejects.toMatchObject({ name: 'BudgetSpent' });
  });

  const rights: Rights = {
    userId: 7,
    addPeople: 'yes',
    addOrganizations: 'yes',
    addCustomFields: 'yes',
    changeVisibility: 'yes',
  };
  const small = [
    { id: 1, label: 'Owner & followers' },
    { id: '3', label: 'Entire company' },
  ];
  const large = [1, 3, 5, 7].map((id) => ({ id, label: `L${id}` }));

  function account(options: unknown, byDefault?: number): (seen: Seen) => Reply {
    return ({ path }) => {
      if (!path.endsWith('/roleSettings')) return ok({ field_code: 'visible_to', options });
      return byDefault === undefined
        ? no(403, 'Scope')
        : ok({ person_default_visibility: byDefault });
    };
  }

  it.each([
    ['a small plan', small, 3, ['1 owner-followers', '3 company *']],
    [
      'a large plan',
      large,
      7,
      ['1 owner', '3 owner-group', '5 owner-group-and-sub', '7 company *'],
    ],
    ['no list of levels', null, undefined, ['1 owner-followers', '3 company']],
  ])('reads the levels of %s', async (_, options, byDefault, levels) => {
    const { api } = await serve(account(options, byDefault));
    const found = await readVisibilities(api, rights, signal);
    const shown = found.map((one) => `${one.value} ${one.name}${one.isDefault ? ' *' : ''}`);
    expect(shown).toStrictEqual(levels);
  });

  it('leaves the default only to those who may not choose', async () => {
    const { api } = await serve(account(large, 3));
    const found = await readVisibilities(api, { ...rights, changeVisibility: 'no' }, signal);
    expect(found).toStrictEqual([{ value: 3, label: 'L3', name: 'owner-group', isDefault: true }]);
  });
});

describe('the limits', () => {
  const limits = pipedriveLimits(0.3);
  function tooMany(headers: Record<string, string>): unknown {
    const answer: ApiAnswer = {
      status: 429,
      headers,
      bytes: new Uint8Array(),
      text: () => '',
      json: () => undefined,
    };
    return limits.afterTooMany?.(answer);
  }

  it.each([
    ['without a word', {}, { kind: 'wait', ms: 2000 }],
    [
      'with a reset',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
      { kind: 'wait', ms: 1000 },
    ],
    ['with a reset in another unit', { 'x-ratelimit-reset': '1500' }, { kind: 'wait', ms: 2000 }],
    ['with Retry-After in seconds', { 'retry-after': '3' }, { kind: 'wait', ms: 3000 }],
    [
      'with Retry-After as a moment',
      { 'retry-after': 'Fri, 15 May 2026 12:00:02 GMT', date: DATE },
      { kind: 'wait', ms: 2000 },
    ],
    [
      'with a moment that is over',
      { 'retry-after': 'Fri, 15 May 2026 11:59:59 GMT', date: DATE },
      { kind: 'wait', ms: 250 },
    ],
    ['with nonsense', { 'retry-after': 'soon' }, { kind: 'wait', ms: 2000 }],
    [
      'with a moment far away',
      { 'retry-after': 'Fri, 15 May 2026 13:00:00 GMT', date: DATE },
      { kind: 'spent', resumeAt: new Date('2026-05-15T13:00:00Z') },
    ],
    [
      'with a spent day',
      { 'x-daily-ratelimit-token-remaining': '0', date: DATE },
      { kind: 'spent', resumeAt: new Date('2026-05-16T00:00:00Z') },
    ],
    [
      'with a long Retry-After',
      { 'retry-after': '3600', date: DATE },
      { kind: 'spent', resumeAt: new Date('2026-05-15T13:00:00Z') },
    ],
  ])('take a 429 %s', (_, headers, verdict) => {
    expect(tooMany(headers)).toStrictEqual(verdict);
  });

  it('learn the company’s figures, and leave the reserve to others', () => {
    const headers = {
      'x-ratelimit-limit': '80',
      'x-ratelimit-remaining': '79',
      'x-ratelimit-reset': '2',
      'x-daily-ratelimit-token-limit': '150000',
      'x-daily-ratelimit-token-remaining': '145799',
    };
    expect(limits.learn?.(headers)).toStrictEqual([
      { budget: 'burst', units: 80, concurrency: 10, remaining: 79 },
      { budget: 'tokens', units: 105_000, remaining: 100_799 },
      // A first sync leaves some of it to everyday work.
      { budget: 'first-sync', units: 97_500, remaining: 93_299 },
    ]);
    expect(limits.learn?.({})).toStrictEqual([]);
  });

  it('count the days of a first sync, today included', () => {
    expect(daysOfFirstSync(6520)).toBe(1);
    expect(daysOfFirstSync(65_020)).toBe(4);
    expect(daysOfFirstSync(65_020, { limit: 150_000, left: 150_000 })).toBe(1);
    expect(daysOfFirstSync(65_020, { limit: 150_000, left: 60_000 })).toBe(2);
    expect(daysOfFirstSync(65_020, { limit: 30_000, left: 30_000 }, 0.9)).toBe(44);
  });
});

describe('work in parallel', () => {
  it('never has more under way than its width, and yields as results come', async () => {
    const waiting = new Map<number, () => void>();
    const started: number[] = [];
    const results = inParallel([1, 2, 3], 2, (item) => {
      started.push(item);
      return new Promise<number>((resolve) => {
        waiting.set(item, () => resolve(item));
      });
    });
    const first = results.next();
    expect(started).toStrictEqual([1, 2]);
    waiting.get(2)?.();
    expect(await first).toStrictEqual({ done: false, value: 2 });
    const second = results.next();
    expect(started).toStrictEqual([1, 2, 3]);
    waiting.get(3)?.();
    expect(await second).toStrictEqual({ done: false, value: 3 });
  });

  it('finishes what is under way before it fails', async () => {
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      const work = async (item: number): Promise<number> => {
        if (item === 1) throw new Error('one');
        return item;
      };
      for await (const item of inParallel([1, 2, 3, 4], 2, work)) seen.push(item);
    };
    await expect(run()).rejects.toThrow('one');
    expect(seen).toStrictEqual([2]);
  });
});
