import { hash as digest } from 'node:crypto';
import { SIDES, type Pair, type Side, type Sighting } from '../plan/model.ts';
import { displayName } from '../contact/contact.ts';
import type { AccountStore, Dirty, SetAside } from '../sync/store-port.ts';
import type { MappedPair, Mappings } from './mappings.ts';
import type { Marks } from './marks.ts';
import { toSighting, type Mirror } from './mirror.ts';
import { idColumn, type Scope } from './scope.ts';

interface MarkRow {
  readonly position: number;
  readonly side: Side;
  readonly record_id: string;
}

interface ParkedRow {
  readonly kind: SetAside['kind'];
  readonly reason: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly next_try_at: string;
}

/** A record's id on either side, as far as it is known. */
export interface RecordIds {
  readonly providerId?: string | undefined;
  readonly crmId?: string | undefined;
}

export type Work = Pick<AccountStore, 'dirty' | 'clean' | 'markAllDirty' | 'setAsideRecord'> & {
  /** Inside the caller's transaction. */
  park(record: RecordIds, name: string, why: SetAside): void;
  unpark(record: RecordIds): void;
};

const MINUTE_MS = 60_000;
/** How long a passing cause is left alone, by the number of attempts so far; at once the first time. */
const BACK_OFF_MS = [0, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 6 * 60 * MINUTE_MS] as const;

/** A dirty record with the marks that were read for it: one that is set again meanwhile stays. */
type Marked = Dirty & { readonly marks: readonly number[] };

