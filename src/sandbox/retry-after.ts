import type { SandboxClock } from './core.ts';

/** The header in one of its two forms (RFC 9110): a number of seconds, or a moment. */
export function retryAfter(
  clock: SandboxClock,
  seconds: number,
  form: 'seconds' | 'date',
): { readonly 'retry-after': string } {
  if (form === 'seconds') return { 'retry-after': String(seconds) };
  // A moment has whole seconds only: rounded up, so that it is never too early.
  const moment = Math.ceil(clock.now().getTime() / 1000 + seconds) * 1000;
  return { 'retry-after': new Date(moment).toUTCString() };
}
