import type { AsyncCommand } from 'fast-check';
import { FIELDS, type Entry, type ListField } from '../../../src/contact/contact.ts';
import { identicalField, sameField } from '../../../src/contact/fields.ts';
import { sameValue } from '../../../src/contact/normalize.ts';
import { SIDES, type ConflictRule, type Pair, type Side } from '../../../src/plan/model.ts';
import { reconcile } from '../../../src/plan/reconcile.ts';
import type { Write } from '../../../src/sync/ports.ts';
import { playSentence } from '../scenario/scenario.ts';
import {
  contactSeen,
  createStage,
  recordOf,
  type Actor,
  type Book,
  type Stage,
} from '../scenario/stage.ts';
import { booksOf, sentenceFor, type Memory, type Wish } from './sentences.ts';
import { createWitness, tokensOf, type Witness } from './witness.ts';

export interface HistoryOptions {
  /** The address books: one, or two that feed the same CRM login. */
  readonly books: readonly Book[];
  readonly grouped: boolean;
  readonly lag: boolean;
  readonly onConflict: ConflictRule;
}

/** A life of all sides, told sentence by sentence; what it told so far is a scenario of its own. */
export interface History {
  readonly told: string[];
  tell(wish: Wish): Promise<string | undefined>;
  /** Everything calms down; then all that must always hold is checked. */
  end(): Promise<void>;
}

/** Something that must never be, with the scenario that led to it. */
class Broken extends Error {}

export function startHistory(options: HistoryOptions): History {
  const { books, grouped, lag, onConflict } = options;
  const [book = 'google', another] = books;
  const stage = createStage({
    rules: { onConflict, group: grouped ? 'group-clients' : 'all' },
    book,
    ...(lag ? { visibilityDelay: 5 * 60_000 } : {}),
  });
  const told = [
    `account two-way, on conflict ${onConflict}${grouped ? ', group Clients' : ''}${book === 'outlook' ? ', outlook' : ''}${lag ? ', lists may lag 5 minutes' : ''}`,
  ];
  if (another !== undefined) {
    stage.addAccount(another);
    told.push(`another account: ${another}`);
  }
  const witness = createWitness(stage);
  let last = 0;
  let conflicts = 0;
  const memory: Memory = {
    grouped,
    next: () => {
      last += 1;
      return last;
    },
  };
  const wrong = watchWrites(stage, grouped);

  const say = async (sentence: string): Promise<void> => {
    told.push(sentence);
    await playWatched(stage, witness, sentence);
    if (sentence.startsWith('sync')) conflicts += stage.last.report?.conflicts ?? 0;
  };

  if (lag)
    for (const { name, side } of stage.actors.values()) {
      told.push(`${name}: show writes after 3 minutes`);
      side.set({ lag: 3 * 60_000 });
    }

  return {
    told,
    tell: async (wish) => {
      const sentence = sentenceFor(stage, wish, memory);
      if (sentence !== undefined) await explained(told, () => say(sentence));
      return sentence;
    },
    end: () =>
      explained(told, async () => {
        await calm(stage, say);
        for (const what of [
          ...wrong,
          ...differences(stage, options),
          ...doubles(stage, witness),
          ...lost(witness, conflicts),
        ]) {
          throw new Broken(what);
        }
        for (const { world } of stage.actors.values()) await world.expectQuiet();
      }),
  };
}

/** Plays a sentence under the eyes of the witness. */
export async function playWatched(stage: Stage, witness: Witness, sentence: string): Promise<void> {
  if (sentence.startsWith('sync')) {
    witness.beforeSync();
    await playSentence(stage, sentence);
    witness.afterSync();
    return;
  }
  const [, later, act = '', name = ''] = /^(meanwhile )?((\w+).*)$/su.exec(sentence) ?? [];
  const actor = stage.actors.get(name);
  if (actor === undefined) return playSentence(stage, sentence);
  const watched = (): void => witness.watch(actor, () => void playSentence(stage, act));
  if (later === undefined) watched();
  else actor.faults.meanwhile = watched;
}

