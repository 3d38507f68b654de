import type { Contact, FieldName } from '../contact/contact.ts';
import {
  SIDES,
  type Bases,
  type Mapping,
  type Pair,
  type ReleaseReason,
  type Side,
  type Sighting,
} from '../plan/model.ts';
import type { MappingEffect, Rekeying } from '../sync/journal.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Holder } from '../sync/records.ts';
import type { Conflicts } from './conflicts.ts';
import type { Marks } from './marks.ts';
import type { MatchKeys } from './match-keys.ts';
import { SELECT_MIRROR, toRevision, toSighting, type Mirror, type MirrorRow } from './mirror.ts';
import { idColumn, type Scope } from './scope.ts';

interface MappingRow {
  readonly id: number;
  readonly provider_id: string;
  readonly crm_id: string;
  readonly base_provider: string;
  readonly base_crm: string;
  readonly photo: string | null;
  readonly baseless: string | null;
  readonly released: ReleaseReason | null;
}

/** All of them without those that were let go: two indexes tell it, and no row has to be read. */
export const COUNT_LIVE = `
  SELECT (SELECT count(*) FROM mapping WHERE account_id = @accountId)
    - (SELECT count(*) FROM mapping WHERE account_id = @accountId AND released IS NOT NULL)`;

/** A mapping as it stands in the table. What it maps takes longer to read. */
export interface Mapped {
  readonly id: number;
  readonly released: ReleaseReason | undefined;
  pair(): Pair;
}

export type Mappings = Pick<
  AccountStore,
  'pairOf' | 'candidates' | 'holders' | 'newSince' | 'liveMappings' | 'agree'
> & {
  /** The live mapping of this record, else the one released last. */
  find(side: Side, id: string): Mapped | undefined;
  /** Inside the caller's transaction. @param inStep nothing is left to do about the pair: no mark is left */
  apply(effect: MappingEffect, inStep?: boolean): void;
};

export interface MappingParts {
  readonly mirror: Mirror;
  readonly marks: Marks;
  readonly conflicts: Conflicts;
  readonly matchKeys: MatchKeys;
}

function toMapping(row: MappingRow): Mapping {
  return {
    id: row.id,
    providerId: row.provider_id,
    crmId: row.crm_id,
    bases: {
      provider: JSON.parse(row.base_provider) as Contact,
      crm: JSON.parse(row.base_crm) as Contact,
    },
    ...(row.photo === null
      ? {}
      : { photo: JSON.parse(row.photo) as NonNullable<Mapping['photo']> }),
    ...(row.baseless === null
      ? {}
      : { baseless: JSON.parse(row.baseless) as readonly FieldName[] }),
  };
}

/** Where both were gone, whoever is back alone has no mapping any more. */
function toHolder(
  row: MirrorRow,
  mapping: MappingRow | undefined,
  areBack: (mapping: MappingRow) => boolean,
): Holder {
  const revision = toRevision(row);
  if (mapping === undefined || (mapping.released === 'gone' && !areBack(mapping))) {
    return { revision };
  }
  return { revision, bases: toMapping(mapping).bases };
}

