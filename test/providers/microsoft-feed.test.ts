import { afterEach, describe, expect, it } from '@jest/globals';
import { BadAnswer, CursorExpired, Forbidden, SignInNeeded } from '../../src/sync/errors.ts';
import type { MicrosoftSide } from '../../src/providers/microsoft/index.ts';
import { ann } from '../support/contacts.ts';
import {
  atSandbox,
  batchOf,
  failure,
  idsIn,
  onlyDefaultFolder,
  type Question,
  readAll,
  revisionsIn,
  scripted,
  type ScriptedAnswer,
  SIGNAL,
  walkAll,
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

async function graph(answer: (question: Question, url: string) => ScriptedAnswer) {
  const server = await scripted(answer);
  open.push(server);
  return server;
}

const person = (at: number) => ann({ emails: [{ value: `ann${at}@example.com` }] });

describe('the whole of an address book', () => {
  it('is every folder’s contacts, below and beside the default one, each with its group', async () => {
    const { side, outlook } = await sandbox();
    const below = outlook.createFolder('Club');
    const deep = outlook.createFolder('Board', below);
    const beside = outlook.createFolder('Beside', 'root');
    const wanted = [undefined, below, deep, beside].map((folder, at) => [
      outlook.create({ contact: person(at) }, folder),
      folder ?? 'contacts',
    ]);
    const groups = revisionsIn((await readAll(side)).items).map(({ id, groups: in_ }) => [
      id,
      in_[0],
    ]);
    expect(new Map(groups as [string, string][])).toEqual(new Map(wanted as [string, string][]));
  });

  it('takes few requests, however many contacts there are', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    for (let at = 0; at < 600; at += 1) outlook.create({ contact: person(at) });
    there.clearRequests();
    expect(revisionsIn((await readAll(side)).items)).toHaveLength(600);
    const first = there.requests().length;
    expect(first).toBeLessThan(20);
  });

  it('is two requests when nothing has changed, however many folders there are, at any depth', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    let deepest = outlook.createFolder('Club');
    for (const name of ['Board', 'Former', 'Honorary']) {
      deepest = outlook.createFolder(name, deepest);
      outlook.create({ contact: person(deepest.length) }, deepest);
    }
    outlook.createFolder('Beside', 'root');
    const { cursor } = await readAll(side);
    there.clearRequests();
    expect((await readAll(side, cursor)).items).toEqual([]);
    expect(there.requests().map(({ path }) => path)).toEqual(['/v1.0/$batch', '/v1.0/$batch']);
  });

  it.each([
    ['rows that come twice', { repeatedRows: true }],
    ['pages without a row', { emptyPages: true }],
    ['removals of contacts that nobody knows', { strayRemovals: 3 }],
    ['empties in every spelling', { empties: 'mixed' as const }],
    ['a feed that takes no $select', { deltaSelect: 'refused' as const }],
    ['folders beside the default one hidden', { siblingFolders: 'hidden' as const }],
  ])('is the same with %s', async (_what, behaviour) => {
    const { side, outlook } = await sandbox({ behaviour });
    const ids = [0, 1, 2].map((at) => outlook.create({ contact: person(at) }));
    expect(idsIn((await readAll(side)).items)).toEqual(ids.toSorted());
  });

  it('tells pictures and our mark, which no change feed tells', async () => {
    const { side, outlook } = await sandbox();
    const bytes = Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP', 'base64');
    const id = outlook.create({ contact: person(1), photo: { type: 'image/jpeg', bytes } });
    const other = outlook.create({ contact: person(2) });
    const found = revisionsIn((await readAll(side)).items);
    const ref = found.find((one) => one.id === id)?.photo ?? '';
    expect(await side.photoSource.fetch(ref, SIGNAL)).toEqual(new Uint8Array(bytes));
    expect(found.find((one) => one.id === other)?.photo).toBeUndefined();
  });

  it('is not complete when the list ends without its position', async () => {
    const { side } = await graph((question) =>
      question.line === 'POST /v1.0/$batch'
        ? batchOf(question, onlyDefaultFolder)
        : { body: { value: [] } },
    );
    await expect(readAll(side)).rejects.toThrow(BadAnswer);
  });

  it.each([
    ['another host', () => 'https://graph.example.com/v1.0/me/contacts/delta?$skiptoken=x'],
    ['another interface', (url: string) => `${url}/evil?token=x`],
  ])('is not followed to %s', async (_where, link) => {
    const { side, asked } = await graph((question, url) =>
      question.line === 'POST /v1.0/$batch'
        ? batchOf(question, onlyDefaultFolder)
        : { body: { value: [], '@odata.nextLink': link(url) } },
    );
    await expect(readAll(side)).rejects.toThrow(BadAnswer);
    expect(asked.every(({ line }) => line.includes('/v1.0/'))).toBe(true);
  });

  it('asks for ids that stay, in every request and every item', async () => {
    const { side, asked } = await graph((question, url) =>
      question.line === 'POST /v1.0/$batch'
        ? batchOf(question, onlyDefaultFolder)
        : question.line.endsWith('/delta')
          ? { body: { value: [], '@odata.deltaLink': `${url}/v1.0/d?$deltatoken=1` } }
          : { body: { value: [] } },
    );
    await readAll(side);
    for (const { line, headers, body } of asked) {
      const sent = line === 'POST /v1.0/$batch' ? JSON.stringify(body) : headers.prefer;
      expect(sent).toContain('ImmutableId');
    }
  });
});

