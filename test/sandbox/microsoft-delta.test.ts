import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MicrosoftSandbox } from '../../src/sandbox/microsoft/index.ts';
import { named } from './google-client.ts';
import { IMMUTABLE, errorCode, rows, signedIn } from './microsoft-client.ts';
import type { Answer, Signed } from './microsoft-client.ts';

const DEFAULT = '/me/contactFolders/contacts/contacts/delta';

let signed: Signed;
let outlook: MicrosoftSandbox;
let ids: readonly string[];

beforeEach(async () => {
  signed = await signedIn({ contacts: ['Ana', 'Bo', 'Cleo'].map((given) => named(given)) });
  outlook = signed.sandbox.microsoft;
  ids = outlook.people('contacts').map(({ id = '' }) => id);
});

afterEach(() => signed.sandbox.close());

interface Round {
  readonly rows: readonly Record<string, unknown>[];
  readonly deltaLink: string;
  readonly pages: readonly Answer[];
}

/** From an address or a link to the end of the round. */
async function round(path = DEFAULT, prefer = IMMUTABLE.prefer): Promise<Round> {
  const pages: Answer[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: Answer = await signed.graph('GET', next, { headers: { prefer } });
    expect(page.status).toBe(200);
    pages.push(page);
    next = page.body['@odata.nextLink'] as string | undefined;
    expect('@odata.deltaLink' in page.body).toBe(next === undefined);
  }
  const deltaLink = String(pages.at(-1)?.body['@odata.deltaLink']);
  return { rows: pages.flatMap((page) => rows(page)), deltaLink, pages };
}

const givenNames = (found: Round) => found.rows.map((row) => String(row['givenName'])).toSorted();
const removedIds = (found: Round) =>
  found.rows.filter((row) => '@removed' in row).map((row) => row['id']);

describe('a first round', () => {
  it('tells everybody in the folder, and where to go on', async () => {
    const first = await round();
    expect(givenNames(first)).toEqual(['Ana', 'Bo', 'Cleo']);
    expect(first.rows[0]).toMatchObject({
      '@odata.type': '#microsoft.graph.contact',
      '@odata.etag': expect.stringMatching(/^W\/"/u),
    });
    expect(new Set(first.rows.map((row) => row['id']))).toEqual(new Set(ids));
    expect(first.deltaLink).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\.0.*\$deltatoken=/u);
    expect(first.pages[0]?.headers.get('preference-applied')).toBe(
      'odata.track-changes, IdType="ImmutableId"',
    );
  });

  it('comes in pages as large as preferred', async () => {
    const first = await round(DEFAULT, 'odata.maxpagesize=2, IdType="ImmutableId"');
    expect(first.pages.map((page) => rows(page).length)).toEqual([2, 1]);
    expect(givenNames(first)).toEqual(['Ana', 'Bo', 'Cleo']);
  });

  it('is of one folder', async () => {
    const board = outlook.folders().find(({ displayName }) => displayName === 'Board');
    expect(givenNames(await round(`/me/contactFolders/${board?.id}/contacts/delta`))).toEqual([
      'Cora',
    ]);
    expect(givenNames(await round('/me/contacts/delta'))).toEqual(['Ana', 'Bo', 'Cleo']);
  });

  it('has the selected properties, in later rounds too', async () => {
    const first = await round(`${DEFAULT}?$select=id,changeKey`);
    expect(Object.keys(first.rows[0] ?? {})).toEqual([
      '@odata.type',
      '@odata.etag',
      'id',
      'changeKey',
    ]);
    outlook.touch(ids[0] ?? '');
    expect(Object.keys((await round(first.deltaLink)).rows[0] ?? {})).toHaveLength(4);
  });

  it('never has extended properties or pictures', async () => {
    await signed.graph('PATCH', `/me/contacts/${ids[0]}`, {
      body: {
        displayName: 'Ana',
        singleValueExtendedProperties: [
          { id: 'String {11111111-2222-4333-8444-555555555555} Name x', value: 'y' },
        ],
      },
    });
    const keys = (await round()).rows.flatMap((row) => Object.keys(row));
    expect(keys).not.toContain('singleValueExtendedProperties');
    expect(keys).not.toContain('photo');
  });

  it.each(['$top=5', '$filter=x', '$orderby=givenName', '$expand=x', '$search=x'])(
    'refuses %s',
    async (query) => {
      const answer = await signed.graph('GET', `${DEFAULT}?${query}`);
      expect([answer.status, errorCode(answer)]).toEqual([400, 'ErrorInvalidUrlQuery']);
      expect(JSON.stringify(answer.body)).toContain('change tracking');
    },
  );

  it('may refuse $select, too', async () => {
    outlook.setOption('deltaSelect', 'refused');
    expect((await signed.graph('GET', `${DEFAULT}?$select=id`)).status).toBe(400);
    expect((await signed.graph('GET', DEFAULT)).status).toBe(200);
  });
});

