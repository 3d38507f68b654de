import path from 'node:path';
import type { TokenSet } from '../../auth/tokens.ts';
import type { Connection } from '../../store/connections.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { acquireLock } from '../../store/lock.ts';
import { ContactSyncError, Interrupted } from '../../sync/errors.ts';
import { backupsOf, removeBackups } from '../backup.ts';
import { clientOf, pipedriveOAuth } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import { isProvider, PROVIDERS } from '../providers.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import type { Session } from '../session.ts';
import { revokeTokens } from '../sign-ins.ts';
import { beforeAnyChange, Cancelled, Refused, UsageError } from '../usage-error.ts';
import { accountNamed } from './accounts.ts';
import { NOTHING_CHANGED, YES_NEEDED } from '../texts/common.ts';
import { vendorName } from '../texts/names.ts';
import * as texts from '../texts/removal.ts';

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
  const backups = backupsOf(session.home, row.name);
  const dropBackups = await beforeAnyChange(NOTHING_CHANGED, () =>
    confirmed(session, row, backups.length, flags),
  );
  const lock = acquireLock(session.home);
  try {
    await forget(session, row);
    if (dropBackups) removeBackups(backups);
  } finally {
    lock.release();
  }
  return done(session, row, backups.length > 0 && !dropBackups);
}

/** Resolves to whether the backups go too. @throws {Cancelled} */
async function confirmed(
  session: Session,
  row: AccountRow,
  backups: number,
  flags: RemoveFlags,
): Promise<boolean> {
  const total = session.store().dashboard.total(row.id);
  session.io.warn(texts.removing(neutralise(row.name), total));
  await confirm(session, texts.removeQuestion(neutralise(row.name)));
  return backups > 0 && (await wantsBackupsGone(session, backups, flags));
}

async function forget(session: Session, row: AccountRow): Promise<void> {
  const store = session.store();
  const last = [row.providerConnection, row.crmConnection]
    .map((id) => connectionOf(store, id))
    .filter((connection) => isLastUse(session, row, connection));
  for (const connection of last) await endSignIn(session, connection);
  store.transaction(() => {
    store.accounts.remove(row.id);
    for (const { id } of last) store.connections.remove(id);
  });
}

/** @throws {UsageError, Cancelled} where nobody says yes */
export async function confirm(session: Session, question: string): Promise<void> {
  if (session.flags.yes) return;
  if (!session.io.canAsk) throw new UsageError(YES_NEEDED);
  const prompter = await session.prompter();
  if (!(await prompter.confirm(question, false))) throw new Cancelled(NOTHING_CHANGED);
}

async function wantsBackupsGone(
  session: Session,
  count: number,
  flags: RemoveFlags,
): Promise<boolean> {
  if (flags.deleteBackups !== undefined) return flags.deleteBackups;
  if (session.flags.yes || !session.io.canAsk) return false;
  const prompter = await session.prompter();
  return prompter.confirm(texts.backupsQuestion(count), false);
}

function isLastUse(session: Session, row: AccountRow, { id }: Connection): boolean {
  const others = session
    .store()
    .accounts.list()
    .filter((one) => one.id !== row.id);
  return others.every((one) => one.providerConnection !== id && one.crmConnection !== id);
}

/** Best effort: a sign-in that cannot be ended from here can be ended on the vendor's own page. */
async function endSignIn(session: Session, connection: Connection): Promise<void> {
  try {
    await revoke(session, connection);
  } catch (error) {
    if (!(error instanceof ContactSyncError) || error instanceof Interrupted) throw error;
    session.io.warn(texts.signInStays(vendorName(connection.kind), error.message));
  }
}

/** @throws {ContactSyncError} when the tokens cannot be read, or there is no OAuth client */
async function revoke(session: Session, connection: Connection): Promise<void> {
  const text = session.store().connections.loadSecret(connection.id, 'tokens');
  if (text === undefined) return;
  const { kind } = connection;
  const provider = isProvider(kind) ? kind : undefined;
  const server =
    provider === undefined ? pipedriveOAuth(session) : PROVIDERS[provider].server(session, false);
  const client = clientOf(session, provider ?? 'pipedrive');
  if (server.revocationEndpoint === undefined) throw new Refused(texts.NO_REVOCATION);
  await revokeTokens(session, server, client, JSON.parse(text) as TokenSet);
}

function done({ io, flags, home }: Session, row: AccountRow, kept: boolean): ExitStatus {
  if (flags.json)
    io.result(JSON.stringify({ version: 1, removed: row.name, backupsKept: kept }, undefined, 2));
  else io.result(texts.removed(row.name, kept ? path.join(home, 'backups') : undefined));
  return EXIT.done;
}
