import { redact } from '../http/redact.ts';
import { ContactSyncError, Interrupted, SignInNeeded } from '../sync/errors.ts';
import { Busy } from '../store/errors.ts';
import { EXIT, type ExitStatus } from './exit-codes.ts';
import { OfAccount } from './of-account.ts';
import { bug, busy, INTERRUPTED, NEXT, type About } from './texts/errors.ts';
import { Cancelled, Refused, TokenRefused, UsageError } from './usage-error.ts';

/** What a user is told when something ends a command. */
export interface Explanation {
  readonly code: string;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string | undefined;
  readonly status: ExitStatus;
}

/** What is none of our errors. */
const BUG = 'bug';

interface Row {
  /** Where the error itself does not say it. */
  readonly next?: string | ((about: About) => string);
  /** 1 where it is left out. */
  readonly status?: ExitStatus;
}

/** By the errors' codes: the next step, and the exit status. docs/errors.md is made from it. */
export const ERROR_TABLE: Readonly<Record<string, Row>> = {
  'sign-in-needed': { next: NEXT['sign-in-needed'], status: EXIT.signInNeeded },
  'grant-ended': { next: NEXT['grant-ended'], status: EXIT.signInNeeded },
  guarded: { next: NEXT.guarded, status: EXIT.guarded },
  'budget-spent': { next: NEXT['budget-spent'], status: EXIT.partly },
  unreachable: { next: NEXT.unreachable },
  'other-installation': { next: NEXT['other-installation'] },
  'bad-answer': { next: NEXT['bad-answer'] },
  forbidden: { next: NEXT.forbidden },
  rejected: { next: NEXT.rejected },
  moved: { next: NEXT.moved },
  'answer-lost': { next: NEXT['answer-lost'] },
  'cursor-expired': { next: NEXT['cursor-expired'] },
  'consent-refused': { next: NEXT['consent-refused'] },
  'sign-in-timed-out': { next: NEXT['sign-in-timed-out'] },
  'sign-in-failed': { next: NEXT['sign-in-failed'] },
  'port-taken': { next: NEXT['port-taken'] },
  'not-the-address': { next: NEXT['not-the-address'] },
  'database-too-new': { next: NEXT['database-too-new'] },
  'database-locked': { next: NEXT['database-locked'] },
  'database-damaged': { next: NEXT['database-damaged'] },
  'database-missing-part': { next: NEXT['database-missing-part'] },
  'disk-full': { next: NEXT['disk-full'] },
  'home-unusable': { next: NEXT['home-unusable'] },
  'key-wrong': { next: NEXT['key-wrong'] },
  'key-missing': { next: NEXT['key-missing'] },
  'key-chain-locked': { next: NEXT['key-chain-locked'] },
  'key-change-refused': { next: NEXT['key-change-refused'] },
  locked: { next: NEXT.locked, status: EXIT.locked },
  interrupted: { status: EXIT.interrupted },
  cancelled: { status: EXIT.interrupted },
  usage: { status: EXIT.usage },
  refused: {},
  [BUG]: { next: NEXT.bug },
};

/** One place in which every error gets its words. Anything that is not ours is a bug. */
export function explain(error: unknown, about: About = {}): Explanation {
  if (error instanceof OfAccount) return explain(error.cause, { ...about, account: error.account });
  const code = error instanceof ContactSyncError ? error.code : BUG;
  return {
    code,
    message: messageOf(error),
    next: nextOf(error, code, about),
    status: statusOf(error, code),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof Interrupted) return INTERRUPTED;
  if (error instanceof Busy) return busy(error.pid, error.since);
  if (error instanceof ContactSyncError) return error.message;
  return bug(redact(error instanceof Error ? error.message : String(error)));
}

function nextOf(error: unknown, code: string, about: About): string | undefined {
  if (error instanceof TokenRefused || error instanceof UsageError || error instanceof Refused)
    return error.next;
  const row = ERROR_TABLE[code]?.next;
  const next = typeof row === 'function' ? row(about) : row;
  return error instanceof SignInNeeded ? `${next ?? ''} --${error.side}` : next;
}

function statusOf(error: unknown, code: string): ExitStatus {
  const left = error instanceof Interrupted || error instanceof Cancelled;
  if (left && error.signal === 'SIGTERM') return EXIT.terminated;
  return ERROR_TABLE[code]?.status ?? EXIT.failed;
}
