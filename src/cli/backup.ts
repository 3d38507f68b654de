import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
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
    const [cards, lines] = [`${side}.vcf`, `${side}.jsonl`].map((name) =>
      openFile(path.join(folder, name)),
    );
    for (const revision of records.each(side)) {
      const { id, contact, photo } = revision;
      const picture = photo?.startsWith('http') === true ? { photo } : {};
      cards?.write(toVCard(contact, { uid: id, ...picture }));
      lines?.write(`${JSON.stringify(revision)}\n`);
    }
    cards?.close();
    lines?.close();
  }
  return folder;
}

/** The folders of an account's backups. */
export function backupsOf(home: string, account: string): readonly string[] {
  const root = path.join(home, 'backups');
  if (!existsSync(root)) return [];
  const ending = backupEnding(account);
  return readdirSync(root)
    .filter((folder) => folder.endsWith(ending))
    .map((folder) => path.join(root, folder));
}

/** They go by the account's name. */
export function renameBackups(home: string, before: string, after: string): void {
  const [former, next] = [before, after].map(backupEnding) as [string, string];
  inOurWords(() => {
    for (const folder of backupsOf(home, before))
      renameSync(folder, `${folder.slice(0, -former.length)}${next}`);
  });
}

export function removeBackups(folders: readonly string[]): void {
  inOurWords(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
}

/** How the folders of an account's backups end. */
export function backupEnding(account: string): string {
  return `Z-${account.replace(/[^\w.@-]/gu, '_')}`;
}

/** Written in large pieces, and safe on the disk when it is closed. */
function openFile(file: string): { write(text: string): void; close(): void } {
  const handle = inOurWords(() => openSync(file, 'wx', 0o600));
  let waiting = '';
  const flush = (): void => {
    inOurWords(() => writeSync(handle, waiting));
    waiting = '';
  };
  return {
    write: (text) => {
      waiting += text;
      if (waiting.length > PIECE) flush();
    },
    close: () => {
      flush();
      inOurWords(() => fsyncSync(handle));
      closeSync(handle);
    },
  };
}

const PIECE = 64 * 1024;