describe('a later round', () => {
  it('tells what was created, changed and deleted, once', async () => {
    const { deltaLink } = await round();
    const [ana = '', bo = ''] = ids;
    outlook.update(ana, { jobTitle: 'CFO' });
    outlook.remove(bo);
    const dan = outlook.create(named('Dan'));
    const later = await round(deltaLink);
    expect(new Set(later.rows.map((row) => row['id']))).toEqual(new Set([ana, bo, dan]));
    expect(later.rows.find((row) => row['id'] === bo)).toEqual({
      '@odata.type': '#microsoft.graph.contact',
      id: bo,
      '@removed': { reason: 'deleted' },
    });
    expect((await round(later.deltaLink)).rows).toEqual([]);
  });

  it('tells the same again when the old link is used again', async () => {
    const { deltaLink } = await round();
    outlook.touch(ids[0] ?? '');
    expect((await round(deltaLink)).rows).toEqual((await round(deltaLink)).rows);
  });

  it('tells our own writes as well', async () => {
    const { deltaLink } = await round();
    const written = await signed.graph('POST', '/me/contacts', { body: { givenName: 'Dan' } });
    const [row] = (await round(deltaLink)).rows;
    expect(row?.['changeKey']).toBe(written.body['changeKey']);
  });

  it('tells the latest state of what changed while the round before was under way', async () => {
    const prefer = 'odata.maxpagesize=1, IdType="ImmutableId"';
    const first = await signed.graph('GET', DEFAULT, { headers: { prefer } });
    for (const id of ids) outlook.update(id, { jobTitle: 'moved on' });
    const rest = await round(String(first.body['@odata.nextLink']), prefer);
    const later = await round(rest.deltaLink);
    expect(later.rows.map((row) => row['jobTitle'])).toEqual(Array(3).fill('moved on'));
  });

  it('lags behind, if so switched, and never misses what was hidden', async () => {
    const { deltaLink } = await round();
    outlook.hide(60_000);
    outlook.touch(ids[0] ?? '');
    const early = await round(deltaLink);
    expect(early.rows).toEqual([]);
    signed.sandbox.advance(60_001);
    expect((await round(early.deltaLink)).rows).toHaveLength(1);
  });

  it('may have only what changed', async () => {
    outlook.setOption('deltaRows', 'changed-only');
    const { deltaLink } = await round();
    outlook.update(ids[0] ?? '', { jobTitle: 'CFO' });
    const [row] = (await round(deltaLink)).rows;
    expect(row).toEqual({
      '@odata.type': '#microsoft.graph.contact',
      '@odata.etag': expect.any(String),
      id: ids[0],
      jobTitle: 'CFO',
    });
  });

  it('may replay, repeat, tell of strangers, and begin with an empty page', async () => {
    outlook.touch(ids[0] ?? '');
    const { deltaLink } = await round();
    outlook.touch(ids[1] ?? '');
    outlook.setOption('replays', 1);
    const replayed = await round(deltaLink);
    expect(replayed.rows.map((row) => row['id'])).toEqual([ids[1], ids[0]]);
    outlook.setOption('replays', 0);

    outlook.setOption('repeatedRows', true);
    expect((await round(deltaLink)).rows.map((row) => row['id'])).toEqual([ids[1], ids[1]]);
    outlook.setOption('repeatedRows', false);

    outlook.setOption('strayRemovals', 2);
    const strays = removedIds(await round());
    expect(strays).toHaveLength(2);
    expect(ids).not.toEqual(expect.arrayContaining(strays));
    outlook.setOption('strayRemovals', 0);

    outlook.setOption('emptyPages', true);
    const paged = await round();
    expect(paged.pages.map((page) => rows(page).length)).toEqual([0, 3]);
  });
});

