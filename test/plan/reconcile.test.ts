import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FIELDS, type Contact } from '../../src/contact/contact.ts';
import { applyPatch, sameField } from '../../src/contact/fields.ts';
import type { Action, Direction, Pair, Rules } from '../../src/plan/model.ts';
import { reconcile } from '../../src/plan/reconcile.ts';
import { aContact, anyContact, aPair, ann, heldByCrm, someRules } from '../support/contacts.ts';

const oneWay = someRules();
const twoWay = someRules({ direction: 'two-way' });
const agreed = { provider: ann(), crm: ann() };
const edited = ann({ jobTitle: 'Head of Sales' });

function summary(action: Action): string {
  switch (action.kind) {
    case 'nothing':
    case 'forget':
      return action.kind;
    case 'release':
      return `release: ${action.reason}`;
    case 'create':
    case 'delete':
      return `${action.kind} in ${action.side}`;
    case 'merge': {
      const writes = action.writes.map(
        ({ side, patch }) => `${side} ${Object.keys(patch).join(',')}`,
      );
      return `merge: ${writes.join(' and ') || 'no write'}`;
    }
  }
}

describe('the heart: provider since the base × CRM since the base', () => {
  it.each<[string, Pair, string, string]>([
    ['nothing happened', aPair(agreed), 'nothing', 'nothing'],
    [
      'edited at the provider',
      aPair(agreed, { provider: edited }),
      'merge: crm jobTitle',
      'merge: crm jobTitle',
    ],
    [
      'edited in the CRM',
      aPair(agreed, { crm: edited }),
      'merge: no write',
      'merge: provider jobTitle',
    ],
    [
      'the same edit on both sides',
      aPair(agreed, { provider: edited, crm: edited }),
      'merge: no write',
      'merge: no write',
    ],
    [
      'deleted at the provider',
      aPair(agreed, { provider: 'deleted' }),
      'delete in crm',
      'delete in crm',
    ],
    [
      'deleted at the provider, edited in the CRM',
      aPair(agreed, { provider: 'deleted', crm: edited }),
      'delete in crm',
      'create in provider',
    ],
    [
      'deleted in the CRM',
      aPair(agreed, { crm: 'deleted' }),
      'release: deleted-in-crm',
      'delete in provider',
    ],
    [
      'edited at the provider, deleted in the CRM',
      aPair(agreed, { provider: edited, crm: 'deleted' }),
      'release: deleted-in-crm',
      'create in crm',
    ],
    [
      'deleted on both sides',
      aPair(agreed, { provider: 'deleted', crm: 'deleted' }),
      'forget',
      'forget',
    ],
    ['hidden in the CRM', aPair(agreed, { crm: 'hidden' }), 'release: hidden', 'release: hidden'],
    [
      'vanished from the CRM',
      aPair(agreed, { crm: 'vanished' }),
      'release: vanished',
      'release: vanished',
    ],
    [
      'vanished from the CRM, deleted at the provider',
      aPair(agreed, { provider: 'deleted', crm: 'vanished' }),
      'release: vanished',
      'release: vanished',
    ],
    [
      'hidden at the provider',
      aPair(agreed, { provider: 'hidden' }),
      'release: hidden',
      'release: hidden',
    ],
    [
      'deleted at the provider, the person fed by another account too',
      aPair(agreed, { provider: 'deleted' }, { crmShared: true }),
      'release: crm-shared',
      'release: crm-shared',
    ],
  ])('%s', (_, pair, underOneWay, underTwoWay) => {
    expect(summary(reconcile(pair, oneWay))).toBe(underOneWay);
    expect(summary(reconcile(pair, twoWay))).toBe(underTwoWay);
  });
});

