import type { Store } from '../../store/open.ts';
import { explain } from '../error-table.ts';
import type { Session } from '../session.ts';
import { LATE, type Found } from '../texts/doctor.ts';

export interface Finding {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly message: string;
  /** What to do about it. */
  readonly repair?: string;
}

/** What a check may look at. */
export interface Patient {
  readonly session: Session;
  readonly store: Store;
  readonly now: Date;
}

export interface Check {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly title: string;
  /** Whose it is, where it is about one account or login. */
  readonly about?: string;
  readonly run: (signal: AbortSignal) => Promise<readonly Finding[]> | readonly Finding[];
}

export interface Checked extends Finding {
  readonly id: string;
  readonly title: string;
  readonly about?: string;
}

const PATIENCE_MS = 20_000;

/** All at once, each with a time-out; one that throws has found something, too. */
export async function runChecks(
  checks: readonly Check[],
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<readonly Checked[]> {
  const results = await Promise.all(
    checks.map(async ({ id, title, about, run }) => {
      const late = AbortSignal.timeout(patienceMs);
      const findings = await findingsOf(run, AbortSignal.any([signal, late]), late);
      const named = { id, title, ...(about === undefined ? {} : { about }) };
      return findings.map((finding): Checked => ({ ...named, ...finding }));
    }),
  );
  signal.throwIfAborted();
  return results.flat();
}

async function findingsOf(
  run: Check['run'],
  signal: AbortSignal,
  late: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return await Promise.race([run(signal), whenAborted(signal)]);
  } catch (error) {
    if (late.aborted) return [fail(LATE)];
    return [inOurWords(error)];
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

export function inOurWords(error: unknown, account?: string): Finding {
  const { message, next } = explain(error, account === undefined ? {} : { account });
  return { status: 'fail', message, ...(next === undefined ? {} : { repair: next }) };
}

export function pass(message: string): Finding {
  return { status: 'pass', message };
}

export function warn(found: Found): Finding {
  return { status: 'warn', ...found };
}

export function fail(found: Found): Finding {
  return { status: 'fail', ...found };
}