describe('a contact that moves', () => {
  const move = (folder: string) => outlook.move(ids[0] ?? '', folder);
  const ofBoard = () =>
    `/me/contactFolders/${outlook.folders().find(({ displayName }) => displayName === 'Board')?.id}/contacts/delta`;

  it('is removed here and there with the same immutable id', async () => {
    const [here, there] = [await round(), await round(ofBoard())];
    move('Board');
    expect(removedIds(await round(here.deltaLink))).toEqual([ids[0]]);
    expect((await round(there.deltaLink)).rows).toMatchObject([{ id: ids[0], givenName: 'Ana' }]);
    outlook.setOption('movedReason', 'changed');
    expect((await round(here.deltaLink)).rows).toMatchObject([
      { '@removed': { reason: 'changed' } },
    ]);
  });

  it('has another plain id there', async () => {
    const here = await round(DEFAULT, '');
    const there = await round(ofBoard(), '');
    move('Board');
    const [gone] = removedIds(await round(here.deltaLink, ''));
    expect(here.rows.map((row) => row['id'])).toContain(gone);
    const [arrived] = (await round(there.deltaLink, '')).rows;
    expect(arrived?.['id']).not.toBe(gone);
  });

  it('and comes back is one row', async () => {
    const here = await round();
    move('Board');
    move('contacts');
    expect((await round(here.deltaLink)).rows).toMatchObject([{ id: ids[0], givenName: 'Ana' }]);
  });

  it('and comes back may be lost for good, but for a plain list and a new first round', async () => {
    outlook.setOption('movedBack', 'lost');
    const here = await round();
    move('Board');
    const away = await round(here.deltaLink);
    expect(removedIds(away)).toEqual([ids[0]]);
    move('contacts');
    const back = await round(away.deltaLink);
    expect(back.rows).toEqual([]);
    outlook.touch(ids[0] ?? '');
    expect((await round(back.deltaLink)).rows).toEqual([]);
    expect(rows(await signed.graph('GET', '/me/contacts'))).toHaveLength(3);
    const again = await round();
    expect(again.rows).toHaveLength(3);
    outlook.touch(ids[0] ?? '');
    expect((await round(again.deltaLink)).rows).toHaveLength(1);
  });
});

describe('a lost token', () => {
  it.each([
    ['SyncStateNotFound', 410],
    ['syncStateNotFound', 410],
    ['resyncRequired', 410],
    ['SyncStateInvalid', 410],
    ['ErrorInvalidIdMalformed', 400],
  ] as const)('is answered with %s', async (lostToken, status) => {
    outlook.setOption('lostToken', lostToken);
    const { deltaLink } = await round();
    outlook.expireDeltaTokens();
    const answer = await signed.graph('GET', deltaLink, { headers: IMMUTABLE });
    expect([answer.status, errorCode(answer)]).toEqual([status, lostToken]);
    const fresh = answer.headers.get('location');
    expect(fresh !== null).toBe(lostToken === 'resyncRequired');
    if (fresh !== null) expect((await round(fresh)).rows).toHaveLength(3);
  });

  it('may be lost in the middle of a round', async () => {
    const prefer = 'odata.maxpagesize=1';
    const first = await signed.graph('GET', DEFAULT, { headers: { prefer } });
    outlook.expireDeltaTokens();
    const next = String(first.body['@odata.nextLink']);
    expect((await signed.graph('GET', next, { headers: { prefer } })).status).toBe(410);
  });

  it('is that of a folder that is gone', async () => {
    const id = outlook.createFolder('Short-lived');
    const { deltaLink } = await round(`/me/contactFolders/${id}/contacts/delta`);
    outlook.deleteFolder(id);
    const answer = await signed.graph('GET', deltaLink);
    expect([answer.status, errorCode(answer)]).toEqual([410, 'ErrorSyncFolderNotFound']);
  });

  it('may be one of the other id format', async () => {
    const { deltaLink } = await round();
    expect((await signed.graph('GET', deltaLink)).status).toBe(200);
    outlook.setOption('otherIdFormat', 'refused');
    expect(errorCode(await signed.graph('GET', deltaLink))).toBe('SyncStateInvalid');
    expect((await signed.graph('GET', deltaLink, { headers: IMMUTABLE })).status).toBe(200);
  });
});
