import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FIELDS, type Entry } from '../../src/contact/contact.ts';
import { align, diffList } from '../../src/contact/edits.ts';
import { applyField, diffField, entryKind, sameField } from '../../src/contact/fields.ts';
import { aContact, anyContact } from '../support/contacts.ts';

const PHONES = entryKind('phones');

function entries(...all: readonly string[]): readonly Entry[] {
  return all.map((text) => {
    const [value = '', label] = text.split('/');
    return label === undefined ? { value } : { value, label };
  });
}

/** What the edit from `before` to `after` makes of `elsewhere`. */
function carried(before: readonly Entry[], after: readonly Entry[], elsewhere: readonly Entry[]) {
  const edit = diffField('phones', aContact({ phones: before }), aContact({ phones: after }));
  if (edit === undefined) return 'no edit';
  return applyField('phones', edit, aContact({ phones: elsewhere })).phones;
}

describe('an edit to a list', () => {
  it('adds what was added, and nothing else', () => {
    expect(
      carried(entries('111111111'), entries('111111111', '222222222/home'), entries('333333333')),
    ).toEqual(entries('333333333', '222222222/home'));
  });

  it('removes what was removed, also where it is spelt otherwise', () => {
    expect(
      carried(
        entries('030 1234567', '222222222'),
        entries('222222222'),
        entries('+49 30 1234567/work', '333333333'),
      ),
    ).toEqual(entries('333333333'));
  });

  it('changes a value in its place and keeps the label that the other side gave it', () => {
    expect(
      carried(
        entries('111111111/mobile'),
        entries('999999999/mobile'),
        entries('222222222', '111111111/cell', '333333333'),
      ),
    ).toEqual(entries('222222222', '999999999/cell', '333333333'));
  });

  it('changes a label and keeps the spelling of the value', () => {
    expect(
      carried(
        entries('030 1234567/home'),
        entries('030 1234567/work'),
        entries('+49 30 1234567/home'),
      ),
    ).toEqual(entries('+49 30 1234567/work'));
  });

  it('is none when only the spelling or the order changed', () => {
    expect(
      carried(
        entries('030 1234567', '222222222'),
        entries('222222222', '+49 30 1234567'),
        entries(),
      ),
    ).toBe('no edit');
  });

  it('does not double what the other side has already', () => {
    expect(carried(entries(), entries('030 1234567'), entries('+49 30 1234567'))).toEqual(
      entries('+49 30 1234567'),
    );
  });

  it('adds a changed value where the other side has lost the old one', () => {
    expect(carried(entries('111111111'), entries('999999999'), entries())).toEqual(
      entries('999999999'),
    );
  });
});

describe('entries stand for each other', () => {
  it('by value before label, by label before position', () => {
    const pairs = align(
      entries('111111111/home', '222222222/work', '333333333/other'),
      entries('222222222/home', '999999999/other', '111111111/work'),
      PHONES,
    );
    const text = pairs.map(({ from, to }) => `${from?.value}>${to?.value}`).toSorted();
    expect(text).toEqual(['111111111>111111111', '222222222>222222222', '333333333>999999999']);
  });

  it('and each of them once', () => {
    const phones = fc.array(fc.constantFrom('111111111', '222222222', '333333333'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(phones, phones, (before, after) => {
        const pairs = align(entries(...before), entries(...after), PHONES);
        expect(pairs.filter(({ from }) => from !== undefined)).toHaveLength(before.length);
        expect(pairs.filter(({ to }) => to !== undefined)).toHaveLength(after.length);
      }),
    );
  });
});

describe('an edit to a name', () => {
  const name = (given?: string, family?: string, middle?: string) =>
    aContact({
      name: { ...(given && { given }), ...(family && { family }), ...(middle && { middle }) },
    });

  it('touches the parts that changed only', () => {
    const edit = diffField('name', name('Ann', 'Lee'), name('Ann', 'Leigh'));
    expect(edit && applyField('name', edit, name('Anne', 'Lee', 'B.')).name).toEqual({
      given: 'Anne',
      family: 'Leigh',
      middle: 'B.',
    });
  });

  it('puts a first name in the place of a made-up one as a whole', () => {
    const edit = diffField('name', aContact(), name(undefined, 'Lee'));
    expect(edit && applyField('name', edit, name('info@example.com')).name).toEqual({
      family: 'Lee',
    });
  });
});

describe('any edit', () => {
  it('carried to where it came from makes the new contact, in every field', () => {
    fc.assert(
      fc.property(anyContact, anyContact, (before, after) => {
        for (const field of FIELDS) {
          const edit = diffField(field, before, after);
          const result = edit === undefined ? before : applyField(field, edit, before);
          expect([field, sameField(field, result, after)]).toEqual([field, true]);
        }
      }),
    );
  });

  it('carried twice changes nothing more', () => {
    fc.assert(
      fc.property(anyContact, anyContact, anyContact, (before, after, elsewhere) => {
        for (const field of FIELDS) {
          const edit = diffField(field, before, after);
          if (edit === undefined) continue;
          const once = applyField(field, edit, elsewhere);
          expect(sameField(field, applyField(field, edit, once), once)).toBe(true);
        }
      }),
    );
  });

  it('never removes a value that it does not speak of', () => {
    fc.assert(
      fc.property(anyContact, anyContact, anyContact, (before, after, elsewhere) => {
        const edit = diffList(before.phones, after.phones, PHONES);
        if (edit === undefined) return;
        const field = diffField('phones', before, after);
        const result = field && applyField('phones', field, elsewhere).phones;
        const spoken = [...edit.removed, ...edit.changed.map(({ from }) => from)];
        const kept = elsewhere.phones.filter(
          (one) => !spoken.some((gone) => PHONES.sameValue(gone, one)),
        );
        for (const one of kept) {
          expect(result?.some((left) => PHONES.sameValue(left, one))).toBe(true);
        }
      }),
    );
  });
});
