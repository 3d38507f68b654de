import * as v from 'valibot';
import type { Api, ApiAnswer, ApiCall } from '../../http/api.ts';
import { BadAnswer, CursorExpired } from '../../sync/errors.ts';
import { lost, refusal, translated, unreadable, writeRefusal } from './errors.ts';
import { COSTS, PAGE_SIZE } from './limits.ts';

/** Sends a call; failures on the way arrive as the engine's errors. The answer may have any status. */
export async function send(api: Api, call: ApiCall): Promise<ApiAnswer> {
  try {
    return await api.send(call);
  } catch (error) {
    throw translated(error, call.method);
  }
}

export function isOk({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

const Envelope = v.looseObject({
  success: v.optional(v.unknown()),
  data: v.optional(v.unknown()),
  additional_data: v.optional(v.unknown()),
});

function envelope(answer: ApiAnswer): v.InferOutput<typeof Envelope> {
  let body: unknown;
  try {
    body = answer.json();
  } catch (error) {
    throw unreadable(error);
  }
  const parsed = v.safeParse(Envelope, body);
  if (!parsed.success || parsed.output.success === false) throw unreadable();
  return parsed.output;
}

/** What the vendor answered to a question. */
export function dataOf(answer: ApiAnswer): unknown {
  if (!isOk(answer)) throw refusal(answer);
  return envelope(answer).data;
}

/** What the vendor answered to a change; `undefined` when it said yes and nothing more. */
export function writtenOf(answer: ApiAnswer): unknown {
  if (!isOk(answer)) throw writeRefusal(answer);
  if (answer.bytes.length === 0) return undefined;
  try {
    return envelope(answer).data;
  } catch (error) {
    throw lost(error);
  }
}

export interface ListPage {
  readonly items: readonly unknown[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: string;
  /** The vendor's clock, in milliseconds, when it answered. */
  readonly at?: number;
}

const Paging = v.looseObject({ next_cursor: v.nullish(v.string()) });

/**
 * One page of a v2 list.
 * @throws {CursorExpired} when the cursor, or the time that the question starts from, is refused
 */
export async function listPage(
  api: Api,
  path: string,
  query: NonNullable<ApiCall['query']>,
  signal: AbortSignal,
): Promise<ListPage> {
  const full = { limit: PAGE_SIZE, ...query };
  const answer = await send(api, { method: 'GET', path, query: full, cost: COSTS.list, signal });
  const resumed = query['cursor'] !== undefined || query['updated_since'] !== undefined;
  if (resumed && [400, 404, 410, 422].includes(answer.status)) {
    throw new CursorExpired('Pipedrive no longer knows where the last reading ended.');
  }
  if ([400, 404, 410, 422].includes(answer.status)) throw unreadable();
  if (!isOk(answer)) throw refusal(answer);
  return pageOf(answer, query['cursor']);
}

/** What a list's answer holds. @param cursor the one that was asked with */
export function pageOf(answer: ApiAnswer, cursor: unknown): ListPage {
  const { data, additional_data } = envelope(answer);
  if (!Array.isArray(data)) throw unreadable();
  const paging = v.safeParse(Paging, additional_data ?? {});
  if (!paging.success) throw unreadable();
  const next = paging.output.next_cursor ?? '';
  if (next !== '' && next === cursor) throw new BadAnswer('Pipedrive’s list goes in a circle.');
  const at = Date.parse(answer.headers['date'] ?? '');
  return {
    items: data,
    ...(next !== '' && { next }),
    ...(!Number.isNaN(at) && { at }),
  };
}
