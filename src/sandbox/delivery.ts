import { ConnectionLost } from './core.ts';
import type { SandboxAnswer, SandboxClock } from './core.ts';
import { shortened } from './faults.ts';
import type { Fault } from './faults.ts';
import { retryAfter } from './retry-after.ts';

/** How an answer leaves the house. */
export type Delivery =
  | { readonly kind: 'answer'; readonly answer: SandboxAnswer }
  | { readonly kind: 'half'; readonly answer: SandboxAnswer; readonly length: 'wrong' | 'right' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' };

const HTML_PAGE = '<!doctype html><title>Welcome</title><h1>Please accept our terms of use</h1>';

/** What a request meets with. @param answer lets it take effect */
export function deliver(
  fault: Fault | undefined,
  answer: () => SandboxAnswer,
  clock: SandboxClock,
): Delivery {
  try {
    return delivered(fault, answer, clock);
  } catch (error) {
    if (error instanceof ConnectionLost) return { kind: error.kind };
    throw error;
  }
}

/**
 * The same for a request inside another one: what it answers there.
 * @throws {ConnectionLost} when the fault takes the whole connection with it
 */
export function innerAnswer(
  fault: Fault | undefined,
  answer: () => SandboxAnswer,
  clock: SandboxClock,
): SandboxAnswer {
  const delivery = delivered(fault, answer, clock);
  switch (delivery.kind) {
    case 'answer':
      return delivery.answer;
    case 'half':
      return { ...delivery.answer, body: halfOf(bytesOf(delivery.answer.body)).toString() };
    case 'cut':
    case 'hang':
      throw new ConnectionLost(delivery.kind);
  }
}

export function halfOf(whole: Buffer): Buffer {
  return whole.subarray(0, Math.floor(whole.length / 2));
}

export function bytesOf(body: SandboxAnswer['body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
}

function delivered(
  fault: Fault | undefined,
  answer: () => SandboxAnswer,
  clock: SandboxClock,
): Delivery {
  if (fault === undefined) return { kind: 'answer', answer: answer() };
  return withoutEffect(fault, clock) ?? afterEffect(fault, answer());
}

/** `undefined` for a fault of another kind. */
function withoutEffect(fault: Fault, clock: SandboxClock): Delivery | undefined {
  switch (fault.kind) {
    case 'status':
      return { kind: 'answer', answer: { ...fault, body: fault.body ?? '' } };
    case 'too-many':
      return { kind: 'answer', answer: tooMany(fault, clock) };
    case 'html':
      return {
        kind: 'answer',
        answer: { status: 200, headers: { 'content-type': 'text/html' }, body: HTML_PAGE },
      };
    case 'cut-before':
      return { kind: 'cut' };
    case 'hang-before':
      return { kind: 'hang' };
    default:
      return undefined;
  }
}

function afterEffect(fault: Fault, answer: SandboxAnswer): Delivery {
  switch (fault.kind) {
    case 'cut-after':
      return { kind: 'cut' };
    case 'hang-after':
      return { kind: 'hang' };
    case 'half-json':
      return { kind: 'half', answer, length: fault.length ?? 'wrong' };
    case 'truncate-page':
      return { kind: 'answer', answer: shortened(answer, 'half') };
    case 'empty-list':
      return { kind: 'answer', answer: shortened(answer, 'none') };
    default:
      return { kind: 'answer', answer };
  }
}

function tooMany(
  fault: Extract<Fault, { readonly kind: 'too-many' }>,
  clock: SandboxClock,
): SandboxAnswer {
  const { retryAfterS, form = 'seconds', body = {} } = fault;
  const headers = retryAfterS === undefined ? {} : retryAfter(clock, retryAfterS, form);
  return { status: 429, headers, body };
}
