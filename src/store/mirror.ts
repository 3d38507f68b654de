import { hash as digest } from 'node:crypto';
import type { Contact } from '../contact/contact.ts';
import type { Absence, Revision, Side, Sighting } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Keyed } from '../sync/records.ts';
import type { Cursors } from './cursors.ts';
import type { Marks } from './marks.ts';
import { idColumn, type Scope } from './scope.ts';

export interface MirrorRow {
  readonly id: string;
  readonly etag: string;
  readonly hash: string;
  readonly contact: string;
  readonly groups: string;
  readonly owned: number;
  readonly organization_id: string | null;
  readonly photo: string | null;
  readonly mark: string | null;
  readonly created_at: number | null;
  readonly updated_at: string | null;
  readonly changed_at: string | null;
  readonly written_at: string | null;
  readonly absent: Absence | null;
  /** Joined from the organizations: null when the link cannot be read, or there is none. */
  readonly organization: string | null;
}

/** Reading rows with the organization's name filled in. */
export const SELECT_MIRROR = `
  SELECT mirror.*, organization.name AS organization
  FROM mirror LEFT JOIN organization
    ON organization.connection_id = mirror.connection_id AND organization.id = mirror.organization_id`;

export function toRevision(row: MirrorRow): Revision {
  const contact = JSON.parse(row.contact) as Contact;
  return {
    id: row.id,
    etag: row.etag,
    contact: row.organization === null ? contact : { ...contact, organization: row.organization },
    groups: JSON.parse(row.groups) as readonly string[],
    owned: row.owned === 1,
    ...(row.created_at === null ? {} : { createdAt: new Date(row.created_at).toISOString() }),
    ...(row.changed_at === null ? {} : { updatedAt: row.changed_at }),
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    ...(row.photo === null ? {} : { photo: row.photo }),
    ...(row.mark === null ? {} : { mark: row.mark }),
  };
}

export function toSighting(row: MirrorRow): Sighting {
  return row.absent === null
    ? { kind: 'present', revision: toRevision(row) }
    : { kind: 'absent', id: row.id, how: row.absent };
}

/** Of what matters: an etag or a time that moves alone is no change. */
function contentHash({ contact, groups, owned, organizationId, photo }: Revision): string {
  const content = JSON.stringify([contact, groups.toSorted(), owned, organizationId, photo]);
  return digest('sha256', content, 'base64');
}

function columnsOf({ contact, groups, owned, organizationId, photo, createdAt }: Revision) {
  return {
    contact: JSON.stringify(contact),
    groups: JSON.stringify(groups),
    owned: owned ? 1 : 0,
    organizationId: organizationId ?? null,
    photo: photo ?? null,
    createdAt: createdAt === undefined ? null : Date.parse(createdAt),
  };
}

/** Tables that name records of both sides by their ids. */
const NAMING_RECORDS = ['mapping', 'conflict', 'verdict', 'step'] as const;

export type Mirror = Pick<AccountStore, 'sighting' | 'mirrored' | 'eachPresent'> & {
  /** Inside the caller's transaction. @param inStep with its counterpart in this account: no mark is left */
  put(side: Side, keyed: Keyed, inStep?: boolean): void;
  putAbsent(side: Side, id: string, how: Absence): void;
  /** We wrote this record, at `at` by the vendor's clock. */
  wrote(side: Side, id: string, at: string): void;
  row(side: Side, id: string): MirrorRow | undefined;
};

