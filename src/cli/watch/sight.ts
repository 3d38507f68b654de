import { COSTS } from '../../crm/pipedrive/index.ts';
import { BudgetSpent } from '../../sync/errors.ts';
import type { Outcome } from '../commands/sync.ts';
import { didSomething } from '../did-something.ts';
import { EXIT } from '../exit-codes.ts';
import type { Sight } from './rhythm.ts';

/** What a pass over all accounts came to, for the rhythm. */
export function sightOf(outcomes: readonly Outcome[], now: number): Sight {
  if (outcomes.some(({ report }) => report !== undefined && didSomething(report)))
    return { kind: 'active' };
  const wrong = outcomes.filter(({ status }) => status !== EXIT.done && status !== EXIT.partly);
  if (wrong.length > 0) return { kind: 'failed' };
  const spent = outcomes.filter(({ report }) => report?.error instanceof BudgetSpent);
  if (spent.length === 0 || spent.length < outcomes.length) return { kind: 'idle' };
  const resume = spent.flatMap(({ report }) =>
    report?.resumeAt === undefined ? [] : [Date.parse(report.resumeAt) - now],
  );
  return resume.length === 0
    ? { kind: 'spent' }
    : { kind: 'spent', resumeInMs: Math.min(...resume) };
}

/**
 * The share of a CRM's daily budget that this pass cost at most, of the CRM that it cost most.
 * Reading costs no more than a list does.
 */
export function costOf(
  outcomes: readonly Outcome[],
  dailyLimit: (crmConnection: number) => number,
): number {
  const requests = new Map<number, number>();
  for (const { account, report } of outcomes) {
    const sent = requests.get(account.crmConnection) ?? 0;
    requests.set(account.crmConnection, sent + (report?.requests.crm ?? 0));
  }
  const shares = [...requests].map(
    ([connection, sent]) => (sent * COSTS.list.tokens) / dailyLimit(connection),
  );
  return Math.max(0, ...shares);
}
