import { AnswerLost } from '../../src/sync/errors.ts';
import { createMemorySide, type MemorySide } from '../support/memory-side.ts';
import { heldByCrm } from '../support/contacts.ts';
import { contactSideContract, type SideHarness } from './contact-side.ts';

function harness(side: MemorySide): SideHarness {
  return {
    side,
    person: {
      add: async (contact) => side.person.add(contact),
      edit: async (id, patch) => side.person.edit(id, patch),
      remove: async (id) => side.person.remove(id),
    },
    loseNextAnswer: () => {
      side.set({
        disturb: ({ when, call }) => {
          if (when === 'after' && call === 'create') throw new AnswerLost('lost');
        },
      });
    },
    expireCursors: () => side.expireCursors(),
    close: async () => {},
  };
}

contactSideContract('An address book in memory', async () =>
  harness(createMemorySide({ side: 'provider' })),
);

contactSideContract(
  'A CRM in memory',
  async () => harness(createMemorySide({ side: 'crm', crm: true, holds: heldByCrm })),
  { deletionsInFeed: true },
);