async function explained(told: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\n\nscenario found by chance\n${told.join('\n')}\n`, { cause: error });
  }
}

/** Faults end, hidden people show again, and there is time for what is in doubt. */
async function calm(stage: Stage, say: (sentence: string) => Promise<void>): Promise<void> {
  for (const { faults, side } of stage.actors.values()) {
    Object.assign(faults, { lost: undefined, meanwhile: undefined });
    faults.refused.clear();
    side.set({ lag: 0 });
  }
  const syncAll = async (flags: string): Promise<void> => {
    const books = booksOf(stage);
    for (const { name } of books) await say(`sync${books.length === 1 ? '' : ` ${name}`}${flags}`);
  };
  await say('wait 2 days');
  await syncAll(' --refresh --max-delete 100%');
  await say('wait 2 days');
  for (let round = 0; round < 4; round += 1) await syncAll(' --max-delete 100%');
}

/** What is written must be in scope, and deleted only what its counterpart's holder deleted. */
function watchWrites(stage: Stage, grouped: boolean): readonly string[] {
  const wrong: string[] = [];
  for (const actor of stage.actors.values()) {
    actor.faults.onWrite = (write) => void wrong.push(...unfit(stage, actor, write, grouped));
  }
  return wrong;
}

function unfit(stage: Stage, actor: Actor, write: Write, grouped: boolean): readonly string[] {
  if (write.kind === 'create') return [];
  const record = recordOf(actor, write.id);
  if (record === undefined) return [];
  const inScope =
    actor.name === 'crm' ? record.owned : !grouped || record.groups.includes('group-clients');
  const out = inScope ? [] : [`${write.kind} of ${write.id}, which is out of scope`];
  if (write.kind !== 'delete') return out;
  return [...out, ...counterparts(stage, actor, write.id)];
}

/** Nobody is deleted as long as whoever is mapped to them is still there. */
function counterparts(stage: Stage, actor: Actor, id: string): readonly string[] {
  const crm = stage.actor('crm');
  const others = actor === crm ? booksOf(stage) : [crm];
  return others.flatMap((other) => {
    const book = actor === crm ? other : actor;
    const mapping = book.world.store.pairOf(actor === crm ? 'crm' : 'provider', id)?.mapping;
    const counterpart = actor === crm ? mapping?.providerId : mapping?.crmId;
    const alive = counterpart !== undefined && recordOf(other, counterpart) !== undefined;
    return alive ? [`${id} is deleted though ${counterpart} is still there`] : [];
  });
}

/** Pairs of which the mirror is not the base, or of which both sides could hold what one has. */
function differences(stage: Stage, options: HistoryOptions): readonly string[] {
  return booksOf(stage).flatMap((book) => differencesWith(stage, book, options));
}

function differencesWith(
  stage: Stage,
  book: Actor,
  { onConflict }: HistoryOptions,
): readonly string[] {
  const crm = stage.actor('crm');
  const { store } = book.world;
  const rules = {
    direction: 'two-way',
    onConflict,
    match: 'email',
    group: 'all',
    holds: { provider: book.side.holds, crm: crm.side.holds },
  } as const;
  const decided = onConflict === 'provider' || onConflict === 'crm';
  return crm.side.records().flatMap(({ id }) => {
    const pair = store.pairOf('crm', id);
    if (pair === undefined) return [];
    const back = store.pairOf('provider', pair.mapping.providerId);
    if (back?.mapping.id !== pair.mapping.id) return [`${id} has two mappings`];
    const action = reconcile(pair, rules);
    if (decided && action.kind !== 'nothing')
      return [`${id}: still to do: ${JSON.stringify(action)}`];
    const unlike = decided ? disagreements(pair, book.name === 'google') : [];
    return [...stale({ provider: book, crm }, pair), ...unlike];
  });
}

/** The mirror is what is really there, and the bases are what the mirror is. */
function stale(actors: { readonly [S in Side]: Actor }, pair: Pair): readonly string[] {
  return SIDES.flatMap((side) => {
    const sighting = pair[side];
    if (sighting.kind === 'absent') return [`${side} ${sighting.id} is mapped and gone`];
    const record = recordOf(actors[side], sighting.revision.id);
    if (record === undefined) return [`${side} does not have ${sighting.revision.id}`];
    const seen = contactSeen(actors[side], record);
    return FIELDS.filter((field) => !identicalField(field, seen, sighting.revision.contact)).map(
      (field) => `${side}’s ${field} in the mirror is not what is there`,
    );
  });
}

const LISTS = ['emails', 'phones', 'ims'] as const;

/**
 * What both sides hold in full is the same on both. Of lists, an address book with fixed places
 * holds a part; there is nothing in it that the CRM does not have.
 */
function disagreements({ provider, crm }: Pair, roomForAll: boolean): readonly string[] {
  if (provider.kind === 'absent' || crm.kind === 'absent') return [];
  const [one, two] = [provider.revision.contact, crm.revision.contact];
  const differ = roomForAll
    ? ([...LISTS, 'organization', 'jobTitle', 'notes'] as const).filter(
        (field) => !sameField(field, withoutLabels(one, field), withoutLabels(two, field)),
      )
    : [
        ...(['organization', 'jobTitle'] as const).filter((field) => !sameField(field, one, two)),
        ...LISTS.filter((field) => !one[field].every((entry) => isIn(two[field], field, entry))),
      ];
  return differ.map(
    (field) => `${field} differ: ${JSON.stringify(one[field])} and ${JSON.stringify(two[field])}`,
  );
}

function isIn(entries: readonly Entry[], field: ListField, { value }: Entry): boolean {
  return entries.some((entry) => sameValue[field](entry.value, value));
}

/** Labels, and the order of entries, are each side’s own. */
function withoutLabels(
  contact: Parameters<typeof tokensOf>[0],
  field: 'emails' | 'phones' | 'ims' | 'organization' | 'jobTitle' | 'notes',
): Parameters<typeof tokensOf>[0] {
  if (field !== 'emails' && field !== 'phones' && field !== 'ims') return contact;
  return { ...contact, [field]: contact[field].map(({ value }) => ({ value })) };
}

/** Nobody is there twice who was made once. */
function doubles(stage: Stage, witness: Witness): readonly string[] {
  return [...stage.actors.values()].flatMap((actor) => {
    const counts = new Map<string, number>();
    for (const record of actor.side.records()) {
      for (const token of new Set(tokensOf(record.contact))) {
        counts.set(token, (counts.get(token) ?? 0) + 1);
      }
    }
    return [...counts]
      .filter(([token, count]) => count > 1 && witness.made(token) === 1)
      .map(([token, count]) => `t${token} is in ${actor.name} ${count} times, and was typed once`);
  });
}

function lost(witness: Witness, conflicts: number): readonly string[] {
  const missing = witness.missing();
  const contested = witness.contested();
  const unexplained = missing.filter((token) => !contested.has(token));
  if (unexplained.length > 0) return [`${unexplained.map((one) => `t${one}`).join(', ')} got lost`];
  return missing.length > 0 && conflicts === 0
    ? [`t${missing.join(', t')} gave way to another value, and no conflict was counted`]
    : [];
}

/** A wish as a command of fast-check, which prints what it came to. */
export class Tell implements AsyncCommand<object, History> {
  private said = '';
  private readonly wish: Wish;

  constructor(wish: Wish) {
    this.wish = wish;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, history: History): Promise<void> {
    this.said = (await history.tell(this.wish)) ?? '';
  }

  toString(): string {
    return this.said === '' ? `(${this.wish.kind}: nobody there)` : this.said;
  }
}
