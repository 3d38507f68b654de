import { inScope } from '../../plan/reconcile.ts';
import type { AccountRow } from '../../store/accounts.ts';
import type { Store } from '../../store/open.ts';
import type { RunReport } from '../../sync/account.ts';
import { composeAccount } from '../compose.ts';
import { planNumbers } from '../render/report.ts';
import { runComposed } from '../run-account.ts';
import type { Session } from '../session.ts';
import type { ConnectedProvider } from '../set-up/draft.ts';
import * as texts from '../texts/edit.ts';

/** Whether a change of these makes other people sync than before, or others of their fields. */
export function isMigration(before: AccountRow, after: AccountRow): boolean {
  return (['group', 'direction', 'match'] as const).some((key) => before[key] !== after[key]);
}

/** Saves the account, and lets go of whoever is outside of it now. Resolves to how many. */
export function applyChange(store: Store, before: AccountRow, after: AccountRow): number {
  if (isMigration(before, after))
    return store.rescope(after, (revision) => inScope('provider', revision, after));
  store.accounts.update(after);
  return 0;
}

export interface Preview {
  readonly letGo: number;
  readonly report: RunReport;
}

/** What the change and the next sync will do, on a throw-away copy. */
export async function preview(
  session: Session,
  { before, after }: { readonly before: AccountRow; readonly after: AccountRow },
  consented: ConnectedProvider | undefined,
): Promise<Preview> {
  const copy = session.store().copy();
  try {
    const letGo = applyChange(copy, before, after);
    const { sides, ...rest } = await composeAccount(session, copy, after);
    const provider = consented?.side ?? sides.provider;
    const account = { ...rest, sides: { ...sides, provider } };
    const report = await runComposed(session, account, { refresh: false, dryRun: true });
    if (report.error !== undefined && report.status !== 'stopped') throw report.error;
    return { letGo, report };
  } finally {
    copy.close();
  }
}

export function renderPreview({ letGo, report }: Preview): string {
  const numbers = planNumbers(report.plan ?? []);
  const lines = [...(letGo === 0 ? [] : [texts.letGo(letGo)]), ...numbers.map(texts.withNextSync)];
  const body = lines.length === 0 ? [texts.CHANGES_NOTHING] : lines;
  return [texts.CHANGE, ...body.map((line) => `  ${line}`)].join('\n');
}
