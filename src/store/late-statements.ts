import type { Database, Statement } from 'better-sqlite3';

/** What this program uses of a statement. */
class LateStatement implements Pick<Statement, 'run' | 'get' | 'all' | 'iterate'> {
  readonly #prepare: () => Statement;
  #prepared: Statement | undefined;
  #plucked = false;

  constructor(prepare: () => Statement) {
    this.#prepare = prepare;
  }

  run(...values: unknown[]): ReturnType<Statement['run']> {
    return this.#statement().run(...values);
  }

  get(...values: unknown[]): unknown {
    return this.#statement().get(...values);
  }

  all(...values: unknown[]): unknown[] {
    return this.#statement().all(...values);
  }

  iterate(...values: unknown[]): IterableIterator<unknown> {
    return this.#statement().iterate(...values);
  }

  pluck(): this {
    this.#plucked = true;
    return this;
  }

  #statement(): Statement {
    this.#prepared ??= this.#plucked ? this.#prepare().pluck() : this.#prepare();
    return this.#prepared;
  }
}

/** From now on the database prepares a statement when it is first used: most runs use a few of many. */
export function prepareLate(db: Database): Database {
  const prepare = db.prepare.bind(db) as (sql: string) => Statement;
  const late = (sql: string) => new LateStatement(() => prepare(sql));
  return Object.assign(db, { prepare: late as unknown as Database['prepare'] });
}
