import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, ApiAnswer, ApiCall } from '../../http/api.ts';
import { BadAnswer } from '../../sync/errors.ts';
import { questionError, type Reply, thrown } from './errors.ts';
import { createGate, type Gate } from './gate.ts';
import { cost, FEED_PAGE } from './limits.ts';
import { IMMUTABLE_IDS, isRecord } from './wire.ts';

/** One user's mailbox behind Graph: how it is asked, and how much at once. */
export interface Mailbox {
  readonly api: Api;
  readonly gate: Gate;
  /** Lets time pass. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Wait = Mailbox['wait'];

export function openMailbox(api: Api, wait: Wait = realWait): Mailbox {
  return { api, wait, gate: createGate() };
}

async function realWait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

export const VERSION = '/v1.0';

/** For whatever comes in pages of the vendor's choice. */
export const FEED_HEADERS = { Prefer: `${IMMUTABLE_IDS}, odata.maxpagesize=${FEED_PAGE}` } as const;

/**
 * Sends one question and resolves with its answer, whatever the status. `path` is below the
 * version, or a link that Graph has sent, which is followed as it stands. @throws a sync error
 */
export async function ask(mailbox: Mailbox, path: string, signal: AbortSignal): Promise<Reply> {
  const { api, gate } = mailbox;
  const absolute = /^https?:/iu.test(path);
  const call: ApiCall = {
    method: 'GET',
    path: absolute ? checkedLink(path) : `${VERSION}${path}`,
    headers: FEED_HEADERS,
    cost: cost(1),
    signal,
  };
  return gate.through(1, signal, async () => {
    try {
      return replyOf(await api.send(call));
    } catch (error) {
      throw thrown(error);
    }
  });
}

export function replyOf(answer: ApiAnswer): Reply {
  return { status: answer.status, headers: answer.headers, body: bodyOf(answer) };
}

/** An error page may be HTML; a success may not. */
function bodyOf(answer: ApiAnswer): unknown {
  if (isSuccess(answer)) return answer.bytes.length === 0 ? undefined : answer.json();
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}

/** The host is the transport's to judge; below it, a link leads to no other interface either. */
function checkedLink(link: string): string {
  if (URL.canParse(link) && new URL(link).pathname.startsWith(`${VERSION}/`)) return link;
  throw new BadAnswer('Microsoft sent a link to somewhere else.');
}

/** A link that Graph has sent, as a path below the version: what a batch takes. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(checkedLink(link));
  return `${pathname.slice(VERSION.length)}${search}`;
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** The rows of a list. @throws {BadAnswer} when there are none to be read */
export function rowsIn(body: unknown): readonly unknown[] {
  const rows = isRecord(body) ? body['value'] : undefined;
  if (!Array.isArray(rows)) throw new BadAnswer('Microsoft sent a list that is none.');
  return rows;
}

/** A text in an answer, unless it is missing or empty. */
export function textIn(body: unknown, key: string): string | undefined {
  const value = isRecord(body) ? body[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The link to the next page, if there is one. @throws {BadAnswer} when it leads back */
export function nextLink(body: unknown, current: string): string | undefined {
  const next = textIn(body, '@odata.nextLink');
  if (next !== undefined && next === current) {
    throw new BadAnswer('Microsoft sent the same page twice.');
  }
  return next;
}

/** A list's rows, page by page. An answer with one of the statuses in `enough` ends it in peace. */
export async function* listed(
  mailbox: Mailbox,
  first: string,
  signal: AbortSignal,
  enough: readonly number[] = [],
): AsyncGenerator<readonly unknown[]> {
  for (let path: string | undefined = first; path !== undefined;) {
    const reply = await ask(mailbox, path, signal);
    if (enough.includes(reply.status)) return;
    if (!isSuccess(reply)) throw questionError(reply);
    yield rowsIn(reply.body);
    path = nextLink(reply.body, path);
  }
}

export function query(parameters: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return `?${pairs.join('&')}`;
}
