import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createApiTokenCredentials } from '../../src/auth/credentials.ts';
import { createPipedriveSide, type PipedriveSide } from '../../src/crm/pipedrive/index.ts';
import { readUser } from '../../src/crm/pipedrive/set-up.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import type { Credentials } from '../../src/http/api.ts';
import type { Write } from '../../src/sync/ports.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { png } from '../sandbox/png.ts';
import { BLOCKED, no, ok, startLoopback, type Reply } from './pipedrive-loopback.ts';

/* What two-way asks of Pipedrive beyond reading and writing persons, against the sandbox. */

const { signal } = new AbortController();

let sandbox: Sandbox;
let http: Http;
let side: PipedriveSide;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional', contacts: [] });
  http = createHttp({ userAgent: 'contactsync-test', paced: false });
  side = await signIn(createApiTokenCredentials(() => sandbox.pipedrive.token));
});
afterEach(async () => {
  http.close();
  await sandbox.close();
});

async function signIn(credentials: Credentials): Promise<PipedriveSide> {
  const limits = { concurrency: 8, budgets: [] };
  const api = http.api({ name: 'pipedrive', base: sandbox.url, credentials, limits });
  const fresh = createPipedriveSide({ api, user: await readUser(api, signal) });
  for (const { field } of await fresh.customFields.survey(signal)) {
    fresh.customFields.use(field, await fresh.customFields.make(field, signal));
  }
  return fresh;
}

const seconds = (iso = ''): number => Date.parse(iso) / 1000;
const aPerson = (): string =>
  String(sandbox.pipedrive.createPerson({ name: 'Ann Lee', emails: [{ value: 'a@x.test' }] }).id);
const changelogReads = (): number =>
  sandbox.requests().filter(({ path }) => path.endsWith('/changelog')).length;

describe('the times of changes', () => {
  const times = (id: string) => side.changeTimes.of(id, signal);

  it('are those of each field, the latest one', async () => {
    const id = aPerson();
    const began = side.now().getTime() / 1000;
    sandbox.pipedrive.updatePerson(Number(id), { phones: [{ value: '+49 30 1' }] });
    sandbox.advance(60_000);
    sandbox.pipedrive.updatePerson(Number(id), { phones: [{ value: '+49 30 2' }] });
    sandbox.advance(60_000);
    sandbox.pipedrive.updatePerson(Number(id), { name: 'Ann Leigh', emails: [] });
    const found = await times(id);
    expect(Object.keys(found).toSorted()).toEqual(['emails', 'name', 'phones']);
    expect(seconds(found.phones) - began).toBeGreaterThanOrEqual(59);
    expect(seconds(found.name) - seconds(found.phones)).toBeCloseTo(60, 0);
    expect(found.emails).toBe(found.name);
  });

  it('do not move when a deal is added, as the record’s own time does', async () => {
    const id = aPerson();
    sandbox.pipedrive.updatePerson(Number(id), { name: 'Ann Leigh' });
    const before = await times(id);
    sandbox.advance(60_000);
    sandbox.pipedrive.addDeal(Number(id));
    expect(await times(id)).toEqual(before);
  });

  it('know the organization and the fields of ours by their codes', async () => {
    const id = aPerson();
    const { id: org_id } = sandbox.pipedrive.createOrganization({ name: 'Acme' });
    const written = await outcomes({
      kind: 'update',
      key: 'k',
      id,
      expected: await revision(id),
      patch: {
        jobTitle: 'Chief',
        notes: 'a note',
        birthday: { year: 1980, month: 2, day: 29 },
        ims: [{ value: 'ann.lee', label: 'skype' }],
        addresses: [{ label: 'home', street: '1 Main St', city: 'Springfield' }],
      },
      organizationId: String(org_id),
    });
    expect(written).toEqual(['written']);
    expect(Object.keys(await times(id)).toSorted()).toEqual(
      ['addresses', 'birthday', 'ims', 'jobTitle', 'notes', 'organization'].toSorted(),
    );
  });

  it('are unknown where nothing is, or where the app may not read them', async () => {
    expect(await times('987654321')).toEqual({});
    expect(await timesFrom(no(403, 'Scope and URL mismatch'))).toEqual({});
  });

  it('are read page by page, and not without end', async () => {
    const id = aPerson();
    for (let at = 0; at < 420; at += 1) {
      sandbox.pipedrive.updatePerson(Number(id), { phones: [{ value: `+49 30 ${at}` }] });
    }
    sandbox.clearRequests();
    expect(Object.keys(await times(id))).toEqual(['phones']);
    expect(changelogReads()).toBe(3);
  });

  it.each<[string, readonly unknown[]]>([
    ['a time that never was', [{ field_key: 'name', time: '0000-00-00 00:00:00' }]],
    ['a time that is none', [{ field_key: 'name', time: 'yesterday' }]],
    ['no field', [{ time: '2026-05-15 11:00:00' }]],
    ['a field that no sync knows', [{ field_key: 'label', time: '2026-05-15 11:00:00' }]],
    ['nothing', [null]],
  ])('pass over %s', async (_, items) => {
    expect(await timesFrom(ok(items, null))).toEqual({});
  });

  it('may end a run, as any answer may: with the company’s access, or the network', async () => {
    await expect(timesFrom(BLOCKED)).rejects.toThrow(/blocks/u);
    await expect(timesFrom(no(503, 'maintenance'))).rejects.toThrow(/out of order/u);
  });

  const timesFrom = (reply: Reply) =>
    answering(reply, ({ changeTimes }) => changeTimes.of('1', signal));
});

