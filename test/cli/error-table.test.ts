import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  ConsentRefused,
  GrantEnded,
  NotTheAddress,
  PortTaken,
  SignInFailed,
  SignInTimedOut,
} from '../../src/auth/errors.ts';
import { ERROR_TABLE, explain } from '../../src/cli/error-table.ts';
import { Cancelled, Refused, TokenRefused, UsageError } from '../../src/cli/usage-error.ts';
import * as store from '../../src/store/errors.ts';
import * as sync from '../../src/sync/errors.ts';

const ANN = { account: 'ann@example.com' };

describe('an error', () => {
  it.each([
    [new sync.Unreachable('m'), 'unreachable', 'Check the network', 1],
    [new sync.BadAnswer('m'), 'bad-answer', 'Run the command again later', 1],
    [new sync.Forbidden('m'), 'forbidden', 'Ask whoever administers the account', 1],
    [new sync.BudgetSpent('m'), 'budget-spent', 'the next run goes on', 3],
    [new sync.Guarded('m'), 'guarded', '--max-delete 100%', 5],
    [new sync.OtherInstallation('m'), 'other-installation', '--takeover', 1],
    [new sync.SignInNeeded('crm', 'm'), 'sign-in-needed', 'contactsync login', 4],
    [new sync.Rejected('m'), 'rejected', 'Mend the value', 1],
    [new sync.Moved('m'), 'moved', 'contactsync sync again', 1],
    [new sync.AnswerLost('m'), 'answer-lost', 'looks for the change', 1],
    [new sync.CursorExpired('m'), 'cursor-expired', '--refresh', 1],
    [new GrantEnded('m'), 'grant-ended', 'contactsync login', 4],
    [new ConsentRefused('m'), 'consent-refused', 'choose "Allow"', 1],
    [new SignInTimedOut('m'), 'sign-in-timed-out', 'Run the command again', 1],
    [new SignInFailed('m'), 'sign-in-failed', 'Check the client id and secret', 1],
    [new PortTaken('m'), 'port-taken', 'CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT', 1],
    [new NotTheAddress('m'), 'not-the-address', 'Paste the whole address', 1],
    [new store.DatabaseTooNew('m'), 'database-too-new', 'contactsync@latest', 1],
    [new store.DatabaseLocked('m'), 'database-locked', 'Wait a moment', 1],
    [new store.DatabaseDamaged('m'), 'database-damaged', 'Move contactsync.db', 1],
    [new store.DatabaseMissingPart('m'), 'database-missing-part', 'Install again', 1],
    [new store.DiskFull('m'), 'disk-full', 'Make room, then run the command again: it goes on', 1],
    [new store.HomeUnusable('m'), 'home-unusable', 'CONTACTSYNC_HOME', 1],
    [new store.KeyWrong('m'), 'key-wrong', 'CONTACTSYNC_KEY', 1],
    [new store.KeyMissing('m'), 'key-missing', 'contactsync key reset', 1],
    [new store.KeyChainLocked('m'), 'key-chain-locked', 'contactsync key move file', 1],
    [new store.KeyChangeRefused('m'), 'key-change-refused', 'contactsync key move', 1],
  ])('%s has its code, its next step and its status', (error, code, next, status) => {
    const explanation = explain(error, ANN);
    expect(explanation).toMatchObject({ code, message: 'm', status });
    expect(explanation.next).toContain(next);
  });
});

describe('the table', () => {
  /** The codes of all classes of errors, as the sources have them. */
  const codes = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('sandbox'))
    .flatMap((name) => [
      ...readFileSync(path.join('src', name), 'utf8').matchAll(/^ {2}readonly code = '([^']+)'/gmu),
    ])
    .map(([, code = '']) => code);

  it('has a row for every error, and none for an error that is no more', () => {
    expect(codes.length).toBeGreaterThan(20);
    expect(Object.keys(ERROR_TABLE).toSorted()).toEqual([...codes, 'bug'].toSorted());
  });
});

