import type { Contact } from '../../src/contact/contact.ts';
import { createHttp } from '../../src/http/client.ts';
import { createGoogleSide } from '../../src/providers/google/index.ts';
import { googleLimits } from '../../src/providers/google/limits.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { contactSideContract, type SideHarness } from './contact-side.ts';
import { signInToGoogle } from '../support/sandbox.ts';

async function setUp(): Promise<SideHarness> {
  const sandbox = await startSandbox({ contacts: [], autoConsent: true });
  const http = createHttp({ userAgent: 'contactsync-test' });
  const api = http.api({
    name: 'google',
    base: sandbox.url,
    credentials: await signInToGoogle(sandbox, http),
    limits: googleLimits(),
  });
  const side = createGoogleSide({ api });
  const { google } = sandbox;
  for (const name of ['Clients', 'Friends']) google.createGroup(name);
  return {
    side,
    person: {
      add: async (contact: Contact) => sandbox.google.create({ contact }),
      edit: async (id, patch) => sandbox.google.update(id, patch),
      remove: async (id) => sandbox.google.remove(id),
    },
    loseNextAnswer: () => {
      sandbox.faults.add({ vendor: 'google', write: true, times: 1, kind: 'cut-after' });
    },
    expireCursors: () => sandbox.google.expireSyncTokens(),
    hideWrites: (ms) => google.hide(ms),
    advance: (ms) => sandbox.advance(ms),
    merge: async (loser, survivor) => google.merge(survivor, loser, 'former-name'),
    groups: {
      names: ['Clients', 'Friends'],
      join: async (id, name) => google.label(id, name, true),
    },
    unknown: {
      give: async (id) => {
        google.addEntry(id, 'relations', { person: 'Bo', type: 'assistant' });
        google.addEntry(id, 'userDefined', { key: 'shoe size', value: '43' });
      },
      of: async (id) => {
        const person = google.people().find(({ resourceName }) => resourceName === id);
        return [person?.relations, person?.userDefined];
      },
    },
    close: async () => {
      http.close();
      await sandbox.close();
    },
  };
}

contactSideContract('Google', setUp);
