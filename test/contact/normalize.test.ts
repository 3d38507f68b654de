import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  emailKey,
  organizationKey,
  phoneLookup,
  sameBirthday,
  sameName,
  sameNotes,
  samePhone,
  samePlace,
} from '../../src/contact/normalize.ts';

describe('two spellings of a phone number', () => {
  it.each([
    ['030 1234567', '+49 30 1234567', true],
    ['+49 (0)30 123-4567', '0049301234567', true],
    ['601 234 567', '+48601234567', true],
    ['(650) 253-0000', '+1 650-253-0000', true],
    ['22 123 45 67 wew. 12', '+48 22 123 45 67 ext. 12', true],
    ['22 123 45 67 ext. 5', '22 123 45 67 ext. 6', false],
    ['22 123 45 67', '22 123 45 67 ext. 6', false],
    ['030 1234567', '+49 30 1234568', false],
    ['+49 30 1234567', '+1 30 1234567', false],
    ['1234', '+49 30 551234', false],
    ['110', '110', true],
    ['VANITY', 'vanity', true],
    ['', 'VANITY', false],
  ])('%s and %s: the same is %s', (one, two, same) => {
    expect(samePhone(one, two)).toBe(same);
    expect(samePhone(two, one)).toBe(same);
  });

  it('is looked up under one key', () => {
    expect(phoneLookup('030 1234567')).toBe(phoneLookup('+49 30 1234567'));
    expect(phoneLookup('123')).toBeUndefined();
  });

  it('always has the same look-up key when it is the same number', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{8,10}$/u);
    fc.assert(
      fc.property(digits, (number) => {
        expect(samePhone(`0${number}`, `+49${number}`)).toBe(true);
        expect(phoneLookup(`0${number}`)).toBe(phoneLookup(`+49 ${number}`));
      }),
    );
  });
});

describe('comparison', () => {
  it('takes composed and decomposed letters for the same', () => {
    expect(sameName({ given: 'Zoë' }, { given: 'Zoe\u0308' })).toBe(true);
    expect(organizationKey('Société  Générale ')).toBe(
      organizationKey('SOCIE\u0301TE\u0301 générale'),
    );
  });

  it('takes e-mails for the same whatever their case', () => {
    expect(emailKey(' Ann@Example.COM')).toBe(emailKey('ann@example.com'));
  });

  it('keeps a birthday without a year apart from one with it', () => {
    expect(sameBirthday({ month: 2, day: 29 }, { year: 2000, month: 2, day: 29 })).toBe(false);
    expect(sameBirthday({ month: 2, day: 29 }, { month: 2, day: 29 })).toBe(true);
  });

  it('keeps the lines of notes, not their ends', () => {
    expect(sameNotes('one  \r\ntwo\n', 'one\ntwo')).toBe(true);
    expect(sameNotes('one\ntwo', 'one two')).toBe(false);
  });

  it('compares addresses by their parts, and by their text where neither has parts', () => {
    expect(samePlace({ street: '1 Main St', formatted: 'x' }, { street: '1 main st' })).toBe(true);
    expect(samePlace({ formatted: 'a, b' }, { formatted: 'a, c' })).toBe(false);
    expect(samePlace({ formatted: 'a, b' }, { formatted: 'A, b' })).toBe(true);
    expect(samePlace({ street: '1 Main St' }, { formatted: '1 Main St' })).toBe(false);
  });
});
