import type { SandboxClock, SandboxRequest } from '../core.ts';
import type { Behaviour } from './behaviour.ts';
import { GraphFailure } from './errors.ts';

/*
 * Limits of the Outlook service per app and mailbox, as documented:
 * https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits
 */
const AT_A_TIME = 4;
const WINDOW_MS = 10 * 60_000;
const IN_A_WINDOW = 10_000;

export interface Throttle {
  /** A request arrives, and is in work until the result is called. */
  arrive(request: SandboxRequest): () => void;
  /**
   * Charges one request; `arrived` is what came over the wire, the batch of one that was in a batch.
   * @throws {GraphFailure} 429 when that was one too many at a time, or beyond the budget
   */
  charge(arrived: SandboxRequest): void;
  /** @throws {GraphFailure} 429 */
  refuseConcurrency(): never;
  /** The most requests that were ever in work at the same time. */
  peak(): number;
  /** Requests in 10 minutes, in place of 10,000. */
  setBudget(requests: number): void;
}

export function createThrottle(clock: SandboxClock, behaviour: Behaviour): Throttle {
  const inWork = new Set<SandboxRequest>();
  const tooMany = new WeakSet<SandboxRequest>();
  let recent: readonly number[] = [];
  let budget = IN_A_WINDOW;
  let peak = 0;

  function refuse(limit: string, seconds: number): never {
    const wait = { seconds: String(Math.ceil(seconds)), decimal: seconds.toFixed(3), missing: '' };
    const retryAfter = wait[behaviour.retryAfter];
    throw new GraphFailure(
      429,
      behaviour.throttleCode,
      `Application is over its ${limit} limit.`,
      retryAfter === '' ? {} : { 'retry-after': retryAfter },
    );
  }

  const refuseConcurrency = () => refuse('MailboxConcurrency', 1.128);

  return {
    arrive(request) {
      inWork.add(request);
      peak = Math.max(peak, inWork.size);
      // The one too many is turned away; it does not count for those after it.
      if (behaviour.enforceLimits && inWork.size > AT_A_TIME) {
        tooMany.add(request);
        inWork.delete(request);
      }
      return () => void inWork.delete(request);
    },
    charge(arrived) {
      if (!behaviour.enforceLimits) return;
      if (tooMany.has(arrived)) refuseConcurrency();
      const now = clock.now().getTime();
      recent = [...recent.filter((at) => at > now - WINDOW_MS), now];
      const oldest = recent[0] ?? now;
      if (recent.length > budget) refuse('MailboxRequests', (oldest + WINDOW_MS - now) / 1000);
    },
    refuseConcurrency,
    peak: () => peak,
    setBudget(requests) {
      budget = requests;
    },
  };
}
