/** How accounts are run side by side. `A`: what is run, `O`: what comes of it. */
export interface InTurns<A, O> {
  /** One run. Where it is a long one, it calls `giveTurn` between slices. */
  readonly run: (account: A, giveTurn: () => Promise<void>, again: boolean) => Promise<O>;
  /** Whether an account that was run is worth another look while others still go on. */
  readonly isWorthAgain: (outcome: O) => boolean;
  /** Passes until an account is looked at again; ends early with the signal. */
  readonly pause: (signal: AbortSignal) => Promise<void>;
}

/**
 * Runs all accounts, one at a time, in turns: whoever gives its turn away goes on when all others
 * have had theirs. As long as one is still at its first run, the others are run again and again.
 * Resolves to what came of each, in the order of the accounts.
 */
export async function inTurns<A, O>(
  accounts: readonly A[],
  { run, isWorthAgain, pause }: InTurns<A, O>,
): Promise<readonly (readonly O[])[]> {
  const turn = createTurn();
  const allDone = new AbortController();
  let going = accounts.length;

  const once = async (account: A, again: boolean): Promise<O | undefined> => {
    let over = await turn.take();
    const giveTurn = async (): Promise<void> => {
      over();
      over = await turn.take();
    };
    try {
      return again && allDone.signal.aborted ? undefined : await run(account, giveTurn, again);
    } finally {
      over();
    }
  };

  const finished = (): void => {
    going -= 1;
    if (going === 0) allDone.abort();
  };
  const untilAllAreDone = async (account: A): Promise<readonly O[]> => {
    const outcomes: O[] = [];
    let latest = await once(account, false).finally(finished);
    while (latest !== undefined) {
      outcomes.push(latest);
      if (!isWorthAgain(latest)) break;
      await pause(allDone.signal);
      latest = await once(account, true);
    }
    return outcomes;
  };
  return Promise.all(accounts.map(untilAllAreDone));
}

/** Only one has the turn; the others get it in the order in which they asked. */
function createTurn(): { take(): Promise<() => void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    take: async () => {
      const before = last;
      let over = (): void => undefined;
      last = new Promise((resolve) => {
        over = resolve;
      });
      await before;
      return over;
    },
  };
}
