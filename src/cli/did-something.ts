import type { RunReport } from '../sync/account.ts';

/** Whether a run found anything to do. */
export function didSomething(report: RunReport): boolean {
  const { crm, provider, linked, unlinked, conflicts } = report;
  const counts = [crm, provider].flatMap((side) => [side.created, side.updated, side.deleted]);
  return [...counts, linked, unlinked, conflicts].some((count) => count > 0);
}
