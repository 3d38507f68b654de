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

/** Calls back when the signal is aborted, unless it is told to stop before. */
export type WhenAborted = (signal: AbortSignal, call: () => void) => () => void;

/** One listener for all that hang from a signal: to add one for each request and to take it off again is dear. */
export function createAborts(): WhenAborted {
  const hanging = new WeakMap<AbortSignal, Set<() => void>>();
  const listenTo = (signal: AbortSignal): Set<() => void> => {
    const calls = new Set<() => void>();
    signal.addEventListener('abort', () => {
      for (const call of calls) call();
    });
    hanging.set(signal, calls);
    return calls;
  };
  return (signal, call) => {
    const calls = hanging.get(signal) ?? listenTo(signal);
    calls.add(call);
    return () => calls.delete(call);
  };
}
