import type { Api } from '../../http/api.ts';
import { digestOf } from '../../http/digest.ts';
import { BadAnswer, CursorExpired } from '../../sync/errors.ts';
import type { Observation, Page, Told } from '../../sync/ports.ts';
import { ask, isSuccess, listIn, objectIn, textIn } from './ask.ts';
import { QUESTION, readCursor, writeCursor } from './cursor.ts';
import { googleError, isExpiredToken, questionError, type Reply } from './errors.ts';
import { COST } from './limits.ts';
import { observe } from './map.ts';

/** All contacts, or what changed since `cursor`: https://developers.google.com/people/v1/contacts */
export async function* changes(
  api: Api,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const since = cursor === undefined ? undefined : readCursor(cursor, api.now());
  let fullAt = since?.fullAt;
  let pageToken: string | undefined;
  let arrived = 0;
  do {
    const body = await page(api, { syncToken: since?.token, pageToken }, signal);
    const connections = listIn(body, 'connections');
    arrived += connections.length;
    fullAt ??= api.now().toISOString();
    const next = nextPage(body, pageToken);
    const total = since === undefined ? totalIn(body) : undefined;
    if (next === undefined) complete(arrived, total);

    yield {
      items: connections.map(observation),
      ...(total !== undefined && { total }),
      ...(next === undefined && { cursor: writeCursor({ token: syncToken(body), fullAt }) }),
    };
    pageToken = next;
  } while (pageToken !== undefined);
}

/** Without reading them; an empty book has no total. */
export async function countContacts(api: Api, signal: AbortSignal): Promise<number> {
  const reply = await ask(api, {
    path: '/v1/people/me/connections',
    query: { personFields: 'metadata', pageSize: 1 },
    cost: COST.readPeople,
    signal,
  });
  if (!isSuccess(reply)) throw questionError(reply);
  return totalIn(objectIn(reply.body)) ?? 0;
}

interface Tokens {
  readonly syncToken: string | undefined;
  readonly pageToken: string | undefined;
}

async function page(api: Api, tokens: Tokens, signal: AbortSignal) {
  const reply = await ask(api, {
    path: '/v1/people/me/connections',
    query: { ...QUESTION, ...tokens },
    cost: COST.readPeople,
    signal,
  });
  if (isSuccess(reply)) return objectIn(reply.body);
  if (isRefusedToken(reply, tokens)) {
    throw new CursorExpired('Google asks for a full read of its contacts.');
  }
  throw questionError(reply);
}

/** A corrupt token, or one of another question, is answered with a plain "invalid argument". */
function isRefusedToken(reply: Reply, { syncToken, pageToken }: Tokens): boolean {
  if (syncToken === undefined && pageToken === undefined) return false;
  if (isExpiredToken(reply)) return true;
  return reply.status === 400 && googleError(reply.body).status === 'INVALID_ARGUMENT';
}

function observation(value: unknown): Observation {
  const id = textIn(value, 'resourceName');
  if (id === undefined) return told(value);
  return { kind: 'listed', id, digest: digestOf(value), look: () => told(value) };
}

function told(value: unknown): Told {
  const observed = observe(value);
  if (observed.kind !== 'revision') return observed;
  return { kind: 'revision', revision: observed.revision };
}

function nextPage(body: unknown, current: string | undefined): string | undefined {
  const next = textIn(body, 'nextPageToken');
  if (next !== undefined && next === current) {
    throw new BadAnswer('Google sent the same page of contacts twice.');
  }
  return next;
}

function totalIn(body: Readonly<Record<string, unknown>>): number | undefined {
  const total = body['totalItems'] ?? body['totalPeople'];
  return typeof total === 'number' ? total : undefined;
}

/** Contacts that a short list leaves out would look deleted. */
function complete(arrived: number, total: number | undefined): void {
  if (total === undefined || arrived >= total) return;
  throw new BadAnswer(`Google announced ${total} contacts and sent ${arrived}.`);
}

function syncToken(body: unknown): string {
  const token = textIn(body, 'nextSyncToken');
  if (token === undefined)
    throw new BadAnswer('Google’s list of contacts ended without its token.');
  return token;
}
