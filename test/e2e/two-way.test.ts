import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { aContact } from '../support/contacts.ts';
import { addAnn, aUser, type Finished, type User } from './cli.ts';

/* Two-way with the real program: a label of Google's, and Ann's own people in Pipedrive. */

const BEN = 1002;
const MINUTE = 60_000;

function inClients(given: string): SandboxContact {
  const emails = [
    { value: `${given.toLowerCase()}@example.com`, label: 'work', primary: true as const },
  ];
  return { contact: aContact({ name: { given, family: 'Client' }, emails }), groups: ['Clients'] };
}

let sandbox: Sandbox;
let user: User;
beforeEach(async () => {
  const stranger = { ...inClients('Stranger'), groups: [] };
  const contacts = ['Ada', 'Bea', 'Cleo'].map(inClients);
  sandbox = await startSandbox({ contacts: [...contacts, stranger], autoConsent: true });
  user = await aUser(sandbox);
  sandbox.pipedrive.createPerson({ name: 'Dora Own', emails: [{ value: 'dora@example.com' }] });
  const added = await addAnn(user, '--direction', 'two-way', '--group', 'Clients', '--start');
  expect({ status: added.status, stderr: added.stderr }).toMatchObject({ status: 0 });
  sandbox.advance(10 * MINUTE);
});
afterEach(async () => {
  await expectQuiet();
  await user.leave();
  await sandbox.close();
});

/** A second sync after anything at all writes nothing, and asks hardly anything. */
async function expectQuiet(): Promise<void> {
  sandbox.clearRequests();
  expect((await user.cli(['sync'])).status).toBe(0);
  const requests = sandbox.requests();
  expect(requests.filter(({ write }) => write)).toEqual([]);
  expect(requests.length).toBeLessThanOrEqual(8);
}

interface Run {
  readonly status: string;
  readonly conflicts: number;
  readonly crm: object;
  readonly provider: object;
}
const runOf = ({ stdout }: Finished): Run => {
  const [run] = (JSON.parse(stdout) as { runs: readonly Run[] }).runs;
  if (run === undefined) throw new Error('no run');
  return run;
};
async function sync(...flags: readonly string[]): Promise<Run> {
  const finished = await user.cli(['sync', '--json', ...flags]);
  expect({ status: finished.status, stderr: finished.stderr }).toMatchObject({ status: 0 });
  return runOf(finished);
}

const atGoogle = (given: string) =>
  sandbox.google.people().filter(({ names }) => names?.[0]?.givenName === given);
const googleId = (given: string): string => atGoogle(given)[0]?.resourceName ?? '';
const inPipedrive = (given: string) =>
  sandbox.pipedrive
    .persons()
    .filter(({ name, is_deleted }) => name.startsWith(`${given} `) && !is_deleted);
const personId = (given: string): number => inPipedrive(given)[0]?.id ?? 0;
const titles = (given: string) => [
  atGoogle(given)[0]?.organizations?.[0]?.title,
  inPipedrive(given)[0]?.custom_fields[jobTitleCode()],
];
const jobTitleCode = (): string =>
  sandbox.pipedrive.fields().find(({ field_name }) => field_name === 'Job title')?.field_code ?? '';
const typeTitle = (id: number, title: string): void => {
  sandbox.pipedrive.updatePerson(id, { custom_fields: { [jobTitleCode()]: title } });
};

describe('the first sync', () => {
  it('brings either side’s people to the other, into the label, and nobody else’s', () => {
    const groups = new Map(
      sandbox.google
        .people()
        .map(({ names, memberships }) => [names?.[0]?.givenName, (memberships ?? []).length]),
    );
    // "My contacts", and the label besides.
    expect(groups.get('Dora')).toBe(2);
    expect(groups.get('Dora')).toBe(groups.get('Ada'));
    expect(inPipedrive('Ada')).toHaveLength(1);
    expect(inPipedrive('Stranger')).toEqual([]);
    const colleagues = sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === BEN);
    expect(colleagues.length).toBeGreaterThan(0);
    expect(sandbox.google.people()).toHaveLength(5);
  });
});

