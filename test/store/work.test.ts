import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Dirty, SetAside } from '../../src/sync/records.ts';
import type { AccountStore } from '../../src/sync/store-port.ts';
import { ann } from '../support/contacts.ts';
import {
  addAccount,
  aShelf,
  BASES,
  cleanAll,
  dirty,
  link,
  linked,
  mappingId,
  observe,
  planned,
  seen,
  settle,
  type Shelf,
  START,
} from './support.ts';

let shelf: Shelf;
beforeEach(() => {
  shelf = aShelf();
});
afterEach(() => {
  shelf.database.close();
});

const ANN_JR = ann({ jobTitle: 'Captain' });
const MINUTE_MS = 60_000;

describe('the dirty records', () => {
  it('give a pair once, also when both of its records are dirty', () => {
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    observe(shelf.store, 'provider', seen('p1', ANN_JR), seen('p2'));
    expect(dirty(shelf.store)).toEqual(['pair p1=c1', 'provider p2']);
  });

  it('come page by page, each of them once', () => {
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'crm', seen('c1', ANN_JR), seen('c2'));
    observe(shelf.store, 'provider', seen('p1', ANN_JR), seen('p2'));
    const pages: string[] = [];
    let after = 0;
    for (;;) {
      const item = shelf.store.dirty(after, 1).at(0);
      if (item === undefined) break;
      pages.push(...dirty(shelf.store, after, 1));
      after = item.position;
    }
    expect(pages).toEqual(['pair p1=c1', 'crm c2', 'provider p2']);
  });

  it('come by kind, however few there are of it among the others', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'left-group' } });
    linked(shelf.store, 'p2', 'c2');
    observe(shelf.store, 'provider', seen('p3'), seen('p1', ANN_JR), seen('p2', ANN_JR));
    observe(shelf.store, 'crm', seen('c4'));
    const given = (only: Parameters<AccountStore['dirty']>[2]): readonly string[] =>
      shelf.store.dirty(0, 1, only).map(inShort);
    expect(given({ kind: 'pair' })).toEqual(['pair p2']);
    expect(given({ kind: 'released' })).toEqual(['released p1']);
    expect(given({ kind: 'newcomer', side: 'crm' })).toEqual(['newcomer crm']);
    expect(given({ side: 'crm' })).toEqual(['newcomer crm']);
  });

  it('hold newcomers with their sighting', () => {
    observe(shelf.store, 'provider', seen('p1'));
    expect(shelf.store.dirty(0, 10)).toMatchObject([
      { kind: 'newcomer', side: 'provider', sighting: { kind: 'present' } },
    ]);
  });

  it('hold records of released mappings with the reason', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'left-group' } });
    expect(dirty(shelf.store)).toEqual([]);
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    expect(dirty(shelf.store)).toEqual(['released p1=c1']);
    expect(shelf.store.dirty(0, 1)).toMatchObject([{ reason: 'left-group' }]);
    settle(shelf.store, { mapping: { kind: 'revive', mappingId: id } });
    expect(dirty(shelf.store)).toEqual(['pair p1=c1']);
  });

  it('are all of the account again on a refresh', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'provider', seen('p2'));
    cleanAll(shelf.store);
    cleanAll(other);
    shelf.store.markAllDirty();
    expect(dirty(shelf.store)).toEqual(['pair p1=c1', 'provider p2']);
    expect(dirty(other)).toEqual([]);
  });

  it('leave out what a begun step is about, whichever record it names', () => {
    linked(shelf.store, 'p1', 'c1');
    linked(shelf.store, 'p2', 'c2');
    observe(shelf.store, 'provider', seen('p1', ANN_JR), seen('p2', ANN_JR), seen('p3'));
    const aboutPair = planned(shelf.store, { crmId: 'c1' });
    const aboutNewcomer = planned(shelf.store, { providerId: 'p3' });
    expect(dirty(shelf.store)).toHaveLength(3);
    shelf.store.begin([aboutPair, aboutNewcomer], '2026-01-01T00:00:00Z');
    expect(dirty(shelf.store)).toEqual(['pair p2=c2']);
    shelf.store.drop(aboutPair);
    shelf.store.settle(aboutNewcomer, {});
    expect(dirty(shelf.store)).toEqual(['pair p1=c1', 'pair p2=c2', 'provider p3']);
  });
});

