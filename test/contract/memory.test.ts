import type { Revision } from '../../src/plan/model.ts';
import { AnswerLost } from '../../src/sync/errors.ts';
import {
  createMemorySide,
  type MemorySide,
  type MemorySideOptions,
} from '../support/memory-side.ts';
import { heldByCrm } from '../support/contacts.ts';
import { contactSideContract, type SideHarness } from './contact-side.ts';

function harness(options: MemorySideOptions): SideHarness {
  const clock = { at: Date.parse('2026-11-22T08:00:00Z') };
  const side = createMemorySide({ ...options, now: () => new Date(clock.at) });
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
    hideWrites: (lag) => side.set({ lag }),
    advance: (ms) => {
      clock.at += ms;
    },
    merge: async (loser, survivor) => {
      side.person.merge(loser, survivor);
      return survivor;
    },
    ...(side.side === 'crm' ? {} : { groups: twoGroups(side) }),
    close: async () => {},
  };
}

function twoGroups(side: MemorySide): NonNullable<SideHarness['groups']> {
  const names = ['Clients', 'Friends'] as const;
  for (const name of names)
    side.person.addGroup({ id: `g/${name}`, name, kind: 'label', count: 0 });
  return {
    names,
    join: async (id, name) => {
      const { groups } = side.records().find((one) => one.id === id) as Revision;
      side.person.edit(id, {}, { groups: [...groups, `g/${name}`] });
    },
  };
}

contactSideContract('An address book in memory', async () => harness({ side: 'provider' }));

contactSideContract(
  'A CRM in memory',
  async () => harness({ side: 'crm', crm: true, holds: heldByCrm }),
  { deletionsInFeed: true, marks: true, formerIds: true },
);
