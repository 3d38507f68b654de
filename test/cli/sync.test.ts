import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aDesk, type Desk } from './support.ts';

/* Which accounts a sync runs, and what it says of them. */

const ANN = 'ann@example.com';

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: [], autoConsent: true });
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: false } as const;
  await addAccount(desk.open({ flags: { yes: true } }), flags);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

interface Ran {
  readonly status: number;
  readonly runs: readonly Record<string, unknown>[];
  readonly messages: readonly string[];
}

async function run(...names: readonly string[]): Promise<Ran> {
  const session = desk.open({ flags: { json: true } });
  const status = await sync(session, names, {});
  const [text = ''] = session.io.results;
  const { runs } = JSON.parse(text) as Pick<Ran, 'runs'>;
  return { status, runs, messages: session.io.messages };
}

describe('an account', () => {
  it('that is named twice, by name and by id, runs once', async () => {
    expect((await run(ANN, '1', ANN)).runs).toMatchObject([{ account: ANN, status: 'ok' }]);
  });

  it.each([[['1']], [[]]])('that is paused is passed over with a word: %j', async (names) => {
    const { accounts } = desk.open().store();
    const [ann] = accounts.list();
    if (ann === undefined) throw new Error('there is no account');
    accounts.remove(ann.id);
    accounts.insert({ ...ann, paused: true });
    sandbox.clearRequests();
    const { status, runs, messages } = await run(...names);
    expect({ status, runs }).toMatchObject({
      status: 0,
      runs: [{ account: ANN, status: 'paused' }],
    });
    expect(messages.join()).toContain('aused');
    expect(sandbox.requests()).toEqual([]);
  });

  it('that is nobody’s is said, with where to look', async () => {
    await expect(run('bob')).rejects.toMatchObject({
      message: 'There is no account "bob".',
      next: 'See them: contactsync accounts',
    });
  });
});

describe('--verbose', () => {
  it('shows where an error came from, without secrets', async () => {
    sandbox.faults.add({ vendor: 'pipedrive', kind: 'half-json' });
    const session = desk.open({ flags: { verbose: true } });
    expect(await sync(session, [], {})).toBe(1);
    const said = session.io.messages.join('\n');
    expect(said).toMatch(/^Unreachable: Pipedrive/mu);
    expect(said).toContain('caused by HttpFailure');
    expect(said).not.toContain(sandbox.pipedrive.token);
  });
});