describe('cleaning', () => {
  it('drops both marks of a pair', () => {
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    cleanAll(shelf.store);
    expect(dirty(shelf.store)).toEqual([]);
  });

  it('keeps a mark that was set again since it was read', () => {
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    const read = shelf.store.dirty(0, 10);
    observe(shelf.store, 'crm', seen('c1', ann({ jobTitle: 'Admiral' })));
    for (const item of read) shelf.store.clean(item);
    expect(dirty(shelf.store)).toEqual(['pair p1=c1']);
  });

  it('of a released pair keeps the mark of a record that is in a live pair by now', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'merged' } });
    observe(shelf.store, 'provider', seen('p2'));
    link(shelf.store, 'p2', 'c1');
    cleanAll(shelf.store);
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    const released = shelf.store.dirty(0, 10).find(({ kind }) => kind === 'released');
    if (released !== undefined) shelf.store.clean(released);
    expect(released).toBeDefined();
    expect(dirty(shelf.store)).toEqual(['pair p2=c1']);
  });

  it('happens when a step is settled that says so, and not otherwise', () => {
    linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    settle(shelf.store, {}, { providerId: 'p1', crmId: 'c1' });
    expect(dirty(shelf.store)).toEqual(['pair p1=c1']);
    settle(shelf.store, { clean: true }, { providerId: 'p1', crmId: 'c1' });
    expect(dirty(shelf.store)).toEqual([]);
  });

  it('knows the record that a create made by its new mapping', () => {
    observe(shelf.store, 'provider', seen('p1'));
    const mirror = [{ side: 'crm', kind: 'present', ...seen('c1') }] as const;
    const mapping = { kind: 'insert', providerId: 'p1', crmId: 'c1', bases: BASES } as const;
    settle(shelf.store, { mirror, mapping, clean: true }, { providerId: 'p1' });
    expect(dirty(shelf.store)).toEqual([]);
    expect(shelf.store.pairOf('crm', 'c1')).toMatchObject({ crm: { kind: 'present' } });
  });
});

