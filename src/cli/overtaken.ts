import type { AccountRow } from '../store/accounts.ts';
import type { RunReport } from '../sync/account.ts';

interface Ran {
  readonly account: AccountRow;
  /** Absent where no run began. */
  readonly report?: RunReport;
}

/**
 * Two-way accounts of which the CRM moved, by a run of another account of the same login, since
 * they looked at it: what that one brought is theirs to take on.
 * @param isBehind whether something is left to do for the account, as far as is known here
 */
export function overtaken(
  ran: readonly Ran[],
  isBehind: (account: AccountRow) => boolean,
): readonly AccountRow[] {
  const accounts = new Map(ran.map(({ account }) => [account.id, account]));
  return [...accounts.values()].filter((account) => {
    const own = ran.filter((one) => one.account.id === account.id);
    const went = own.every(({ report }) => report !== undefined && report.error === undefined);
    if (!went || account.direction === 'one-way') return false;
    const moved = ran.some(
      (one) =>
        one.account.id !== account.id &&
        one.account.crmConnection === account.crmConnection &&
        wroteToCrm(one),
    );
    return moved && isBehind(account);
  });
}

function wroteToCrm({ report }: Ran): boolean {
  if (report === undefined) return false;
  const { created, updated, deleted } = report.crm;
  return created + updated + deleted > 0;
}
