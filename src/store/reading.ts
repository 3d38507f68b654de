import type { Revision, Side } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Confirmed, Keyed, ObservedPage } from '../sync/records.ts';
import type { Cursors } from './cursors.ts';
import type { MatchKeys } from './match-keys.ts';
import { asReadHere, type Mirror, type MirrorRow } from './mirror.ts';
import type { Scope } from './scope.ts';

export type Reading = Pick<
  AccountStore,
  'recognise' | 'observe' | 'finishListing' | 'suspects' | 'confirm'
>;

/** What a feed, a listing or a look at single records brings into the mirror. */
export interface ReadingParts {
  readonly mirror: Mirror;
  readonly cursors: Cursors;
  readonly matchKeys: MatchKeys;
}

export function createReading(scope: Scope, { mirror, cursors, matchKeys }: ReadingParts): Reading {
  const { db, turns, connections, forgotten } = scope;
  const written = db.prepare<
    [number, string],
    Pick<MirrorRow, 'absent' | 'updated_at' | 'written_at'>
  >('SELECT absent, updated_at, written_at FROM mirror WHERE connection_id = ? AND id = ?');
  const seen = db.prepare('UPDATE mirror SET generation = ? WHERE connection_id = ? AND id = ?');
  const suspectPresent = db.prepare(
    'UPDATE mirror SET suspect = 1 WHERE connection_id = ? AND id = ? AND absent IS NULL',
  );
  const suspectAny = db.prepare('UPDATE mirror SET suspect = 1 WHERE connection_id = ? AND id = ?');
  const keysOf = db
    .prepare<[number, string], string>('SELECT keys FROM mirror WHERE connection_id = ? AND id = ?')
    .pluck();
  const suspectHolders = db.prepare(`
    UPDATE mirror SET suspect = 1
    WHERE connection_id = @connection AND id <> @id AND absent IS NULL AND id IN (
      SELECT record_id FROM match_key
      WHERE connection_id = @connection AND key IN (SELECT value FROM json_each(@keys)))`);
  const suspectUnseen = db.prepare(`
    UPDATE mirror SET suspect = 1
    WHERE connection_id = @connection AND absent IS NULL AND generation < @generation
      AND rowid NOT IN (
        SELECT mirror_row FROM seen WHERE connection_id = @connection AND generation >= @generation)`);
  const forget = db.prepare('DELETE FROM seen WHERE connection_id = ? AND generation <= ?');
  const known = db.prepare<
    [number, string, string],
    { readonly row: number; readonly suspect: number }
  >(`
    SELECT rowid AS row, suspect FROM mirror
    WHERE connection_id = ? AND id = ? AND digest = ? AND absent IS NULL`);
  const recognised = db.prepare('INSERT OR REPLACE INTO seen VALUES (?, ?, ?)');
  const clear = db.prepare('UPDATE mirror SET suspect = 0 WHERE connection_id = ? AND id = ?');
  const suspects = db.prepare<[number, number, number], { position: number; id: string }>(`
    SELECT rowid AS position, id FROM mirror
    WHERE connection_id = ? AND suspect = 1 AND rowid > ? ORDER BY rowid LIMIT ?`);

  /** Older than our own write: the vendor's lists lag behind it for a while. */
  const isEcho = (
    side: Side,
    id: string,
    found: Revision | undefined,
    settledBy: string,
  ): boolean => {
    const row = written.get(connections[side], id);
    if (row?.written_at == null || row.written_at <= settledBy) return false;
    if (found === undefined) return row.absent === null;
    if (row.absent !== null) return true;
    return (found.updatedAt ?? '') < (row.updated_at ?? '');
  };

  /** Erased on purpose. Somebody else who is here already and shares an e-mail stays. */
  const staysOut = (side: Side, revision: Revision): boolean =>
    forgotten.covers(connections[side], revision) &&
    written.get(connections[side], revision.id) === undefined;

  const suspectWhoHeld = (side: Side, { revision: { id }, keys }: Keyed): void => {
    const connection = connections[side];
    const before = keysOf.get(connection, id);
    if (before === undefined) return;
    const known = new Set(JSON.parse(before) as readonly string[]);
    const gained = keys.filter((key) => !known.has(key));
    if (gained.length === 0) return;
    matchKeys.sortIn();
    suspectHolders.run({ connection, id, keys: JSON.stringify(gained) });
  };

  const recognise: Reading['recognise'] = (side, listed) => {
    const connection = connections[side];
    const generation = cursors.generation(side);
    const found = listed.filter(({ id, digest }) => {
      const row = known.get(connection, id, asReadHere(scope, digest));
      if (row === undefined) return false;
      recognised.run(connection, row.row, generation);
      if (row.suspect === 1) clear.run(connection, id);
      return true;
    });
    return new Set(found.map(({ id }) => id));
  };

  const observe = (side: Side, page: ObservedPage): void => {
    const connection = connections[side];
    for (const keyed of page.revisions) {
      const { id } = keyed.revision;
      if (staysOut(side, keyed.revision)) continue;
      if (isEcho(side, id, keyed.revision, page.settledBy)) {
        suspectAny.run(connection, id);
        continue;
      }
      if (page.deletionsUntold === true) suspectWhoHeld(side, keyed);
      mirror.put(side, keyed);
    }
    for (const id of page.tombstones) suspectPresent.run(connection, id);
    for (const { id } of page.malformed) seen.run(cursors.generation(side), connection, id);
    if (page.cursor !== undefined) cursors.saveCursor(side, page.cursor);
  };

  const confirm = (side: Side, { id, finding, keys = [] }: Confirmed, settledBy: string): void => {
    const found = finding.kind === 'present' ? finding.revision : undefined;
    if (finding.kind !== 'malformed' && isEcho(side, id, found, settledBy)) return;
    if (found !== undefined) {
      if (!staysOut(side, found)) mirror.put(side, { revision: found, keys });
    } else if (finding.kind === 'absent') mirror.putAbsent(side, id, finding.how);
    clear.run(connections[side], id);
  };

  return {
    recognise: (side, listed) => turns.join(() => recognise(side, listed)),
    observe: (side, page) => turns.join(() => observe(side, page)),
    finishListing: (side, generation, cursor) =>
      turns.join(() => {
        const connection = connections[side];
        suspectUnseen.run({ connection, generation });
        forget.run(connection, generation);
        if (cursor !== undefined) cursors.saveCursor(side, cursor);
      }),
    suspects: (side, after, limit) => suspects.all(connections[side], after, limit),
    confirm: (side, findings, settledBy) =>
      turns.join(() => {
        for (const one of findings) confirm(side, one, settledBy);
      }),
  };
}
