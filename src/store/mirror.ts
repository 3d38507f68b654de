import { hash as digest } from 'node:crypto';
import type { Contact } from '../contact/contact.ts';
import type { Absence, Revision, Side, Sighting } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Keyed } from '../sync/records.ts';
import type { Cursors } from './cursors.ts';
import type { Marks } from './marks.ts';
import type { MatchKeys } from './match-keys.ts';
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
function contentHash(contact: string, { groups, owned, organizationId, photo }: Revision): string {
  const rest = JSON.stringify([groups.toSorted(), owned, organizationId, photo]);
  // As one list, whose first item is the contact.
  return digest('sha256', `[${contact},${rest.slice(1)}`, 'base64');
}

/** What is written of a record whenever it is seen. Values go by place: by name each takes a microsecond more. */
const SIGHT = ['etag', 'updated_at', 'mark', 'generation', 'digest'] as const;

/** What is written of one that is not as it was. */
const CONTENT = [
  'hash',
  'contact',
  'keys',
  'groups',
  'owned',
  'organization_id',
  'photo',
  'created_at',
  'changed_at',
] as const;

function contentOf({ revision, keys }: Keyed, contact: string, hash: string): readonly unknown[] {
  const { groups, owned, organizationId, photo, createdAt, updatedAt } = revision;
  return [
    hash,
    contact,
    JSON.stringify(keys),
    JSON.stringify(groups),
    owned ? 1 : 0,
    organizationId ?? null,
    photo ?? null,
    createdAt === undefined ? null : Date.parse(createdAt),
    updatedAt ?? null,
  ];
}

