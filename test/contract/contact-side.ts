import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FIELDS, type Contact, type Patch } from '../../src/contact/contact.ts';
import { sameField } from '../../src/contact/fields.ts';
import type { Revision } from '../../src/plan/model.ts';
import { CursorExpired } from '../../src/sync/errors.ts';
import type {
  ContactSide,
  Finding,
  Observation,
  Outcome,
  Told,
  Write,
} from '../../src/sync/ports.ts';
import { aContact, ann } from '../support/contacts.ts';
import { looked } from '../support/looked.ts';

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
  /** From now on the lists show our writes so many milliseconds later. */
  hideWrites(ms: number): void;
  /** The vendor's clock goes on. */
  advance(ms: number): void;
  /** The vendor makes one of two records. Resolves to the id of what is left. */
  merge(loser: string, survivor: string): Promise<string>;
  /** Names of two groups that are there, and how a person puts a contact into one. */
  readonly groups?: {
    readonly names: readonly [string, string];
    join(id: string, name: string): Promise<void>;
  };
  /** What this side keeps and no sync knows: given to a contact, and as it is there now. */
  readonly unknown?: { give(id: string): Promise<void>; of(id: string): Promise<unknown> };
  close(): Promise<void>;
}

export interface Lacks {
  /** Deletions do not show in the change feed; a walk over the ids finds them. */
  readonly deletionsInFeed?: true;
  /** An old cursor is as good as a new one. */
  readonly cursorExpiry?: true;
  /** The vendor keeps no mark that users do not see. */
  readonly marks?: true;
  /** Whoever is merged away is gone, and the feed does not tell into whom. */
  readonly formerIds?: true;
}

const SIGNAL = new AbortController().signal;
const MINUTE = 60_000;

async function read(side: ContactSide, cursor?: string) {
  const listed: Observation[] = [];
  const cursors: string[] = [];
  let pages = 0;
  for await (const page of side.changes(cursor, SIGNAL)) {
    pages += 1;
    listed.push(...page.items);
    if (page.cursor !== undefined) cursors.push(`${pages}: ${page.cursor}`);
  }
  const [last = '1: '] = cursors;
  return {
    items: listed.map(looked),
    listed,
    cursors,
    pages,
    cursor: last.slice(last.indexOf(':') + 2),
  };
}

function digests(items: readonly Observation[]): ReadonlyMap<string, string> {
  return new Map(items.flatMap((item) => (item.kind === 'listed' ? [[item.id, item.digest]] : [])));
}