export function createMappings(
  scope: Scope,
  { mirror, marks, conflicts, matchKeys }: MappingParts,
): Mappings {
  const { db, turns, accountId, connections, now } = scope;
  const bySide = (sql: (column: string) => string) => ({
    provider: db.prepare<[number, string], MappingRow>(sql(idColumn('provider'))),
    crm: db.prepare<[number, string], MappingRow>(sql(idColumn('crm'))),
  });
  const newest = bySide(
    (column) => `SELECT * FROM mapping WHERE account_id = ? AND ${column} = ?
      ORDER BY released IS NOT NULL, released_at DESC, id DESC LIMIT 1`,
  );
  const live = bySide(
    (column) => `SELECT * FROM mapping WHERE account_id = ? AND ${column} = ? AND released IS NULL`,
  );
  const shared = db
    .prepare<[string, number, number], number>(
      `
      SELECT EXISTS (SELECT 1 FROM account CROSS JOIN mapping ON mapping.account_id = account.id
        WHERE mapping.crm_id = ? AND mapping.released IS NULL
          AND account.crm_connection = ? AND account.id <> ?)`,
    )
    .pluck();
  const countLive = db.prepare<[{ accountId: number }], number>(COUNT_LIVE).pluck();
  const basesSql = 'UPDATE mapping SET base_provider = ?, base_crm = ?';
  const setBases = db.prepare(`${basesSql} WHERE id = ?`);
  const setAgreed = db.prepare(`${basesSql}, baseless = NULL WHERE id = ?`);
  const setPhoto = db.prepare('UPDATE mapping SET photo = ? WHERE id = ?');
  const insert = db.prepare(`
    INSERT INTO mapping (account_id, provider_id, crm_id, base_provider, base_crm, photo, released, released_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const release = db.prepare('UPDATE mapping SET released = ?, released_at = ? WHERE id = ?');
  const revive = db.prepare('UPDATE mapping SET released = NULL, released_at = NULL WHERE id = ?');
  const rekey = ({ side, recordId, mappingId, bases }: Rekeying): void => {
    const column = idColumn(side);
    db.prepare(
      `UPDATE conflict SET ${column} = ? FROM mapping
       WHERE mapping.id = ? AND conflict.account_id = mapping.account_id
         AND conflict.provider_id = mapping.provider_id AND conflict.crm_id = mapping.crm_id`,
    ).run(recordId, mappingId);
    db.prepare(`UPDATE mapping SET ${column} = ? WHERE id = ?`).run(recordId, mappingId);
    saveBases(mappingId, bases);
  };
  const select = db.prepare<[number], MappingRow>('SELECT * FROM mapping WHERE id = ?');
  const unmapped = (side: Side): string =>
    `mirror.absent IS NULL AND NOT EXISTS (SELECT 1 FROM mapping
       WHERE mapping.account_id = ${accountId} AND mapping.${idColumn(side)} = mirror.id
         AND coalesce(mapping.released, '') <> 'gone')`;
  const since = {
    provider: db.prepare<[number, number], MirrorRow>(sinceSql('provider')),
    crm: db.prepare<[number, number], MirrorRow>(sinceSql('crm')),
  };

  function sinceSql(side: Side): string {
    return `${SELECT_MIRROR} WHERE mirror.connection_id = ?
      AND (mirror.created_at IS NULL OR mirror.created_at >= ?) AND ${unmapped(side)}`;
  }

  const sighting = (side: Side, id: string): Sighting => {
    const row = mirror.row(side, id);
    // A mapping may name a record that was never read here, after an old database was put back.
    return row === undefined ? { kind: 'absent', id, how: 'vanished' } : toSighting(row);
  };

  const toPair = (row: MappingRow): Pair => {
    const crm = mirror.row('crm', row.crm_id);
    const unreadable =
      crm !== undefined && crm.organization_id !== null && crm.organization === null;
    const mapping = toMapping(row);
    const known = conflicts.known(mapping);
    return {
      mapping,
      provider: sighting('provider', row.provider_id),
      crm: sighting('crm', row.crm_id),
      crmShared: shared.get(row.crm_id, connections.crm, accountId) === 1,
      ...(unreadable ? { organizationUnknown: true } : {}),
      ...(known.length === 0 ? {} : { known }),
    };
  };

  const sharingKeys = (condition: string) =>
    db.prepare<[number, number, string], MirrorRow>(
      `${SELECT_MIRROR} WHERE mirror.connection_id = ? AND ${condition} AND mirror.id IN
         (SELECT record_id FROM match_key
          WHERE connection_id = ? AND key IN (SELECT value FROM json_each(?)))
       ORDER BY mirror.rowid`,
    );
  const unmappedSharing = {
    provider: sharingKeys(unmapped('provider')),
    crm: sharingKeys(unmapped('crm')),
  };
  const presentSharing = sharingKeys('mirror.absent IS NULL');

  const holding = (
    statement: ReturnType<typeof sharingKeys>,
    side: Side,
    keys: readonly string[],
  ): readonly MirrorRow[] => {
    if (keys.length === 0) return [];
    matchKeys.sortIn();
    return statement.all(connections[side], connections[side], JSON.stringify(keys));
  };

  /** Both records are there, and have had no other mapping since. */
  const areBack = (row: MappingRow): boolean =>
    SIDES.every((side) => {
      const id = row[idColumn(side)];
      return (
        sighting(side, id).kind === 'present' && newest[side].get(accountId, id)?.id === row.id
      );
    });

  const markBoth = (id: number): void => {
    const row = select.get(id);
    if (row === undefined) return;
    for (const side of SIDES) marks.markHere(side, row[idColumn(side)]);
  };

  const saveBases = (id: number, bases: Bases, statement = setBases): void => {
    statement.run(JSON.stringify(bases.provider), JSON.stringify(bases.crm), id);
  };

  const apply = (effect: MappingEffect, inStep = false): void => {
    switch (effect.kind) {
      case 'insert': {
        const { providerId, crmId, bases, photo, released } = effect;
        const photoText = photo === undefined ? null : JSON.stringify(photo);
        const texts = [JSON.stringify(bases.provider), JSON.stringify(bases.crm), photoText];
        const release = released === undefined ? [null, null] : [released, now().toISOString()];
        const { lastInsertRowid } = insert.run(accountId, providerId, crmId, ...texts, ...release);
        return inStep ? undefined : markBoth(Number(lastInsertRowid));
      }
      case 'change':
        if (effect.bases !== undefined) saveBases(effect.mappingId, effect.bases);
        if (effect.photo !== undefined)
          setPhoto.run(JSON.stringify(effect.photo), effect.mappingId);
        return;
      case 'release':
        release.run(effect.reason, now().toISOString(), effect.mappingId);
        return;
      case 'revive':
        revive.run(effect.mappingId);
        return markBoth(effect.mappingId);
      case 'rekey':
        rekey(effect);
        return markBoth(effect.mappingId);
    }
  };

  return {
    apply,
    find: (side, id) => {
      const row = newest[side].get(accountId, id);
      return row && { id: row.id, released: row.released ?? undefined, pair: () => toPair(row) };
    },
    pairOf: (side, id) => {
      const row = live[side].get(accountId, id);
      return row && toPair(row);
    },
    candidates: (side, keys) => holding(unmappedSharing[side], side, keys).map(toRevision),
    holders: (side, keys, except) =>
      holding(presentSharing, side, keys)
        .filter(({ id }) => id !== except)
        .map((row) => toHolder(row, newest[side].get(accountId, row.id), areBack)),
    newSince: (side, at) => since[side].all(connections[side], Date.parse(at)).map(toRevision),
    liveMappings: () => countLive.get({ accountId }) ?? 0,
    agree: (mappingId, bases) => turns.join(() => saveBases(mappingId, bases, setAgreed)),
  };
}
