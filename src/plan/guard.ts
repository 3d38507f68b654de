/** What a plan would take away, against what there is. */
export interface Losses {
  /** Mappings that this plan deletes or releases. */
  readonly planned: number;
  /** The same, of the last 24 hours. */
  readonly recent: number;
  /** Live mappings before this plan. */
  readonly live: number;
}

export type Allowance =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** Both must be exceeded, so that a small account can lose a few and a large one many. */
const FREE_COUNT = 10;
const FREE_PERCENT = 25;

/** Whether the plan must not be carried out. The losses of the last 24 hours count, unless the user gave an allowance. */
export function exceeds(losses: Losses, allowance: Allowance | undefined): boolean {
  if (losses.planned === 0) return false;
  if (allowance !== undefined) return exceedsAllowance(losses, allowance);
  const lost = losses.planned + losses.recent;
  return lost > FREE_COUNT && lost > share(losses.live + losses.recent, FREE_PERCENT);
}

function exceedsAllowance({ planned, live }: Losses, allowance: Allowance): boolean {
  return allowance.kind === 'count'
    ? planned > allowance.count
    : planned > share(live, allowance.percent);
}

function share(count: number, percent: number): number {
  return (count * percent) / 100;
}
