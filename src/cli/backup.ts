import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { toVCard } from '../contact/vcard.ts';
import { SIDES } from '../plan/model.ts';
import { inOurWords } from '../store/errors.ts';
import { secureFolder } from '../store/files.ts';
import type { BackupSource } from '../sync/account.ts';

/**
 * Both sides' contacts in scope as they were before the first write: as vCard, for any address
 * book, and as JSON, with everything we read. Resolves to the folder.
 */
export function writeBackup(
  home: string,
  account: string,
  records: BackupSource,
  now: Date,
): string {
  const time = now.toISOString().replace(/[:.]/gu, '-');
  const folder = path.join(home, 'backups', `${time}${backupEnding(account).slice(1)}`);
  secureFolder(path.join(home, 'backups'));
  secureFolder(folder);
  for (const side of SIDES) {
    writeLines(path.join(folder, `${side}.vcf`), records, side, ({ id, contact, photo }) =>
      toVCard(contact, { uid: id, ...(photo?.startsWith('http') === true ? { photo } : {}) }),
    );
    writeLines(
      path.join(folder, `${side}.jsonl`),
      records,
      side,
      (revision) => `${JSON.stringify(revision)}\n`,
    );
  }
  return folder;
}

/** How the folders of an account's backups end. */
export function backupEnding(account: string): string {
  return `Z-${account.replace(/[^\w.@-]/gu, '_')}`;
}

type Revision = ReturnType<BackupSource['each']> extends Iterable<infer R> ? R : never;

function writeLines(
  file: string,
  records: BackupSource,
  side: (typeof SIDES)[number],
  toText: (revision: Revision) => string,
): void {
  inOurWords(() => {
    const handle = openSync(file, 'wx', 0o600);
    try {
      for (const revision of records.each(side)) writeSync(handle, toText(revision));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  });
}