describe('what leaves the scope is let go, never deleted', () => {
  it('a contact that left the chosen group', () => {
    const pair = aPair(agreed, { provider: edited });
    expect(summary(reconcile(pair, someRules({ group: 'clients' })))).toBe('release: left-group');
  });

  it('a person who was given to a colleague, also when the contact is deleted', () => {
    const pair = aPair(agreed, { provider: 'deleted' });
    if (pair.crm.kind !== 'present') throw new Error('the person is there');
    const given = {
      ...pair,
      crm: { ...pair.crm, revision: { ...pair.crm.revision, owned: false } },
    };
    expect(summary(reconcile(given, oneWay))).toBe('release: other-owner');
  });
});

describe('an edit at the provider, carried to the CRM', () => {
  const write = (pair: Pair, rules: Rules = oneWay) => {
    const action = reconcile(pair, rules);
    return action.kind === 'merge' ? action.writes : [];
  };

  it('writes the field that changed and no other', () => {
    const crm = ann({ notes: 'the CRM’s own', jobTitle: 'Sales' });
    const pair = aPair({ provider: ann({ jobTitle: 'Sales' }), crm }, { provider: edited });
    expect(write(pair)).toEqual([
      {
        side: 'crm',
        patch: { jobTitle: 'Head of Sales' },
        delivers: { jobTitle: 'Head of Sales' },
      },
    ]);
  });

  it('keeps the e-mail that somebody added in the CRM', () => {
    const crm = ann({ emails: [...ann().emails, { value: 'lee@example.org' }] });
    const provider = ann({ emails: [{ value: 'ann@example.net', label: 'work' }] });
    expect(write(aPair({ provider: ann(), crm: ann() }, { provider, crm }))[0]?.patch).toEqual({
      emails: [{ value: 'ann@example.net', label: 'work' }, { value: 'lee@example.org' }],
    });
  });

  it('clears what was cleared', () => {
    const both = ann({ notes: 'old' });
    expect(write(aPair({ provider: both, crm: both }, { provider: ann() }))[0]?.patch).toEqual({
      notes: null,
    });
  });

  it('is not written when the CRM cannot hold it, and is not looked at again', () => {
    const provider = ann({ birthday: { month: 2, day: 29 } });
    const action = reconcile(aPair(agreed, { provider }), oneWay);
    expect(action).toMatchObject({
      kind: 'merge',
      writes: [],
      agreed: { provider: { birthday: { month: 2, day: 29 } } },
    });
  });

  it('is not written when only the spelling changed', () => {
    const provider = ann({ phones: [{ value: '030 1234567' }] });
    const crm = ann({ phones: [{ value: '+49 30 1234567' }] });
    const respelt = ann({ phones: [{ value: '(030) 123 45 67' }] });
    expect(write(aPair({ provider, crm }, { provider: respelt }))).toEqual([]);
  });

  it('overwrites an edit of the same field in the CRM, since that was not carried', () => {
    const crm = ann({ jobTitle: 'Chief' });
    expect(write(aPair(agreed, { provider: edited, crm }))[0]?.patch).toEqual({
      jobTitle: 'Head of Sales',
    });
  });

  it('leaves an organization alone whose name cannot be read', () => {
    const both = ann({ organization: 'Acme' });
    const pair = aPair(
      { provider: both, crm: both },
      { crm: ann() },
      { organizationUnknown: true },
    );
    expect(reconcile(pair, twoWay)).toEqual({ kind: 'nothing' });
  });
});

describe('two different edits of one field', () => {
  const pair = aPair(agreed, { provider: edited, crm: ann({ jobTitle: 'Chief' }) });

  it.each([
    ['provider', 'merge: crm jobTitle'],
    ['crm', 'merge: provider jobTitle'],
    ['ask', 'merge: no write'],
  ] as const)('are settled by the rule %s', (onConflict, expected) => {
    const action = reconcile(pair, someRules({ direction: 'two-way', onConflict }));
    expect(summary(action)).toBe(expected);
    expect(action).toMatchObject({ conflicts: [{ field: 'jobTitle' }] });
  });

  it('are no conflict when they concern different entries or parts', () => {
    const provider = ann({ name: { given: 'Anne', family: 'Lee' }, emails: [] });
    const crm = ann({
      name: { given: 'Ann', family: 'Leigh' },
      emails: [...ann().emails, { value: 'lee@example.org' }],
    });
    const action = reconcile(aPair(agreed, { provider, crm }), twoWay);
    expect(action).toMatchObject({ conflicts: [] });
    expect(afterWrites(aPair(agreed, { provider, crm }), action)).toMatchObject({
      provider: {
        name: { given: 'Anne', family: 'Leigh' },
        emails: [{ value: 'lee@example.org' }],
      },
      crm: { name: { given: 'Anne', family: 'Leigh' }, emails: [{ value: 'lee@example.org' }] },
    });
  });
});

