import type { Database } from 'better-sqlite3';

/** Small things worth knowing later: by name, as JSON. None of them is needed for a sync. */
export interface Remembered {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  forget(name: string): void;
}

export function createRemembered(db: Database): Remembered {
  const get = db.prepare<[string], string>('SELECT value FROM setting WHERE name = ?').pluck();
  const set = db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM setting WHERE name = ?');
  return {
    get: (name) => {
      const text = get.get(name);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    set: (name, value) => {
      set.run(name, JSON.stringify(value));
    },
    forget: (name) => {
      forget.run(name);
    },
  };
}
