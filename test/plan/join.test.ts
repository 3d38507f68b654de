import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Contact } from '../../src/contact/contact.ts';
import { applyPatch, entryKind } from '../../src/contact/fields.ts';
import { join } from '../../src/plan/join.ts';
import type { Pair, Rules } from '../../src/plan/model.ts';
import { reconcile } from '../../src/plan/reconcile.ts';
import { aContact, anyContact, aRevision, ann, heldByCrm, someRules } from '../support/contacts.ts';

/** Both contents after a first meeting, as the engine carries it out. */
function meet(provider: Contact, crm: Contact, rules: Rules = someRules()) {
  const { bases, differing } = join(provider, crm, rules);
  const pair: Pair = {
    mapping: { id: 1, providerId: 'p1', crmId: 'c1', bases },
    provider: { kind: 'present', revision: aRevision('p1', provider) },
    crm: { kind: 'present', revision: aRevision('c1', crm) },
    crmShared: false,
  };
  const action = reconcile(pair, rules);
  const result = { provider, crm };
  if (action.kind === 'merge') {
    for (const { side, patch } of action.writes) result[side] = applyPatch(result[side], patch);
  }
  return { ...result, differing };
}

describe('a first meeting of two existing records', () => {
  it('writes nothing when they are equal', () => {
    const crm = ann({ emails: [{ value: 'ANN@example.com', label: 'work' }] });
    expect(meet(ann(), crm)).toEqual({ provider: ann(), crm, differing: [] });
  });

  it('fills what is empty and unites lists', () => {
    const provider = ann({ jobTitle: 'Sales', phones: [{ value: '030 1234567' }] });
    const crm = ann({
      phones: [{ value: '+49 30 1234567', label: 'work' }, { value: '222222222' }],
    });
    const met = meet({ ...provider, phones: [...provider.phones, { value: '333333333' }] }, crm);
    expect(met.crm.jobTitle).toBe('Sales');
    expect(met.crm.phones).toEqual([...crm.phones, { value: '333333333' }]);
  });

  it('leaves two different values as they are, and counts them', () => {
    const met = meet(ann({ jobTitle: 'Sales' }), ann({ jobTitle: 'Chief' }));
    expect(met.crm.jobTitle).toBe('Chief');
    expect(met.differing).toEqual(['jobTitle']);
  });

  it('takes the provider’s value when the user chose so', () => {
    const rules = someRules({ onConflict: 'provider' });
    expect(meet(ann({ jobTitle: 'Sales' }), ann({ jobTitle: 'Chief' }), rules).crm.jobTitle).toBe(
      'Sales',
    );
  });

  it('does not push the CRM’s address out by another one', () => {
    const crm = ann({ addresses: [{ label: 'work', street: '1 Main St' }] });
    const provider = ann({ addresses: [{ label: 'home', street: '2 Side St' }] });
    expect(meet(provider, crm).crm.addresses).toEqual(crm.addresses);
  });

  it('gives the provider what only the CRM has, under two-way', () => {
    const rules = someRules({ direction: 'two-way' });
    const met = meet(ann(), ann({ jobTitle: 'Chief', phones: [{ value: '222222222' }] }), rules);
    expect(met.provider).toMatchObject({ jobTitle: 'Chief', phones: [{ value: '222222222' }] });
  });

  it('never takes anything away from the CRM', () => {
    const phones = entryKind('phones');
    fc.assert(
      fc.property(anyContact, anyContact.map(heldByCrm), (provider, crm) => {
        const met = meet(provider, crm).crm;
        for (const field of ['jobTitle', 'notes', 'organization', 'birthday'] as const) {
          if (crm[field] !== undefined) expect(met[field]).toEqual(crm[field]);
        }
        for (const one of crm.phones)
          expect(met.phones.some((left) => phones.sameValue(left, one))).toBe(true);
        expect(met.addresses).toEqual(crm.addresses.length > 0 ? crm.addresses : met.addresses);
      }),
    );
  });

  it('leaves an empty CRM record with all that it can hold', () => {
    fc.assert(
      fc.property(anyContact, (anybody) => {
        const provider = { ...anybody, name: { given: 'Ann' } };
        expect(meet(provider, aContact({})).crm).toEqual({ ...heldByCrm(provider) });
      }),
    );
  });
});
