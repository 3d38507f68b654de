import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Keyed } from '../../src/sync/records.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';
import { ann } from '../support/contacts.ts';
import {
  committed,
  addAccount,
  aPage,
  aShelf,
  cleanAll,
  dirty,
  link,
  linked,
  observe,
  seen,
  settle,
  type Shelf,
  START,
  suspects,
} from './support.ts';

let shelf: Shelf;
beforeEach(() => {
  shelf = aShelf();
});
afterEach(() => {
  shelf.database.close();
});

const ANN_JR = ann({ jobTitle: 'Captain' });

describe('what a page of records does', () => {
  it('keeps each record as it was seen', () => {
    const more = {
      etag: '7',
      groups: ['g2', 'g1'],
      owned: false,
      photo: 'https://photos.example/1',
      mark: 'step-1',
      createdAt: '2024-01-02T03:04:05.000Z',
      updatedAt: '2025-01-02T03:04:05.000Z',
    };
    observe(shelf.store, 'provider', seen('p1', ann(), more));
    expect(shelf.store.sighting('provider', 'p1')).toEqual({
      kind: 'present',
      revision: seen('p1', ann(), more).revision,
    });
    expect(shelf.store.sighting('crm', 'p1')).toBeUndefined();
  });

  it.each([
    ['just so', seen('p1'), true],
    [
      'but for etag and time',
      seen('p1', ann(), { etag: '9', updatedAt: '2025-02-02T00:00:00.000Z' }),
      true,
    ],
    ['with another content', seen('p1', ANN_JR), false],
    ['with another group', seen('p1', ann(), { groups: ['g1'] }), false],
    ['with another picture', seen('p1', ann(), { photo: 'https://photos.example/1' }), false],
    ['under another id', seen('p2'), false],
    [
      'with an organization, whose name may have changed',
      seen('p1', ann(), { organizationId: '9' }),
      false,
    ],
  ])('tells whether a record stands there as it is asked for: %s', (_, { revision }, stands) => {
    observe(shelf.store, 'provider', seen('p1'));
    expect(shelf.store.standsSo('provider', revision)).toBe(stands);
  });

  it('tells of a record that is gone that it does not stand there', () => {
    observe(shelf.store, 'provider', seen('p1'));
    const absent = { id: 'p1', finding: { kind: 'absent', how: 'deleted' } } as const;
    shelf.store.confirm('provider', [absent], START);
    expect(shelf.store.standsSo('provider', seen('p1').revision)).toBe(false);
  });

  it.each([
    ['does not tell all that is gone', true, ['c1']],
    ['tells all that is gone', false, []],
  ])(
    'makes a suspect of whose key a record has gained, where the vendor %s',
    (_, deletionsUntold, expected) => {
      const [one, two] = [seen('c1', ann(), {}, ['e:ann@x']), seen('c2', ann(), {}, ['e:bob@x'])];
      observe(shelf.store, 'crm', one, two);
      const merged = seen('c2', ANN_JR, {}, ['e:bob@x', 'e:ann@x']);
      const page = aPage({ revisions: [merged], deletionsUntold });
      shelf.store.observe('crm', page);
      expect(suspects(shelf.store, 'crm', 10)).toEqual(expected);
      shelf.store.confirm(
        'crm',
        [{ id: 'c1', finding: { kind: 'absent', how: 'deleted' } }],
        START,
      );
      shelf.store.observe('crm', page);
      expect(suspects(shelf.store, 'crm', 10)).toEqual([]);
    },
  );

  it('marks a record dirty when its content is new', () => {
    observe(shelf.store, 'provider', seen('p1'));
    cleanAll(shelf.store);
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    expect(dirty(shelf.store)).toEqual(['provider p1']);
  });

  it.each([
    ['groups', { groups: ['g1'] }],
    ['owner', { owned: false }],
    ['picture', { photo: 'https://photos.example/1' }],
    ['organization', { organizationId: '9' }],
  ])('marks a record dirty when its %s is new', (_what, more) => {
    observe(shelf.store, 'crm', seen('c1'));
    cleanAll(shelf.store);
    observe(shelf.store, 'crm', seen('c1', ann(), more));
    expect(dirty(shelf.store)).toEqual(['crm c1']);
  });

  it('marks nothing when only etag, time or the order of groups moved, but remembers the etag, and when the content changed', () => {
    const before = '2025-01-01T00:00:00Z';
    observe(shelf.store, 'provider', seen('p1', ann(), { groups: ['a', 'b'], updatedAt: before }));
    cleanAll(shelf.store);
    const moved = { etag: '2', updatedAt: '2026-01-01T00:00:00Z', groups: ['b', 'a'] };
    observe(shelf.store, 'provider', seen('p1', ann(), moved));
    expect(dirty(shelf.store)).toEqual([]);
    expect(shelf.store.sighting('provider', 'p1')).toMatchObject({
      revision: { etag: '2', updatedAt: before },
    });
  });

  it('marks the record in every account that uses the connection', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    observe(shelf.store, 'crm', seen('c1'));
    observe(shelf.store, 'provider', seen('p1'));
    expect(dirty(other)).toEqual(['crm c1']);
    expect(other.mirrored('crm')).toBe(1);
    expect(other.mirrored('provider')).toBe(0);
  });

  it('moves the cursor with it, and leaves it alone when it has none', () => {
    expect(shelf.store.cursor('provider')).toBeUndefined();
    shelf.store.observe('provider', aPage({ cursor: 'one' }));
    shelf.store.observe('provider', aPage());
    expect(shelf.store.cursor('provider')).toBe('one');
    expect(shelf.store.cursor('crm')).toBeUndefined();
  });

  it('keeps the cursor when the page cannot be stored', () => {
    shelf.store.observe('provider', aPage({ cursor: 'one' }));
    committed(shelf.database);
    const broken = seen('p2', ann(), { id: null as unknown as string });
    const page = aPage({ cursor: 'two', revisions: [seen('p1'), broken] });
    expect(() => shelf.store.observe('provider', page)).toThrow();
    expect(shelf.store.cursor('provider')).toBe('one');
    expect(shelf.store.sighting('provider', 'p1')).toBeUndefined();
  });

  it('forgets a dropped cursor and keeps the mirror', () => {
    shelf.store.observe('provider', aPage({ cursor: 'one', revisions: [seen('p1')] }));
    shelf.store.dropCursor('provider');
    expect(shelf.store.cursor('provider')).toBeUndefined();
    expect(shelf.store.mirrored('provider')).toBe(1);
  });

  it('makes a suspect of a tombstone, and of nothing that it never knew', () => {
    observe(shelf.store, 'provider', seen('p1'));
    shelf.store.observe('provider', aPage({ tombstones: ['p1', 'p9'] }));
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p1']);
    expect(shelf.store.mirrored('provider')).toBe(1);
  });

  it('clears a suspect that is seen again', () => {
    observe(shelf.store, 'provider', seen('p1'));
    shelf.store.observe('provider', aPage({ tombstones: ['p1'] }));
    observe(shelf.store, 'provider', seen('p1'));
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
  });
});

