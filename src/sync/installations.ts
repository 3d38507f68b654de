import { OtherInstallation } from './errors.ts';
import type { Pass } from './pass.ts';

/**
 * Two installations on the same pair would make everybody twice. Under two-way each leaves its mark
 * on what it creates at the provider: one that was made since this account was added tells.
 * @throws {OtherInstallation} before anything is planned
 */
export function checkInstallations({ store, rules, sides, options }: Pass): void {
  if (rules.direction === 'one-way') return;
  if (options.takeOver === true) store.takeOver();
  const marks = store.foreignMarks('provider');
  if (marks.length === 0) return;
  const latest = new Date(Math.max(...marks.map(({ at }) => at)));
  throw new OtherInstallation(
    `Another contactsync also writes to this account in ${sides.provider.name}, the last time ${latest.toISOString()}. Nothing was changed.`,
  );
}
