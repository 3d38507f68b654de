import { AT_ONCE } from './limits.ts';

/** Keeps within what one mailbox takes at the same time. A call enters with as many places as it needs. */
export interface Gate {
  /** Resolves to what the call leads to. Whoever comes first goes first. */
  through<T>(places: number, signal: AbortSignal, call: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly places: number;
  readonly go: () => void;
}

export function createGate(): Gate {
  let free = AT_ONCE;
  const queue: Waiting[] = [];

  const letIn = (): void => {
    for (let [next] = queue; next !== undefined && next.places <= free; [next] = queue) {
      queue.shift();
      free -= next.places;
      next.go();
    }
  };
  return {
    through: async (places, signal, call) => {
      await new Promise<void>((resolve) => {
        queue.push({ places, go: resolve });
        letIn();
      });
      try {
        signal.throwIfAborted();
        return await call();
      } finally {
        free += places;
        letIn();
      }
    },
  };
}