describe('a whole listing', () => {
  beforeEach(() => {
    observe(shelf.store, 'provider', seen('p1'), seen('p2'), seen('p3'));
  });

  it('makes suspects of what it did not contain, and moves the cursor', () => {
    const generation = shelf.store.startListing('provider');
    shelf.store.observe('provider', aPage({ generation, revisions: [seen('p1')] }));
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    shelf.store.finishListing('provider', generation, 'next');
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p2', 'p3']);
    expect(suspects(shelf.store, 'provider', 1)).toEqual(['p2']);
    expect(shelf.store.cursor('provider')).toBe('next');
  });

  it('suspects nothing that a change feed showed meanwhile', () => {
    const generation = shelf.store.startListing('provider');
    shelf.store.observe('provider', aPage({ generation, revisions: [seen('p1')] }));
    shelf.store.observe('provider', aPage({ cursor: 'delta', revisions: [seen('p2')] }));
    shelf.store.finishListing('provider', generation, undefined);
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p3']);
    expect(shelf.store.cursor('provider')).toBe('delta');
  });

  it('suspects nothing that a write made or changed meanwhile', () => {
    const generation = shelf.store.startListing('provider');
    settle(shelf.store, {
      mirror: [{ side: 'provider', kind: 'present', ...seen('p2', ANN_JR) }],
    });
    shelf.store.finishListing('provider', generation, undefined);
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p1', 'p3']);
  });

  it('suspects nothing that was there but could not be understood', () => {
    const generation = shelf.store.startListing('provider');
    const malformed = [{ id: 'p3', reason: 'no name' }];
    shelf.store.observe(
      'provider',
      aPage({ generation, revisions: [seen('p1'), seen('p2')], malformed }),
    );
    shelf.store.finishListing('provider', generation, undefined);
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    expect(shelf.store.sighting('provider', 'p3')).toMatchObject({ kind: 'present' });
  });

  it('counts for nothing when it was left half-way', () => {
    const first = shelf.store.startListing('provider');
    shelf.store.observe('provider', aPage({ generation: first, revisions: [seen('p1')] }));
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    const second = shelf.store.startListing('provider');
    const page = aPage({ generation: second, revisions: [seen('p2'), seen('p3')] });
    shelf.store.observe('provider', page);
    shelf.store.finishListing('provider', second, undefined);
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p1']);
  });

  it('does not suspect what is known to be absent, nor the other side', () => {
    observe(shelf.store, 'crm', seen('c1'));
    const absent = { id: 'p1', finding: { kind: 'absent', how: 'deleted' } } as const;
    shelf.store.confirm('provider', [absent], START);
    const generation = shelf.store.startListing('provider');
    shelf.store.finishListing('provider', generation, undefined);
    expect(suspects(shelf.store, 'provider', 10)).toEqual(['p2', 'p3']);
    expect(suspects(shelf.store, 'crm', 10)).toEqual([]);
  });
});