describe('a contact that was set aside', () => {
  const parked = (): (SetAside | undefined)[] =>
    shelf.store.dirty(0, 10).map((item) => item.parked);
  const setAside = (kind: SetAside['kind']): void => {
    const step = planned(shelf.store, { providerId: 'p1' });
    shelf.store.setAside(step, { kind, reason: 'because' });
  };
  beforeEach(() => {
    observe(shelf.store, 'provider', seen('p1'));
  });

  it('stays dirty, and refused until its content changes', () => {
    setAside('refused');
    shelf.advance(1000 * 24 * 60 * MINUTE_MS);
    expect(parked()).toEqual([{ kind: 'refused', reason: 'because' }]);
    observe(shelf.store, 'provider', seen('p1', ann(), { etag: '2' }));
    expect(parked()).toEqual([{ kind: 'refused', reason: 'because' }]);
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    expect(parked()).toEqual([undefined]);
  });

  it('is refused with its pair until either record changes', () => {
    observe(shelf.store, 'crm', seen('c1'));
    link(shelf.store, 'p1', 'c1');
    shelf.store.markAllDirty();
    const step = planned(shelf.store, { providerId: 'p1', crmId: 'c1' });
    shelf.store.setAside(step, { kind: 'refused', reason: 'because' });
    expect(parked()).toMatchObject([{ kind: 'refused' }]);
    observe(shelf.store, 'crm', seen('c1', ANN_JR));
    expect(parked()).toEqual([undefined]);
  });

  it('is refused with its pair until the organization is renamed', () => {
    const acme = { id: '10', name: 'Acme', owned: true, hasAddress: false };
    shelf.store.observeOrganizations([acme], undefined);
    observe(shelf.store, 'crm', seen('c1', ann(), { organizationId: '10' }));
    link(shelf.store, 'p1', 'c1');
    const step = planned(shelf.store, { providerId: 'p1', crmId: 'c1' });
    shelf.store.setAside(step, { kind: 'refused', reason: 'because' });
    shelf.store.observeOrganizations([{ ...acme, name: 'Acme Ltd' }], undefined);
    expect(parked()).toEqual([undefined]);
  });

  it('waits longer each time when the cause is a passing one', () => {
    for (const minutes of [0, 5, 15, 60, 360, 360]) {
      setAside('passing');
      const waits = minutes * MINUTE_MS;
      if (waits > 0) {
        shelf.advance(waits - 1);
        expect(parked()).toEqual([{ kind: 'passing', reason: 'because' }]);
        shelf.advance(1);
      }
      expect(parked()).toEqual([undefined]);
    }
  });

  it('starts with short waits again once its content has changed', () => {
    for (let times = 0; times < 4; times += 1) setAside('passing');
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    setAside('passing');
    expect(parked()).toEqual([undefined]);
  });

  it.each(['in-doubt', 'ambiguous', 'malformed'] as const)(
    'is looked at again at once when it was %s',
    (kind) => {
      setAside(kind);
      expect(parked()).toEqual([undefined]);
    },
  );

  it('is forgotten once a step about it has settled, or it is clean', () => {
    setAside('refused');
    settle(shelf.store, {}, { providerId: 'p1' });
    expect(parked()).toEqual([undefined]);
    setAside('refused');
    cleanAll(shelf.store);
    shelf.store.markAllDirty();
    expect(parked()).toEqual([undefined]);
    expect(shelf.database.dashboard.setAside(shelf.accountId)).toEqual([]);
  });

  it('is news once, and again when its content or the cause has changed', () => {
    const news = (kind: SetAside['kind']): boolean =>
      shelf.store.setAsideRecord('provider', 'p1', { kind, reason: 'because' });
    expect([news('ambiguous'), news('ambiguous')]).toEqual([true, false]);
    expect([news('malformed'), news('malformed')]).toEqual([true, false]);
    observe(shelf.store, 'provider', seen('p1', ANN_JR));
    expect([news('malformed'), news('malformed')]).toEqual([true, false]);
    expect(shelf.database.dashboard.setAside(shelf.accountId)).toMatchObject([
      { contact: 'Ann Lee', id: 'p1', kind: 'malformed', reason: 'because' },
    ]);
  });
});

describe('looking for the same person', () => {
  const ids = (revisions: readonly { readonly id: string }[]): string[] =>
    revisions.map(({ id }) => id);
  beforeEach(() => {
    const keyed = (id: string, ...keys: string[]) => seen(id, ann(), {}, keys);
    observe(shelf.store, 'crm', keyed('c1', 'a', 'b'), keyed('c2', 'b'), keyed('c3', 'c'));
  });

  it('finds the records that share a key, each once', () => {
    expect(ids(shelf.store.candidates('crm', ['a', 'b']))).toEqual(['c1', 'c2']);
    expect(shelf.store.candidates('crm', [])).toEqual([]);
    expect(shelf.store.candidates('provider', ['a', 'b'])).toEqual([]);
  });

  it('leaves out mapped, released and absent records, but not one that came back from the dead', () => {
    observe(shelf.store, 'provider', seen('p1'));
    const id = link(shelf.store, 'p1', 'c1');
    const absent = { id: 'c3', finding: { kind: 'absent', how: 'deleted' } } as const;
    shelf.store.confirm('crm', [absent], START);
    expect(ids(shelf.store.candidates('crm', ['a', 'b', 'c']))).toEqual(['c2']);
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'hidden' } });
    expect(ids(shelf.store.candidates('crm', ['a', 'b', 'c']))).toEqual(['c2']);
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'gone' } });
    expect(ids(shelf.store.candidates('crm', ['a', 'b', 'c']))).toEqual(['c1', 'c2']);
  });

  it('offers a record that only another account has mapped', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    link(shelf.store, 'p1', 'c1');
    expect(ids(other.candidates('crm', ['a']))).toEqual(['c1']);
  });

  it('shows who holds a key, mapped ones with their bases', () => {
    link(shelf.store, 'p1', 'c1');
    const holders = shelf.store.holders('crm', ['b', 'c'], 'c3');
    expect(holders.map(({ revision, bases }) => [revision.id, bases])).toEqual([
      ['c1', BASES],
      ['c2', undefined],
    ]);
  });

  it('shows who is new by the vendor’s clock, and who has no time at all', () => {
    const born = (id: string, createdAt: string) => seen(id, ann(), { createdAt });
    observe(
      shelf.store,
      'provider',
      born('old', '2026-01-01T00:00:00Z'),
      born('then', '2026-01-02T00:00:00Z'),
      born('offset', '2026-01-02T01:30:00+01:00'),
      born('mapped', '2026-01-03T00:00:00Z'),
      seen('timeless'),
    );
    link(shelf.store, 'mapped', 'c1');
    const found = ids(shelf.store.newSince('provider', '2026-01-02T00:00:00Z'));
    expect(found.toSorted()).toEqual(['offset', 'then', 'timeless']);
  });
});

