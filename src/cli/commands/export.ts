import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { toVCard } from '../../contact/vcard.ts';
import type { Revision } from '../../plan/model.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import type { Session } from '../session.ts';
import { beforeAnyChange, Cancelled, Refused, UsageError } from '../usage-error.ts';
import { accountNamed } from './accounts.ts';
import { NO_ACCOUNT } from '../texts/common.ts';
import * as texts from '../texts/export.ts';
import { sign } from '../render/marks.ts';

export type ExportFormat = 'vcard' | 'json';

export interface ExportFlags {
  readonly format?: ExportFormat;
  readonly output?: string;
}

/** One synced contact, as the address book holds it: no other side holds more of it. */
interface Synced {
  readonly account: string;
  readonly crmId: string;
  readonly revision: Revision;
}

/** Writes the synced contacts, to standard output or to a file for the user alone. */
export async function exportContacts(
  session: Session,
  name: string | undefined,
  { format, output }: ExportFlags,
): Promise<ExitStatus> {
  const rows = name === undefined ? session.store().accounts.list() : [accountNamed(session, name)];
  if (rows.length === 0) throw new UsageError(NO_ACCOUNT);
  const chosen = format ?? (session.flags.json && output === undefined ? 'json' : 'vcard');
  if (output === undefined) {
    printAll(session, chosen, synced(session, rows));
    return EXIT.done;
  }
  await beforeAnyChange(texts.NOTHING_WRITTEN, () => mayWrite(session, output));
  const count = writeAll(output, chosen, synced(session, rows));
  conclude(session, path.resolve(output), count);
  return EXIT.done;
}

function* synced(session: Session, rows: readonly AccountRow[]): Generator<Synced> {
  for (const { id, name } of rows) {
    const store = session.store().account(id);
    for (const revision of store.eachPresent('provider')) {
      const pair = store.pairOf('provider', revision.id);
      if (pair !== undefined) yield { account: name, crmId: pair.mapping.crmId, revision };
    }
  }
}

/** The parts of a document, so that a large one need not be in memory at once. */
function* parts(format: ExportFormat, contacts: Iterable<Synced>): Generator<string> {
  if (format === 'vcard') {
    for (const { revision } of contacts) yield cardOf(revision);
    return;
  }
  let before = '{"version":1,"contacts":[\n';
  for (const contact of contacts) {
    yield before + JSON.stringify(entryOf(contact));
    before = ',\n';
  }
  yield before.startsWith('{') ? `${before}]}\n` : '\n]}\n';
}

function cardOf({ id, contact, photo }: Revision): string {
  return toVCard(contact, { uid: id, ...(photo?.startsWith('http') === true ? { photo } : {}) });
}

function entryOf({ account, crmId, revision }: Synced): Record<string, unknown> {
  const { id, contact } = revision;
  return { account, ids: { provider: id, crm: crmId }, contact };
}

/** For eyes, lines without what could steer a terminal; for programs, every byte as it is. */
function printAll({ io }: Session, format: ExportFormat, contacts: Iterable<Synced>): void {
  for (const part of parts(format, contacts)) {
    io.result(io.forPeople ? part.trimEnd().split('\n').map(neutralise).join('\n') : part);
  }
}

/** @throws {UsageError, Cancelled} where something is there that is not to be lost */
async function mayWrite({ flags, io, prompter }: Session, file: string): Promise<void> {
  if (!existsSync(file) || flags.yes) return;
  if (!io.canAsk) throw new UsageError(texts.isThere(file));
  const yes = await (await prompter()).confirm(texts.replaceQuestion(file), false);
  if (!yes) throw new Cancelled(texts.NOTHING_WRITTEN);
}

/** Beside its place first, so that nothing is half there. Resolves to how many contacts it holds. */
function writeAll(file: string, format: ExportFormat, contacts: Iterable<Synced>): number {
  const beside = `${file}.${process.pid}.part`;
  let count = 0;
  const counting = function* (): Generator<Synced> {
    for (const contact of contacts) {
      count += 1;
      yield contact;
    }
  };
  try {
    writeParts(beside, parts(format, counting()));
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw cannotWrite(file, error);
  }
  return count;
}

function writeParts(file: string, texts: Iterable<string>): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    for (const text of texts) writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The user's own place, not ours: what is wrong with it is theirs to choose anew. */
function cannotWrite(file: string, error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error;
  return new Refused(texts.cannotWrite(file, String(error.code)));
}

function conclude({ io, flags }: Session, file: string, contacts: number): void {
  if (flags.json) io.result(JSON.stringify({ version: 1, file, contacts }, undefined, 2));
  else io.result(`${sign(io, 'good')} ${texts.written(contacts, neutralise(file))}`);
}