describe('a digest', () => {
  const known = (digest: string): Keyed => ({ ...seen('p1'), digest });
  let store: AccountStore;
  beforeEach(() => {
    ({ store } = shelf);
  });
  const recognised = (digest: string): readonly string[] => [
    ...store.recognise('provider', [{ id: 'p1', digest }]),
  ];

  it('is known again as long as the record was last seen with it', () => {
    observe(store, 'provider', known('d1'));
    expect([recognised('d1'), recognised('d2')]).toEqual([['p1'], []]);
    observe(store, 'provider', known('d2'));
    expect([recognised('d1'), recognised('d2')]).toEqual([[], ['p1']]);
    observe(store, 'provider', seen('p1'));
    expect(recognised('d2')).toEqual([]);
  });

  it('is known of nobody who is gone', () => {
    observe(store, 'provider', known('d1'));
    store.observe('provider', aPage({ tombstones: ['p1'] }));
    store.confirm('provider', [{ id: 'p1', finding: { kind: 'absent', how: 'deleted' } }], START);
    expect(recognised('d1')).toEqual([]);
  });

  it('counts as seen in a listing, and clears a suspect', () => {
    observe(store, 'provider', known('d1'), seen('p2'));
    store.observe('provider', aPage({ tombstones: ['p1'] }));
    const generation = store.startListing('provider');
    expect(recognised('d1')).toEqual(['p1']);
    expect(suspects(store, 'provider', 10)).toEqual([]);
    store.finishListing('provider', generation, 'c2');
    expect(suspects(store, 'provider', 10)).toEqual(['p2']);
  });

  it('counts for nothing in a later listing', () => {
    observe(store, 'provider', known('d1'));
    store.startListing('provider');
    recognised('d1');
    const generation = store.startListing('provider');
    store.finishListing('provider', generation, 'c2');
    expect(suspects(store, 'provider', 10)).toEqual(['p1']);
  });
});

