import { identicalField } from '../contact/fields.ts';
import { comparable, merge, present } from './merge.ts';
import {
  SIDES,
  other,
  type Action,
  type Pair,
  type ReleaseReason,
  type Revision,
  type Rules,
  type Side,
} from './model.ts';

/** What has become of a record since both sides last agreed. */
type State = 'same' | 'changed' | 'gone';

/**
 * The heart. Rows: the provider since the base; columns: the CRM.
 * Without a mapping everything present is "changed", so a first run needs no rules of its own.
 */
const DECISIONS = {
  same: { same: 'nothing', changed: 'merge', gone: 'delete-provider' },
  changed: { same: 'merge', changed: 'merge', gone: 'create-crm' },
  gone: { same: 'delete-crm', changed: 'create-provider', gone: 'forget' },
} as const satisfies Record<State, Record<State, string>>;

/** What to do about one person. No I/O, no clock: the same pair always gets the same answer. */
export function reconcile(pair: Pair, rules: Rules): Action {
  const release = outOfScope(pair, rules);
  if (release !== undefined) return { kind: 'release', reason: release };
  const decision = DECISIONS[stateOf(pair, 'provider')][stateOf(pair, 'crm')];
  switch (decision) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'merge':
      return merge(pair, rules);
    case 'forget':
      return { kind: 'forget' };
    case 'delete-crm':
      return deletion(pair, 'crm');
    case 'delete-provider':
      return rules.direction === 'one-way'
        ? { kind: 'release', reason: 'deleted-in-crm' }
        : deletion(pair, 'provider');
    case 'create-provider':
      return rules.direction === 'one-way'
        ? deletion(pair, 'crm')
        : creation(pair, 'provider', rules);
    case 'create-crm':
      return rules.direction === 'one-way'
        ? { kind: 'release', reason: 'deleted-in-crm' }
        : creation(pair, 'crm', rules);
  }
}

/** Records that are still somewhere but no longer ours to sync are let go, whatever changed in them. */
function outOfScope(pair: Pair, rules: Rules): ReleaseReason | undefined {
  const { provider, crm } = pair;
  if (crm.kind === 'present' && !crm.revision.owned) return 'other-owner';
  if (crm.kind === 'absent' && crm.how !== 'deleted') return crm.how;
  if (provider.kind === 'absent' && provider.how !== 'deleted') return provider.how;
  if (provider.kind === 'present' && !inGroup(provider.revision, rules)) return 'left-group';
  return undefined;
}

/** Whether a record takes part in the sync at all. */
export function inScope(side: Side, revision: Revision, rules: Pick<Rules, 'group'>): boolean {
  return side === 'crm' ? revision.owned : inGroup(revision, rules);
}

function inGroup(revision: Revision, rules: Pick<Rules, 'group'>): boolean {
  return rules.group === 'all' || revision.groups.includes(rules.group);
}

function stateOf(pair: Pair, side: Side): State {
  const sighting = pair[side];
  if (sighting.kind === 'absent') return 'gone';
  const base = pair.mapping.bases[side];
  const changed = comparable(pair).some(
    (field) => !identicalField(field, base, sighting.revision.contact),
  );
  return changed ? 'changed' : 'same';
}

function deletion(pair: Pair, side: Side): Action {
  if (side === 'crm' && pair.crmShared) return { kind: 'release', reason: 'crm-shared' };
  const id = side === 'crm' ? pair.mapping.crmId : pair.mapping.providerId;
  return { kind: 'delete', side, id };
}

function creation(pair: Pair, side: Side, rules: Rules): Action {
  const from = present(pair[other(side)]);
  return { kind: 'create', side, contact: rules.holds[side](from.contact) };
}

/** Whether nothing is left to do about a pair but to wait for somebody to decide. */
export function isSettled(action: Action): boolean {
  if (action.kind === 'nothing') return true;
  if (action.kind !== 'merge' || action.writes.length > 0) return false;
  const moved = SIDES.some((side) => Object.keys(action.agreed[side]).length > 0);
  return !moved && action.conflicts.every(({ known, winner }) => known && winner === undefined);
}