describe('changes on both sides', () => {
  it('of different fields are both there afterwards', async () => {
    sandbox.google.update(googleId('Ada'), { phones: [{ value: '+49 30 5550101' }] });
    typeTitle(personId('Ada'), 'Chief');
    expect(await sync()).toMatchObject({
      conflicts: 0,
      crm: { updated: 1 },
      provider: { updated: 1 },
    });
    expect(titles('Ada')).toEqual(['Chief', 'Chief']);
    expect(inPipedrive('Ada')[0]?.phones).toMatchObject([{ value: '+49 30 5550101' }]);
  });

  it.each(['Google', 'Pipedrive'] as const)(
    'of one field end as the newer one, at %s, whatever else moved the person since',
    async (newer) => {
      const write = {
        Google: () => sandbox.google.update(googleId('Ada'), { jobTitle: 'Google' }),
        Pipedrive: () => typeTitle(personId('Ada'), 'Pipedrive'),
      };
      write[newer === 'Google' ? 'Pipedrive' : 'Google']();
      sandbox.advance(MINUTE);
      write[newer]();
      sandbox.advance(MINUTE);
      // Moves the person's own time, not the time of the field.
      sandbox.pipedrive.addDeal(personId('Ada'));
      sandbox.clearRequests();
      expect(await sync()).toMatchObject({ conflicts: 1 });
      expect(titles('Ada')).toEqual([newer, newer]);
      const asked = sandbox.requests().filter((request) => request.path.endsWith('/changelog'));
      expect(asked).toHaveLength(1);
    },
  );
});

describe('a deletion', () => {
  it('at Google goes to Pipedrive, and one in Pipedrive to Google', async () => {
    sandbox.google.remove(googleId('Ada'));
    sandbox.pipedrive.deletePerson(personId('Dora'));
    expect(await sync('--refresh')).toMatchObject({
      crm: { deleted: 1 },
      provider: { deleted: 1 },
    });
    expect([inPipedrive('Ada'), atGoogle('Dora')]).toEqual([[], []]);
  });

  it('and an edit on the other side: the edit wins', async () => {
    sandbox.google.remove(googleId('Ada'));
    typeTitle(personId('Ada'), 'Chief');
    expect(await sync()).toMatchObject({ provider: { created: 1 }, crm: { deleted: 0 } });
    expect(titles('Ada')).toEqual(['Chief', 'Chief']);
  });
});

describe('people who leave the scope', () => {
  it('because they get another owner stay on both sides', async () => {
    sandbox.pipedrive.changeOwner(personId('Dora'), BEN);
    expect(await sync()).toMatchObject({ unlinked: 1, provider: { deleted: 0 } });
    sandbox.google.update(googleId('Dora'), { jobTitle: 'Free' });
    expect(await sync()).toMatchObject({ crm: { updated: 0 } });
    expect([atGoogle('Dora'), inPipedrive('Dora')].map(({ length }) => length)).toEqual([1, 1]);
  });
});

describe('more deletions than there should be', () => {
  it('stop the run before its first write, whichever side they are on', async () => {
    for (const at of Array.from({ length: 12 }).keys()) {
      sandbox.pipedrive.createPerson({ name: `Extra${at} Own` });
    }
    expect(await sync()).toMatchObject({ provider: { created: 12 } });
    sandbox.advance(10 * MINUTE);
    const before = sandbox.google.people().length;
    for (const { id, owner_id } of sandbox.pipedrive.persons()) {
      if (owner_id !== BEN) sandbox.pipedrive.deletePerson(id);
    }
    sandbox.clearRequests();
    const stopped = await user.cli(['sync', '--refresh']);
    expect(stopped.status).toBe(5);
    expect(stopped.stderr).toContain('--max-delete');
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
    expect(sandbox.google.people()).toHaveLength(before);
    expect(await sync('--max-delete', '100%')).toMatchObject({ provider: { deleted: 16 } });
  }, 30_000);
});

describe('a kill in the middle', () => {
  it.each(['hang-before', 'hang-after'] as const)(
    'of a creation at Google (%s it takes effect) doubles nobody',
    async (kind) => {
      sandbox.pipedrive.createPerson({ name: 'Eve Own', emails: [{ value: 'eve@example.com' }] });
      sandbox.faults.add({ vendor: 'google', write: true, times: 1, kind });
      const running = user.start(['sync']);
      for (let waited = 0; sandbox.faults.reached() === 0 && waited < 10_000; waited += 10)
        await pause(10);
      running.child.kill('SIGKILL');
      await running.finished;
      sandbox.faults.clear();
      await sync();
      expect(atGoogle('Eve')).toHaveLength(1);
      expect(inPipedrive('Eve')).toHaveLength(1);
    },
  );
});

describe('a grant that was taken away', () => {
  it('ends the run with the login to run, and nothing is lost meanwhile', async () => {
    typeTitle(personId('Ada'), 'Chief');
    sandbox.google.revokeGrants();
    const refused = await user.cli(['sync']);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain('contactsync login ann@example.com --provider');
    const login = ['login', 'ann@example.com', '--no-browser'];
    expect((await user.cli(login, { browser: true })).status).toBe(0);
    expect(await sync()).toMatchObject({ provider: { updated: 1 } });
    expect(titles('Ada')).toEqual(['Chief', 'Chief']);
  });
});
