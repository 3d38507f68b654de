import type { Pass } from '../pass.ts';
import { hasCounterpart } from '../planning/newcomers.ts';
import type { Step } from '../journal.ts';

/** What becomes of planned steps while other accounts have their turns. */
export interface Overtaking {
  giveTurn(): Promise<void>;
  /** Whether the step was dropped, since it is not what would be decided now. */
  drops(step: Step): boolean;
  /** Whether a contact's step was dropped: it is still dirty, and has to be decided anew. */
  happened(): boolean;
}

/**
 * Accounts of one login see the same records: while one waits for its turn, another may make the
 * person or the organization that it was about to make, or change what it was about to change.
 */
export function createOvertaking(pass: Pass): Overtaking {
  const { giveTurn } = pass.options;
  let gaveTurn = false;
  let happened = false;
  return {
    giveTurn: async () => {
      if (giveTurn === undefined) return;
      await giveTurn();
      gaveTurn = true;
    },
    drops: (step) => {
      if (!gaveTurn || !isOvertaken(pass, step)) return false;
      pass.store.drop(step);
      happened ||= step.phase === 'contacts';
      return true;
    },
    happened: () => happened,
  };
}

function isOvertaken(pass: Pass, { side, body }: Step): boolean {
  const { store } = pass;
  switch (body.kind) {
    case 'make-organization':
      return store.organizationNamed(body.draft.name) !== undefined;
    case 'create':
      return body.undo === undefined && hasCounterpart(pass, side, body.from);
    case 'update':
    case 'delete': {
      if (body.undo !== undefined) return false;
      const now = store.sighting(side, body.expected.id);
      if (now?.kind !== 'present' || now.revision.etag !== body.expected.etag) return true;
      const shared = side === 'crm' && store.pairOf(side, body.expected.id)?.crmShared === true;
      return shared && body.kind === 'delete';
    }
    default:
      return false;
  }
}
