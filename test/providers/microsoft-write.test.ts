import { afterEach, describe, expect, it } from '@jest/globals';
import type { Contact, Patch } from '../../src/contact/contact.ts';
import type { Revision } from '../../src/plan/model.ts';
import { BudgetSpent, Forbidden, Rejected, SignInNeeded } from '../../src/sync/errors.ts';
import type { Write } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import {
  atSandbox,
  batchOf,
  failure,
  type Inner,
  onlyDefaultFolder,
  present,
  type Question,
  readAll,
  revisionsIn,
  scripted,
  type ScriptedAnswer,
  writeAll,
} from './microsoft-support.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function sandbox(...options: Parameters<typeof atSandbox>) {
  const there = await atSandbox(...options);
  open.push(there);
  return there;
}

async function graph(answer: (question: Question) => ScriptedAnswer) {
  const server = await scripted(answer);
  open.push(server);
  return server;
}

function create(at: number, parts: Partial<Contact> = {}, group?: string): Write {
  const contact = ann({ emails: [{ value: `ann${at}@example.com` }], ...parts });
  return { kind: 'create', key: `k${at}`, contact, ...(group !== undefined && { group }) };
}

function update(expected: Revision, patch: Patch): Write {
  return { kind: 'update', key: expected.id, id: expected.id, expected, patch };
}

function remove(expected: Revision): Write {
  return { kind: 'delete', key: expected.id, id: expected.id, expected };
}

const many = (count: number): readonly Write[] =>
  Array.from({ length: count }, (_, at) => create(at));

/** A Graph whose creates are answered by `answer`; a contact with this id is as it was made. */
function creating(answer: (inner: Inner) => ReturnType<Parameters<typeof batchOf>[1]>) {
  return graph((question) =>
    batchOf(question, (inner) => onlyDefaultFolder(inner) ?? answer(inner)),
  );
}

function made({ body }: Inner) {
  const fields = body as Record<string, unknown>;
  return {
    status: 201,
    body: { ...fields, id: 'AAMk1=', changeKey: 'ck', parentFolderId: 'DEFAULT' },
  };
}

