import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { addAnn, aUser, type Finished, type User } from './cli.ts';

/* The real program as a child process, with a Microsoft mailbox at the sandbox. */

let sandbox: Sandbox;
let user: User;

beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 30), autoConsent: true });
  sandbox.microsoft.setOption('deviceInterval', 1);
  user = await aUser(sandbox);
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

const ADD_OUTLOOK = ['add-account', '--email', 'ann@outlook.com', '--crm-auth', 'token', '--yes'];

async function addOutlook(...more: readonly string[]): Promise<Finished> {
  return user.cli([...ADD_OUTLOOK, '--json', ...more], { browser: true });
}

interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}

interface Run {
  readonly status: string;
  readonly crm: Counts;
  readonly provider: Counts;
  readonly requests: { readonly provider: number };
}

function runIn({ stdout, stderr }: Finished): Run {
  const [run] = (JSON.parse(stdout) as { runs: readonly Run[] }).runs;
  if (run === undefined) throw new Error(stderr);
  return run;
}

const inDefaultFolder = () => sandbox.microsoft.people('contacts');
const NOTHING = { created: 0, updated: 0, deleted: 0 };

describe('an Outlook mailbox', () => {
  it.each([
    ['with a browser that comes back to this machine', []],
    ['with a code, without a browser', ['--no-browser']],
  ])('is signed in to %s, told by its domain, and synced', async (_how, flags) => {
    const added = await addOutlook('--start', ...flags);
    expect({ status: added.status, stderr: added.stderr }).toMatchObject({ status: 0 });
    const wanted = inDefaultFolder().length;
    expect(wanted).toBeGreaterThan(20);
    expect(runIn(added)).toMatchObject({ status: 'ok', crm: { created: wanted } });
    expect(runIn(await user.cli(['sync', '--json']))).toMatchObject({
      status: 'ok',
      crm: NOTHING,
    });
    const accounts = await user.cli(['accounts']);
    expect(accounts.stdout).toContain('All contacts');
  });

  it('carries what is added, changed, moved and deleted there', async () => {
    await addOutlook('--start');
    const [edited = '', removed = '', moved = ''] = inDefaultFolder().map(({ id }) => id);
    const folder = sandbox.microsoft.createFolder('Elsewhere');
    sandbox.microsoft.update(edited, { jobTitle: 'Head of Sales' });
    sandbox.microsoft.remove(removed);
    sandbox.microsoft.move(moved, folder);
    sandbox.microsoft.create({
      contact: { emails: [{ value: 'new@example.com' }], phones: [], ims: [], addresses: [] },
    });
    const run = runIn(await user.cli(['sync', '--json']));
    expect(run.crm).toEqual({ created: 1, updated: 1, deleted: 1 });
    expect(runIn(await user.cli(['sync', '--json'])).crm).toEqual(NOTHING);
  });

  it('gets, two-way, what is added, changed and deleted in Pipedrive', async () => {
    const { microsoft, pipedrive } = sandbox;
    await addOutlook('--direction', 'two-way', '--start');
    // The vendors' clocks tell whole seconds: what happens in the same one may be our own echo.
    sandbox.advance(60_000);
    const [edited, removed] = pipedrive.persons().filter(({ owner_id: owner }) => owner === 1001);
    const gus = { name: 'Gus Hale', emails: [{ value: 'gus.hale@example.com', label: 'work' }] };
    pipedrive.createPerson(gus);
    pipedrive.updatePerson(edited?.id ?? 0, { name: 'Renamed Person' });
    pipedrive.deletePerson(removed?.id ?? 0);
    const { provider, status } = runIn(await user.cli(['sync', '--refresh', '--json']));
    expect({ status, provider }).toEqual({
      status: 'ok',
      provider: { created: 1, updated: 1, deleted: 1 },
    });
    const names = microsoft.people().map(({ displayName }) => displayName);
    expect(names).toEqual(expect.arrayContaining(['Gus Hale', 'Renamed Person']));
    const again = runIn(await user.cli(['sync', '--json']));
    expect([again.crm, again.provider]).toEqual([NOTHING, NOTHING]);
  });

  it.each(['Rowing', 'VIP'])('syncs one group alone, a folder or a category: %s', async (group) => {
    const { microsoft } = sandbox;
    const folder = microsoft.createFolder('Rowing');
    const contact = { emails: [{ value: 'a@x.example' }], phones: [], ims: [], addresses: [] };
    microsoft.create({ contact }, folder);
    microsoft.create({ contact: { ...contact, emails: [] }, groups: ['VIP'] });
    const added = await addOutlook('--start', '--group', group);
    expect(runIn(added)).toMatchObject({ status: 'ok', crm: { created: 1 } });
  });

  it('lists anew what has lost its position, without a change', async () => {
    await addOutlook('--start');
    sandbox.microsoft.expireDeltaTokens();
    expect(runIn(await user.cli(['sync', '--json']))).toMatchObject({ status: 'ok', crm: NOTHING });
  });

  it('asks for no more than to read', async () => {
    const { stderr } = await addOutlook('--no-start');
    expect(stderr).toContain('Contacts.Read+');
    expect(stderr).not.toContain('ReadWrite');
  });

  it('is not taken for another one', async () => {
    sandbox.microsoft.signInAs('bob@outlook.com');
    const added = await addOutlook('--no-start');
    expect(added.status).not.toBe(0);
    expect(added.stdout).toContain('bob@outlook.com signed in at Microsoft');
  });

  it('can be signed in to again, and be removed', async () => {
    await addOutlook('--start');
    sandbox.microsoft.revokeGrants();
    sandbox.microsoft.expireAccessTokens();
    expect((await user.cli(['sync'])).status).not.toBe(0);
    const again = await user.cli(['login', 'ann@outlook.com'], { browser: true });
    expect(again.stdout).toContain('Signed in again');
    expect(runIn(await user.cli(['sync', '--json'])).crm).toEqual(NOTHING);
    const removed = await user.cli(['remove-account', 'ann@outlook.com', '--yes']);
    expect(removed.stdout).toContain('Removed ann@outlook.com');
  });

  it('and a Google account make one person of each contact that is in both', async () => {
    await addAnn(user, '--start');
    const { length } = sandbox.pipedrive.persons();
    const added = await addOutlook('--start');
    expect(runIn(added)).toMatchObject({ status: 'ok' });
    expect(runIn(added).crm.created).toBeLessThan(5);
    expect(sandbox.pipedrive.persons().length - length).toBe(runIn(added).crm.created);
    for (let round = 0; round < 2; round += 1) {
      const { runs } = JSON.parse((await user.cli(['sync', '--json'])).stdout) as { runs: Run[] };
      expect(runs.map(({ crm }) => crm)).toEqual([NOTHING, NOTHING]);
    }
  });

  it('and a Google account, both two-way: one sync brings an edit from the one to the other', async () => {
    const twoWay = ['--direction', 'two-way', '--start'];
    await addAnn(user, ...twoWay);
    await addOutlook(...twoWay);
    const one = inDefaultFolder().find(({ emailAddresses }) => emailAddresses?.length === 1);
    sandbox.microsoft.update(one?.id ?? '', { jobTitle: 'Head of Sales' });
    expect((await user.cli(['sync'])).status).toBe(0);
    const same = sandbox.google
      .people()
      .find((person) => person.emailAddresses?.[0]?.value === one?.emailAddresses?.[0]?.address);
    expect(same?.organizations?.[0]?.title).toBe('Head of Sales');
    const { runs } = JSON.parse((await user.cli(['sync', '--json'])).stdout) as {
      runs: Run[];
    };
    expect(runs.map(({ crm, provider }) => [provider, crm])).toEqual([
      [NOTHING, NOTHING],
      [NOTHING, NOTHING],
    ]);
  });
});