export function createWork(scope: Scope, mirror: Mirror, mappings: Mappings, marks: Marks): Work {
  const { db, accountId, now, toolVersion } = scope;
  const after = db.prepare<[number, number, Side | null, Side | null, number], MarkRow>(`
    SELECT position, side, record_id FROM dirty
    WHERE account_id = ? AND position > ? AND (? IS NULL OR side = ?) ORDER BY position LIMIT ?`);
  const markOf = db
    .prepare<[number, Side, string], number>(
      'SELECT position FROM dirty WHERE account_id = ? AND side = ? AND record_id = ?',
    )
    .pluck();
  const begun = {
    provider: begunIds('provider'),
    crm: begunIds('crm'),
  };
  const parkedRow = db.prepare<[number, Side, string], ParkedRow>(
    'SELECT * FROM parked WHERE account_id = ? AND side = ? AND record_id = ?',
  );
  const savePark = db.prepare(`
    INSERT OR REPLACE INTO parked
      (account_id, side, record_id, kind, reason, name, fingerprint, attempts, next_try_at, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const dropPark = db.prepare(
    'DELETE FROM parked WHERE account_id = ? AND side = ? AND record_id = ?',
  );

  function begunIds(side: Side) {
    return db
      .prepare<[number], string>(
        `SELECT ${idColumn(side)} FROM step WHERE account_id = ? AND state = 'begun' AND ${idColumn(side)} IS NOT NULL`,
      )
      .pluck();
  }

  const fingerprint = ({ providerId, crmId }: RecordIds): string => {
    const hash = (side: Side, id: string | undefined): string => {
      const row = id === undefined ? undefined : mirror.row(side, id);
      return row === undefined ? '' : `${row.hash}${row.absent ?? ''}${row.organization ?? ''}`;
    };
    const text = JSON.stringify([hash('provider', providerId), hash('crm', crmId), toolVersion]);
    return digest('sha256', text, 'base64');
  };

  /** Set aside under whichever of its records there is; the provider's first. */
  const place = ({ providerId, crmId }: RecordIds): readonly [Side, string] | undefined => {
    if (providerId !== undefined) return ['provider', providerId];
    return crmId === undefined ? undefined : ['crm', crmId];
  };

  const parkedNow = (record: RecordIds): SetAside | undefined => {
    const at = place(record);
    const row = at && parkedRow.get(accountId, ...at);
    if (row === undefined || row.fingerprint !== fingerprint(record)) return undefined;
    const waits = row.kind === 'passing' && row.next_try_at > now().toISOString();
    return row.kind === 'refused' || waits ? { kind: row.kind, reason: row.reason } : undefined;
  };

  const park = (record: RecordIds, name: string, why: SetAside): void => {
    const at = place(record);
    if (at === undefined) return;
    const print = fingerprint(record);
    const before = parkedRow.get(accountId, ...at);
    const attempts = before?.fingerprint === print ? before.attempts + 1 : 1;
    const wait = BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length) - 1] ?? 0;
    const [time, next] = [now(), new Date(now().getTime() + wait)];
    const row = [
      why.kind,
      why.reason,
      name,
      print,
      attempts,
      next.toISOString(),
      time.toISOString(),
    ];
    savePark.run(accountId, ...at, ...row);
  };

  const unpark = (record: RecordIds): void => {
    if (record.providerId !== undefined) dropPark.run(accountId, 'provider', record.providerId);
    if (record.crmId !== undefined) dropPark.run(accountId, 'crm', record.crmId);
  };

  const toDirty = (
    row: MarkRow,
    busy: { readonly [S in Side]: ReadonlySet<string> },
  ): Marked | undefined => {
    const mapped = mappings.find(row.side, row.record_id);
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
    const parked = parkedNow(record);
    return parked === undefined ? {} : { parked };
  };

  /** A pair of which both records are dirty is given once, at the place of its earlier mark. */
  const mappedItem = (
    row: MarkRow,
    { pair, released }: MappedPair,
    busy: { readonly [S in Side]: ReadonlySet<string> },
  ): Marked | undefined => {
    const { providerId, crmId } = pair.mapping;
    if (busy.provider.has(providerId) || busy.crm.has(crmId)) return undefined;
    const positions = SIDES.filter((side) => released === undefined || !isLive(side, pair))
      .map((side) => markOf.get(accountId, side, recordId(side, pair)))
      .filter((position) => position !== undefined);
    if (Math.min(...positions) < row.position) return undefined;
    const common = { pair, position: row.position, marks: positions, ...parkedPart(pair.mapping) };
    return released === undefined
      ? { kind: 'pair', ...common }
      : { kind: 'released', reason: released, ...common };
  };

  /** The mark of a record that is in a live pair by now belongs to that pair. */
  const isLive = (side: Side, pair: Pair): boolean =>
    mappings.pairOf(side, recordId(side, pair)) !== undefined;

  return {
    park,
    unpark,
    dirty: (from, limit, side) => {
      const busy = {
        provider: new Set(begun.provider.all(accountId)),
        crm: new Set(begun.crm.all(accountId)),
      };
      let position = from;
      for (;;) {
        const rows = after.all(accountId, position, side ?? null, side ?? null, limit);
        const items = rows.map((row) => toDirty(row, busy)).filter((item) => item !== undefined);
        const last = rows.at(-1);
        if (items.length > 0 || last === undefined) return items;
        // All of these were second marks or busy: the next ones may be work.
        ({ position } = last);
      }
    },
    clean: db.transaction((item: Dirty) => {
      for (const position of (item as Marked).marks) marks.unmark(position);
      unpark(recordOf(item));
    }),
    markAllDirty: () => marks.markAll(),
    setAsideRecord: db.transaction((side: Side, id: string, why: SetAside) => {
      const record = side === 'provider' ? { providerId: id } : { crmId: id };
      const before = parkedRow.get(accountId, side, id);
      const news = before?.kind !== why.kind || before.fingerprint !== fingerprint(record);
      if (!news) return false;
      const stored = mirror.row(side, id);
      const known = stored === undefined ? undefined : toSighting(stored);
      const name = known?.kind === 'present' ? displayName(known.revision.contact) : '';
      park(record, name, why);
      return true;
    }),
  };
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
