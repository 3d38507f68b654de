import type { Side } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Scope } from './scope.ts';

export interface Cursors {
  saveCursor(side: Side, value: string): void;
  /** Whatever is seen now counts as seen by the newest listing. */
  generation(side: Side): number;
  readonly port: Pick<AccountStore, 'cursor' | 'dropCursor' | 'startListing' | 'walk' | 'saveWalk'>;
}

/** How far each connection was read. */
export function createCursors({ db, connections }: Scope): Cursors {
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
