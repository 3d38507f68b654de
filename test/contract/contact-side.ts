import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FIELDS, type Contact } from '../../src/contact/contact.ts';
import { sameField } from '../../src/contact/fields.ts';
import type { Revision } from '../../src/plan/model.ts';
import { CursorExpired } from '../../src/sync/errors.ts';
import type { ContactSide, Finding, Observation, Outcome, Write } from '../../src/sync/ports.ts';
import { aContact, ann } from '../support/contacts.ts';

/** One side with a person in front of it and faults to switch on. */
export interface SideHarness {
  readonly side: ContactSide;
  readonly person: {
    add(contact: Contact): Promise<string>;
    edit(id: string, patch: Partial<Contact>): Promise<void>;
    remove(id: string): Promise<void>;
  };
  /** An id of the vendor's making that nobody has; where it cannot be had by counting up. */
  readonly unknownId?: string;
  /** The next write takes effect, and its answer is lost on the way. */
  loseNextAnswer(): void;
  /** The cursors that were given out so far are refused from now on. */
  expireCursors(): void;
  close(): Promise<void>;
}

export interface Lacks {
  /** Deletions do not show in the change feed; a walk over the ids finds them. */
  readonly deletionsInFeed?: true;
  /** An old cursor is as good as a new one. */
  readonly cursorExpiry?: true;
  /** A name made up for a contact without one is not part of the contract. */
  readonly namelessContacts?: true;
}

const SIGNAL = new AbortController().signal;

async function read(side: ContactSide, cursor?: string) {
  const items: Observation[] = [];
  const cursors: string[] = [];
  let pages = 0;
  for await (const page of side.changes(cursor, SIGNAL)) {
    pages += 1;
    items.push(...page.items);
    if (page.cursor !== undefined) cursors.push(`${pages}: ${page.cursor}`);
  }
  const [last = '1: '] = cursors;
  return { items, cursors, pages, cursor: last.slice(last.indexOf(':') + 2) };
}

function revisions(items: readonly Observation[]): readonly Revision[] {
  return items.flatMap((item) => (item.kind === 'revision' ? [item.revision] : []));
}

async function write(side: ContactSide, ...writes: readonly Write[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of side.write(writes, SIGNAL)) outcomes.push(outcome);
  return outcomes;
}

async function finding(side: ContactSide, id: string): Promise<Finding | undefined> {
  return (await side.read([id], SIGNAL)).get(id);
}

async function present(side: ContactSide, id: string): Promise<Revision> {
  const found = await finding(side, id);
  if (found?.kind !== 'present') throw new Error(`expected ${id} to be there`);
  return found.revision;
}

async function create(side: ContactSide, contact: Contact, key = 'k1'): Promise<Revision> {
  const [outcome] = await write(side, { kind: 'create', key, contact: side.holds(contact) });
  if (outcome?.kind !== 'written')
    throw new Error(`expected a record, got ${JSON.stringify(outcome)}`);
  return outcome.revision;
}

/** Organizations may be records of their own there: then the contact has the link only. */
const OWN_FIELDS = FIELDS.filter((field) => field !== 'organization');

function expectSame(one: Contact, two: Contact): void {
  for (const field of OWN_FIELDS) {
    expect({ field, value: one[field], same: sameField(field, one, two) }).toEqual({
      field,
      value: one[field],
      same: true,
    });
  }
}

const VARIED: readonly Contact[] = [
  ann(),
  ann({
    name: { prefix: 'Dr.', given: 'Mary Ann', middle: 'B.', family: 'van der Berg', suffix: 'jr.' },
    emails: [
      { value: 'a@example.com', label: 'work' },
      { value: 'b@example.org', label: 'home', primary: true },
      { value: 'c@example.net', label: 'Ferienhaus' },
    ],
    phones: [{ value: '+49 30 5550100', label: 'mobile' }, { value: '030 5550101 ext. 3' }],
    ims: [{ value: 'ann.lee', label: 'skype' }],
    addresses: [
      {
        label: 'work',
        street: '1 Main St',
        city: 'Springfield',
        postalCode: '12345',
        country: 'USA',
      },
      { label: 'home', street: 'Żółta 3', city: 'Łódź', country: 'Polska' },
    ],
    jobTitle: 'Head of Sales',
    notes: 'line one\nline two 👩‍🚀',
    birthday: { year: 1980, month: 2, day: 29 },
  }),
  aContact({ name: { given: '小龙', family: '李' }, birthday: { month: 2, day: 29 } }),
  aContact({ name: { family: 'Mononym' }, phones: [{ value: '110' }] }),
];