function revisions(items: readonly Told[]): readonly Revision[] {
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

async function create(side: ContactSide, contact: Contact, more = {}): Promise<Revision> {
  const contactThere = side.holds(contact);
  return written(await write(side, { kind: 'create', key: 'k1', contact: contactThere, ...more }));
}

async function update(side: ContactSide, expected: Revision, patch: Patch): Promise<Revision> {
  return written(await write(side, { kind: 'update', key: 'k', id: expected.id, expected, patch }));
}

function written([outcome]: readonly Outcome[]): Revision {
  if (outcome?.kind !== 'written')
    throw new Error(`expected a record, got ${JSON.stringify(outcome)}`);
  return outcome.revision;
}

async function groupNamed(side: ContactSide, name: string): Promise<string> {
  const found = (await side.groups?.list(SIGNAL))?.find((group) => group.name === name);
  if (found === undefined) throw new Error(`there is no group ${name}`);
  return found.id;
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
          expect(revisions((page?.items ?? []).map(looked)).map(({ id }) => id)).toEqual([kept]);
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

      it('lists what is as it was with the same digest, and what has changed with another', async () => {
        const [still, moved] = [await harness.person.add(ann()), await harness.person.add(ann())];
        const made = await write(side, {
          kind: 'create',
          key: 'k1',
          contact: side.holds(ann({ jobTitle: 'Chief' })),
        });
        harness.advance(MINUTE);
        const before = digests((await read(side)).listed);
        await harness.person.edit(moved, { jobTitle: 'Chief' });
        const after = digests((await read(side)).listed);
        expect(after.get(still)).toBe(before.get(still));
        expect(after.get(moved)).not.toBe(before.get(moved));
        expect(before.size).toBe(3);
        const [outcome] = made;
        if (outcome?.kind !== 'written') throw new Error('expected a record');
        // Where the answer to a write has one, it is what the lists show.
        if (outcome.digest !== undefined)
          expect(before.get(outcome.revision.id)).toBe(outcome.digest);
      });

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

    if (lacks.marks !== true) {
      describe('our private mark', () => {
        const MARK = 'Zx9_-q.m3abc1.0d5e.people/c17';

        it('is what a creation was called, wherever the record is seen from then on', async () => {
          const made = await create(side, ann(), { key: MARK });
          const [listed] = revisions((await read(side)).items);
          expect([made.mark, (await present(side, made.id)).mark, listed?.mark]).toEqual([
            MARK,
            MARK,
            MARK,
          ]);
        });

        it('tells the records of one group of writes apart', async () => {
          const keys = Array.from({ length: 7 }, (_, at) => `${MARK}-${at}`);
          const contact = side.holds(ann());
          const outcomes = await write(
            side,
            ...keys.map((key): Write => ({ kind: 'create', key, contact })),
          );
          for (const outcome of outcomes) {
            expect(outcome).toMatchObject({ kind: 'written', revision: { mark: outcome.key } });
          }
          const listed = revisions((await read(side)).items).map(({ mark }) => mark ?? 'none');
          expect(listed.toSorted()).toEqual(keys.toSorted());
        });

        it('outlives an update, by us and by a person', async () => {
          const made = await create(side, ann(), { key: MARK });
          const after = await update(side, made, { jobTitle: 'Chief' });
          await harness.person.edit(made.id, { jobTitle: 'Head' });
          expect([after.mark, (await present(side, made.id)).mark]).toEqual([MARK, MARK]);
        });
      });
    }

    describe('groups', () => {
      it('have the new record where it is made for one, and stay as they are when it is updated', async () => {
        const { groups } = harness;
        if (groups === undefined) return;
        const [ours, other] = groups.names;
        const [group, another] = [await groupNamed(side, ours), await groupNamed(side, other)];
        const made = await create(side, ann(), { group });
        expect(made.groups).toContain(group);
        await groups.join(made.id, other);
        const before = await present(side, made.id);
        expect(before.groups).toEqual(expect.arrayContaining([group, another]));
        const after = await update(side, before, { jobTitle: 'Chief' });
        expect(after.groups.toSorted()).toEqual(before.groups.toSorted());
        expect((await present(side, made.id)).groups.toSorted()).toEqual(before.groups.toSorted());
      });
    });

    describe('a merge by the vendor', () => {
      it('leaves one record, which is read by its own id', async () => {
        const loser = await harness.person.add(ann({ emails: [{ value: 'old@example.com' }] }));
        const survivor = await harness.person.add(ann());
        const { cursor } = await read(side);
        const left = await harness.merge(loser, survivor);
        const gone = await finding(side, loser);
        expect((await present(side, left)).id).toBe(left);
        // Nobody is found under two ids: the loser is gone, or leads to the survivor.
        expect(gone?.kind === 'present' ? gone.revision.id : gone?.kind).toBe(
          gone?.kind === 'present' ? left : 'absent',
        );
        if (lacks.formerIds === true) return;
        const told = revisions((await read(side, cursor)).items).find(({ id }) => id === left);
        expect(told?.formerIds).toContain(loser);
      });
    });

    describe('lists that lag behind our writes', () => {
      it('show a new record later, from the cursor that was had meanwhile, and by id at once', async () => {
        const { cursor } = await read(side);
        harness.hideWrites(30_000);
        const made = await create(side, ann());
        const early = await read(side, cursor);
        expect(revisions(early.items)).toEqual([]);
        expect((await present(side, made.id)).contact).toEqual(made.contact);
        harness.advance(31_000);
        const later = revisions((await read(side, early.cursor)).items);
        expect(later.map(({ id }) => id)).toEqual([made.id]);
      });
    });

    describe('updating', () => {
      it('leaves alone what no sync knows', async () => {
        const { unknown } = harness;
        if (unknown === undefined) return;
        const id = await harness.person.add(ann());
        await unknown.give(id);
        const before = await unknown.of(id);
        const expected = await present(side, id);
        await update(side, expected, side.holds(ann({ jobTitle: 'Chief', emails: [] })));
        expect(before).toBeDefined();
        expect(await unknown.of(id)).toEqual(before);
      });

      it('of one entry leaves the labels of the others', async () => {
        const phones = [
          { value: '+49 30 5550100', label: 'Ferienhaus' },
          { value: '+49 30 5550101', label: 'work' },
        ];
        const expected = await present(side, await harness.person.add(ann({ phones })));
        const edited = expected.contact.phones.map((phone) =>
          phone.label === 'work' ? { ...phone, value: '+49 30 5550199' } : phone,
        );
        const after = await update(side, expected, { phones: edited });
        expect(after.contact.phones.map(({ value, label }) => `${label} ${value}`)).toEqual(
          edited.map(({ value, label }) => `${label} ${value}`),
        );
      });

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
