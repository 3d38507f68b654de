import { FIELDS, type Contact } from '../../../src/contact/contact.ts';
import { diffField } from '../../../src/contact/fields.ts';
import { clash } from '../../../src/contact/two-edits.ts';
import type { Bases, Revision, Side } from '../../../src/plan/model.ts';
import { contactSeen, recordOf, type Actor, type Stage } from '../scenario/stage.ts';
import { booksOf } from './sentences.ts';

/**
 * Remembers what people typed, so that it can be asked for at the end. Everything typed carries a
 * number of its own (`t7x`, a phone ending in it), whatever field it stands in.
 */
export interface Witness {
  /** Around everything that a person does. */
  watch(actor: Actor, act: () => void): void;
  /** Before every sync: what both sides have changed differently may be lost to a conflict. */
  beforeSync(): void;
  afterSync(): void;
  /** Numbers that nobody took away, and that are nowhere any more at the side where they were typed. */
  missing(): readonly string[];
  /** Missing, because a conflict was decided otherwise. */
  contested(): ReadonlySet<string>;
  /** Into how many records people put this number. */
  made(token: string): number;
}

/** What a mapping's two sides last agreed on. */
interface Agreement {
  readonly book: Actor;
  readonly providerId: string;
  readonly crmId: string;
  readonly bases: Bases;
}

const TOKEN = /t(\d+)x|70(\d{5})\b/gu;

export function tokensOf(contact: Contact): readonly string[] {
  return [...JSON.stringify(contact).matchAll(TOKEN)].map(([, a, b]) => String(Number(a ?? b)));
}

function tokensAt(actor: Actor): ReadonlySet<string> {
  const tokens = actor.side.records().flatMap((record) => tokensOf(contactSeen(actor, record)));
  return new Set(tokens);
}

function holding(actor: Actor, record: Revision): ReadonlySet<string> {
  return new Set(tokensOf(contactSeen(actor, record)));
}

export function createWitness(stage: Stage): Witness {
  const typed = new Map<string, Set<string>>();
  const takenAway = new Set<string>();
  const contested = new Set<string>();
  const decided = new Set<string>();
  const made = new Map<string, number>();
  const bases = new Map<string, Agreement>();
  const crm = stage.actor('crm');
  const books = booksOf(stage);

  const rememberBases = (): void => {
    for (const book of books) {
      for (const { id } of book.side.records()) {
        const mapping = book.world.store.pairOf('provider', id)?.mapping;
        if (mapping === undefined) continue;
        bases.set(`${book.name} ${id} ${mapping.crmId}`, { book, ...mapping });
      }
    }
  };

  /** At a first meeting the user's rule decides between two values, and that is no conflict. */
  const firstMeetings = (): readonly (readonly [readonly string[], readonly string[]])[] => {
    const texts = ({ name, jobTitle, notes, organization }: Contact): readonly string[] =>
      tokensOf({ name, jobTitle, notes, organization } as unknown as Contact);
    const unmapped = (book: Actor, actor: Actor, side: Side): readonly Contact[] =>
      actor.side
        .records()
        .filter(({ id }) => book.world.store.pairOf(side, id) === undefined)
        .map((record) => contactSeen(actor, record));
    return books.flatMap((book) =>
      unmapped(book, book, 'provider').flatMap((one) =>
        unmapped(book, crm, 'crm').map((two) => [texts(one), texts(two)] as const),
      ),
    );
  };

  /** What a deletion takes along: all that was agreed on about this person. */
  const agreed = (): ReadonlyMap<string, readonly string[]> => {
    const all = [crm, ...books].flatMap((actor) =>
      actor.side.records().map(({ id }) => {
        const pairs = (actor === crm ? books : [actor]).map(({ world }) =>
          world.store.pairOf(actor === crm ? 'crm' : 'provider', id),
        );
        const contacts = pairs.flatMap((pair) => Object.values({ ...pair?.mapping.bases }));
        return [
          `${actor.name} ${id}`,
          contacts.flatMap((one) => tokensOf(one)),
        ] as const;
      }),
    );
    return new Map(all);
  };

  return {
    watch: (actor, act) => {
      const [before, known] = [tokensAt(actor), agreed()];
      const held = new Map(actor.side.records().map((one) => [one.id, holding(actor, one)]));
      act();
      for (const token of tokensAt(actor)) {
        if (!before.has(token)) note(typed, token, actor.name);
      }
      const now = new Map(actor.side.records().map((one) => [one.id, holding(actor, one)]));
      for (const [id, tokens] of held) {
        const agreedOn = now.has(id) ? [] : (known.get(`${actor.name} ${id}`) ?? []);
        for (const token of agreedOn) takenAway.add(token);
        for (const token of without(tokens, now.get(id))) takenAway.add(token);
      }
      for (const [id, tokens] of now) {
        for (const token of without(tokens, held.get(id))) {
          made.set(token, (made.get(token) ?? 0) + 1);
        }
      }
    },
    beforeSync: () => {
      rememberBases();
      for (const [one, two] of firstMeetings()) {
        for (const token of [...one, ...two]) decided.add(token);
      }
      for (const { book, providerId, crmId, bases: base } of bases.values()) {
        const now = {
          provider: contactNow(book, providerId) ?? mirrored(book, 'provider', providerId),
          crm: contactNow(crm, crmId) ?? mirrored(book, 'crm', crmId),
        };
        for (const field of FIELDS) {
          const mine = now.provider && diffField(field, base.provider, now.provider);
          const theirs = now.crm && diffField(field, base.crm, now.crm);
          if (mine === undefined || theirs === undefined || !clash(mine, theirs)) continue;
          const values = [now.provider?.[field], now.crm?.[field]];
          for (const token of tokensOf({ values } as unknown as Contact)) contested.add(token);
        }
      }
    },
    afterSync: rememberBases,
    missing: () =>
      [...typed].flatMap(([token, sides]) => {
        if (takenAway.has(token) || decided.has(token)) return [];
        const gone = [...sides].filter((name) => !tokensAt(stage.actor(name)).has(token));
        return gone.length === 0 ? [] : [token];
      }),
    contested: () => contested,
    made: (token) => made.get(token) ?? 0,
  };
}

/** The record itself, or the one that the vendor now keeps under another id. */
function survivor(actor: Actor, id: string): Revision | undefined {
  const heir = actor.side.records().find(({ formerIds }) => formerIds?.includes(id));
  return recordOf(actor, id) ?? heir;
}

function contactNow(actor: Actor, id: string): Contact | undefined {
  const record = survivor(actor, id);
  return record && contactSeen(actor, record);
}

/** What the engine takes to be there: with lists that lag, somebody who is hidden by now. */
function mirrored({ world }: Actor, side: Side, id: string): Contact | undefined {
  const sighting = world.store.pairOf(side, id)?.[side];
  return sighting?.kind === 'present' ? sighting.revision.contact : undefined;
}

function note(typed: Map<string, Set<string>>, token: string, side: string): void {
  typed.set(token, (typed.get(token) ?? new Set()).add(side));
}

function without(
  tokens: ReadonlySet<string>,
  others: ReadonlySet<string> = new Set(),
): readonly string[] {
  return [...tokens].filter((token) => !others.has(token));
}
