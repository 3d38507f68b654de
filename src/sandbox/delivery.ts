import { ConnectionLost } from './core.ts';
import type { SandboxAnswer } from './core.ts';
import { shortened } from './faults.ts';
import type { Fault } from './faults.ts';

/** How an answer leaves the house. */
export type Delivery =
  | { readonly kind: 'answer'; readonly answer: SandboxAnswer }
  | { readonly kind: 'half'; readonly answer: SandboxAnswer; readonly length: 'wrong' | 'right' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' };

const HTML_PAGE = '<!doctype html><title>Welcome</title><h1>Please accept our terms of use</h1>';

/** What becomes of a request under this fault; `answer` lets it take effect. */
export function deliver(fault: Fault | undefined, answer: () => SandboxAnswer): Delivery {
  try {
    return delivered(fault, answer);
  } catch (error) {
    if (error instanceof ConnectionLost) return { kind: error.kind };
    throw error;
  }
}

/**
 * The same for a request inside another one: what it answers there.
 * @throws {ConnectionLost} when the fault takes the whole connection with it
 */
export function innerAnswer(fault: Fault | undefined, answer: () => SandboxAnswer): SandboxAnswer {
  const delivery = delivered(fault, answer);
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

function delivered(fault: Fault | undefined, answer: () => SandboxAnswer): Delivery {
  switch (fault?.kind) {
    case undefined:
    case 'latency':
      return { kind: 'answer', answer: answer() };
    case 'status':
      return { kind: 'answer', answer: { ...fault, body: fault.body ?? '' } };
    case 'cut-before':
      return { kind: 'cut' };
    case 'hang-before':
      return { kind: 'hang' };
    case 'cut-after':
      answer();
      return { kind: 'cut' };
    case 'hang-after':
      answer();
      return { kind: 'hang' };
    case 'html':
      return { kind: 'answer', answer: htmlAnswer() };
    case 'half-json':
      return { kind: 'half', answer: answer(), length: fault.length ?? 'wrong' };
    case 'truncate-page':
      return { kind: 'answer', answer: shortened(answer(), 'half') };
    case 'empty-list':
      return { kind: 'answer', answer: shortened(answer(), 'none') };
  }
}

function htmlAnswer(): SandboxAnswer {
  return { status: 200, headers: { 'content-type': 'text/html' }, body: HTML_PAGE };
}
