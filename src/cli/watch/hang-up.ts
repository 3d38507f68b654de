import { closeSync, openSync } from 'node:fs';

export interface HangUp {
  /** Aborted by the next SIGHUP. */
  next(): AbortSignal;
  stop(): void;
}

/**
 * SIGHUP is the wish to have settings read again. It also comes when the terminal is closed: then
 * there is nobody left, and the watch ends.
 */
export function listenForHangUp(inTerminal: boolean, onGone: () => void): HangUp {
  let current = new AbortController();
  const onHangUp = (): void => {
    if (inTerminal && !hasTerminal()) onGone();
    else current.abort();
  };
  process.on('SIGHUP', onHangUp);
  return {
    next: () => {
      current = new AbortController();
      return current.signal;
    },
    stop: () => {
      process.off('SIGHUP', onHangUp);
    },
  };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