/** Both contents once every write of the action has been carried out. */
function afterWrites(pair: Pair, action: Action): { provider: Contact; crm: Contact } {
  const contents = {
    provider: pair.provider.kind === 'present' ? pair.provider.revision.contact : aContact(),
    crm: pair.crm.kind === 'present' ? pair.crm.revision.contact : aContact(),
  };
  if (action.kind !== 'merge') return contents;
  for (const { side, patch } of action.writes) contents[side] = applyPatch(contents[side], patch);
  return contents;
}

/** The pair once the action has been carried out and has settled. */
function afterAction(pair: Pair, action: Action): Pair {
  if (action.kind !== 'merge') return pair;
  const bases = { ...pair.mapping.bases };
  const now = afterWrites(pair, action);
  for (const side of ['provider', 'crm'] as const) {
    bases[side] = applyPatch(bases[side], action.agreed[side]);
  }
  for (const { side, patch, delivers } of action.writes) {
    const away = side === 'crm' ? 'provider' : 'crm';
    bases[side] = applyPatch(bases[side], patch);
    bases[away] = applyPatch(bases[away], delivers);
  }
  const settled = aPair(bases, now);
  return { ...settled, mapping: { ...pair.mapping, bases } };
}

describe('whatever both sides held and hold', () => {
  const directions: readonly Direction[] = ['one-way', 'two-way'];
  const world = fc.record({
    base: anyContact,
    provider: anyContact,
    crm: anyContact.map(heldByCrm),
    direction: fc.constantFrom(...directions),
    onConflict: fc.constantFrom('provider' as const, 'crm' as const, 'newest' as const),
  });
  const pairOf = ({ base, provider, crm }: { base: Contact; provider: Contact; crm: Contact }) =>
    aPair({ provider: base, crm: heldByCrm(base) }, { provider, crm });

  it('the CRM is only sent what it can hold', () => {
    fc.assert(
      fc.property(world, (one) => {
        const rules = someRules(one);
        const action = reconcile(pairOf(one), rules);
        const { crm } = afterWrites(pairOf(one), action);
        for (const field of FIELDS) expect(sameField(field, heldByCrm(crm), crm)).toBe(true);
      }),
    );
  });

  it('under one-way the provider is never written', () => {
    fc.assert(
      fc.property(world, (one) => {
        const action = reconcile(pairOf(one), someRules({ ...one, direction: 'one-way' }));
        const sides = action.kind === 'merge' ? action.writes.map(({ side }) => side) : [];
        expect(sides).not.toContain('provider');
      }),
    );
  });

  it('a second look, after the writes have settled, writes nothing', () => {
    fc.assert(
      fc.property(world, (one) => {
        const rules = someRules(one);
        let pair = afterAction(pairOf(one), reconcile(pairOf(one), rules));
        // Two writes settle one after the other: what the first delivered may need one look more.
        pair = afterAction(pair, reconcile(pair, rules));
        const again = reconcile(pair, rules);
        const open = again.kind === 'merge' && again.conflicts.length > 0;
        expect(
          open || again.kind === 'nothing' || (again.kind === 'merge' && again.writes.length === 0),
        ).toBe(true);
      }),
    );
  });

  it('what neither side touched stays on both', () => {
    fc.assert(
      fc.property(world, (one) => {
        const pair = pairOf({ ...one, provider: one.base, crm: heldByCrm(one.base) });
        expect(reconcile(pair, someRules(one))).toEqual({ kind: 'nothing' });
      }),
    );
  });
});
