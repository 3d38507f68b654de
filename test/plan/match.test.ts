import { describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import { couldBeCreated, matchKeys, matchNewcomer, type Match } from '../../src/plan/match.ts';
import type { Rules } from '../../src/plan/model.ts';
import { aContact, aRevision, ann, someRules } from '../support/contacts.ts';

const rules = someRules();

/** How the first of the provider's newcomers fares. */
function match(provider: readonly Contact[], crm: readonly Contact[], under: Rules = rules): Match {
  const records = {
    provider: provider.map((contact, at) => aRevision(`p${at}`, contact)),
    crm: crm.map((contact, at) => aRevision(`c${at}`, contact)),
  };
  const [first] = records.provider;
  if (first === undefined) throw new Error('a newcomer is needed');
  return matchNewcomer(
    first,
    (side, keys) => {
      const held = side === 'crm' ? (one: Contact) => one : under.holds.crm;
      return records[side].filter(({ contact }) =>
        matchKeys(held(contact)).some((key) => keys.includes(key)),
      );
    },
    under,
  );
}

const switchboard = [{ value: '+49 30 5550100' }];
const nameOnly = (given: string, family: string, more: Partial<Contact> = {}) =>
  aContact({ name: { given, family }, ...more });

describe('a newcomer is joined with', () => {
  it('the only person with its e-mail, whatever the case', () => {
    expect(match([ann()], [ann({ emails: [{ value: 'ANN@EXAMPLE.COM' }] })])).toEqual({
      kind: 'only',
      id: 'c0',
    });
  });

  it('nobody when no e-mail is shared, though the name is', () => {
    expect(match([ann()], [ann({ emails: [{ value: 'other@example.com' }] })])).toEqual({
      kind: 'none',
    });
  });

  it('nobody when two people have its e-mail', () => {
    const people = [ann({ jobTitle: 'one' }), ann({ jobTitle: 'two' })];
    expect(match([ann()], people)).toEqual({ kind: 'ambiguous', ids: ['c0', 'c1'] });
  });

  it('nobody when another contact has the same claim', () => {
    expect(match([ann(), ann({ notes: 'twin' })], [ann({ jobTitle: 'x' })])).toMatchObject({
      kind: 'ambiguous',
    });
  });

  it('the one among twins that is exactly what would be created', () => {
    const twins = [ann({ jobTitle: 'one' }), ann({ jobTitle: 'two' })];
    expect(match(twins, twins)).toEqual({ kind: 'only', id: 'c0' });
  });

  it('somebody of the same name and phone, or name and organization, when one has no e-mail', () => {
    const noMail = nameOnly('Ann', 'Lee', { phones: switchboard, organization: 'Acme' });
    expect(
      match([noMail], [nameOnly('ann', 'LEE', { phones: [{ value: '030 5550100' }] })]),
    ).toMatchObject({ kind: 'only' });
    expect(match([noMail], [nameOnly('Ann', 'Lee', { organization: 'ACME ' })])).toMatchObject({
      kind: 'only',
    });
    expect(match([noMail], [ann({ phones: switchboard })])).toMatchObject({ kind: 'only' });
  });

  it('nobody because of a shared switchboard', () => {
    const contact = nameOnly('Ann', 'Lee', { phones: switchboard });
    expect(match([contact], [nameOnly('Bob', 'Ray', { phones: switchboard })])).toEqual({
      kind: 'none',
    });
  });

  it('nobody because of a bare name, unless nothing else is known of either', () => {
    expect(
      match([nameOnly('John', 'Smith')], [nameOnly('John', 'Smith', { jobTitle: 'x' })]),
    ).toEqual({ kind: 'none' });
    expect(match([nameOnly('John', 'Smith')], [nameOnly('John', 'Smith')])).toMatchObject({
      kind: 'only',
    });
  });

  it('nobody when the user switched matching off', () => {
    expect(match([ann()], [ann()], someRules({ match: 'none' }))).toEqual({ kind: 'none' });
  });
});

describe('a record may be what a create without an answer made', () => {
  it.each([
    ['exactly what was sent', ann(), true],
    ['with fields left out by the vendor', ann({ notes: 'gone' }), true],
    [
      'with spellings changed by the vendor',
      ann({ emails: [{ value: 'Ann@Example.com ' }] }),
      true,
    ],
    ['not another e-mail', ann({ emails: [{ value: 'x@example.com' }] }), false],
    ['not one e-mail more', ann({ emails: [...ann().emails, { value: 'x@example.com' }] }), false],
    ['not another name', ann({ name: { given: 'Anna', family: 'Lee' } }), false],
  ])('%s', (_, sent, could) => {
    expect(couldBeCreated(sent, ann())).toBe(could);
  });
});
