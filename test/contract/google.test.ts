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
    close: async () => {
      http.close();
      await sandbox.close();
    },
  };
}

contactSideContract('Google', setUp);
