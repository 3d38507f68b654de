import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Direction } from '../../src/plan/model.ts';
import { ann } from '../support/contacts.ts';
import { aCompany, lacking, type Company } from '../support/custom-fields.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* A field that the CRM gets, or loses, after contacts were synced (N15, N16). */

let company: Company;
let world: World;

function begin(direction: Direction): void {
  company = aCompany();
  world = createWorld({
    rules: { direction },
    wrapSide: (side) => (side.side === 'crm' ? lacking(side, 'notes', company) : side),
  });
  world.store.saveCustomField({ field: 'notes', state: 'left-out' });
}

const notes = () => world.people().map((contact) => contact.notes);
const providerNotes = () => world.provider.records().map(({ contact }) => contact.notes);
const state = () => world.store.customFields();

/** The CRM has the field, and Ann's note in it. */
async function syncedWithNotes(): Promise<void> {
  company.mayMake = true;
  world.provider.person.add(ann({ notes: 'met in Rome' }));
  await world.sync({ refresh: true });
  expect(notes()).toEqual(['met in Rome']);
}

describe.each(['one-way', 'two-way'] as const)(
  'under %s, a field that the CRM lacks',
  (direction) => {
    beforeEach(() => begin(direction));
    afterEach(() => world.expectQuiet());

    it('is left out, and stays at the provider', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      expect(counts(await world.sync())).toBe('crm +1');
      expect(notes()).toEqual([undefined]);
      expect(providerNotes()).toEqual(['met in Rome']);
    });

    it('is made on a refresh once it can be, and filled in', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      world.provider.person.add(
        ann({ name: { given: 'Bob' }, emails: [{ value: 'bob@example.com' }] }),
      );
      await world.sync();
      company.mayMake = true;
      expect(counts(await world.sync())).toBe('nothing');
      expect(counts(await world.sync({ refresh: true }))).toBe('crm ~1');
      expect(notes()).toEqual(expect.arrayContaining(['met in Rome', undefined]));
      expect(state()).toEqual([{ field: 'notes', state: 'made', code: 'code-1' }]);
      expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
    });

    it('is not filled in by a dry run, which says what would be', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      await world.sync();
      company.mayMake = true;
      const copy = world.withDatabase(world.database.copy());
      const report = await copy.sync({ refresh: true, dryRun: true });
      expect(report.plan).toMatchObject([{ action: 'update', fields: ['notes'] }]);
      expect(company.made).toBe(0);
    });

    it('that there is no room for after all costs no more than one look', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      await world.sync();
      Object.assign(company, { mayMake: true, hasRoom: false });
      expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
      expect(state()).toEqual([{ field: 'notes', state: 'left-out' }]);
      expect(providerNotes()).toEqual(['met in Rome']);
    });

    it('is made once, though the answer gets lost', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      Object.assign(company, { mayMake: true, lost: 1 });
      expect(counts(await world.sync({ refresh: true }))).toBe('crm +1');
      expect(notes()).toEqual(['met in Rome']);
      expect(company.made).toBe(1);
    });

    it('that cannot be made now holds everything back: nobody is written without it', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      Object.assign(company, { mayMake: true, lost: 2 });
      expect(await world.sync({ refresh: true })).toMatchObject({ status: 'failed' });
      expect(notes()).toEqual([]);
      expect(counts(await world.sync())).toBe('crm +1');
      expect(notes()).toEqual(['met in Rome']);
      expect(company.made).toBe(1);
    });

    it('that a colleague made meanwhile is taken, and what stands in it is not overwritten', async () => {
      world.provider.person.add(ann({ notes: 'met in Rome' }));
      await world.sync();
      const [person] = world.crm.records();
      world.crm.person.edit(person?.id ?? '', { notes: 'a client' });
      company.code = 'theirs';
      expect(counts(await world.sync({ refresh: true }))).toBe('1 conflicts');
      expect(notes()).toEqual(['a client']);
      expect(providerNotes()).toEqual(['met in Rome']);
      expect(company.made).toBe(0);
    });

    it('that is deleted is made again on a refresh, and filled in', async () => {
      await syncedWithNotes();
      const [person] = world.crm.records();
      company.code = undefined;
      world.crm.person.edit(person?.id ?? '', { notes: null });
      expect(counts(await world.sync({ refresh: true }))).toBe('crm ~1');
      expect(notes()).toEqual(['met in Rome']);
      expect(providerNotes()).toEqual(['met in Rome']);
    });

    it('that is deleted and may not be made again is left out, and nobody loses a note', async () => {
      await syncedWithNotes();
      Object.assign(company, { code: undefined, mayMake: false });
      expect(counts(await world.sync({ refresh: true }))).toBe('nothing');
      expect(state()).toEqual([{ field: 'notes', state: 'left-out' }]);
      expect(providerNotes()).toEqual(['met in Rome']);
    });
  },
);

describe('a field that somebody deletes in the CRM', () => {
  beforeEach(() => begin('two-way'));
  afterEach(() => world.expectQuiet());

  it.each([true, false])(
    'empties nobody at the provider (it may be made again: %s)',
    async (mayMake) => {
      await syncedWithNotes();
      Object.assign(company, { code: undefined, mayMake });
      const [person] = world.crm.records();
      world.crm.person.edit(person?.id ?? '', { notes: null, jobTitle: 'Captain' });
      expect(counts(await world.sync())).toBe(mayMake ? 'provider ~1, crm ~1' : 'provider ~1');
      expect(providerNotes()).toEqual(['met in Rome']);
      expect(notes()).toEqual([mayMake ? 'met in Rome' : undefined]);
    },
  );

  it('is told from a note that somebody clears', async () => {
    await syncedWithNotes();
    const [person] = world.crm.records();
    world.crm.person.edit(person?.id ?? '', { notes: null });
    expect(counts(await world.sync())).toBe('provider ~1');
    expect(providerNotes()).toEqual([undefined]);
  });
});

describe('a field that can be made later', () => {
  beforeEach(() => begin('one-way'));
  afterEach(() => world.expectQuiet());

  it('is filled in for the other accounts of the same login as well', async () => {
    const other = world.second();
    other.provider.person.add(
      ann({ notes: 'from the other', emails: [{ value: 'o@example.com' }] }),
    );
    await other.sync();
    company.mayMake = true;
    await world.sync({ refresh: true });
    expect(counts(await other.sync())).toBe('crm ~1');
    expect(notes()).toEqual(['from the other']);
  });
});
