import { setMaxListeners } from 'node:events';

/** Why a signal was aborted, as an error to reject with. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

/** Many calls may hang from one signal. Node takes more than ten for a leak, and says so to the user. */
export function letManyListen(signal: AbortSignal | undefined): void {
  if (signal !== undefined) setMaxListeners(0, signal);
}
