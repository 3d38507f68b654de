import type { Database } from 'better-sqlite3';

/**
 * What is settled within a moment is committed together: a commit of its own for each answer costs
 * several times as much as what is in it. A step that is lost with the process is still begun on
 * disk, and is looked for by the next run.
 */
export interface Turns {
  /** `work` takes effect wholly or not at all, and is committed within a moment. */
  join<T>(work: () => T): T;
  /** Commits what is open. @throws what a commit in between has failed with */
  end(): void;
}

const MOMENT_MS = 20;

export function createTurns(db: Database): Turns {
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const [save, release] = [db.prepare('SAVEPOINT turn'), db.prepare('RELEASE turn')];
  const rollBack = db.prepare('ROLLBACK TO turn');
  let timer: NodeJS.Timeout | undefined;
  let failure: { readonly error: unknown } | undefined;

  const close = (): void => {
    clearTimeout(timer);
    timer = undefined;
    // A full disk may have ended it already.
    if (db.inTransaction) commit.run();
  };
  const rethrow = (): void => {
    if (failure === undefined) return;
    const { error } = failure;
    failure = undefined;
    throw error;
  };

  return {
    join: (work) => {
      rethrow();
      if (!db.inTransaction) {
        begin.run();
        timer = setTimeout(() => {
          try {
            close();
          } catch (error) {
            failure = { error };
          }
        }, MOMENT_MS);
      }
      save.run();
      try {
        const result = work();
        release.run();
        return result;
      } catch (error) {
        if (db.inTransaction) {
          rollBack.run();
          release.run();
        }
        throw error;
      }
    },
    end: () => {
      rethrow();
      if (timer !== undefined) close();
    },
  };
}