export function createMirror(scope: Scope, marks: Marks, cursors: Cursors): Mirror {
  const { db, turns, connections } = scope;
  const connection = (side: Side): number => connections[side];

  const select = db.prepare<[number, string], MirrorRow>(
    `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND mirror.id = ?`,
  );
  const state = db.prepare<[number, string], Pick<MirrorRow, 'hash' | 'absent'>>(
    'SELECT hash, absent FROM mirror WHERE connection_id = ? AND id = ?',
  );
  const upsert = db.prepare(`
    INSERT INTO mirror (connection_id, id, etag, hash, contact, groups, owned, organization_id, photo, mark,
      created_at, updated_at, changed_at, absent, suspect, generation)
    VALUES (@connection, @id, @etag, @hash, @contact, @groups, @owned, @organizationId, @photo, @mark,
      @createdAt, @updatedAt, @updatedAt, NULL, 0, @generation)
    ON CONFLICT (connection_id, id) DO UPDATE SET
      etag = excluded.etag, hash = excluded.hash, contact = excluded.contact, groups = excluded.groups,
      owned = excluded.owned, organization_id = excluded.organization_id, photo = excluded.photo,
      mark = excluded.mark, created_at = excluded.created_at, updated_at = excluded.updated_at,
      changed_at = excluded.changed_at,
      absent = NULL, suspect = 0, generation = excluded.generation`);
  const touch = db.prepare(`
    UPDATE mirror SET etag = @etag, updated_at = @updatedAt, mark = @mark, absent = NULL, suspect = 0, generation = @generation
    WHERE connection_id = @connection AND id = @id`);
  const dropKeys = db.prepare('DELETE FROM match_key WHERE connection_id = ? AND record_id = ?');
  const addKey = db.prepare(
    'INSERT OR IGNORE INTO match_key (connection_id, key, record_id) VALUES (?, ?, ?)',
  );
  const makeAbsent = db.prepare(
    'UPDATE mirror SET absent = ?, suspect = 0 WHERE connection_id = ? AND id = ?',
  );
  const stampWritten = db.prepare(
    'UPDATE mirror SET written_at = ? WHERE connection_id = ? AND id = ?',
  );
  const count = db
    .prepare<[number], number>(
      'SELECT count(*) FROM mirror WHERE connection_id = ? AND absent IS NULL',
    )
    .pluck();
  const present = db.prepare<[number], MirrorRow>(
    `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND mirror.absent IS NULL ORDER BY mirror.rowid`,
  );
  const rename = db.prepare('UPDATE mirror SET id = ? WHERE connection_id = ? AND id = ?');

  const put = (side: Side, { revision, keys }: Keyed, inStep = false): void => {
    for (const former of revision.formerIds ?? []) rekey(side, former, revision.id);
    const values = {
      connection: connection(side),
      id: revision.id,
      etag: revision.etag,
      updatedAt: revision.updatedAt ?? null,
      mark: revision.mark ?? null,
      generation: cursors.generation(side),
    };
    const hash = contentHash(revision);
    const before = state.get(connection(side), revision.id);
    if (before?.hash === hash) {
      touch.run(values);
      if (before.absent !== null) marks.mark(side, revision.id);
      return;
    }
    upsert.run({ ...values, hash, ...columnsOf(revision) });
    if (before !== undefined) dropKeys.run(connection(side), revision.id);
    for (const key of keys) addKey.run(connection(side), key, revision.id);
    if (inStep) marks.markElsewhere(side, revision.id);
    else marks.mark(side, revision.id);
  };

  const putAbsent = (side: Side, id: string, how: Absence): void => {
    if (makeAbsent.run(how, connection(side), id).changes > 0) marks.mark(side, id);
  };

  /** The vendor gave a record another id: everything that names it follows, unless the new id is known already. */
  const rekey = (side: Side, former: string, id: string): void => {
    const [old, taken] = [state.get(connection(side), former), state.get(connection(side), id)];
    // An id that was gone before was merged away: its mapping ended then, and must not take this place.
    if (former === id || old === undefined || old.absent !== null || taken !== undefined) return;
    rename.run(id, connection(side), former);
    dropKeys.run(connection(side), former);
    marks.drop(side, former);
    for (const table of NAMING_RECORDS) {
      db.prepare(
        `UPDATE ${table} SET ${idColumn(side)} = ? WHERE ${idColumn(side)} = ?
         AND account_id IN (SELECT id FROM account WHERE ${side}_connection = ?)`,
      ).run(id, former, connection(side));
    }
    // The content under the new id is written next; a hash that fits nothing makes sure of it.
    db.prepare("UPDATE mirror SET hash = '' WHERE connection_id = ? AND id = ?").run(
      connection(side),
      id,
    );
  };

  return {
    put,
    putAbsent,
    row: (side, id) => select.get(connection(side), id),
    wrote: (side, id, at) => {
      stampWritten.run(at, connection(side), id);
    },
    sighting: (side, id) => {
      const row = select.get(connection(side), id);
      return row && toSighting(row);
    },
    mirrored: (side) => count.get(connection(side)) ?? 0,
    *eachPresent(side) {
      // Whoever walks through takes longer than a moment.
      turns.end();
      for (const row of present.iterate(connection(side))) yield toRevision(row);
    },
  };
}