describe('creating', () => {
  it('goes by twenties, with our mark on each, and asks nothing besides', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    await readAll(side);
    there.clearRequests();
    const outcomes = await writeAll(side, many(45));
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(many(45).map(() => 'written'));
    expect(there.requests().map(({ items = [] }) => items.length)).toEqual([20, 20, 5]);
    for (const [key, outcome] of outcomes) {
      const { id, mark } = outcome.kind === 'written' ? outcome.revision : { id: '', mark: '' };
      expect(mark).toBe(key);
      expect(Object.values(outlook.marks(id))).toEqual([key]);
    }
  });

  it('puts a contact into the folder or the category that it is for', async () => {
    const { side, outlook } = await sandbox();
    const club = outlook.createFolder('Club');
    const groups = [club, 'category:VIP', 'contacts', undefined];
    const outcomes = await writeAll(
      side,
      groups.map((group, at) => create(at, {}, group)),
    );
    const got = [...outcomes.values()].map((one) =>
      one.kind === 'written' ? one.revision.groups : one,
    );
    expect(got).toEqual([[club], ['contacts', 'category:VIP'], ['contacts'], ['contacts']]);
  });

  it.each([503, 504, 500, 502])(
    'is never repeated when the server fails with %s: it may have taken effect',
    async (status) => {
      const { side, outlook, sandbox: there } = await sandbox();
      await readAll(side);
      there.faults.add({
        vendor: 'microsoft',
        write: true,
        kind: 'status',
        status,
        headers: { 'retry-after': '1' },
      });
      const outcomes = await writeAll(side, many(3));
      expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['lost', 'lost', 'lost']);
      expect(there.faults.reached()).toBe(1);
      expect(outlook.people()).toEqual([]);
    },
  );

  it.each(['cut-after', 'html', 'half-json'] as const)(
    'whose answer is lost (%s) makes nobody twice, and leaves its mark',
    async (kind) => {
      const { side, outlook, sandbox: there } = await sandbox();
      await readAll(side);
      there.faults.add({ vendor: 'microsoft', write: true, times: 1, kind });
      const outcomes = await writeAll(side, many(2));
      expect([...outcomes.values()].map((one) => one.kind)).toEqual(['lost', 'lost']);
      const found = revisionsIn((await readAll(side)).items).map(({ mark }) => mark);
      expect(new Set(found)).toEqual(new Set(kind === 'html' ? [] : ['k0', 'k1']));
      expect(outlook.people()).toHaveLength(found.length);
    },
  );

  it.each([
    ['whole seconds', '7', 7000],
    ['a fraction of them', '2.128', 2128],
  ])('sends what was told off again, alone, after %s', async (_how, header, ms) => {
    let told = 0;
    const { side, asked, waits } = await creating((inner) => {
      if (inner.id !== '2' || told > 0) return made(inner);
      told += 1;
      return { ...failure(429, 'ApplicationThrottled'), headers: { 'Retry-After': header } };
    });
    const outcomes = await writeAll(side, many(3));
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(many(3).map(() => 'written'));
    const sent = asked.map(({ body }) => (body as { requests: readonly Inner[] }).requests);
    const [, again] = sent.filter(([first]) => first?.method === 'POST');
    expect(again?.map(({ body }) => (body as { emailAddresses: unknown }).emailAddresses)).toEqual([
      [{ address: 'ann1@example.com' }],
    ]);
    expect(waits).toEqual([ms]);
  });

  it('waits also where nobody says how long, and gives up in the end', async () => {
    const { side, waits } = await creating((inner) =>
      inner.id === '1' && (inner.body as { displayName?: string }).displayName === 'Slow Lane'
        ? failure(429, 'TooManyRequests')
        : made(inner),
    );
    const outcomes: string[] = [];
    const writes = [create(0, { name: { given: 'Slow', family: 'Lane' } }), create(1)];
    const writing = async (): Promise<void> => {
      for await (const { key, kind } of side.write(writes, new AbortController().signal)) {
        outcomes.push(`${key} ${kind}`);
      }
    };
    await expect(writing()).rejects.toThrow(BudgetSpent);
    expect(outcomes).toEqual(['k1 written']);
    expect(waits.length).toBeGreaterThan(3);
    expect(waits.every((ms) => ms > 0)).toBe(true);
  });

  it('says what a batch did before it says why it cannot go on', async () => {
    const { side } = await creating((inner) =>
      inner.id === '1' ? failure(401, 'InvalidAuthenticationToken') : made(inner),
    );
    await expect(writeAll(side, many(2))).rejects.toThrow(SignInNeeded);
  });

  it('stops at a full mailbox, and at a refused contact only for that one', async () => {
    const full = await sandbox({ behaviour: { mailbox: 'full' } });
    await expect(writeAll(full.side, many(1))).rejects.toThrow(Forbidden);
    const { side } = await creating((inner) =>
      inner.id === '1' ? failure(400, 'ErrorInvalidProperty', 'secret@example.com') : made(inner),
    );
    const outcomes = await writeAll(side, many(2));
    const refused = outcomes.get('k0');
    expect(outcomes.get('k1')?.kind).toBe('written');
    if (refused?.kind !== 'refused') throw new Error('it was not refused');
    expect(refused.error).toBeInstanceOf(Rejected);
    expect(refused.error.message).not.toContain('secret');
  });

  it('is in doubt where an item has no answer', async () => {
    const { side } = await creating((inner) => (inner.id === '1' ? undefined : made(inner)));
    const outcomes = await writeAll(side, many(2));
    expect([...outcomes.values()].map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      'k0 lost',
      'k1 written',
    ]);
  });

  it('keeps to four at a time when that is enforced', async () => {
    const { side, outlook, waits } = await sandbox({ behaviour: { enforceLimits: true } });
    const outcomes = await writeAll(side, many(40));
    expect([...outcomes.values()].every(({ kind }) => kind === 'written')).toBe(true);
    expect(outlook.peakConcurrency()).toBeLessThanOrEqual(4);
    expect(waits).toEqual([]);
  });

  it.each(['seconds', 'decimal', 'missing'] as const)(
    'gets through where more than four of a batch are told off (Retry-After: %s)',
    async (retryAfter) => {
      const behaviour = { enforceLimits: true, batchSurplus: 'refused' as const, retryAfter };
      const { side, outlook } = await sandbox({ behaviour });
      const outcomes = await writeAll(side, many(12));
      expect([...outcomes.values()].every(({ kind }) => kind === 'written')).toBe(true);
      expect(outlook.people()).toHaveLength(12);
    },
  );
});