describe('what has changed since', () => {
  it.each([
    ['whole rows', {}],
    ['rows with only what changed', { deltaRows: 'changed-only' as const }],
    ['replays of older changes', { replays: 3 }],
  ])('is read by id, whatever the feed says: %s', async (_what, behaviour) => {
    const { side, outlook } = await sandbox({ behaviour });
    const id = outlook.create({ contact: person(1) });
    const { cursor } = await readAll(side);
    outlook.update(id, { jobTitle: 'Chief' });
    const { items } = await readAll(side, cursor);
    const [revision] = revisionsIn(items).filter((one) => one.id === id);
    expect(revision?.contact).toMatchObject({
      name: { given: 'Ann', family: 'Lee' },
      emails: [{ value: 'ann1@example.com' }],
      jobTitle: 'Chief',
    });
  });

  it('is no deletion where a contact moves to another folder', async () => {
    const { side, outlook } = await sandbox();
    const folder = outlook.createFolder('Club');
    const id = outlook.create({ contact: person(1) });
    const { cursor } = await readAll(side);
    outlook.move(id, folder);
    await readAll(side, cursor);
    const finding = (await side.read([id], SIGNAL)).get(id);
    expect(finding).toMatchObject({ kind: 'present', revision: { groups: [folder] } });
  });

  it.each(['not-found', 'in-deleted-items'] as const)(
    'is a deletion once its id is read (%s)',
    async (deletedGet) => {
      const { side, outlook } = await sandbox({ behaviour: { deletedGet } });
      const id = outlook.create({ contact: person(1) });
      const { cursor } = await readAll(side);
      outlook.remove(id);
      expect((await readAll(side, cursor)).items).toContainEqual({ kind: 'tombstone', id });
      const finding = (await side.read([id], SIGNAL)).get(id);
      expect(finding).toEqual({ kind: 'absent', how: 'deleted' });
    },
  );

  it('shows a contact in a folder that was made since', async () => {
    const { side, outlook } = await sandbox();
    const { cursor } = await readAll(side);
    const folder = outlook.createFolder('New');
    const id = outlook.create({ contact: person(1) }, folder);
    const changed = await readAll(side, cursor);
    expect(idsIn(changed.items)).toEqual([id]);
    expect(changed.deletionsMissed).toBe(false);
  });

  it('says that deletions may be missed when a folder is gone', async () => {
    const { side, outlook } = await sandbox();
    const folder = outlook.createFolder('Club');
    const id = outlook.create({ contact: person(1) }, folder);
    const { cursor } = await readAll(side);
    outlook.deleteFolder(folder);
    expect((await readAll(side, cursor)).deletionsMissed).toBe(true);
    expect((await side.read([id], SIGNAL)).get(id)?.kind).toBe('absent');
  });

  it('tells categories as groups', async () => {
    const { side, outlook } = await sandbox();
    const id = outlook.create({ contact: person(1), groups: ['VIP'] });
    const { items, cursor } = await readAll(side);
    expect(revisionsIn(items)[0]?.groups).toEqual(['contacts', 'category:VIP']);
    outlook.categorize(id, 'VIP', false);
    expect(revisionsIn((await readAll(side, cursor)).items)[0]?.groups).toEqual(['contacts']);
  });

  it('is found by the walk where the feed has lost it', async () => {
    const { side, outlook } = await sandbox({ behaviour: { movedBack: 'lost' } });
    const folder = outlook.createFolder('Club');
    const id = outlook.create({ contact: person(1) });
    const { cursor } = await readAll(side);
    outlook.move(id, folder);
    const away = await readAll(side, cursor);
    outlook.move(id, 'contacts');
    await readAll(side, away.cursor);
    const [revision] = revisionsIn(await walkAll(side)).filter((one) => one.id === id);
    expect(revision?.groups).toEqual(['contacts']);
  });
});

