import { SIDES } from '../../plan/model.ts';
import type { Phase, Step } from '../journal.ts';
import { checkInterrupted, type Pass } from '../pass.ts';
import type { Overtaking } from './overtaken.ts';
import type { Round } from './round.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

/*
 * Which steps of a phase are carried out next. They are read from the journal as they are asked
 * for, so that memory does not grow with their number.
 */

/** So many steps are begun with one synchronous write. */
export const GROUP = 32;

/** What carries one push along. */
export interface Push {
  readonly pass: Pass;
  readonly overtaking: Overtaking;
  readonly round: Round;
  readonly report: (steps: number) => void;
}

/** Steps that wait for nothing, one by one. A group of them is begun as it is reached. */
export async function* begunSingles(
  going: Push,
  phase: Phase,
  room: WaitingRoom = createWaitingRoom(),
): AsyncGenerator<Step> {
  const { pass } = going;
  for await (const group of dueSteps(going, phase, GROUP, room)) {
    pass.store.begin(group, pass.sides.crm.now().toISOString());
    yield* handedOut(going, group);
  }
}

/** What was begun and is not wanted any more was never sent. */
function* handedOut({ pass, round }: Push, begun: readonly Step[]): Generator<Step> {
  const rest = [...begun];
  try {
    for (const step of begun) {
      if (round.stopped()) return;
      rest.shift();
      yield step;
    }
  } finally {
    for (const step of rest) pass.store.drop(step);
  }
}

/** As many contacts as a side reads again or writes with one request; few where each is its own. */
export async function* contactGroups(
  going: Push,
  room: WaitingRoom,
): AsyncGenerator<readonly Step[]> {
  const { pass } = going;
  const size = Math.max(...SIDES.map((side) => pass.sides[side].writeGroup));
  for await (const steps of dueSteps(going, 'contacts', size, room)) {
    const single = steps.filter((step) => isSingle(pass, step));
    for (let at = 0; at < single.length; at += GROUP) yield single.slice(at, at + GROUP);
    const others = steps.filter((step) => !isSingle(pass, step));
    if (others.length > 0) yield others;
  }
}

function isSingle({ sides }: Pass, { side, body }: Step): boolean {
  return body.kind === 'create' && sides[side].createsSingly === true;
}

/** The phase's steps in order, save that nobody is held up by those who wait in the `room`. */
export async function* dueSteps(
  { pass, overtaking, round }: Push,
  phase: Phase,
  size: number,
  room: WaitingRoom = createWaitingRoom(),
): AsyncGenerator<readonly Step[]> {
  let [after, isRead] = [0, false];
  while (round.left() > 0) {
    checkInterrupted(pass);
    const due = room.leave(Math.min(size, round.left()));
    if (due.length > 0) {
      round.handOut(due.length);
      yield due;
    } else if (!isRead && !room.isFull()) {
      const steps = pass.store.planned(pass.run, phase, after, size);
      for (const step of steps.filter((one) => !overtaking.drops(one))) room.enter(step);
      after = steps.at(-1)?.id ?? after;
      isRead = steps.length === 0;
    } else if (room.isEmpty()) return;
    else await round.told();
  }
}
