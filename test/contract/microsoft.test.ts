import type { Contact } from '../../src/contact/contact.ts';
import { createHttp } from '../../src/http/client.ts';
import { createMicrosoftSide } from '../../src/providers/microsoft/index.ts';
import { microsoftLimits } from '../../src/providers/microsoft/limits.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { contactSideContract, type SideHarness } from './contact-side.ts';
import { signInToMicrosoft } from '../support/sandbox.ts';

async function setUp(): Promise<SideHarness> {
  const sandbox = await startSandbox({ contacts: [], autoConsent: true });
  const { microsoft } = sandbox;
  const http = createHttp({ userAgent: 'contactsync-test' });
  const api = http.api({
    name: 'microsoft',
    base: sandbox.url,
    credentials: await signInToMicrosoft(sandbox, http),
    limits: microsoftLimits(),
  });
  const side = createMicrosoftSide({ api });
  for (const name of ['Clients', 'Friends']) microsoft.createCategory(name);
  const unknownId = microsoft.people()[0]?.id;
  // Whoever is there at the start goes; the folders stay.
  for (const { id } of microsoft.people()) microsoft.remove(id ?? '');
  return {
    side,
    ...(unknownId !== undefined && { unknownId }),
    person: {
      add: async (contact: Contact) => microsoft.create({ contact }),
      edit: async (id, patch) => microsoft.update(id, patch),
      remove: async (id) => microsoft.remove(id),
    },
    loseNextAnswer: () => {
      sandbox.faults.add({ vendor: 'microsoft', write: true, times: 1, kind: 'cut-after' });
    },
    expireCursors: () => microsoft.expireDeltaTokens(),
    hideWrites: (ms) => microsoft.hide(ms),
    advance: (ms) => sandbox.advance(ms),
    // Outlook has no merge of its own: somebody deletes one of two.
    merge: async (loser, survivor) => {
      microsoft.remove(loser);
      return survivor;
    },
    groups: {
      names: ['Clients', 'Friends'],
      join: async (id, name) => microsoft.categorize(id, name, true),
    },
    unknown: {
      give: async (id) => microsoft.edit(id, { spouseName: 'Bo', nickName: 'Annie' }),
      of: async (id) => {
        const one = microsoft.people().find((each) => each.id === id);
        return [one?.spouseName, one?.nickName];
      },
    },
    close: async () => {
      http.close();
      await sandbox.close();
    },
  };
}

contactSideContract('Microsoft', setUp, { formerIds: true });
