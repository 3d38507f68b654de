import type { Api, ApiAnswer, ApiCall } from '../../http/api.ts';
import { BadAnswer } from '../../sync/errors.ts';
import { type Reply, thrown } from './errors.ts';
import { HEADERS, isRecord } from './wire.ts';

/** Sends one question and resolves with its answer, whatever the status. @throws a sync error */
export async function ask(api: Api, call: Omit<ApiCall, 'method'>): Promise<Reply> {
  try {
    const answer = await api.send({ method: 'GET', ...call, headers: HEADERS });
    return { status: answer.status, body: bodyOf(answer) };
  } catch (error) {
    throw thrown(error);
  }
}

/** An error page may be HTML; a success may not. */
function bodyOf(answer: ApiAnswer): unknown {
  if (isSuccess(answer)) return answer.json();
  try {
    return answer.json();
  } catch {
    return undefined;
  }
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** A list in an answer; Google leaves empty ones out. @throws {BadAnswer} when it is no list */
export function listIn(body: unknown, key: string): readonly unknown[] {
  const list = objectIn(body)[key] ?? [];
  if (!Array.isArray(list)) throw new BadAnswer(`Google sent ${key} that are no list.`);
  return list;
}

/** @throws {BadAnswer} when the body is no JSON object */
export function objectIn(body: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) throw new BadAnswer('Google sent an answer that is no object.');
  return body;
}

/** A text in an answer, unless it is missing or empty. */
export function textIn(body: unknown, key: string): string | undefined {
  const value = isRecord(body) ? body[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