describe('a sign-in that is needed', () => {
  it.each(['crm', 'provider'] as const)('names the whole command, for the %s', (side) => {
    expect(explain(new sync.SignInNeeded(side, 'm'), ANN).next).toBe(
      `Sign in again: contactsync login ann@example.com --${side}`,
    );
  });

  it('leaves a place for the account where none is known', () => {
    expect(explain(new sync.SignInNeeded('crm', 'm')).next).toBe(
      'Sign in again: contactsync login <account> --crm',
    );
  });
});

describe('a token that is refused', () => {
  it('is copied anew: there may be no account yet to log in to', () => {
    const error = new TokenRefused(new sync.SignInNeeded('crm', 'm'));
    expect(explain(error)).toMatchObject({ code: 'sign-in-needed', status: 4 });
    expect(explain(error).next).toContain('Copy it anew');
  });
});

describe('the deletion guard', () => {
  it('says how to look and how to let it through', () => {
    expect(explain(new sync.Guarded('m'), ANN).next).toBe(
      'Look at it: contactsync sync ann@example.com --dry-run   Let it through: contactsync sync ann@example.com --max-delete 100%',
    );
  });
});

describe('an interruption', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %d', (signal, status) => {
    expect(explain(new sync.Interrupted(signal))).toEqual({
      code: 'interrupted',
      message: 'Interrupted. The next run goes on from here.',
      next: undefined,
      status,
    });
  });

  it('by a no to a question ends with 130', () => {
    expect(explain(new Cancelled('Nothing was changed.'))).toEqual({
      code: 'cancelled',
      message: 'Nothing was changed.',
      next: undefined,
      status: 130,
    });
  });
});

describe('a run beside another', () => {
  it('says which and since when', () => {
    expect(explain(new store.Busy({ pid: 42, since: '2026-01-02T03:04:05Z' }))).toEqual({
      code: 'locked',
      message: 'Another run is at work (process 42, since 2026-01-02T03:04:05Z).',
      next: 'Wait for it to end; it is not disturbed.',
      status: 75,
    });
  });

  it('says what is known', () => {
    expect(explain(new store.Busy({ pid: 42 })).message).toBe(
      'Another run is at work (process 42, since a moment ago).',
    );
    expect(explain(new store.Busy({})).message).toBe('Another run is at work.');
  });
});

describe('an error that nobody foresaw', () => {
  it('is told without what signs somebody in', () => {
    const error = new Error('fetch failed: authorization: Bearer ya29.abcdefghijk');
    expect(explain(error).message).not.toContain('ya29');
  });
});

describe('an account whose name is no plain word', () => {
  it.each([
    [new sync.SignInNeeded('crm', 'm'), 'contactsync login "ann@example.com (2)" --crm'],
    [new sync.Guarded('m'), 'contactsync sync "ann@example.com (2)" --dry-run'],
    [new sync.OtherInstallation('m'), 'contactsync sync "ann@example.com (2)" --takeover'],
  ])('stands in the command so that a shell takes it as one', (error, command) => {
    expect(explain(error, { account: 'ann@example.com (2)' }).next).toContain(command);
  });
});

describe('what the user asked for', () => {
  it.each([
    [
      new UsageError({ message: 'm', next: 'n' }),
      { code: 'usage', message: 'm', next: 'n', status: 2 },
    ],
    [
      new Refused({ message: 'm', next: 'n' }),
      { code: 'refused', message: 'm', next: 'n', status: 1 },
    ],
  ])('is explained by %s itself', (error, explanation) => {
    expect(explain(error)).toEqual(explanation);
  });
});

describe('anything that is not ours', () => {
  it.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
  ])('is a bug: %s', (error, what) => {
    const explanation = explain(error);
    expect(explanation).toMatchObject({ code: 'bug', status: 1 });
    expect(explanation.message).toBe(`Something happened that should not have: ${what}`);
    expect(explanation.next).toContain('--verbose');
  });
});
