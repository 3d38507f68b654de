import { SIDES, other, type Pair, type ReleaseReason, type Side } from '../../plan/model.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { PlannedStep } from '../journal.ts';
import type { Dirty } from '../records.ts';
import { planPair } from './known.ts';
import { planNewcomer } from './newcomers.ts';
import type { DirtyOf, Planning } from './planning.ts';
import { mappingStep } from './steps.ts';

/** Released by the user's will, or because another mapping has taken over: coming back revives nothing. */
const FOR_GOOD: ReadonlySet<ReleaseReason> = new Set(['undone', 'merged', 'replaced']);

/** What to do about somebody whom we let go: take the mapping up again, begin anew, or nothing. */
export function planReleased(
  planning: Planning,
  item: DirtyOf<'released'>,
): readonly PlannedStep[] {
  const { pass } = planning;
  const { pair, reason } = item;
  const back = SIDES.filter((side) => isBack(side, pair, planning));
  const [only] = back;
  if (back.length === SIDES.length && !FOR_GOOD.has(reason)) {
    const { id } = pair.mapping;
    const revive = mappingStep('provider', pair, { kind: 'revive', mappingId: id });
    return planPair(planning, { pair, lead: [revive], item });
  }
  if (back.length === 1 && only !== undefined && beginsAnew(item, only)) {
    const one = newcomer(item, only);
    if (only === 'provider') return planNewcomer(planning, one);
    planning.anew.push(one);
    return [];
  }
  pass.store.clean(item);
  return [];
}

function beginsAnew({ reason, pair, lastOf }: DirtyOf<'released'>, only: Side): boolean {
  // It has begun anew already; how that ended is for its later mapping to say.
  if (!lastOf.includes(only)) return false;
  // Both were gone, and the user brought one of them back.
  if (reason === 'gone') return true;
  // The run ended before the other was made again. Where it was made, the one that is back is the old one.
  return reason === 'replaced' && pair[other(only)].kind === 'absent';
}

/** There, in scope, and neither in a live mapping nor about to be. */
function isBack(side: Side, pair: Pair, { pass, successors }: Planning): boolean {
  const { rules, store } = pass;
  const sighting = pair[side];
  if (sighting.kind === 'absent' || !inScope(side, sighting.revision, rules)) return false;
  const { id } = sighting.revision;
  return !successors[side].has(id) && store.pairOf(side, id) === undefined;
}

function newcomer(item: DirtyOf<'released'>, side: Side): DirtyOf<'newcomer'> {
  const { pair, reason: _reason, ...rest } = item;
  const record: Dirty = { ...rest, kind: 'newcomer', side, sighting: pair[side] };
  return record;
}