describe('whether an organization is there', () => {
  const exists = (id: number) => side.organizations.exists(String(id), signal);

  it('is known of one that is, that is deleted, merged away, or never was', async () => {
    const [there, gone, merged] = ['There', 'Gone', 'Merged'].map(
      (name) => sandbox.pipedrive.createOrganization({ name }).id,
    ) as [number, number, number];
    sandbox.pipedrive.deleteOrganization(gone);
    sandbox.pipedrive.mergeOrganizations(merged, there);
    expect([
      await exists(there),
      await exists(gone),
      await exists(merged),
      await exists(987_654_321),
    ]).toEqual([true, false, false, false]);
  });
});

describe('an organization that this user may not see', () => {
  const existsWhere = (reply: Reply) =>
    answering(reply, ({ organizations }) => organizations.exists('1', signal));

  it('is not there for them; but a company that is closed says nothing of its organizations', async () => {
    expect(await existsWhere(no(403, 'You do not have permissions to do this.'))).toBe(false);
    await expect(existsWhere(no(402, 'Payment required'))).rejects.toThrow(/not open/u);
    await expect(existsWhere(BLOCKED)).rejects.toThrow(/blocks/u);
  });
});

describe('taking a picture away', () => {
  it('leaves the person without one, and is done again without harm', async () => {
    const id = aPerson();
    await side.photoTarget.put(id, png(256, 256), signal);
    expect((await revision(id)).photo).toBeDefined();
    for (const times of [1, 2]) {
      await side.photoTarget.remove(id, signal);
      expect({ times, photo: (await revision(id)).photo }).toEqual({ times, photo: undefined });
    }
  });

  it('from somebody who is gone is done already', async () => {
    const id = aPerson();
    sandbox.pipedrive.purgePerson(Number(id));
    await expect(side.photoTarget.remove(id, signal)).resolves.toBeUndefined();
  });
});

/** What is made of a Pipedrive that answers everything alike. */
async function answering<T>(reply: Reply, ask: (side: PipedriveSide) => Promise<T>): Promise<T> {
  const server = await startLoopback(() => reply);
  try {
    return await ask(createPipedriveSide({ api: server.api, user: { id: 1, companyId: 1 } }));
  } finally {
    await server.close();
  }
}

async function outcomes(...writes: readonly Write[]): Promise<readonly string[]> {
  const kinds: string[] = [];
  for await (const { kind } of side.write(writes, signal)) kinds.push(kind);
  return kinds;
}

async function revision(id: string) {
  const found = (await side.read([id], signal)).get(id);
  if (found?.kind !== 'present') throw new Error(`${id} is not there`);
  return found.revision;
}
