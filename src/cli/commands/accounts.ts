import type { AccountRow } from '../../store/accounts.ts';
import type { Store } from '../../store/open.ts';
import { connectionOf } from '../connection-of.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { table } from '../render/table.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { NO_ACCOUNT, noAccountNamed } from '../texts/common.ts';
import { HEADINGS, VENDORS } from '../texts/names.ts';

/** Lists the accounts and their settings. */
export async function accounts(session: Session): Promise<ExitStatus> {
  const { io, flags } = session;
  const store = session.store();
  const rows = store.accounts.list();
  if (flags.json) {
    const documents = rows.map((row) => accountDocument(store, row));
    io.result(JSON.stringify({ version: 1, accounts: documents }, undefined, 2));
    return EXIT.done;
  }
  if (rows.length === 0) {
    io.note(`${NO_ACCOUNT.message} ${NO_ACCOUNT.next}`);
    return EXIT.done;
  }
  io.result(
    table(io, rows, [
      { title: HEADINGS.account, text: ({ name }) => name },
      { title: HEADINGS.id, text: ({ id }) => String(id), priority: 4 },
      { title: HEADINGS.crm, text: (row) => crmName(store, row), priority: 1 },
      { title: HEADINGS.group, text: ({ groupName }) => groupName, priority: 2 },
      { title: HEADINGS.direction, text: ({ direction }) => direction, priority: 3 },
      { title: HEADINGS.visibility, text: ({ visibility }) => visibility, priority: 5 },
      { title: HEADINGS.conflicts, text: ({ onConflict }) => onConflict, priority: 6 },
      { title: HEADINGS.match, text: ({ match }) => match, priority: 7 },
    ]),
  );
  return EXIT.done;
}

/** @throws {UsageError} when it is nobody's name or id */
export function accountNamed(session: Session, name: string): AccountRow {
  const row = session.store().accounts.byNameOrId(name);
  if (row !== undefined) return row;
  throw new UsageError(noAccountNamed(name));
}

export function crmName(store: Store, { crmConnection }: AccountRow): string {
  const { details } = connectionOf(store, crmConnection);
  return `${details['company'] ?? VENDORS.pipedrive} · ${details['user'] ?? ''}`;
}

export function accountDocument(store: Store, row: AccountRow): Record<string, unknown> {
  const provider = connectionOf(store, row.providerConnection);
  const crm = connectionOf(store, row.crmConnection);
  return {
    account: row.name,
    id: row.id,
    provider: provider.kind,
    email: row.email,
    crm: {
      kind: crm.kind,
      company: crm.details['company'] ?? null,
      user: crm.details['user'] ?? null,
    },
    group: row.group === 'all' ? 'all' : row.groupName,
    direction: row.direction,
    visibility: row.visibility,
    onConflict: row.onConflict,
    match: row.match,
    paused: row.paused,
  };
}