describe('mappings', () => {
  it('know when another account points to the same CRM record', () => {
    const other = shelf.database.account(addAccount(shelf.database, 'bob@example.com'));
    linked(shelf.store, 'p1', 'c1');
    expect(shelf.store.pairOf('crm', 'c1')?.crmShared).toBe(false);
    const id = link(other, 'q1', 'c1');
    expect(shelf.store.pairOf('crm', 'c1')?.crmShared).toBe(true);
    expect(other.pairOf('provider', 'q1')?.crmShared).toBe(true);
    settle(other, { mapping: { kind: 'release', mappingId: id, reason: 'crm-shared' } });
    expect(shelf.store.pairOf('crm', 'c1')?.crmShared).toBe(false);
  });

  it('do not take the same id at another CRM login for the same record', () => {
    const elsewhere = addAccount(shelf.database, 'bob@example.com', '2:1');
    link(shelf.database.account(elsewhere), 'q1', 'c1');
    linked(shelf.store, 'p1', 'c1');
    expect(shelf.store.pairOf('crm', 'c1')?.crmShared).toBe(false);
  });

  it('count while they live, and name a record that was never read as vanished', () => {
    const id = link(shelf.store, 'p1', 'c1');
    expect(shelf.store.liveMappings()).toBe(1);
    expect(shelf.store.pairOf('provider', 'p1')?.crm).toEqual({
      kind: 'absent',
      id: 'c1',
      how: 'vanished',
    });
    settle(shelf.store, { mapping: { kind: 'release', mappingId: id, reason: 'vanished' } });
    expect(shelf.store.liveMappings()).toBe(0);
    expect(shelf.store.pairOf('provider', 'p1')).toBeUndefined();
  });

  it('take new bases and a new picture without a mark', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    const bases = { provider: ann(), crm: ANN_JR };
    shelf.store.agree(id, bases);
    const photo = { ref: 'https://photos.example/1', hash: 'abc' };
    settle(shelf.store, { mapping: { kind: 'change', mappingId: id, photo } });
    expect(shelf.store.pairOf('crm', 'c1')?.mapping).toMatchObject({ bases, photo });
    expect(dirty(shelf.store)).toEqual([]);
  });

  it('follow to another record and are looked at again', () => {
    const id = linked(shelf.store, 'p1', 'c1');
    observe(shelf.store, 'provider', seen('p2'));
    cleanAll(shelf.store);
    settle(shelf.store, {
      mapping: { kind: 'rekey', mappingId: id, side: 'provider', recordId: 'p2', bases: BASES },
    });
    expect(mappingId(shelf.store, 'p2')).toBe(id);
    expect(shelf.store.pairOf('provider', 'p1')).toBeUndefined();
    expect(dirty(shelf.store)).toEqual(['pair p2=c1']);
  });
});

function inShort(item: Dirty): string {
  const what = item.kind === 'newcomer' ? item.side : item.pair.mapping.providerId;
  return `${item.kind} ${what}`;
}
