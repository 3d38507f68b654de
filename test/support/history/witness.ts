import { FIELDS, type Contact, type FieldName } from '../../../src/contact/contact.ts';
import { diffField } from '../../../src/contact/fields.ts';
import { clash } from '../../../src/contact/two-edits.ts';
import { SIDES, type Mapping, type Revision, type Side } from '../../../src/plan/model.ts';
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
interface Agreement extends Pick<Mapping, 'id' | 'providerId' | 'crmId' | 'bases'> {
  readonly book: Actor;
}

type Contents = { readonly [S in Side]: Contact | undefined };

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
  const agreements = new Map<string, Agreement>();
  /** By mapping, whichever records it was about. */
  const latest = new Map<string, Agreement>();
  const seenBefore = new Map<string, Contact>();
  const crm = stage.actor('crm');
  const books = booksOf(stage);

  const mapped = (): readonly Agreement[] =>
    books.flatMap((book) =>
      book.side.records().flatMap(({ id }) => {
        const mapping = book.world.store.pairOf('provider', id)?.mapping;
        return mapping === undefined ? [] : [{ book, ...mapping }];
      }),
    );

  const rememberAgreements = (): void => {
    for (const one of mapped()) {
      agreements.set(`${one.book.name} ${one.providerId} ${one.crmId}`, one);
      latest.set(`${one.book.name} ${one.id}`, one);
    }
  };

  const rememberContents = (): void => {
    seenBefore.clear();
    for (const actor of [crm, ...books]) {
      for (const record of actor.side.records()) {
        seenBefore.set(`${actor.name} ${record.id}`, contactSeen(actor, record));
      }
    }
  };

  /** Values of which one will give way, if both sides have changed a field differently. */
  const contest = (
    { bases }: Agreement,
    now: Contents,
    fields: readonly FieldName[] = FIELDS,
  ): void => {
    for (const field of fields) {
      const mine = now.provider && diffField(field, bases.provider, now.provider);
      const theirs = now.crm && diffField(field, bases.crm, now.crm);
      if (mine === undefined || theirs === undefined || !clash(mine, theirs)) continue;
      const values = [now.provider?.[field], now.crm?.[field]];
      for (const token of tokensOf({ values } as unknown as Contact)) contested.add(token);
    }
  };

  /**
   * A record that was deleted and added again has its say like one that was edited, where it says
   * something; its lists are united with what is there. Only the sync shows which one it was.
   */
  const contestSuccessions = (): void => {
    for (const now of mapped()) {
      const before = latest.get(`${now.book.name} ${now.id}`);
      if (before === undefined) continue;
      const contents = {
        provider: seenBefore.get(`${now.book.name} ${now.providerId}`),
        crm: seenBefore.get(`crm ${now.crmId}`),
      };
      for (const side of SIDES) {
        const key = `${side}Id` as const;
        if (before[key] !== now[key]) contest(before, contents, soleValues(contents[side]));
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
        return [`${actor.name} ${id}`, contacts.flatMap((one) => tokensOf(one))] as const;
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
      rememberAgreements();
      rememberContents();
      for (const [one, two] of firstMeetings()) {
        for (const token of [...one, ...two]) decided.add(token);
      }
      for (const one of agreements.values()) {
        const { book, providerId, crmId } = one;
        contest(one, {
          provider: contactNow(book, providerId) ?? mirrored(book, 'provider', providerId),
          crm: contactNow(crm, crmId) ?? mirrored(crm, 'crm', crmId),
        });
      }
    },
    afterSync: () => {
      contestSuccessions();
      rememberAgreements();
    },
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

/** The fields that have a value, and no more than one. */
function soleValues(contact: Contact | undefined): readonly FieldName[] {
  return FIELDS.filter((field) => contact?.[field] !== undefined && !Array.isArray(contact[field]));
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
