import { isRecord } from '../core.ts';
import type { SandboxClock } from '../core.ts';
import type { ChangeFeed, FeedEntry } from '../change-feed.ts';
import { expiredSyncToken, invalidArgument } from './errors.ts';

/** "Sync tokens expire 7 days after the full sync" (documented): a delta does not prolong them. */
const SYNC_TOKEN_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
/** Listings whose further pages can still be asked for. */
const OPEN_LISTINGS = 16;

interface Question<T> {
  /** Everything that must be as in the first call, as one string. */
  readonly parameters: string;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
  readonly syncToken: string | undefined;
  readonly order?: (entries: readonly FeedEntry<T>[]) => readonly FeedEntry<T>[];
}

interface ListingPage<T> {
  readonly entries: readonly FeedEntry<T>[];
  readonly total: number;
  /** Whether a sync token was sent. */
  readonly delta: boolean;
  readonly nextPageToken?: string;
  /** On the last page. */
  readonly nextSyncToken?: string;
}

/** Paging and sync tokens, the same for contacts and for labels. */
export interface Listings<T> {
  /** @throws {GoogleFailure} for tokens that are unknown, expired, or made by another question */
  page(question: Question<T>): ListingPage<T>;
  expireSyncTokens(): void;
}

interface Listing<T> {
  readonly parameters: string;
  readonly syncToken: string | undefined;
  readonly entries: readonly FeedEntry<T>[];
  readonly nextSyncToken: string;
}

/** A listing, and where a page of it begins. */
interface OpenPage<T> {
  readonly id: number;
  readonly offset: number;
  readonly listing: Listing<T>;
}

interface SyncToken {
  readonly parameters: string;
  readonly position: number;
  readonly fullSyncAt: number;
  readonly era: number;
}

export function createListings<T>(clock: SandboxClock, feed: ChangeFeed<T>): Listings<T> {
  const open = new Map<number, Listing<T>>();
  let serial = 0;
  let era = 0;

  function check(token: SyncToken, parameters: string): void {
    const age = clock.now().getTime() - token.fullSyncAt;
    if (token.era < era || age > SYNC_TOKEN_LIFE_MS) throw expiredSyncToken();
    if (token.parameters !== parameters) throw invalidArgument();
  }

  function begin(question: Question<T>, token: SyncToken | undefined): OpenPage<T> {
    const { parameters, syncToken, order } = question;
    // Before the reading: what becomes visible meanwhile is told twice, not never.
    const position = feed.position();
    const changed = feed.since(token?.position ?? 0);
    const entries = token === undefined ? changed.filter(isPresent) : changed;
    const next: SyncToken = {
      parameters,
      position,
      fullSyncAt: token?.fullSyncAt ?? clock.now().getTime(),
      era,
    };
    serial += 1;
    const listing = {
      parameters,
      syncToken,
      entries: order === undefined ? entries : order(entries),
      nextSyncToken: encode(next),
    };
    open.set(serial, listing);
    open.delete(serial - OPEN_LISTINGS);
    return { id: serial, offset: 0, listing };
  }

  function resume(question: Question<T>, pageToken: string): OpenPage<T> {
    const token = decode(pageToken);
    if (!isPageToken(token)) throw invalidArgument();
    const listing = open.get(token.id);
    if (listing === undefined) throw invalidArgument();
    if (listing.parameters !== question.parameters) throw invalidArgument();
    if (listing.syncToken !== question.syncToken) throw invalidArgument();
    return { ...token, listing };
  }

  return {
    page(question) {
      const { pageToken, syncToken, parameters, pageSize } = question;
      const token = syncToken === undefined ? undefined : readSyncToken(syncToken);
      if (token !== undefined) check(token, parameters);
      const from = pageToken === undefined ? begin(question, token) : resume(question, pageToken);
      return { ...cut(from, pageSize), delta: token !== undefined };
    },
    expireSyncTokens() {
      era += 1;
    },
  };
}

function cut<T>(
  { id, offset, listing }: OpenPage<T>,
  pageSize: number,
): Omit<ListingPage<T>, 'delta'> {
  const { entries, nextSyncToken } = listing;
  const end = offset + pageSize;
  return {
    entries: entries.slice(offset, end),
    total: entries.length,
    ...(end >= entries.length ? { nextSyncToken } : { nextPageToken: encode({ id, offset: end }) }),
  };
}

function readSyncToken(text: string): SyncToken {
  const token = decode(text);
  if (!isSyncToken(token)) throw invalidArgument();
  return token;
}

function isPresent<T>(entry: FeedEntry<T>): boolean {
  return entry.value !== undefined;
}

function encode(token: object): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}

function isSyncToken(token: unknown): token is SyncToken {
  return (
    isRecord(token) &&
    typeof token['parameters'] === 'string' &&
    ['position', 'fullSyncAt', 'era'].every((key) => typeof token[key] === 'number')
  );
}

function isPageToken(token: unknown): token is { id: number; offset: number } {
  return isRecord(token) && typeof token['id'] === 'number' && typeof token['offset'] === 'number';
}
