import type { SandboxClock } from './core.ts';

/** What a list knows of a record: its last visible state; `undefined` is a tombstone. */
export interface FeedEntry<T> {
  readonly name: string;
  readonly value: T | undefined;
  readonly position: number;
}

/**
 * What a vendor's lists see of its records. Google: "Writes may have a propagation delay of several
 * minutes for sync requests" (documented); Pipedrive promises nothing, and its search lags behind.
 * A change gets its position when it becomes visible, so a token taken before never misses it.
 */
export interface ChangeFeed<T> {
  publish(name: string, value: T | undefined): void;
  /** In the order in which they became visible. */
  since(position: number): readonly FeedEntry<T>[];
  /** The position of the newest visible change. */
  position(): number;
  /** From now on writes stay hidden for so long, those still hidden too. */
  hide(delayMs: number): void;
}

export function createChangeFeed<T>(clock: SandboxClock): ChangeFeed<T> {
  const visible = new Map<string, FeedEntry<T>>();
  const hidden: { readonly name: string; readonly value: T | undefined; readonly at: number }[] =
    [];
  let delayMs = 0;
  let position = 0;

  function show(name: string, value: T | undefined): void {
    position += 1;
    visible.delete(name);
    visible.set(name, { name, value, position });
  }

  function settle(): void {
    const horizon = clock.now().getTime() - delayMs;
    const later = hidden.findIndex(({ at }) => at > horizon);
    const due = hidden.splice(0, later === -1 ? hidden.length : later);
    for (const { name, value } of due) show(name, value);
  }

  return {
    publish(name, value) {
      settle();
      if (delayMs === 0) show(name, value);
      else hidden.push({ name, value, at: clock.now().getTime() });
    },
    since(from) {
      settle();
      return [...visible.values()].filter((entry) => entry.position > from);
    },
    position() {
      settle();
      return position;
    },
    hide(ms) {
      delayMs = ms;
    },
  };
}
