import { PATIENCE, ATTEMPTS } from '../../http/retry.ts';
import { AnswerLost, BadAnswer, Unreachable } from '../../sync/errors.ts';
import { isPassing, isTold, questionError, type Reply, thrown } from './errors.ts';
import { AT_ONCE, BATCH_SIZE, cost, itemWait } from './limits.ts';
import { isSuccess, type Mailbox, replyOf, VERSION } from './mailbox.ts';
import { IMMUTABLE_IDS, isRecord } from './wire.ts';

/** One request inside a `$batch`: https://learn.microsoft.com/graph/json-batching */
export interface BatchItem {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface BatchRequest {
  readonly id: string;
  readonly method: BatchItem['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Posts one batch, at most once. Resolves with its answer, whatever the status. */
export type Post = (requests: readonly BatchRequest[], signal: AbortSignal) => Promise<Reply>;

/** Questions, all of them answered: what fails in passing is asked again. */
export async function askAll(
  mailbox: Mailbox,
  paths: readonly string[],
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (const some of chunks(paths, BATCH_SIZE)) {
    const items = some.map((path): BatchItem => ({ method: 'GET', path, headers }));
    for (const reply of await asked(mailbox, items, signal)) {
      if (reply === undefined) throw new BadAnswer('Microsoft left a question unanswered.');
      replies.push(reply);
    }
  }
  return replies;
}

async function asked(
  mailbox: Mailbox,
  items: readonly BatchItem[],
  signal: AbortSignal,
): Promise<readonly (Reply | undefined)[]> {
  const post = questions(mailbox);
  let replies = await sendBatch(mailbox, post, items, signal);
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    const again = positions(replies, (reply) => reply !== undefined && isPassing(reply));
    if (again.length === 0) return replies;
    await mailbox.wait(longest(again, replies, attempt), signal);
    const fresh = await sendBatch(mailbox, post, at(items, again), signal);
    replies = replies.map((reply, index) =>
      again.includes(index) ? fresh[again.indexOf(index)] : reply,
    );
  }
  if (replies.every((reply) => reply === undefined || !isPassing(reply))) return replies;
  throw new Unreachable('Microsoft is out of order, also after several tries.');
}

/** A batch that only asks may be sent again as a whole. */
function questions({ api }: Mailbox): Post {
  return async (requests, signal) => {
    try {
      const answer = await api.send({
        method: 'POST',
        path: `${VERSION}/$batch`,
        json: { requests },
        repeatable: true,
        cost: cost(requests.length),
        signal,
      });
      if (isSuccess(answer)) return replyOf(answer);
      throw questionError(replyOf(answer));
    } catch (error) {
      throw thrown(error);
    }
  };
}

/**
 * Sends at most {@link BATCH_SIZE} requests as one. Items that were told off were not carried out:
 * they, and only they, are sent again after the time they were told. Any other answer is final;
 * `undefined` stands for an item without one.
 * @throws {AnswerLost} when nothing is known of any of them
 */
export async function sendBatch(
  mailbox: Mailbox,
  post: Post,
  items: readonly BatchItem[],
  signal: AbortSignal,
): Promise<readonly (Reply | undefined)[]> {
  const replies: (Reply | undefined)[] = items.map(() => undefined);
  let pending = items.map((_, index) => index);
  for (let told = 0; pending.length > 0; told += 1) {
    const answers = await posted(mailbox, post, at(items, pending), signal);
    for (const [position, index] of pending.entries()) replies[index] = answers[position];
    pending = positions(replies, (reply) => reply !== undefined && isTold(reply));
    if (pending.length === 0) break;
    // Giving up keeps the answers of the others: they were carried out.
    if (told >= PATIENCE) break;
    await mailbox.wait(longest(pending, replies, told), signal);
  }
  return replies;
}

async function posted(
  { gate }: Mailbox,
  post: Post,
  items: readonly BatchItem[],
  signal: AbortSignal,
): Promise<readonly (Reply | undefined)[]> {
  const requests = items.map(toRequest);
  const reply = await gate.through(Math.min(AT_ONCE, items.length), signal, () =>
    post(requests, signal),
  );
  if (!isSuccess(reply)) {
    if (isPassing(reply)) {
      throw new AnswerLost(`Microsoft failed while it was at work (HTTP ${reply.status}).`);
    }
    throw questionError(reply);
  }
  const responses = responsesIn(reply.body);
  return requests.map(({ id }) => responses.get(id));
}

function toRequest({ method, path, headers, body }: BatchItem, index: number): BatchRequest {
  return {
    id: String(index + 1),
    method,
    url: path,
    headers: {
      Prefer: IMMUTABLE_IDS,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  };
}

/** The answers come in any order (documented). */
function responsesIn(body: unknown): ReadonlyMap<string, Reply> {
  const responses = isRecord(body) ? body['responses'] : undefined;
  const found = new Map<string, Reply>();
  for (const response of Array.isArray(responses) ? (responses as unknown[]) : []) {
    if (!isRecord(response) || typeof response['status'] !== 'number') continue;
    found.set(String(response['id']), {
      status: response['status'],
      headers: headersIn(response['headers']),
      body: response['body'],
    });
  }
  return found;
}

function headersIn(value: unknown): Readonly<Record<string, string>> {
  const pairs = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(pairs.map(([name, text]) => [name.toLowerCase(), String(text)]));
}

function longest(
  which: readonly number[],
  replies: readonly (Reply | undefined)[],
  attempt: number,
): number {
  const waits = which.map((index) => itemWait(replies[index]?.headers?.['retry-after'], attempt));
  return Math.max(...waits);
}

function positions<T>(list: readonly T[], which: (one: T) => boolean): number[] {
  return list.flatMap((one, index) => (which(one) ? [index] : []));
}

function at<T>(list: readonly T[], which: readonly number[]): readonly T[] {
  return list.filter((_, index) => which.includes(index));
}

export function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size));
}