describe('reading a suspect', () => {
  beforeEach(() => {
    observe(shelf.store, 'provider', seen('p1', ann(), {}, ['key']));
    cleanAll(shelf.store);
    shelf.store.observe('provider', aPage({ tombstones: ['p1'] }));
  });

  it('leaves it as it was when it is still there', () => {
    const finding = { kind: 'present', revision: seen('p1').revision } as const;
    shelf.store.confirm('provider', [{ id: 'p1', finding }], START);
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    expect(dirty(shelf.store)).toEqual([]);
    expect(shelf.store.candidates('provider', ['key'])).toHaveLength(1);
  });

  it('takes over what it holds now, with its keys', () => {
    const finding = { kind: 'present', revision: seen('p1', ANN_JR).revision } as const;
    shelf.store.confirm('provider', [{ id: 'p1', finding, keys: ['other'] }], START);
    expect(dirty(shelf.store)).toEqual(['provider p1']);
    expect(shelf.store.candidates('provider', ['key'])).toEqual([]);
    expect(shelf.store.candidates('provider', ['other'])).toEqual([finding.revision]);
  });

  it.each(['deleted', 'hidden', 'vanished'] as const)('marks it dirty when it is %s', (how) => {
    shelf.store.confirm('provider', [{ id: 'p1', finding: { kind: 'absent', how } }], START);
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    expect(shelf.store.sighting('provider', 'p1')).toEqual({ kind: 'absent', id: 'p1', how });
    expect(shelf.store.mirrored('provider')).toBe(0);
    expect([...shelf.store.eachPresent('provider')]).toEqual([]);
    expect(dirty(shelf.store)).toEqual([`provider p1 ${how}`]);
  });

  it('leaves it as it was when it cannot be understood', () => {
    const finding = { kind: 'malformed', reason: 'no name' } as const;
    shelf.store.confirm('provider', [{ id: 'p1', finding }], START);
    expect(suspects(shelf.store, 'provider', 10)).toEqual([]);
    expect(shelf.store.sighting('provider', 'p1')).toMatchObject({ kind: 'present' });
    expect(dirty(shelf.store)).toEqual([]);
  });

  it('marks it dirty once more when it comes back as it was', () => {
    const absent = { id: 'p1', finding: { kind: 'absent', how: 'deleted' } } as const;
    shelf.store.confirm('provider', [absent], START);
    cleanAll(shelf.store);
    observe(shelf.store, 'provider', seen('p1'));
    expect(dirty(shelf.store)).toEqual(['provider p1']);
    expect(shelf.store.sighting('provider', 'p1')).toMatchObject({ kind: 'present' });
  });
});

describe('a record that the vendor gave another id', () => {
  it('keeps its mapping and leaves nothing under the former id', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'provider', seen('p2', ann(), { formerIds: ['p1'] }));
    expect(shelf.store.sighting('provider', 'p1')).toBeUndefined();
    expect(shelf.store.pairOf('provider', 'p1')).toBeUndefined();
    expect(shelf.store.pairOf('provider', 'p2')).toMatchObject({
      mapping: { id, providerId: 'p2', crmId: 'c1' },
      provider: { kind: 'present' },
    });
    expect(dirty(shelf.store)).toEqual(['pair p2=c1']);
  });

  it('takes its match keys with it', () => {
    observe(shelf.store, 'provider', seen('p1', ann(), {}, ['key']));
    observe(shelf.store, 'provider', seen('p2', ann(), { formerIds: ['p1'] }, ['key']));
    expect(shelf.store.candidates('provider', ['key']).map(({ id }) => id)).toEqual(['p2']);
  });

  it('keeps its mappings in every account of that login', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    linked(shelf.store, 'p1', 'c1');
    observe(other, 'provider', seen('q1'));
    link(other, 'q1', 'c1');
    observe(shelf.store, 'crm', seen('c2', ann(), { formerIds: ['c1'] }));
    expect(shelf.store.pairOf('crm', 'c2')?.mapping.providerId).toBe('p1');
    expect(other.pairOf('crm', 'c2')?.mapping.providerId).toBe('q1');
  });

  it('changes nothing when the new id is known already', () => {
    linked(shelf.store, 'p1', 'c1');
    linked(shelf.store, 'p2', 'c2');
    observe(shelf.store, 'provider', seen('p2', ann(), { formerIds: ['p1', 'p2', 'p8'] }));
    expect(shelf.store.pairOf('provider', 'p1')?.mapping.crmId).toBe('c1');
    expect(shelf.store.pairOf('provider', 'p2')?.mapping.crmId).toBe('c2');
  });

  it('leaves no work under the former id', () => {
    observe(shelf.store, 'provider', seen('p1'));
    observe(shelf.store, 'provider', seen('p2', ann(), { formerIds: ['p1'] }));
    expect(dirty(shelf.store)).toEqual(['provider p2']);
  });
});

