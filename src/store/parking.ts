import { hash as digest } from 'node:crypto';
import type { Side } from '../plan/model.ts';
import type { SetAside } from '../sync/records.ts';
import type { Mirror } from './mirror.ts';
import type { Scope } from './scope.ts';

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

/** What is set aside, and until when. All inside the caller's transaction. */
export interface Parking {
  /** Set when this very content was set aside before, and it is not time to try again. */
  parkedNow(record: RecordIds): SetAside | undefined;
  /** Whether it was not set aside for this reason, as it is now, before. */
  isNews(record: RecordIds, why: SetAside): boolean;
  park(record: RecordIds, name: string, why: SetAside): void;
  unpark(record: RecordIds): void;
  /** What passes is over; a refusal stands. */
  unparkPassing(record: RecordIds): void;
}

const MINUTE_MS = 60_000;
/** How long a passing cause is left alone, by the number of attempts so far; at once the first time. */
const BACK_OFF_MS = [0, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 6 * 60 * MINUTE_MS] as const;

export function createParking(scope: Scope, mirror: Mirror): Parking {
  const { db, accountId, now, toolVersion } = scope;
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
  const dropPassing = db.prepare(
    "DELETE FROM parked WHERE account_id = ? AND side = ? AND record_id = ? AND kind <> 'refused'",
  );

  const fingerprint = ({ providerId, crmId }: RecordIds): string => {
    const hash = (side: Side, id: string | undefined): string => {
      const row = id === undefined ? undefined : mirror.row(side, id);
      if (row === undefined) return '';
      // A picture that we bring into the CRM changes nothing about what it refused.
      const content = side === 'crm' ? `${row.contact}${row.owned}` : row.hash;
      return `${content}${row.absent ?? ''}${row.organization ?? ''}`;
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

  const unparkBy =
    (statement: typeof dropPark) =>
    ({ providerId, crmId }: RecordIds): void => {
      if (providerId !== undefined) statement.run(accountId, 'provider', providerId);
      if (crmId !== undefined) statement.run(accountId, 'crm', crmId);
    };

  return {
    parkedNow,
    isNews: (record, why) => {
      const at = place(record);
      const before = at && parkedRow.get(accountId, ...at);
      return before?.kind !== why.kind || before.fingerprint !== fingerprint(record);
    },
    park,
    unpark: unparkBy(dropPark),
    unparkPassing: unparkBy(dropPassing),
  };
}
