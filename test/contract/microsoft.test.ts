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
    close: async () => {
      http.close();
      await sandbox.close();
    },
  };
}

contactSideContract('Microsoft', setUp);
