import { createHash } from 'node:crypto';
import type { Contact } from '../contact/contact.ts';
import type { Absence, Revision, Side, Sighting } from '../plan/model.ts';
import type { AccountStore, Confirmed, Keyed } from '../sync/store-port.ts';
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
    ...(row.updated_at === null ? {} : { updatedAt: row.updated_at }),
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
  return createHash('sha256').update(content).digest('base64');
}

export type Mirror = Pick<
  AccountStore,
  | 'observe'
  | 'startListing'
  | 'finishListing'
  | 'suspects'
  | 'confirm'
  | 'sighting'
  | 'mirrored'
  | 'eachPresent'
  | 'cursor'
  | 'dropCursor'
  | 'walk'
  | 'saveWalk'
> & {
  /** Inside the caller's transaction. */
  put(side: Side, keyed: Keyed): void;
  putAbsent(side: Side, id: string, how: Absence): void;
  row(side: Side, id: string): MirrorRow | undefined;
};

export function createMirror(scope: Scope, marks: Marks): Mirror {
  const { db, connections } = scope;
  const connection = (side: Side): number => connections[side];

  const select = db.prepare<[number, string], MirrorRow>(
    `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND mirror.id = ?`,
  );
  const state = db.prepare<[number, string], Pick<MirrorRow, 'hash' | 'absent'>>(
    'SELECT hash, absent FROM mirror WHERE connection_id = ? AND id = ?',
  );
  const upsert = db.prepare(`
    INSERT INTO mirror (connection_id, id, etag, hash, contact, groups, owned, organization_id, photo, mark,
      created_at, updated_at, absent, suspect, generation)
    VALUES (@connection, @id, @etag, @hash, @contact, @groups, @owned, @organizationId, @photo, @mark,
      @createdAt, @updatedAt, NULL, 0, @generation)
    ON CONFLICT (connection_id, id) DO UPDATE SET
      etag = excluded.etag, hash = excluded.hash, contact = excluded.contact, groups = excluded.groups,
      owned = excluded.owned, organization_id = excluded.organization_id, photo = excluded.photo,
      mark = excluded.mark, created_at = excluded.created_at, updated_at = excluded.updated_at,
      absent = NULL, suspect = 0, generation = excluded.generation`);
  const touch = db.prepare(`
    UPDATE mirror SET etag = @etag, updated_at = @updatedAt, mark = @mark, absent = NULL, suspect = 0, generation = @generation
    WHERE connection_id = @connection AND id = @id`);
  const dropKeys = db.prepare('DELETE FROM match_key WHERE connection_id = ? AND record_id = ?');
  const addKey = db.prepare(
    'INSERT OR IGNORE INTO match_key (connection_id, key, record_id) VALUES (?, ?, ?)',
  );
  const suspectOne = db.prepare(
    'UPDATE mirror SET suspect = 1 WHERE connection_id = ? AND id = ? AND absent IS NULL',
  );
  const seen = db.prepare('UPDATE mirror SET generation = ? WHERE connection_id = ? AND id = ?');
  const suspectUnseen = db.prepare(
    'UPDATE mirror SET suspect = 1 WHERE connection_id = ? AND absent IS NULL AND generation < ?',
  );
  const listSuspects = db
    .prepare<[number, number], string>(
      'SELECT id FROM mirror WHERE connection_id = ? AND suspect = 1 ORDER BY rowid LIMIT ?',
    )
    .pluck();
  const unsuspect = db.prepare('UPDATE mirror SET suspect = 0 WHERE connection_id = ? AND id = ?');
  const makeAbsent = db.prepare(
    'UPDATE mirror SET absent = ?, suspect = 0 WHERE connection_id = ? AND id = ?',
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
  const reading = createReading(scope);

  const put = (side: Side, { revision, keys }: Keyed): void => {
    for (const former of revision.formerIds ?? []) rekey(side, former, revision.id);
    const values = {
      connection: connection(side),
      id: revision.id,
      etag: revision.etag,
      updatedAt: revision.updatedAt ?? null,
      mark: revision.mark ?? null,
      generation: reading.generation(side),
    };
    const hash = contentHash(revision);
    const before = state.get(connection(side), revision.id);
    if (before?.hash === hash) {
      touch.run(values);
      if (before.absent !== null) marks.mark(side, revision.id);
      return;
    }
    upsert.run({
      ...values,
      hash,
      contact: JSON.stringify(revision.contact),
      groups: JSON.stringify(revision.groups),
      owned: revision.owned ? 1 : 0,
      organizationId: revision.organizationId ?? null,
      photo: revision.photo ?? null,
      createdAt: revision.createdAt === undefined ? null : Date.parse(revision.createdAt),
    });
    dropKeys.run(connection(side), revision.id);
    for (const key of keys) addKey.run(connection(side), key, revision.id);
    marks.mark(side, revision.id);
  };

  const putAbsent = (side: Side, id: string, how: Absence): void => {
    if (makeAbsent.run(how, connection(side), id).changes > 0) marks.mark(side, id);
  };

  /** The vendor gave a record another id: everything that names it follows, unless the new id is known already. */
  const rekey = (side: Side, former: string, id: string): void => {
    const [old, taken] = [state.get(connection(side), former), state.get(connection(side), id)];
    if (former === id || old === undefined || taken !== undefined) return;
    rename.run(id, connection(side), former);
    dropKeys.run(connection(side), former);
    marks.drop(side, former);
    db.prepare(
      `UPDATE mapping SET ${idColumn(side)} = ? WHERE ${idColumn(side)} = ?
       AND account_id IN (SELECT id FROM account WHERE ${side}_connection = ?)`,
    ).run(id, former, connection(side));
    // The content under the new id is written next; a hash that fits nothing makes sure of it.
    db.prepare("UPDATE mirror SET hash = '' WHERE connection_id = ? AND id = ?").run(
      connection(side),
      id,
    );
  };

  const confirmOne = (side: Side, { id, finding, keys = [] }: Confirmed): void => {
    if (finding.kind === 'present') put(side, { revision: finding.revision, keys });
    else if (finding.kind === 'absent') putAbsent(side, id, finding.how);
    unsuspect.run(connection(side), id);
  };

  return {
    put,
    putAbsent,
    ...reading.port,
    row: (side, id) => select.get(connection(side), id),
    observe: db.transaction((side, page) => {
      for (const keyed of page.revisions) put(side, keyed);
      for (const id of page.tombstones) suspectOne.run(connection(side), id);
      for (const { id } of page.malformed) seen.run(reading.generation(side), connection(side), id);
      if (page.cursor !== undefined) reading.saveCursor(side, page.cursor);
    }),
    finishListing: db.transaction((side, generation, cursor) => {
      suspectUnseen.run(connection(side), generation);
      if (cursor !== undefined) reading.saveCursor(side, cursor);
    }),
    suspects: (side, limit) => listSuspects.all(connection(side), limit),
    confirm: db.transaction((side, findings) => {
      for (const one of findings) confirmOne(side, one);
    }),
    sighting: (side, id) => {
      const row = select.get(connection(side), id);
      return row && toSighting(row);
    },
    mirrored: (side) => count.get(connection(side)) ?? 0,
    *eachPresent(side) {
      for (const row of present.iterate(connection(side))) yield toRevision(row);
    },
  };
}

/** How far each connection was read. */
function createReading({ db, connections }: Scope) {
  const ensure = db.prepare('INSERT OR IGNORE INTO reading (connection_id) VALUES (?)');
  for (const id of Object.values(connections)) ensure.run(id);
  const read = <T>(column: string) =>
    db.prepare<[number], T>(`SELECT ${column} FROM reading WHERE connection_id = ?`).pluck();
  const write = (column: string) =>
    db.prepare(`UPDATE reading SET ${column} = ? WHERE connection_id = ?`);
  const cursor = read<string | null>('cursor');
  const generation = read<number>('generation');
  const walk = read<string>('walk');
  const [setCursor, setWalk] = [write('cursor'), write('walk')];
  const next = db
    .prepare<[number], number>(
      'UPDATE reading SET generation = generation + 1 WHERE connection_id = ? RETURNING generation',
    )
    .pluck();
  return {
    saveCursor: (side: Side, value: string): void => {
      setCursor.run(value, connections[side]);
    },
    /** Whatever is seen now counts as seen by the newest listing. */
    generation: (side: Side): number => generation.get(connections[side]) ?? 0,
    port: {
      cursor: (side: Side) => cursor.get(connections[side]) ?? undefined,
      dropCursor: (side: Side) => {
        setCursor.run(null, connections[side]);
      },
      startListing: (side: Side) => next.get(connections[side]) ?? 0,
      walk: (side: Side) =>
        JSON.parse(walk.get(connections[side]) ?? '{}') as ReturnType<AccountStore['walk']>,
      saveWalk: (side: Side, value: ReturnType<AccountStore['walk']>) => {
        setWalk.run(JSON.stringify(value), connections[side]);
      },
    },
  };
}
