import type { Arbiter, Choice, ReleaseReason } from '../../plan/model.ts';
import type { PastAction, PastChange } from '../../store/history.ts';
import type { SideNames } from './names.ts';

export const ACTION_WORDS: { readonly [A in PastAction]: string } = {
  created: 'added',
  updated: 'updated',
  deleted: 'deleted',
  joined: 'joined',
  'let-go': 'let go',
  'picture-set': 'picture set',
  'picture-removed': 'picture removed',
  'organization-made': 'organization made',
  'organization-filled': 'organization’s address filled in',
  'field-made': 'field made',
};

/** Why a contact no longer syncs. */
export function releaseWords(reason: ReleaseReason, { provider, crm }: SideNames): string {
  const words: { readonly [R in ReleaseReason]: string } = {
    'left-group': 'it left the synced group',
    'other-owner': `it belongs to a colleague in ${crm}`,
    hidden: 'it is no longer visible',
    vanished: 'it was not found any more: deleted or hidden',
    'deleted-in-crm': `somebody deleted it in ${crm}`,
    'crm-shared': `gone in ${provider}, but another account syncs the person`,
    merged: `merged into another contact in ${provider}`,
    gone: 'it was deleted',
    replaced: 'it goes on in a new record',
    undone: 'the run that joined it was taken back',
    kept: 'you wanted it left as it is',
  };
  return words[reason];
}

/** Who settles a field that both sides changed. */
export function arbiterWords(by: Arbiter, { provider, crm }: SideNames): string {
  const words: { readonly [A in Arbiter]: string } = {
    newest: 'the newer value wins',
    provider: `${provider} wins`,
    crm: `${crm} wins`,
    ask: 'you are asked',
    user: 'you decided',
    contested: 'something keeps putting the old value back',
    join: 'both had a value when they were joined',
  };
  return words[by];
}

export function choiceWords(choice: Choice, names: SideNames): string {
  return choice === 'keep' ? 'both kept' : names[choice];
}

/** Why the tool did this. */
export function causeWords(change: PastChange, names: SideNames, decidedBy?: Arbiter): string {
  if (change.setAside !== undefined) return `not done: ${change.setAside}`;
  if (!change.valuesKept) return '';
  if (change.undo) return 'an earlier run was taken back';
  if (change.released !== undefined) return releaseWords(change.released, names);
  if (decidedBy !== undefined) return `changed on both sides; ${arbiterWords(decidedBy, names)}`;
  const across = names[change.side === 'crm' ? 'provider' : 'crm'];
  switch (change.action) {
    case 'created':
      return `new in ${across}`;
    case 'updated':
      return `changed in ${across}`;
    case 'deleted':
      return `deleted in ${across}`;
    case 'joined':
      return 'the same person';
    default:
      return '';
  }
}