describe('a position that is lost', () => {
  const TOKENS = [
    'SyncStateNotFound',
    'syncStateNotFound',
    'resyncRequired',
    'SyncStateInvalid',
    'ErrorInvalidIdMalformed',
  ] as const;

  it.each(TOKENS)('in every folder asks for a whole listing (%s)', async (lostToken) => {
    const { side, outlook } = await sandbox({ behaviour: { lostToken } });
    const { cursor } = await readAll(side);
    outlook.expireDeltaTokens();
    await expect(readAll(side, cursor)).rejects.toThrow(CursorExpired);
  });

  it('in one folder has that folder listed again, and no other', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    const club = outlook.createFolder('Club');
    const kept = outlook.create({ contact: person(1) });
    const listedAgain = outlook.create({ contact: person(2) }, club);
    const gone = outlook.create({ contact: person(3) }, club);
    const { cursor } = await readAll(side);
    outlook.remove(gone);
    there.faults.add({
      vendor: 'microsoft',
      path: `${club}/contacts/delta`,
      times: 1,
      kind: 'status',
      ...failure(410, 'SyncStateNotFound'),
    });
    const changed = await readAll(side, cursor);
    expect(idsIn(changed.items)).toEqual([listedAgain]);
    expect(changed.deletionsMissed).toBe(true);
    expect(idsIn(await walkAll(side))).toEqual([kept, listedAgain].toSorted());
    const again = await readAll(side, changed.cursor);
    expect(again).toMatchObject({ items: [], deletionsMissed: false });
  });

  it('in the middle of a first round ends it', async () => {
    const { side } = await graph((question, url) => {
      if (question.line === 'POST /v1.0/$batch') return batchOf(question, onlyDefaultFolder);
      if (question.query.has('$skiptoken')) return failure(410, 'SyncStateNotFound');
      return { body: { value: [], '@odata.nextLink': `${url}/v1.0/x?$skiptoken=1` } };
    });
    await expect(readAll(side)).rejects.toThrow(CursorExpired);
  });

  it.each(['nonsense', '{}', '{"version":2,"folders":{}}', '[]'])(
    'of another making asks for a whole listing: %s',
    async (cursor) => {
      const { side, asked } = await graph(() => ({ body: {} }));
      await expect(readAll(side, cursor)).rejects.toThrow(CursorExpired);
      expect(asked).toEqual([]);
    },
  );
});

/** Ids of all folders but the default one. */
async function foldersBelow(side: MicrosoftSide): Promise<readonly string[]> {
  const groups = await side.groups.list(SIGNAL);
  return groups.filter(({ kind }) => kind === 'folder').map(({ id }) => id);
}

describe('groups', () => {
  it('are the default folder, every folder, and every category, of use or not', async () => {
    const { side, outlook } = await sandbox();
    for (;;) {
      const [folder] = await foldersBelow(side);
      if (folder === undefined) break;
      outlook.deleteFolder(folder);
    }
    for (const { displayName } of outlook.categories()) outlook.deleteCategory(displayName);
    const club = outlook.createFolder('Club');
    outlook.create({ contact: person(1), groups: ['VIP'] });
    outlook.create({ contact: person(2) }, club);
    outlook.createCategory('Unused');
    const used = outlook.create({ contact: person(3) });
    outlook.edit(used, { categories: ['Not in the list'] });
    expect(await side.groups.list(SIGNAL)).toEqual([
      { id: 'contacts', name: 'All contacts', kind: 'default folder', count: 2 },
      { id: club, name: 'Club', kind: 'folder', count: 1 },
      { id: 'category:VIP', name: 'VIP', kind: 'category', count: 1 },
      { id: 'category:Unused', name: 'Unused', kind: 'category', count: 0 },
      { id: 'category:Not in the list', name: 'Not in the list', kind: 'category', count: 1 },
    ]);
    for (const { id } of await side.groups.list(SIGNAL)) {
      expect(await side.groups.has?.(id, SIGNAL)).toBe(true);
    }
    expect(await side.groups.has?.('category:Gone', SIGNAL)).toBe(false);
    expect(await side.groups.has?.('AAMkGone=', SIGNAL)).toBe(false);
  });

  it('need no right to read the list of categories', async () => {
    const { side, outlook, sandbox: there } = await sandbox();
    outlook.create({ contact: person(1), groups: ['VIP'] });
    there.faults.add({
      vendor: 'microsoft',
      path: 'masterCategories',
      kind: 'status',
      ...failure(403, 'ErrorAccessDenied'),
    });
    const names = (await side.groups.list(SIGNAL)).map(({ name }) => name);
    expect(names).toContain('VIP');
  });
});

describe('the account', () => {
  it('tells its address', async () => {
    const { side } = await sandbox({ microsoftEmail: 'ann@outlook.com' });
    expect((await side.account(SIGNAL)).email).toBe('ann@outlook.com');
  });

  it('has no contacts without a mailbox', async () => {
    const { side } = await sandbox({ behaviour: { mailbox: 'missing' } });
    await expect(readAll(side)).rejects.toThrow(Forbidden);
  });

  it('has to sign in again when Graph says so', async () => {
    const { side } = await graph(() => failure(401, 'InvalidAuthenticationToken'));
    await expect(readAll(side)).rejects.toThrow(SignInNeeded);
  });
});
