import type { ChangeFeed, FeedEntry } from '../change-feed.ts';
import type { Behaviour } from './behaviour.ts';
import type { Row } from './contact-book.ts';
import { GraphFailure } from './errors.ts';
import type { Mint } from './ids.ts';

export type DeltaRow =
  | Row
  /** An id that nobody has seen, reported as removed. */
  | { readonly kind: 'stray'; readonly id: string };

export interface DeltaPage {
  readonly rows: readonly DeltaRow[];
  /** Later rounds tell changes, the first one everything. */
  readonly later: boolean;
  readonly select: string | undefined;
  readonly next: { readonly kind: 'skip' | 'delta'; readonly token: string };
}

export interface DeltaQuestion {
  readonly folderId: string;
  readonly feed: ChangeFeed<Row>;
  readonly immutable: boolean;
  readonly pageSize: number | undefined;
  /** Where a new first round would begin. */
  readonly restart: string;
}

/** Rounds of change tracking over a folder's contacts, and their tokens. */
export interface Deltas {
  begin(question: DeltaQuestion, select: string | undefined): DeltaPage;
  /** The next page of a round. @throws {GraphFailure} when the token is lost */
  resume(question: DeltaQuestion, token: string): DeltaPage;
  /** The next round. @throws {GraphFailure} when the token is lost */
  follow(question: DeltaQuestion, token: string): DeltaPage;
  /** Exchange forgets every token. */
  expire(): void;
}

/** What a token stands for, the same through all rounds that follow one another. */
interface Chain {
  readonly folderId: string;
  readonly immutable: boolean;
  readonly select: string | undefined;
  readonly pageSize: number;
  /** The feed's position when the first round began. */
  readonly begun: number;
}

interface Round {
  readonly chain: Chain;
  readonly later: boolean;
  readonly rows: readonly DeltaRow[];
  /** Where the next round begins. */
  readonly until: number;
}

/** Not documented for contacts. */
const USUAL_PAGE = 50;

export function createDeltas(mint: Mint, behaviour: Behaviour): Deltas {
  const open = new Map<string, { readonly round: Round; readonly offset: number }>();
  const done = new Map<string, { readonly chain: Chain; readonly position: number }>();

  function page(round: Round, offset: number, pageSize = round.chain.pageSize): DeltaPage {
    const start = Math.max(0, offset);
    const end = offset < 0 ? 0 : start + pageSize;
    const last = offset >= 0 && end >= round.rows.length;
    const token = mint.token();
    if (last) done.set(token, { chain: round.chain, position: round.until });
    else open.set(token, { round, offset: end });
    return {
      rows: round.rows.slice(start, end),
      later: round.later,
      select: round.chain.select,
      next: { kind: last ? 'delta' : 'skip', token },
    };
  }

  function firstPage(round: Round, pageSize: number | undefined): DeltaPage {
    // Before the first row: an empty page that leads on.
    return page(round, behaviour.emptyPages ? -1 : 0, pageSize);
  }

  function check({ folderId, immutable }: Chain, question: DeltaQuestion): void {
    if (folderId !== question.folderId) throw lostToken(behaviour, question);
    if (immutable !== question.immutable && behaviour.otherIdFormat === 'refused') {
      throw gone('SyncStateInvalid');
    }
  }

  function withOddities(rows: readonly DeltaRow[]): readonly DeltaRow[] {
    const strays = Array.from({ length: behaviour.strayRemovals }, () => ({
      kind: 'stray' as const,
      id: mint.itemId(),
    }));
    return [...strays, ...rows, ...(behaviour.repeatedRows ? rows : [])];
  }

  return {
    begin({ folderId, feed, immutable, pageSize }, select) {
      const until = feed.position();
      const present = feed.since(0).filter(({ value }) => value?.kind === 'present');
      const chain = { folderId, immutable, select, pageSize: pageSize ?? USUAL_PAGE, begun: until };
      const rows = withOddities(valuesOf(present));
      return firstPage({ chain, later: false, rows, until }, pageSize);
    },
    resume(question, token) {
      const found = open.get(token);
      if (found === undefined) throw lostToken(behaviour, question);
      check(found.round.chain, question);
      return page(found.round, found.offset, question.pageSize);
    },
    follow(question, token) {
      const found = done.get(token);
      if (found === undefined) throw lostToken(behaviour, question);
      const { chain, position } = found;
      check(chain, question);
      const { feed, immutable, pageSize } = question;
      const until = feed.position();
      const changes = feed.since(position - behaviour.replays);
      const lost = behaviour.movedBack === 'lost' ? lostSince(feed, chain) : new Set<string>();
      const rows = withOddities(immutable ? oneRowEach(changes, lost) : valuesOf(changes));
      return firstPage({ chain, later: true, rows, until }, pageSize);
    },
    expire() {
      open.clear();
      done.clear();
    },
  };
}

/** The refusal for a token that Exchange does not have, or no longer. */
function lostToken({ lostToken: code }: Behaviour, { restart }: DeltaQuestion): GraphFailure {
  if (code === 'ErrorInvalidIdMalformed') return new GraphFailure(400, code, 'Id is malformed.');
  return gone(code, code === 'resyncRequired' ? { location: restart } : {});
}

export function gone(code: string, headers: Readonly<Record<string, string>> = {}): GraphFailure {
  return new GraphFailure(
    410,
    code,
    'The sync state generation is not found; generation=605;[highest=841]',
    headers,
  );
}

/** "No order" (documented): the newest first, so that nobody relies on another. */
function valuesOf(entries: readonly FeedEntry<Row>[]): readonly Row[] {
  return entries.flatMap(({ value }) => (value === undefined ? [] : [value])).toReversed();
}

/** An item that moved away and came back has one immutable id: its last row counts. */
function oneRowEach(entries: readonly FeedEntry<Row>[], lost: ReadonlySet<string>): readonly Row[] {
  const rows = valuesOf(entries)
    .toReversed()
    .filter((row) => row.kind === 'gone' || !lost.has(row.contact.immutableId));
  const last = new Map<string, Row>();
  for (const row of rows) last.set(row.contact.immutableId, row);
  return [...last.values()].toReversed();
}

/** Whoever was moved away since the chain began. */
function lostSince(feed: ChangeFeed<Row>, { begun }: Chain): ReadonlySet<string> {
  const gone = feed.since(begun).flatMap(({ value }) => (value?.kind === 'gone' ? [value] : []));
  return new Set(gone.map(({ contact }) => contact.immutableId));
}
