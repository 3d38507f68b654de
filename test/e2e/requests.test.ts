import { describe, expect, it } from '@jest/globals';
import { madeUpContacts } from '../../src/sandbox/made-up/made-up-contacts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser } from './cli.ts';

const PEOPLE = 1000;

describe('a first sync of 1,000 contacts with 300 organizations', () => {
  it('sends hardly more requests than the least that is possible', async () => {
    const contacts = madeUpContacts(PEOPLE, 1);
    const organizations = new Set(contacts.flatMap(({ contact }) => contact.organization ?? []))
      .size;
    const sandbox = await startSandbox({ contacts, autoConsent: true });
    const user = await aUser(sandbox);
    expect((await addAnn(user, '--no-start')).status).toBe(0);
    sandbox.clearRequests();
    const finished = await user.cli(['sync', '--json'], { env: { CONTACTSYNC_LIMITS: 'none' } });
    expect({ status: finished.status, stderr: finished.stderr }).toMatchObject({ status: 0 });

    const photos = contacts.filter(({ photo }) => photo !== undefined).length;
    const fields = 5;
    const listPages = 2;
    const least = Math.ceil(PEOPLE / 1000) + PEOPLE + organizations + photos + fields + listPages;
    const sent = sandbox.requests().filter(({ path }) => !path.startsWith('/control'));
    expect(organizations).toBe(300);
    expect(sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001)).toHaveLength(
      PEOPLE,
    );
    expect(sent.length).toBeLessThanOrEqual(1.02 * least);
    expect(sent.filter(({ path }) => path.includes('earch'))).toEqual([]);
    await user.leave();
    await sandbox.close();
  }, 60_000);
});