describe('organizations', () => {
  const acme = { id: '10', name: 'Acme', owned: false, hasAddress: true };

  it('have their names filled in, and a rename marks their persons dirty', () => {
    shelf.store.observeOrganizations([acme], 'oc');
    observe(shelf.store, 'crm', seen('c1', ann(), { organizationId: '10' }), seen('c2'));
    cleanAll(shelf.store);
    expect(shelf.store.organizationCursor()).toBe('oc');
    shelf.store.observeOrganizations([{ ...acme, hasAddress: false }], undefined);
    expect(dirty(shelf.store)).toEqual([]);
    shelf.store.observeOrganizations([{ ...acme, name: 'Acme Ltd' }], undefined);
    expect(dirty(shelf.store)).toEqual(['crm c1']);
    expect(shelf.store.organizationCursor()).toBe('oc');
    expect(shelf.store.sighting('crm', 'c1')).toMatchObject({
      revision: { organizationId: '10', contact: { organization: 'Acme Ltd' } },
    });
  });

  it('leave the organization unknown while their name cannot be read', () => {
    observe(shelf.store, 'provider', seen('p1'));
    observe(shelf.store, 'crm', seen('c1', ann(), { organizationId: '10' }));
    link(shelf.store, 'p1', 'c1');
    expect(shelf.store.pairOf('crm', 'c1')?.organizationUnknown).toBe(true);
    shelf.store.observeOrganizations([acme], undefined);
    expect(shelf.store.pairOf('crm', 'c1')).not.toHaveProperty('organizationUnknown');
    expect(dirty(shelf.store)).toEqual(['pair p1=c1']);
  });

  it('are found by name, case and spaces aside: own ones first, then the lowest id', () => {
    const named = (id: string, owned: boolean) => ({ ...acme, id, owned });
    shelf.store.observeOrganizations([named('10', false), named('9', false)], undefined);
    expect(shelf.store.organizationNamed('  ACME ')?.id).toBe('9');
    shelf.store.observeOrganizations([named('101', true), named('20', true)], undefined);
    expect(shelf.store.organizationNamed('acme')).toEqual(named('20', true));
    expect(shelf.store.organizationNamed('Acme Ltd')).toBeUndefined();
    expect(shelf.store.organizationById('101')).toEqual(named('101', true));
    expect(shelf.store.organizationById('1')).toBeUndefined();
  });
});

describe('what else belongs to a connection or an account', () => {
  it('the walk over ids starts nowhere and is kept as it was saved', () => {
    expect(shelf.store.walk('crm')).toEqual({});
    const walk = { position: '17', generation: 2, finishedAt: '2026-01-01T00:00:00Z' };
    shelf.store.saveWalk('crm', walk);
    expect(shelf.store.walk('crm')).toEqual(walk);
    expect(shelf.store.walk('provider')).toEqual({});
  });

  it('custom fields are shared by the accounts of a CRM login', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    shelf.store.saveCustomField({ field: 'birthday', state: 'wanted' });
    shelf.store.saveCustomField({ field: 'birthday', state: 'made', code: 'abc' });
    expect(other.customFields()).toEqual([{ field: 'birthday', state: 'made', code: 'abc' }]);
  });

  it('the name of the chosen group follows what was last seen', () => {
    shelf.store.saveGroups([
      { id: 'all', name: 'Everyone' },
      { id: 'g1', name: 'Friends' },
    ] as never);
    expect(shelf.database.accounts.get(shelf.accountId)?.groupName).toBe('Everyone');
  });
});