describe('updating', () => {
  const BEHAVIOURS = [
    { ifMatch: 'patch-only' as const },
    { ifMatch: 'ignored' as const },
    { ifMatch: 'honoured' as const },
    { displayName: 'kept' as const },
    { empties: 'documented' as const },
    { nullForEmpty: 'taken' as const },
  ];

  it.each(BEHAVIOURS)('leaves everything else as it was (%j)', async (behaviour) => {
    const { side, outlook } = await sandbox({ behaviour });
    const id = outlook.create({ contact: ann({ organization: 'Acme' }), groups: ['VIP'] });
    const properties = {
      displayName: 'Annie',
      fileAs: 'Lee, Ann',
      nickName: 'Annie',
      department: 'Books',
      personalNotes: 'private',
      spouseName: 'Bob',
    };
    outlook.edit(id, properties);
    const outcomes = await writeAll(side, [
      update(await present(side, id), { jobTitle: 'Chief', organization: null }),
    ]);
    expect(outcomes.get(id)).toMatchObject({
      kind: 'written',
      revision: { contact: { jobTitle: 'Chief' }, groups: ['contacts', 'category:VIP'] },
    });
    const [now] = outlook.people();
    expect(now).toMatchObject({ ...properties, jobTitle: 'Chief', categories: ['VIP'] });
  });

  it('does not mind a change of something else', async () => {
    const { side, outlook } = await sandbox();
    const id = outlook.create({ contact: ann() });
    const expected = await present(side, id);
    outlook.update(id, { organization: 'Acme' });
    const outcomes = await writeAll(side, [update(expected, { jobTitle: 'Chief' })]);
    expect(outcomes.get(id)).toMatchObject({
      kind: 'written',
      revision: { contact: { jobTitle: 'Chief', organization: 'Acme' } },
    });
  });

  it('keeps the picture and the mark in its answer', async () => {
    const { side, outlook } = await sandbox();
    const [first] = [...(await writeAll(side, [create(0)])).values()];
    if (first?.kind !== 'written') throw new Error('it was not made');
    const { id } = first.revision;
    const bytes = Buffer.from('/9j/4AAQ', 'base64');
    outlook.setPhoto(id, { type: 'image/jpeg', bytes });
    const before = await present(side, id);
    const outcome = (await writeAll(side, [update(before, { jobTitle: 'Chief' })])).get(id);
    expect(before.photo).toBeDefined();
    expect(outcome).toMatchObject({ kind: 'written', revision: { mark: 'k0' } });
    expect(outcome?.kind === 'written' && outcome.revision).toEqual(await present(side, id));
  });

  it.each([409, 412] as const)(
    'is left for the next run where two writes meet (%s)',
    async (code) => {
      const { side } = await creating((inner) => {
        if (inner.method === 'PATCH') return failure(code, 'ErrorIrresolvableConflict');
        const contact = { id: 'A=', changeKey: 'c', parentFolderId: 'DEFAULT', surname: 'Lee' };
        return { status: 200, body: contact };
      });
      const outcomes = await writeAll(side, [update(await present(side, 'A='), { jobTitle: 'x' })]);
      expect(outcomes.get('A=')).toMatchObject({ kind: 'moved', finding: { kind: 'present' } });
    },
  );

  it('asks nothing of Graph where nothing changes', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    const id = outlook.create({ contact: ann({ jobTitle: 'Chief' }) });
    const expected = await present(side, id);
    there.clearRequests();
    const outcomes = await writeAll(side, [update(expected, { jobTitle: 'Chief' })]);
    expect(outcomes.get(id)?.kind).toBe('written');
    expect(there.requests().flatMap(({ items = [] }) => items.map(({ method }) => method))).toEqual(
      ['GET'],
    );
  });
});

describe('deleting', () => {
  it('is done where somebody else was faster', async () => {
    const { side } = await creating((inner) => {
      if (inner.method === 'DELETE') return failure(404, 'ErrorItemNotFound');
      const contact = { id: 'A=', changeKey: 'c', parentFolderId: 'DEFAULT', surname: 'Lee' };
      return { status: 200, body: contact };
    });
    const outcomes = await writeAll(side, [remove(await present(side, 'A='))]);
    expect(outcomes.get('A=')).toEqual({ kind: 'deleted', key: 'A=' });
  });

  it('leaves the contact in the bin of its owner', async () => {
    const { side, outlook } = await sandbox({ behaviour: { deletedGet: 'in-deleted-items' } });
    const id = outlook.create({ contact: ann() });
    const outcomes = await writeAll(side, [remove(await present(side, id))]);
    expect(outcomes.get(id)?.kind).toBe('deleted');
    expect(outlook.people()).toEqual([]);
  });
});
