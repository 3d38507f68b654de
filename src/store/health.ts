import type { Database } from 'better-sqlite3';

/** How the database itself is. */
export interface Health {
  /** What SQLite finds wrong; nothing where all is well. Reads the whole file. */
  faults(): readonly string[];
  /** The number of the schema. */
  schema(): number;
}

export function createHealth(db: Database): Health {
  return {
    faults: () => {
      const checked = db.pragma('quick_check(5)') as readonly { readonly quick_check: string }[];
      const broken = db.pragma('foreign_key_check') as readonly { readonly table: string }[];
      return [
        ...checked.map(({ quick_check: line }) => line).filter((line) => line !== 'ok'),
        ...broken.slice(0, 1).map(({ table }) => `${table} names a row that is not there`),
      ];
    },
    schema: () => db.pragma('user_version', { simple: true }) as number,
  };
}
