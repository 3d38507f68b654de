import type { Database } from 'better-sqlite3';

/**
 * What is read and written within a moment is one transaction: a commit of its own for each answer
 * costs several times as much as what is in it. A step that is lost with the process is still begun
 * on disk, and is looked for by the next run.
 */
export interface Turns {
  /**
   * `work` takes effect wholly or not at all, and is committed within a moment. Where it throws, what
   * joined in the same moment is undone with it: a savepoint would write every page twice.
   */
  join<T>(work: () => T): T;
  /** `work` joins what is open, and all of it is on the disk when this returns. */
  toDisk(work: () => void): void;
  /** Commits what is open. @throws what a commit in between has failed with */
  end(): void;
}

const MOMENT_MS = 50;

export function createTurns(db: Database): Turns {
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const rollBack = db.prepare('ROLLBACK');
  let timer: NodeJS.Timeout | undefined;
  let failure: { readonly error: unknown } | undefined;
  let joined = false;
  let durable = false;

  const close = (statement: typeof commit): void => {
    clearTimeout(timer);
    timer = undefined;
    // A full disk may have ended it already.
    if (db.inTransaction) statement.run();
  };
  const rethrow = (): void => {
    if (failure === undefined) return;
    const { error } = failure;
    failure = undefined;
    throw error;
  };
  const open = (): void => {
    begin.run();
    timer = setTimeout(() => {
      try {
        close(commit);
      } catch (error) {
        failure = { error };
      }
    }, MOMENT_MS);
  };

  const join = <T>(work: () => T): T => {
    // Part of what is under way, which is undone as a whole.
    if (joined) return work();
    rethrow();
    if (!db.inTransaction) open();
    joined = true;
    try {
      return work();
    } catch (error) {
      if (timer !== undefined) close(rollBack);
      throw error;
    } finally {
      joined = false;
    }
  };
  const end = (): void => {
    rethrow();
    if (timer !== undefined) close(commit);
  };
  /** Not within a transaction; it stays so, since another commit for each such work costs more. */
  const waitForDisk = (): void => {
    if (durable) return;
    end();
    db.pragma('synchronous = FULL');
    durable = true;
  };

  return {
    join,
    toDisk: (work) => {
      waitForDisk();
      join(work);
      end();
    },
    end,
  };
}