const toSet = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = ?`).join(', ');

/** Another version of this program may read the same answer otherwise. */
export function asReadHere({ toolVersion }: Scope, digest: string): string {
  return `${toolVersion} ${digest}`;
}

/** When the step was begun by which the record is written, by the vendor's clock. */
const WRITTEN_AT = '(SELECT begun_at FROM step WHERE id = ?)';

/** All of them without the absent ones: two indexes tell it, and no row has to be read. */
const COUNT_PRESENT = `
  SELECT (SELECT count(*) FROM mirror WHERE connection_id = @connection)
    - (SELECT count(*) FROM mirror WHERE connection_id = @connection AND absent IS NOT NULL)`;

/** What a step of ours has to do with a record. */
export interface Written {
  /** The step that wrote it, if one did: its time is kept with the record. */
  readonly step?: number | undefined;
  /** With its counterpart in this account: no mark is left. */
  readonly inStep?: boolean | undefined;
}

export interface MirrorParts {
  readonly marks: Marks;
  readonly cursors: Cursors;
  readonly matchKeys: MatchKeys;
}

/** Tables that name records of both sides by their ids. */
const NAMING_RECORDS = ['mapping', 'conflict', 'verdict', 'step'] as const;

export type Mirror = Pick<AccountStore, 'sighting' | 'standsSo' | 'mirrored' | 'eachPresent'> & {
  /** Inside the caller's transaction, as `putAbsent`. */
  put(side: Side, keyed: Keyed, written?: Written): void;
  putAbsent(side: Side, id: string, how: Absence, written?: Written): void;
  row(side: Side, id: string): MirrorRow | undefined;
};

export function createMirror(scope: Scope, { marks, cursors, matchKeys }: MirrorParts): Mirror {
  const { db, turns, connections } = scope;
  const connection = (side: Side): number => connections[side];

  const select = db.prepare<[number, string], MirrorRow>(
    `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND mirror.id = ?`,
  );
  const state = db.prepare<
    [number, string],
    Pick<MirrorRow, 'hash' | 'absent'> & { readonly position: number }
  >('SELECT rowid AS position, hash, absent FROM mirror WHERE connection_id = ? AND id = ?');
  const columns = ['connection_id', 'id', ...SIGHT, ...CONTENT];
  const insert = db.prepare(`
    INSERT INTO mirror (${columns.join(', ')}, written_at)
    VALUES (${columns.map(() => '?').join(', ')}, ${WRITTEN_AT})`);
  const update = (changed: readonly string[]) =>
    db.prepare(`
      UPDATE mirror SET ${toSet(changed)}, absent = NULL, suspect = 0,
        written_at = coalesce(${WRITTEN_AT}, written_at)
      WHERE rowid = ?`);
  const replace = update([...SIGHT, ...CONTENT]);
  const touch = update(SIGHT);
  const makeAbsent = db.prepare(`
    UPDATE mirror SET absent = ?, suspect = 0, written_at = coalesce(${WRITTEN_AT}, written_at)
    WHERE connection_id = ? AND id = ?`);
  const count = db.prepare<[{ connection: number }], number>(COUNT_PRESENT).pluck();
  const present = db.prepare<[number], MirrorRow>(
    `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND mirror.absent IS NULL ORDER BY mirror.rowid`,
  );
  const rename = db.prepare('UPDATE mirror SET id = ? WHERE connection_id = ? AND id = ?');

  const sightOf = (side: Side, { revision, digest }: Keyed): readonly unknown[] => [
    revision.etag,
    revision.updatedAt ?? null,
    revision.mark ?? null,
    cursors.generation(side),
    digest === undefined ? null : asReadHere(scope, digest),
  ];

  const put = (side: Side, keyed: Keyed, { step, inStep = false }: Written = {}): void => {
    const { revision } = keyed;
    for (const former of revision.formerIds ?? []) rekey(side, former, revision.id);
    const contact = JSON.stringify(revision.contact);
    const hash = contentHash(contact, revision);
    const sight = sightOf(side, keyed);
    const before = state.get(connection(side), revision.id);
    if (before?.hash === hash) {
      touch.run(...sight, step ?? null, before.position);
      if (before.absent !== null) marks.mark(side, revision.id);
      return;
    }
    const whole = [...sight, ...contentOf(keyed, contact, hash), step ?? null];
    if (before === undefined) {
      matchKeys.added(insert.run(connection(side), revision.id, ...whole).lastInsertRowid);
    } else {
      matchKeys.drop(connection(side), revision.id);
      replace.run(...whole, before.position);
      matchKeys.added(before.position);
    }
    if (inStep) marks.markElsewhere(side, revision.id);
    else marks.mark(side, revision.id);
  };

  const putAbsent = (side: Side, id: string, how: Absence, { step }: Written = {}): void => {
    if (makeAbsent.run(how, step ?? null, connection(side), id).changes > 0) marks.mark(side, id);
  };

  /** The vendor gave a record another id: everything that names it follows, unless the new id is known already. */
  const rekey = (side: Side, former: string, id: string): void => {
    const [old, taken] = [state.get(connection(side), former), state.get(connection(side), id)];
    // An id that was gone before was merged away: its mapping ended then, and must not take this place.
    if (former === id || old === undefined || old.absent !== null || taken !== undefined) return;
    matchKeys.drop(connection(side), former);
    rename.run(id, connection(side), former);
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

  function* revisions(side: Side): Generator<Revision> {
    for (const row of present.iterate(connection(side))) yield toRevision(row);
  }

  return {
    put,
    putAbsent,
    row: (side, id) => select.get(connection(side), id),
    sighting: (side, id) => {
      const row = select.get(connection(side), id);
      return row && toSighting(row);
    },
    standsSo: (side, revision) => {
      // Its name is put in where a record is read, and stands in no row.
      if (revision.organizationId !== undefined) return false;
      const row = state.get(connection(side), revision.id);
      const hash = contentHash(JSON.stringify(revision.contact), revision);
      return row?.absent === null && row.hash === hash;
    },
    mirrored: (side) => count.get({ connection: connection(side) }) ?? 0,
    eachPresent: (side) => {
      // Whoever walks through takes longer than a moment.
      turns.end();
      return revisions(side);
    },
  };
}
