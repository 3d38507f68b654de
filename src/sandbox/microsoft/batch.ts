import { isRecord, sandboxRequest } from '../core.ts';
import type { Passage, SandboxAnswer, SandboxRequest } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import { GraphFailure, badRequest } from './errors.ts';
import type { Trace } from './errors.ts';

/** https://learn.microsoft.com/graph/json-batching */
const MOST_ITEMS = 20;
/** Of one mailbox, side by side. */
const SIDE_BY_SIDE = 4;

interface Item {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

/** What a batch needs to know of the house it runs in. */
export interface BatchRun {
  readonly behaviour: Behaviour;
  readonly trace: Trace;
  /** Answers one request of it. */
  answer(request: SandboxRequest): SandboxAnswer;
  /** Each meets faults of its own. */
  readonly passage: Passage | undefined;
  /** @throws {GraphFailure} 429 */
  refuseConcurrency(): never;
}

/** Every item has its own status; the whole is 200 unless malformed. @throws {GraphFailure} 400 */
export function answerBatch(run: BatchRun, outer: SandboxRequest): SandboxAnswer {
  const items = readItems(outer.json());
  const answers = new Map<string, SandboxAnswer>();
  for (const [at, item] of items.entries()) {
    answers.set(item.id, answerItem(run, { outer, item, at, answers }));
  }
  const responses = items.map((item) => responseOf(item.id, answers.get(item.id)));
  // "In any order" (documented).
  return { status: 200, body: { responses: responses.toReversed() } };
}

/** Whether anything in the batch would change something. */
export function isWritingBatch(request: SandboxRequest): boolean {
  try {
    return readItems(request.json()).some(({ method }) => method !== 'GET');
  } catch {
    return false;
  }
}

interface Turn {
  readonly outer: SandboxRequest;
  readonly item: Item;
  readonly at: number;
  readonly answers: ReadonlyMap<string, SandboxAnswer>;
}

function answerItem(run: BatchRun, { outer, item, at, answers }: Turn): SandboxAnswer {
  const failed = item.dependsOn.some((id) => (answers.get(id)?.status ?? 400) >= 400);
  if (failed) return failedDependency().answer(run.trace);
  const { behaviour } = run;
  if (at >= SIDE_BY_SIDE && item.dependsOn.length === 0 && isRefused(behaviour)) {
    return surplus(run);
  }
  const request = innerRequest(outer, item);
  const answer = () => run.answer(request);
  return run.passage === undefined ? answer() : run.passage(request, answer);
}

function isRefused({ enforceLimits, batchSurplus }: Behaviour): boolean {
  return enforceLimits && batchSurplus === 'refused';
}

function surplus(run: BatchRun): SandboxAnswer {
  try {
    return run.refuseConcurrency();
  } catch (error) {
    if (error instanceof GraphFailure) return error.answer(run.trace);
    throw error;
  }
}

/** Signed in as the batch is; the version's root is left out of the address (documented). */
function innerRequest(outer: SandboxRequest, item: Item): SandboxRequest {
  const [rawPath = '', ...query] = item.url.split('?');
  const authorization = outer.headers['authorization'];
  return sandboxRequest({
    method: item.method,
    rawPath: `/v1.0${rawPath.startsWith('/') ? '' : '/'}${rawPath}`,
    query: new URLSearchParams(query.join('?')),
    headers: { ...(authorization === undefined ? {} : { authorization }), ...item.headers },
    body: bodyOf(item),
    origin: outer.origin,
  });
}

/** JSON, or base64 for anything else. */
function bodyOf({ body, headers }: Item): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  const json = (headers['content-type'] ?? '').includes('json');
  return typeof body === 'string' && !json
    ? Buffer.from(body, 'base64')
    : Buffer.from(JSON.stringify(body));
}

function responseOf(id: string, answer: SandboxAnswer = { status: 500 }): object {
  const { status, headers = {}, body } = answer;
  const sent = Object.entries(headers).map(([name, value]) => [inTitleCase(name), value]);
  return {
    id,
    status,
    headers: Object.fromEntries(sent),
    ...(body === undefined
      ? {}
      : { body: body instanceof Uint8Array ? Buffer.from(body).toString('base64') : body }),
  };
}

function inTitleCase(name: string): string {
  return name === 'etag'
    ? 'ETag'
    : name.replaceAll(/(?:^|-)[a-z]/gu, (start) => start.toUpperCase());
}

function readItems(body: unknown): readonly Item[] {
  const requests = isRecord(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) {
    throw badRequest('Invalid batch payload format.');
  }
  if (requests.length > MOST_ITEMS) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${MOST_ITEMS}.`);
  }
  const items = requests.map(readItem);
  const ids = items.map(({ id }) => id.toLowerCase());
  if (new Set(ids).size < ids.length) throw badRequest('Request ids of a batch have to be unique.');
  refuseOtherPatterns(items);
  return items;
}

function readItem(value: unknown): Item {
  const { id, method, url, headers, body, dependsOn } = isRecord(value) ? value : {};
  if (typeof id !== 'string' || typeof method !== 'string' || typeof url !== 'string') {
    throw badRequest('Every request of a batch has an id, a method and a url.');
  }
  const sent = isRecord(headers) ? Object.entries(headers) : [];
  const item: Item = {
    id,
    method,
    url,
    headers: Object.fromEntries(sent.map(([name, text]) => [name.toLowerCase(), String(text)])),
    body,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  };
  if (url.includes('$batch')) throw badRequest('A batch cannot hold a batch.');
  if (body !== undefined && item.headers['content-type'] === undefined) {
    throw badRequest(`Request ${id}: a body needs a Content-Type header.`);
  }
  return item;
}

/** "None, all on one, or strictly one after the other" (documented). */
function refuseOtherPatterns(items: readonly Item[]): void {
  const parents = items.map(({ dependsOn }) => dependsOn.join(' '));
  const none = parents.every((parent) => parent === '');
  const [first = '', ...others] = parents;
  const onOne = first === '' && others.every((parent) => parent === items[0]?.id);
  const serial = first === '' && others.every((parent, at) => parent === items[at]?.id);
  if (!none && !onOne && !serial) {
    throw badRequest('The dependencies of a batch are none, all on one, or one after the other.');
  }
}

function failedDependency(): GraphFailure {
  return new GraphFailure(424, 'FailedDependency', 'The request it depends on has failed.');
}
