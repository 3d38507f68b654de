import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EMPTY_CONTACT } from '../contact/contact.ts';
import { toVCard } from '../contact/vcard.ts';
import { SIDES, type Side } from '../plan/model.ts';
import { inOurWords } from '../store/errors.ts';
import { backupEnding } from './backup.ts';

/** Whose records are to go, and from which backups: not from those of accounts with other sign-ins. */
export interface Erasure {
  readonly ids: { readonly [S in Side]: readonly string[] };
  readonly strangers: readonly string[];
}

/** Takes contacts out of every backup. Resolves to how many backups had them. */
export function eraseFromBackups(home: string, { ids, strangers }: Erasure): number {
  const root = path.join(home, 'backups');
  if (!existsSync(root)) return 0;
  const foreign = strangers.map(backupEnding);
  const folders = readdirSync(root).filter(
    (folder) => !foreign.some((ending) => folder.endsWith(ending)),
  );
  const touched = folders.filter((folder) => {
    const changed = SIDES.flatMap((side) => [
      rewrite(path.join(root, folder, `${side}.jsonl`), (text) => withoutLines(text, ids[side])),
      rewrite(path.join(root, folder, `${side}.vcf`), (text) => withoutCards(text, ids[side])),
    ]);
    return changed.includes(true);
  });
  return touched.length;
}

/** Whole or not at all, whatever happens meanwhile. */
function rewrite(file: string, change: (text: string) => string): boolean {
  return inOurWords(() => {
    if (!existsSync(file)) return false;
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) return false;
    writeFileSync(`${file}.new`, after, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    return true;
  });
}

function withoutLines(text: string, ids: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => line === '' || !ids.includes((JSON.parse(line) as { id: string }).id))
    .join('\n');
}

const CARD_END = 'END:VCARD\r\n';

function withoutCards(text: string, ids: readonly string[]): string {
  const names = ids.map((id) => uidLine(toVCard(EMPTY_CONTACT, { uid: id })));
  return text
    .split(CARD_END)
    .filter((card) => !names.includes(uidLine(card)) || card === '')
    .join(CARD_END);
}

/** The property that names the record, long lines put together again (RFC 6350, 3.2). */
function uidLine(card: string): string | undefined {
  const lines = card.replace(/\r\n[ \t]/gu, '').split('\r\n');
  return lines.find((line) => line.startsWith('UID'));
}