/** What every side promises, whoever is behind it. */
export function contactSideContract(
  name: string,
  setUp: () => Promise<SideHarness>,
  lacks: Lacks = {},
): void {
  describe(`${name} keeps the contract of a side:`, () => {
    let harness: SideHarness;
    let side: ContactSide;
    beforeEach(async () => {
      harness = await setUp();
      ({ side } = harness);
    });
    afterEach(() => harness.close());

    describe('its change feed', () => {
      it('lists everything, over several pages, with a cursor on the last one only', async () => {
        const ids: string[] = [];
        for (let at = 0; at < 5; at += 1) {
          ids.push(await harness.person.add(ann({ emails: [{ value: `ann${at}@example.com` }] })));
        }
        const listed = await read(side);
        expect(
          revisions(listed.items)
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(ids.toSorted());
        expect(listed.cursors).toHaveLength(1);
        expect(listed.cursors[0]).toMatch(new RegExp(`^${listed.pages}: `, 'u'));
      });

      it('gives a cursor also where there is nothing to list', async () => {
        const listed = await read(side);
        expect(revisions(listed.items)).toEqual([]);
        expect(listed.cursors).toHaveLength(1);
      });

      it('then shows what was added and edited since, and the edit only once it is there', async () => {
        const old = await harness.person.add(ann());
        const { cursor } = await read(side);
        const added = await harness.person.add(ann({ emails: [{ value: 'new@example.com' }] }));
        await harness.person.edit(old, { jobTitle: 'Chief' });
        const changed = revisions((await read(side, cursor)).items);
        expect(changed.map(({ id }) => id).toSorted()).toEqual([old, added].toSorted());
        expect(changed.find(({ id }) => id === old)?.contact.jobTitle).toBe('Chief');
      });

      it('can be read again and again from where it ended', async () => {
        const { cursor } = await read(side);
        const second = await read(side, cursor);
        const id = await harness.person.add(ann());
        const third = await read(side, second.cursor);
        expect(revisions(third.items).map((one) => one.id)).toEqual([id]);
      });

      if (lacks.deletionsInFeed === true) {
        it('does not tell deletions, but a walk over the ids leaves them out', async () => {
          const [gone, kept] = [await harness.person.add(ann()), await harness.person.add(ann())];
          await harness.person.remove(gone);
          const page = await side.walk?.page(undefined, SIGNAL);
          expect(revisions(page?.items ?? []).map(({ id }) => id)).toEqual([kept]);
        });
      } else {
        it('tells deletions', async () => {
          const id = await harness.person.add(ann());
          const { cursor } = await read(side);
          await harness.person.remove(id);
          expect((await read(side, cursor)).items).toContainEqual({ kind: 'tombstone', id });
        });
      }

      if (lacks.cursorExpiry !== true) {
        it('says so when a cursor is too old', async () => {
          const { cursor } = await read(side);
          harness.expireCursors();
          await expect(read(side, cursor)).rejects.toThrow(CursorExpired);
        });
      }

      it('says so when a cursor is nonsense', async () => {
        await expect(read(side, 'nonsense')).rejects.toThrow(CursorExpired);
      });
    });

    describe('reading by id', () => {
      it('finds what is there, what is gone, and what never was', async () => {
        const [there, gone] = [await harness.person.add(ann()), await harness.person.add(ann())];
        await harness.person.remove(gone);
        const unknown = harness.unknownId ?? there.replace(/\d+$/u, '987654321');
        const findings = await side.read([there, gone, unknown], SIGNAL);
        expect(findings.get(there)?.kind).toBe('present');
        expect(findings.get(gone)?.kind).toBe('absent');
        expect(findings.get(unknown)?.kind).toBe('absent');
      });
    });

    describe('creating', () => {
      it('answers with the record as it is stored, which the feed then shows', async () => {
        const { cursor } = await read(side);
        const made = await create(side, ann({ jobTitle: 'Chief' }));
        expectSame(made.contact, side.holds(ann({ jobTitle: 'Chief' })));
        const shown = revisions((await read(side, cursor)).items);
        expect(shown.map(({ id, contact }) => ({ id, contact }))).toEqual([
          { id: made.id, contact: made.contact },
        ]);
      });

      it.each(VARIED.map((contact, at) => [at, contact] as const))(
        'keeps all that the side says it holds (contact %s)',
        async (_, contact) => {
          const made = await create(side, contact);
          expectSame(made.contact, side.holds(contact));
          expectSame((await present(side, made.id)).contact, made.contact);
        },
      );

      it('makes several at once, each with its own outcome', async () => {
        const writes = Array.from({ length: 12 }, (_, at): Write => ({
          kind: 'create',
          key: `k${at}`,
          contact: side.holds(ann({ emails: [{ value: `ann${at}@example.com` }] })),
        }));
        const outcomes = await write(side, ...writes);
        for (const [at, { key }] of writes.entries()) {
          const outcome = outcomes.find((one) => one.key === key);
          expect(outcome).toMatchObject({
            kind: 'written',
            revision: { contact: { emails: [{ value: `ann${at}@example.com` }] } },
          });
        }
        expect(outcomes).toHaveLength(writes.length);
      });

      it('says when the answer was lost, and the record can be found', async () => {
        harness.loseNextAnswer();
        const outcomes = await write(side, {
          kind: 'create',
          key: 'lost-1',
          contact: side.holds(ann()),
        });
        expect(outcomes.map(({ kind }) => kind)).toEqual(['lost']);
        const listed = revisions((await read(side)).items);
        expect(listed).toHaveLength(1);
        expect(listed[0]?.mark ?? 'lost-1').toBe('lost-1');
      });
    });

    describe('updating', () => {
      it('changes what the patch says and leaves the rest as it was', async () => {
        const id = await harness.person.add(
          ann({ notes: 'keep me', phones: [{ value: '+49 30 5550100', label: 'Ferienhaus' }] }),
        );
        const expected = await present(side, id);
        const patch = { jobTitle: 'Chief' };
        const [outcome] = await write(side, { kind: 'update', key: 'k', id, expected, patch });
        if (outcome?.kind !== 'written') throw new Error(`got ${JSON.stringify(outcome)}`);
        expectSame(outcome.revision.contact, { ...expected.contact, ...patch });
        expectSame((await present(side, id)).contact, outcome.revision.contact);
      });

      it('clears what the patch clears', async () => {
        const id = await harness.person.add(ann({ jobTitle: 'Chief' }));
        const expected = await present(side, id);
        const patch = { jobTitle: null };
        await write(side, { kind: 'update', key: 'k', id, expected, patch });
        expect((await present(side, id)).contact.jobTitle).toBeUndefined();
      });

      it('is not done when somebody changed the same field meanwhile', async () => {
        const id = await harness.person.add(ann({ jobTitle: 'Sales' }));
        const expected = await present(side, id);
        await harness.person.edit(id, { jobTitle: 'Chief' });
        const [outcome] = await write(side, {
          kind: 'update',
          key: 'k',
          id,
          expected,
          patch: { jobTitle: 'Head' },
        });
        expect(outcome).toMatchObject({
          kind: 'moved',
          finding: { kind: 'present', revision: { contact: { jobTitle: 'Chief' } } },
        });
        expect((await present(side, id)).contact.jobTitle).toBe('Chief');
      });

      it('is not done when the record is gone', async () => {
        const id = await harness.person.add(ann());
        const expected = await present(side, id);
        await harness.person.remove(id);
        const patch = { jobTitle: 'Head' };
        const [outcome] = await write(side, { kind: 'update', key: 'k', id, expected, patch });
        expect(outcome).toMatchObject({ kind: 'moved', finding: { kind: 'absent' } });
      });
    });

    describe('deleting', () => {
      it('is done, and done again when the record is gone already', async () => {
        const id = await harness.person.add(ann());
        const expected = await present(side, id);
        for (const key of ['k1', 'k2']) {
          expect(await write(side, { kind: 'delete', key, id, expected })).toEqual([
            { kind: 'deleted', key },
          ]);
        }
        expect((await finding(side, id))?.kind).toBe('absent');
      });

      it('is not done when somebody changed the record meanwhile', async () => {
        const id = await harness.person.add(ann());
        const expected = await present(side, id);
        await harness.person.edit(id, { jobTitle: 'Chief' });
        const [outcome] = await write(side, { kind: 'delete', key: 'k', id, expected });
        expect(outcome?.kind).toBe('moved');
        expect((await finding(side, id))?.kind).toBe('present');
      });
    });

    it('holds no more of what it holds already', () => {
      for (const contact of VARIED) {
        expect(side.holds(side.holds(contact))).toEqual(side.holds(contact));
      }
    });

    it('counts its requests and knows the time there', async () => {
      const before = side.requests();
      await read(side);
      expect(side.requests()).toBeGreaterThan(before);
      expect(side.now()).toBeInstanceOf(Date);
    });

    it('stops when it is told to', async () => {
      const stopped = AbortSignal.abort(new Error('stopped by the test'));
      await expect(
        (async () => {
          for await (const page of side.changes(undefined, stopped)) void page;
        })(),
      ).rejects.toThrow('stopped by the test');
    });
  });
}
