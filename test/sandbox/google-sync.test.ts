import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { named, refusal, seedOf, signInto, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

const DAY = 24 * 60 * 60 * 1000;
const LIST = {
  resourceName: 'people/me',
  personFields: 'metadata,names,emailAddresses,phoneNumbers,memberships',
  sources: ['READ_SOURCE_TYPE_CONTACT'],
  requestSyncToken: true,
};

let signed: Signed;

beforeEach(async () => {
  signed = await signedIn({
    contacts: [
      named('Ana', 'Diaz'),
      named('Bo', 'Chen'),
      named('Cleo'),
      named('Dan'),
      named('Eve'),
    ],
  });
});

afterEach(() => signed.sandbox.close());

/** Days outlive access tokens: signs in again. */
async function days(count: number): Promise<void> {
  signed.sandbox.advance(count * DAY);
  signed = { ...signed, ...(await signInto(signed.sandbox)) };
}

type Extra = Readonly<Record<string, unknown>>;

async function list(extra: Extra = {}) {
  return (await signed.api.people.connections.list({ ...LIST, ...extra })).data;
}

async function fullSync(extra: Extra = {}): Promise<string> {
  return (await list(extra)).nextSyncToken ?? '';
}

async function namesIn(extra: Extra): Promise<readonly string[]> {
  const { connections = [] } = await list(extra);
  return connections.map(
    (person) => person.names?.[0]?.displayName ?? (person.metadata?.deleted ? 'gone' : 'nameless'),
  );
}

function idOf(name: string): string {
  const person = signed.sandbox.google
    .people()
    .find(({ names }) => names?.[0]?.displayName === name);
  return person?.resourceName ?? '';
}

describe('a full listing', () => {
  it('comes in pages, with the sync token on the last one only', async () => {
    const first = await list({ pageSize: 2 });
    expect(first).toMatchObject({ totalItems: 5, totalPeople: 5 });
    expect(first.nextSyncToken).toBeUndefined();
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });
    const third = await list({ pageSize: 2, pageToken: second.nextPageToken });
    expect(third.nextPageToken).toBeUndefined();
    expect(third.nextSyncToken).toBeTruthy();
    const pages = [first, second, third].flatMap(({ connections = [] }) => connections);
    expect(pages.map(({ names }) => names?.[0]?.displayName)).toEqual([
      'Ana Diaz',
      'Bo Chen',
      'Cleo',
      'Dan',
      'Eve',
    ]);
  });

  it('has no sync token when none was asked for', async () => {
    expect(await list({ requestSyncToken: false })).not.toHaveProperty('nextSyncToken');
  });

  it('leaves the list out when there is nobody', async () => {
    for (const { resourceName } of signed.sandbox.google.people()) {
      signed.sandbox.google.remove(resourceName ?? '');
    }
    expect(await list()).toEqual({ nextSyncToken: expect.any(String) });
  });

  it.each([
    ['no mask', { personFields: '' }],
    ['an unknown field', { personFields: 'names,fileAses' }],
    ['a page that is too large', { pageSize: 1001 }],
    ['a page token of nowhere', { pageToken: 'abc' }],
    ['an unknown source', { sources: ['READ_SOURCE_TYPE_MOON'] }],
  ])('is refused with 400 for %s', async (_, extra) => {
    expect((await refusal(list(extra))).status).toBe(400);
  });

  it('refuses a page token with other parameters', async () => {
    const { nextPageToken: pageToken } = await list({ pageSize: 2 });
    expect((await refusal(list({ pageSize: 3, pageToken }))).status).toBe(400);
  });

  it('refuses parameters that it does not know', async () => {
    const answer = await fetch(`${signed.sandbox.url}/v1/contactGroups?requestSyncToken=true`, {
      headers: { authorization: `Bearer ${signed.token}` },
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Unknown name \\"requestSyncToken\\"');
  });

  it('is sorted by name when no sync is asked for', async () => {
    const extra = { requestSyncToken: false };
    expect(await namesIn({ ...extra, sortOrder: 'LAST_MODIFIED_DESCENDING' })).toEqual([
      'Eve',
      'Dan',
      'Cleo',
      'Bo Chen',
      'Ana Diaz',
    ]);
    expect((await namesIn({ ...extra, sortOrder: 'LAST_NAME_ASCENDING' })).at(-1)).toBe('Ana Diaz');
  });

  it('cuts e-mails and phones at 100; a single read does not', async () => {
    const entries = Array.from({ length: 130 }, (_, index) => ({ value: `a${index}@x.test` }));
    const id = signed.sandbox.google.create(seedOf({ emails: entries, phones: entries }));
    const { connections = [] } = await list();
    const cut = connections.find(({ resourceName }) => resourceName === id);
    expect(cut?.emailAddresses).toHaveLength(100);
    expect(cut?.phoneNumbers).toHaveLength(100);
    const { data } = await signed.api.people.get({
      resourceName: id,
      personFields: 'emailAddresses',
    });
    expect(data.emailAddresses).toHaveLength(130);
  });
});

describe('a sync token', () => {
  it('brings nothing, not even an empty list, when nothing changed', async () => {
    const syncToken = await fullSync();
    expect(await list({ syncToken })).toEqual({ nextSyncToken: expect.any(String) });
  });

  it('brings what was added, changed, labelled and deleted, and each only once', async () => {
    const syncToken = await fullSync();
    const { google } = signed.sandbox;
    google.create(named('Fay'));
    google.update(idOf('Cleo'), { notes: 'new' });
    google.createGroup('Friends of the house');
    google.label(idOf('Dan'), 'Friends of the house', true);
    google.remove(idOf('Eve'));
    const delta = await list({ syncToken });
    expect(await namesIn({ syncToken })).toEqual(['Fay', 'Cleo', 'Dan', 'gone']);
    expect(await namesIn({ syncToken: delta.nextSyncToken })).toEqual([]);
  });

  it('shows a deleted person without any field', async () => {
    const syncToken = await fullSync();
    const resourceName = idOf('Eve');
    signed.sandbox.google.remove(resourceName);
    const { connections } = await list({ syncToken });
    expect(connections).toEqual([
      { resourceName, metadata: { deleted: true, objectType: 'PERSON' } },
    ]);
  });

  it('shows a merge as a change and a deletion', async () => {
    const syncToken = await fullSync();
    signed.sandbox.google.merge(idOf('Dan'), idOf('Eve'));
    expect(await namesIn({ syncToken })).toEqual(['Dan', 'gone']);
  });

  it('tells the former name of a person that was given another one', async () => {
    const syncToken = await fullSync();
    const before = idOf('Eve');
    const after = signed.sandbox.google.rekey(before);
    const { connections = [] } = await list({ syncToken });
    expect(connections.at(-1)).toMatchObject({
      resourceName: after,
      metadata: { previousResourceNames: [before] },
    });
    const { data } = await signed.api.people.get({ resourceName: before, personFields: 'names' });
    expect(data.resourceName).toBe(after);
  });

  it('dies seven days after the full sync, however many deltas came between', async () => {
    let syncToken = await fullSync();
    await days(6);
    syncToken = (await list({ syncToken })).nextSyncToken ?? '';
    await days(1.1);
    const refused = await refusal(list({ syncToken }));
    expect(refused).toEqual({
      status: 400,
      error: {
        code: 400,
        message: 'Sync token is expired. Clear local cache and retry call without the sync token.',
        status: 'FAILED_PRECONDITION',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'EXPIRED_SYNC_TOKEN',
            domain: 'people.googleapis.com',
          },
        ],
      },
    });
  });

  it('can be made to expire, in the middle of a delta too', async () => {
    const syncToken = await fullSync({ pageSize: 5 });
    for (const index of [1, 2, 3, 4, 5, 6]) signed.sandbox.google.create(named(`New ${index}`));
    const { nextPageToken: pageToken } = await list({ pageSize: 5, syncToken });
    expect(pageToken).toBeTruthy();
    signed.sandbox.google.expireSyncTokens();
    const refused = await refusal(list({ pageSize: 5, syncToken, pageToken }));
    expect(refused.error.details).toMatchObject([{ reason: 'EXPIRED_SYNC_TOKEN' }]);
    expect(await fullSync()).toBeTruthy();
  });

  it.each([
    ['another mask', { personFields: 'metadata,names' }],
    ['another page size', { pageSize: 10 }],
    ['other sources', { sources: ['READ_SOURCE_TYPE_PROFILE'] }],
  ])('is refused with %s, without a reason', async (_, extra) => {
    const syncToken = await fullSync();
    const refused = await refusal(list({ ...extra, syncToken }));
    expect(refused).toMatchObject({ status: 400, error: { status: 'INVALID_ARGUMENT' } });
    expect(refused.error.details).toBeUndefined();
  });

  it('is refused when it is no token of ours', async () => {
    expect((await refusal(list({ syncToken: 'garbage' }))).status).toBe(400);
  });
});

describe('delayed visibility', () => {
  it('hides fresh writes from lists, but not from reads, and loses none', async () => {
    const syncToken = await fullSync();
    signed.sandbox.google.hide(60_000);
    const id = signed.sandbox.google.create(named('Fay'));
    const { data } = await signed.api.people.get({ resourceName: id, personFields: 'names' });
    expect(data.names?.[0]?.givenName).toBe('Fay');
    const early = await list({ syncToken });
    expect(early.connections).toBeUndefined();
    signed.sandbox.advance(61_000);
    expect(await namesIn({ syncToken: early.nextSyncToken })).toEqual(['Fay']);
  });
});
