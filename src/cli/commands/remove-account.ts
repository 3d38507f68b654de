import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createTokenEndpoint, type TokenSet } from '../../auth/tokens.ts';
import type { Connection } from '../../store/connections.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { acquireLock } from '../../store/lock.ts';
import { clientOf, connectionOf, googleOAuth, pipedriveOAuth } from '../compose.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Cancelled, UsageError } from '../usage-error.ts';
import { counted } from '../words.ts';

export interface RemoveFlags {
  readonly deleteBackups?: boolean;
}

/** Forgets an account. Contacts stay as they are on both sides. */
export async function removeAccount(
  session: Session,
  name: string,
  flags: RemoveFlags,
): Promise<ExitStatus> {
  const row = accountNamed(session, name);
  const store = session.store();
  const total = store.dashboard.total(row.id);
  session.io.warn(
    `${row.name}: what contactsync knows of ${counted(total, 'synced contact', 'synced contacts')} is deleted. The contacts stay as they are on both sides.`,
  );
  await confirm(session, `Remove the account ${row.name}?`);
  const backups = backupsOf(session, row);
  const dropBackups =
    backups.length > 0 && (await wantsBackupsGone(session, backups.length, flags));

  const lock = acquireLock(session.home);
  try {
    const connections = [row.providerConnection, row.crmConnection].map((id) =>
      connectionOf(store, id),
    );
    const last = connections.filter((connection) => isLastUse(session, row, connection));
    for (const connection of last) await revoke(session, connection);
    store.transaction(() => {
      store.accounts.remove(row.id);
      for (const { id } of last) store.connections.remove(id);
    });
    if (dropBackups) for (const folder of backups) rmSync(folder, { recursive: true });
  } finally {
    lock.release();
  }
  return done(session, row, backups.length > 0 && !dropBackups);
}

export function accountNamed(session: Session, name: string): AccountRow {
  const row = session.store().accounts.byNameOrId(name);
  if (row !== undefined) return row;
  throw new UsageError(`There is no account "${name}".`, 'See them: contactsync accounts');
}

/** @throws {UsageError, Cancelled} where nobody says yes */
export async function confirm(session: Session, question: string): Promise<void> {
  if (session.flags.yes) return;
  if (!session.io.canAsk) {
    throw new UsageError(
      'This needs a yes, and there is no terminal to ask on.',
      'Give it with --yes.',
    );
  }
  const prompter = await session.prompter();
  if (!(await prompter.confirm(question, false))) throw new Cancelled('Nothing was changed.');
}

async function wantsBackupsGone(
  session: Session,
  count: number,
  flags: RemoveFlags,
): Promise<boolean> {
  if (flags.deleteBackups !== undefined) return flags.deleteBackups;
  if (session.flags.yes || !session.io.canAsk) return false;
  const prompter = await session.prompter();
  return prompter.confirm(
    `Delete ${counted(count, 'backup', 'backups')} of its contacts too?`,
    false,
  );
}

function backupsOf({ home }: Session, { name }: AccountRow): readonly string[] {
  const folder = path.join(home, 'backups');
  if (!existsSync(folder)) return [];
  const ending = `Z-${name.replace(/[^\w.@-]/gu, '_')}`;
  return readdirSync(folder)
    .filter((entry) => entry.endsWith(ending))
    .map((entry) => path.join(folder, entry));
}

function isLastUse(session: Session, row: AccountRow, { id }: Connection): boolean {
  const others = session
    .store()
    .accounts.list()
    .filter((one) => one.id !== row.id);
  return others.every((one) => one.providerConnection !== id && one.crmConnection !== id);
}

/** Best effort: a login that the vendor keeps anyway can be ended on its own page. */
async function revoke(session: Session, connection: Connection): Promise<void> {
  const text = session.store().connections.loadSecret(connection.id, 'tokens');
  if (text === undefined) return;
  const { refreshToken, accessToken } = JSON.parse(text) as TokenSet;
  const google = connection.kind === 'google';
  const server = google ? googleOAuth(session, false) : pipedriveOAuth(session);
  const client = clientOf(session, google ? 'google' : 'pipedrive');
  await createTokenEndpoint(server, client, session.http()).revoke(refreshToken ?? accessToken);
}

function done({ io, flags, home }: Session, row: AccountRow, kept: boolean): ExitStatus {
  if (flags.json)
    io.result(JSON.stringify({ version: 1, removed: row.name, backupsKept: kept }, undefined, 2));
  else
    io.result(
      `Removed ${row.name}.${kept ? ` Its backups are kept in ${path.join(home, 'backups')}.` : ''}`,
    );
  return EXIT.done;
}
