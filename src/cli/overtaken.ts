import type { AccountRow } from '../store/accounts.ts';
import type { RunReport } from '../sync/account.ts';

interface Ran {
  readonly account: AccountRow;
  /** Absent where no run began. */
  readonly report?: RunReport;
}

/**
 * Accounts of which the CRM moved after their run, by the run of another account of the same login:
 * two-way, what that one brought is theirs to take on. `ran` in the order of the runs.
 */
export function overtaken(ran: readonly Ran[]): readonly AccountRow[] {
  return ran
    .filter(({ account, report }, at) => {
      const went = report !== undefined && report.error === undefined;
      if (!went || account.direction === 'one-way') return false;
      return ran
        .slice(at + 1)
        .some(
          (later) => later.account.crmConnection === account.crmConnection && wroteToCrm(later),
        );
    })
    .map(({ account }) => account);
}

function wroteToCrm({ report }: Ran): boolean {
  if (report === undefined) return false;
  const { created, updated, deleted } = report.crm;
  return created + updated + deleted > 0;
}
