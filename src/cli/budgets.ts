import * as v from 'valibot';
import { SMALLEST_DAILY_TOKENS, type DailyTokens } from '../crm/pipedrive/limits.ts';
import type { Store } from '../store/open.ts';

/** What a CRM last told of its company's daily budget. */
export interface ToldBudget extends DailyTokens {
  /** ISO 8601, by this machine's clock. */
  readonly at: string;
}

/** Collects what is told, and keeps the last word for the dashboard. */
export interface BudgetBook {
  /** @param connection `undefined` for a login that is not stored yet */
  note(connection: number | undefined, told: DailyTokens): void;
  /** What was last told in this session. */
  heard(connection: number | undefined): DailyTokens | undefined;
  keep(store: Store, now: Date): void;
}

export function createBudgetBook(): BudgetBook {
  const heard = new Map<number | undefined, DailyTokens>();
  return {
    note: (connection, told) => {
      heard.set(connection, told);
    },
    heard: (connection) => heard.get(connection),
    keep: (store, now) => {
      for (const [connection, told] of heard) {
        if (connection === undefined) continue;
        store.remembered.set(nameOf(connection), { ...told, at: now.toISOString() });
      }
      heard.clear();
    },
  };
}

const Told = v.object({ limit: v.number(), left: v.number(), at: v.string() });

/** `undefined` where nothing was told yet, or a new day has begun since. */
export function toldBudget(store: Store, connection: number, now: Date): ToldBudget | undefined {
  const told = lastTold(store, connection);
  // The day that counts is most likely UTC's: see the CRM's limits.
  return told?.at.slice(0, 10) === now.toISOString().slice(0, 10) ? told : undefined;
}

/** Tokens of a whole day; the smallest plan's where nothing was told yet. */
export function dailyLimit(store: Store, connection: number): number {
  return lastTold(store, connection)?.limit ?? SMALLEST_DAILY_TOKENS;
}

/** The last word of any day. */
export function lastTold(store: Store, connection: number): ToldBudget | undefined {
  const told = v.safeParse(Told, store.remembered.get(nameOf(connection)));
  return told.success ? told.output : undefined;
}

function nameOf(connection: number): string {
  return `budget-${connection}`;
}
