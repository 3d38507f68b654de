import Database from 'better-sqlite3';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { printMark } from '../../src/plan/mark.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aContact } from '../support/contacts.ts';
import { addAnn, aUser, type Finished, type User } from './cli.ts';

/* Looking back, deciding and repairing with the real program, against the sandbox. */

const zoe = aContact({
  name: { given: 'Zoequokka', family: 'Quist' },
  emails: [{ value: 'zoequokka@example.org', label: 'work' }],
  phones: [{ value: '+49 30 5550101', label: 'work' }],
});
const max = aContact({
  name: { given: 'Max', family: 'Quist' },
  emails: [{ value: 'max@example.org', label: 'home' }],
});

let sandbox: Sandbox;
let user: User;
beforeEach(async () => {
  sandbox = await startSandbox({
    contacts: [{ contact: zoe }, { contact: max }],
    autoConsent: true,
  });
  user = await aUser(sandbox);
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

const json = ({ stdout }: Finished): unknown => JSON.parse(stdout);
const resource = (name: string): string =>
  sandbox.google.people().find(({ names }) => names?.[0]?.givenName === name)?.resourceName ?? '';
const crmNames = (): readonly string[] => sandbox.pipedrive.persons().map(({ name }) => name);

async function lastRun(): Promise<string> {
  const { runs } = json(await user.cli(['history', '--json'])) as { runs: { run: string }[] };
  return runs[0]?.run ?? '';
}

/** A second sync after anything at all writes nothing. */
async function expectQuiet(): Promise<void> {
  sandbox.clearRequests();
  expect(await user.cli(['sync', '--refresh'])).toMatchObject({ status: 0 });
  expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
}

describe('history, undo and verify', () => {
  it('show a run, take it back, and find both sides in step', async () => {
    await addAnn(user, '--start');
    sandbox.google.update(resource('Zoequokka'), {
      phones: [{ value: '+49 30 5550102', label: 'work' }],
    });
    sandbox.google.remove(resource('Max'));
    expect(await user.cli(['verify'])).toMatchObject({ status: 3 });
    await user.cli(['sync']);
    const run = await lastRun();

    const shown = await user.cli(['history', '--run', run.slice(0, 8)]);
    expect(shown.stdout).toMatch(
      /Zoequokka Quist\tcrm\tupdated\tphones\t.*5550101.*\t.*5550102.*\tchanged in Google\n/u,
    );

    const unanswered = await user.cli(['undo', run]);
    expect(unanswered).toMatchObject({ status: 2 });
    expect(unanswered.stderr).toContain('under a new id, without deals, activities and picture');
    expect(crmNames()).not.toContain('Max Quist');

    expect(await user.cli(['undo', run, '--yes'])).toMatchObject({ status: 0 });
    expect(crmNames()).toContain('Max Quist');
    await expectQuiet();
    expect(await user.cli(['verify'])).toMatchObject({ status: 0 });
  });
});

describe('explain', () => {
  it('asks nobody and writes nothing', async () => {
    await addAnn(user, '--start');
    sandbox.clearRequests();
    const explained = await user.cli(['explain', 'zoequokka@example.org']);
    expect(explained).toMatchObject({ status: 0, stderr: '' });
    expect(explained.stdout).toContain('Synced: in Google and in Pipedrive.');
    expect(sandbox.requests()).toEqual([]);
  });
});

describe('conflicts', () => {
  it('lets the user say who a contact is that could be two', async () => {
    for (const city of ['Oslo', 'Rome']) {
      sandbox.pipedrive.createPerson({
        name: `Zoe of ${city}`,
        emails: [{ value: 'zoequokka@example.org', label: 'work' }],
      });
    }
    await addAnn(user, '--start');
    interface Listed {
      accounts: { unclear: { id: string; candidates: { id: string; name: string }[] }[] }[];
    }
    const listed = json(await user.cli(['conflicts', '--json'])) as Listed;
    const [unclear] = listed.accounts[0]?.unclear ?? [];
    const rome = unclear?.candidates.find(({ name }) => name === 'Zoe of Rome')?.id ?? '';
    expect(unclear?.candidates).toHaveLength(2);

    const settle = ['conflicts', '--settle', unclear?.id ?? '', '--take'];
    expect(await user.cli([...settle, 'both'])).toMatchObject({ status: 2 });
    const settled = await user.cli([...settle, rome]);
    expect(settled).toMatchObject({ status: 0 });
    expect(settled.stderr).toContain('contactsync sync ann@example.com');
    await user.cli(['sync']);
    const explained = json(await user.cli(['explain', resource('Zoequokka'), '--json']));
    expect(explained).toMatchObject({ state: 'synced', crmId: rome });
    expect((await user.cli(['conflicts'])).stderr).toContain('Nothing is open.');
    await expectQuiet();
  });
});

describe('forget', () => {
  it('leaves no byte of the contact in the folder, and both sides as they are', async () => {
    await addAnn(user, '--start');
    expect(/quokka/iu.test(await user.everyByte())).toBe(true);
    const forgotten = await user.cli(['forget', 'Zoequokka Quist', '--yes']);
    expect(forgotten).toMatchObject({ status: 0 });
    expect(/quokka/iu.test(await user.everyByte())).toBe(false);
    await expectQuiet();
    sandbox.google.update(resource('Zoequokka'), { jobTitle: 'Captain' });
    await user.cli(['sync']);
    expect(/quokka/iu.test(await user.everyByte())).toBe(false);
    expect(crmNames()).toContain('Zoequokka Quist');
    expect(json(await user.cli(['verify', '--json']))).toMatchObject({
      accounts: [{ inStep: true, total: 1 }],
    });
  });

  it('wants a yes', async () => {
    await addAnn(user, '--start');
    expect(await user.cli(['forget', 'max@example.org'])).toMatchObject({ status: 2 });
    expect(await user.cli(['explain', 'max@example.org'])).toMatchObject({ status: 0 });
  });
});

describe('another installation at work', () => {
  it('stops a two-way sync, and --takeover goes on', async () => {
    await addAnn(user, '--direction', 'two-way', '--start');
    const database = new Database(path.join(user.home, 'contactsync.db'));
    const mark = printMark({ installation: 'stranger', at: Date.now(), nonce: 'n' });
    database.prepare("UPDATE mirror SET mark = ? WHERE id LIKE 'people/%'").run(mark);
    database.close();
    const stopped = await user.cli(['sync']);
    expect(stopped).toMatchObject({ status: 1 });
    expect(stopped.stderr).toContain('contactsync sync ann@example.com --takeover');
    expect(await user.cli(['sync', '--takeover'])).toMatchObject({ status: 0 });
    await expectQuiet();
  });
});
