import { setTimeout as pause } from 'node:timers/promises';
import { displayName } from '../../src/contact/contact.ts';
import type { ContactSide, Outcome, Write } from '../../src/sync/ports.ts';

/** The engine takes up what has waited within a moment, and everything else at once. */
const STILL_MS = 100;

/** A CRM whose answers the test holds back. */
export interface SlowAnswers {
  wrap(side: ContactSide): ContactSide;
  /** Requests about whom or what this names get no answer until it is let go. */
  hold(name: string): void;
  letGo(name: string): void;
  /** What was asked of the CRM so far, and not answered yet: `organization Acme`, `contact Ann Lee`, `picture …`. */
  asked(): readonly string[];
  underWay(): readonly string[];
  /** Until nothing is under way but what is held back. */
  stillness(): Promise<void>;
}

export function slowAnswers(): SlowAnswers {
  const held = new Map<string, () => void>();
  const gates = new Map<string, Promise<void>>();
  const asked: string[] = [];
  const underWay = new Set<string>();
  let ends = 0;
  const answer = async <T>(kind: string, name: string, work: () => Promise<T>): Promise<T> => {
    const request = `${kind} ${name}`;
    asked.push(request);
    underWay.add(request);
    try {
      await gates.get(name);
      return await work();
    } finally {
      ends += 1;
      underWay.delete(request);
    }
  };

  async function* write(side: ContactSide, writes: readonly Write[], signal: AbortSignal) {
    const outcomes = new Map(writes.map((one) => [one.key, answerTo(side, one, signal)]));
    while (outcomes.size > 0) {
      const outcome = await Promise.race(outcomes.values());
      outcomes.delete(outcome.key);
      yield outcome;
    }
  }
  const answerTo = (side: ContactSide, one: Write, signal: AbortSignal): Promise<Outcome> =>
    answer('contact', displayName(one.kind === 'create' ? one.contact : one.expected.contact), () =>
      onlyOutcome(side.write([one], signal)),
    );

  return {
    wrap: (side) => {
      const { organizations, photoTarget } = side;
      if (organizations === undefined || photoTarget === undefined) return side;
      return {
        ...side,
        createsSingly: true,
        write: (writes, signal) => write(side, writes, signal),
        organizations: {
          ...organizations,
          create: (draft, signal) =>
            answer('organization', draft.name, () => organizations.create(draft, signal)),
        },
        photoTarget: {
          put: (id, bytes, signal) =>
            answer('picture', new TextDecoder().decode(bytes), () =>
              photoTarget.put(id, bytes, signal),
            ),
          remove: (id, signal) =>
            answer('picture', `of ${id}`, () => photoTarget.remove(id, signal)),
        },
      };
    },
    hold: (name) => {
      gates.set(name, new Promise((resolve) => held.set(name, resolve)));
    },
    letGo: (name) => {
      held.get(name)?.();
    },
    asked: () => asked,
    underWay: () => [...underWay],
    stillness: async () => {
      let before = -1;
      while (before !== ends || underWay.size === 0) {
        before = ends;
        await pause(STILL_MS);
      }
    },
  };
}

async function onlyOutcome(outcomes: AsyncIterable<Outcome>): Promise<Outcome> {
  for await (const outcome of outcomes) return outcome;
  throw new Error('A write without an outcome.');
}
