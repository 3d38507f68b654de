import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { inTurns } from '../../src/cli/in-turns.ts';
import { madeUpContacts } from '../../src/sandbox/made-up/made-up-contacts.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aDesk, type Desk } from './support.ts';

/* Several accounts in one pass. */

function aMoment(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Slices of each account's first run; a later one has a single slice. */
async function passOver(slices: Readonly<Record<string, number>>, worth = true) {
  const seen: string[] = [];
  const outcomes = await inTurns(Object.keys(slices), {
    run: async (name, giveTurn, again) => {
      const mine = again ? 1 : (slices[name] ?? 1);
      for (let slice = 1; slice <= mine; slice += 1) {
        seen.push(again ? `${name} again` : name);
        await aMoment();
        if (slice < mine) await giveTurn();
      }
      return name;
    },
    isWorthAgain: () => worth,
    pause: async () => undefined,
  });
  return { seen, outcomes };
}

describe('accounts in turns', () => {
  it('go on one after the other, a slice each', async () => {
    const { seen } = await passOver({ ann: 2, bob: 3, cy: 1 }, false);
    expect(seen).toEqual(['ann', 'bob', 'cy', 'ann', 'bob', 'bob']);
  });

  it('are looked at again as long as one is at its first run', async () => {
    const { seen, outcomes } = await passOver({ ann: 1, bob: 3 });
    expect(seen).toEqual(['ann', 'bob', 'ann again', 'bob', 'ann again', 'bob']);
    expect(outcomes).toEqual([['ann', 'ann', 'ann'], ['bob']]);
  });

  it('that go wrong hold nobody up', async () => {
    const run = async (name: string): Promise<string> => {
      if (name === 'ann') throw new Error('no');
      return name;
    };
    const ways = { run, isWorthAgain: () => false, pause: async () => undefined };
    const seen: string[] = [];
    const both = inTurns(['ann', 'bob'], {
      ...ways,
      run: async (name) => {
        seen.push(name);
        return run(name);
      },
    });
    await expect(both).rejects.toThrow('no');
    await aMoment();
    expect(seen).toEqual(['ann', 'bob']);
  });
});

describe('a first sync', () => {
  let sandbox: Sandbox;
  let desk: Desk;
  beforeEach(async () => {
    const contacts = madeUpContacts(60, 1).map(({ photo: _photo, ...one }) => one);
    sandbox = await startSandbox({ contacts, autoConsent: true });
    desk = await aDesk(sandbox);
  });
  afterEach(async () => {
    await desk.leave();
    await sandbox.close();
  });

  it('comes after everyday work of the same login, and nobody is made twice', async () => {
    const flags = { provider: 'google', crmAuth: 'token', match: 'none' } as const;
    const env = { CONTACTSYNC_LIMITS: 'none' };
    const yes = { env, flags: { yes: true } };
    sandbox.google.signInAs('bob@example.com');
    await addAccount(desk.open(yes), { ...flags, email: 'bob@example.com', start: false });
    sandbox.google.signInAs('ann@example.com');
    await addAccount(desk.open(yes), { ...flags, email: 'ann@example.com', start: true });
    const [first] = sandbox.google.people();
    sandbox.google.update(first?.resourceName ?? '', { jobTitle: 'Captain' });
    sandbox.clearRequests();
    expect(await sync(desk.open({ env }), [], {})).toBe(0);
    const writes = sandbox
      .requests()
      .filter(({ vendor, write }) => vendor === 'pipedrive' && write)
      .map(({ method }) => method);
    expect(writes.indexOf('PATCH')).toBe(0);
    expect(writes.filter((method) => method === 'POST')).toHaveLength(60);
    sandbox.clearRequests();
    expect(await sync(desk.open({ env }), [], {})).toBe(0);
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  });
});
