import { SIDES, type Pair, type Side, type Sighting } from '../plan/model.ts';
import { displayName, EMPTY_CONTACT } from '../contact/contact.ts';
import type { Dirty, SetAside } from '../sync/records.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Mapped, Mappings } from './mappings.ts';
import type { Marks } from './marks.ts';
import { toSighting, type Mirror } from './mirror.ts';
import type { Parking, RecordIds } from './parking.ts';
import { idColumn, type Scope } from './scope.ts';

interface MarkRow {
  readonly position: number;
  readonly side: Side;
  readonly record_id: string;
}

type Busy = { readonly [S in Side]: ReadonlySet<string> };

export type Work = Pick<AccountStore, 'dirty' | 'clean' | 'markAllDirty' | 'setAsideRecord'>;

export interface WorkParts {
  readonly mirror: Mirror;
  readonly mappings: Mappings;
  readonly marks: Marks;
  readonly parking: Parking;
}

/** A dirty record with the marks that were read for it: one that is set again meanwhile stays. */
type Marked = Dirty & { readonly marks: readonly number[] };

export function createWork(scope: Scope, parts: WorkParts): Work {
  const { db, turns, accountId, connections, forgotten } = scope;
  const { mirror, mappings, marks, parking } = parts;
  const after = db.prepare<[number, number, Side | null, Side | null, number], MarkRow>(`
    SELECT position, side, record_id FROM dirty
    WHERE +account_id = ? AND position > ? AND (? IS NULL OR side = ?) ORDER BY position LIMIT ?`);
  const markOf = db
    .prepare<[number, Side, string], number>(
      'SELECT position FROM dirty WHERE account_id = ? AND side = ? AND record_id = ?',
    )
    .pluck();
  const begun = { provider: begunIds('provider'), crm: begunIds('crm') };
  function begunIds(side: Side) {
    return db
      .prepare<[number], string>(
        `SELECT ${idColumn(side)} FROM step INDEXED BY step_begun
         WHERE account_id = ? AND state = 'begun' AND ${idColumn(side)} IS NOT NULL`,
      )
      .pluck();
  }
  const suspects = db
    .prepare<[number], string>('SELECT id FROM mirror WHERE connection_id = ? AND suspect = 1')
    .pluck();
  const busyAt = (side: Side): ReadonlySet<string> =>
    new Set([...begun[side].all(accountId), ...suspects.all(connections[side])]);

  const toDirty = (row: MarkRow, busy: Busy, kind?: Dirty['kind']): Marked | undefined => {
    const mapped = mappings.find(row.side, row.record_id);
    if (kind !== undefined && kind !== kindOf(mapped)) return undefined;
    if (mapped !== undefined) return mappedItem(row, mapped, busy);
    if (busy[row.side].has(row.record_id)) return undefined;
    const stored = mirror.row(row.side, row.record_id);
    const sighting: Sighting =
      stored === undefined
        ? { kind: 'absent', id: row.record_id, how: 'deleted' }
        : toSighting(stored);
    const record =
      row.side === 'provider' ? { providerId: row.record_id } : { crmId: row.record_id };
    return {
      kind: 'newcomer',
      side: row.side,
      sighting,
      position: row.position,
      marks: [row.position],
      ...parkedPart(record),
    };
  };

  const parkedPart = (record: RecordIds): { parked?: SetAside } => {
    const parked = parking.parkedNow(record);
    return parked === undefined ? {} : { parked };
  };

  /** A pair of which both records are dirty is given once, at the place of its earlier mark. */
  const mappedItem = (row: MarkRow, mapped: Mapped, busy: Busy): Marked | undefined => {
    const { released } = mapped;
    const pair = mapped.pair();
    const { providerId, crmId } = pair.mapping;
    if (busy.provider.has(providerId) || busy.crm.has(crmId)) return undefined;
    const lastOf = SIDES.filter((side) => released === undefined || isLastOf(side, pair));
    const positions = lastOf
      .map((side) => markOf.get(accountId, side, recordId(side, pair)))
      .filter((position) => position !== undefined);
    if (Math.min(...positions) < row.position) return undefined;
    const common = { pair, position: row.position, marks: positions, ...parkedPart(pair.mapping) };
    return released === undefined
      ? { kind: 'pair', ...common }
      : { kind: 'released', reason: released, lastOf, ...common };
  };

  /** The mark of a record that has had another mapping since belongs to that one. */
  const isLastOf = (side: Side, pair: Pair): boolean =>
    mappings.find(side, recordId(side, pair))?.id === pair.mapping.id;

  return {
    dirty: (from, limit, { side, kind } = {}) => {
      const busy = { provider: busyAt('provider'), crm: busyAt('crm') };
      let position = from;
      for (;;) {
        const rows = after.all(accountId, position, side ?? null, side ?? null, limit);
        const items = rows
          .map((row) => toDirty(row, busy, kind))
          .filter((item) => item !== undefined);
        const last = rows.at(-1);
        if (items.length > 0 || last === undefined) return items;
        // All of these were second marks or busy: the next ones may be work.
        ({ position } = last);
      }
    },
    clean: (item) =>
      turns.join(() => {
        for (const position of (item as Marked).marks) marks.unmark(position);
        parking.unpark(recordOf(item));
      }),
    markAllDirty: () => marks.markAll(),
    setAsideRecord: (side, id, why) =>
      turns.join(() => {
        const record = side === 'provider' ? { providerId: id } : { crmId: id };
        if (!parking.isNews(record, why)) return false;
        const stored = mirror.row(side, id);
        const unread = { id, contact: EMPTY_CONTACT };
        if (stored === undefined && forgotten.covers(connections[side], unread)) return false;
        const known = stored === undefined ? undefined : toSighting(stored);
        const name = known?.kind === 'present' ? displayName(known.revision.contact) : '';
        parking.park(record, name, why);
        return true;
      }),
  };
}

function kindOf(mapped: Mapped | undefined): Dirty['kind'] {
  if (mapped === undefined) return 'newcomer';
  return mapped.released === undefined ? 'pair' : 'released';
}

function recordOf(item: Dirty): RecordIds {
  if (item.kind !== 'newcomer') return idsOf(item.pair);
  const { side, sighting } = item;
  const id = sighting.kind === 'present' ? sighting.revision.id : sighting.id;
  return side === 'provider' ? { providerId: id } : { crmId: id };
}

function recordId(side: Side, { mapping }: Pair): string {
  return side === 'provider' ? mapping.providerId : mapping.crmId;
}

function idsOf({ mapping }: Pair): RecordIds {
  return { providerId: mapping.providerId, crmId: mapping.crmId };
}
