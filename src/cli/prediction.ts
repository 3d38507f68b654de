import { daysOfFirstSync } from '../crm/pipedrive/index.ts';
import type { RunReport } from '../sync/account.ts';
import { lastTold } from './budgets.ts';
import { willTake } from './texts/sync.ts';
import type { Session } from './session.ts';

/** What a run will ask of the vendors, and how long that takes of their budgets. */
export interface Prediction {
  readonly requests: { readonly provider: number; readonly crm: number };
  /** Of the CRM's daily budget. */
  readonly tokens: number;
  /** Days of that budget, today included. */
  readonly days: number;
}

/** @param connection the CRM's login; `undefined` for one that is not stored yet */
export function predictionOf(
  { budgets, env, store }: Session,
  connection: number | undefined,
  demand: RunReport['demand'],
): Prediction | undefined {
  if (demand === undefined) return undefined;
  const { provider, crm } = demand;
  const tokens = crm?.tokens ?? 0;
  const stored = connection === undefined ? undefined : lastTold(store(), connection);
  const told = budgets.heard(connection) ?? stored;
  return {
    requests: { provider: provider?.requests ?? 0, crm: crm?.requests ?? 0 },
    tokens,
    days: daysOfFirstSync(tokens, told, env.reserve),
  };
}

export function predictionLine({ requests, tokens, days }: Prediction): string {
  return willTake(requests.provider + requests.crm, tokens, days);
}
