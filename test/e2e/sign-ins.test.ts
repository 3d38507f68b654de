import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TokenSet } from '../../src/auth/tokens.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { aUser, type Finished, type User } from './cli.ts';

/* Sign-ins in the real program: shared, revoked, renewed, widened, and taken back. */

let sandbox: Sandbox;
let user: User;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 5), autoConsent: true });
  user = await aUser(sandbox);
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

const [ann, bob] = ['ann@example.com', 'bob@example.com'] as const;

/** Adds the account, with the CRM's OAuth sign-in the first time and the same one from then on. */
async function add(email: string, ...more: readonly string[]): Promise<void> {
  sandbox.google.signInAs(email);
  const args = ['add-account', '--email', email, '--provider', 'google', '--yes', '--no-browser'];
  const finished = await user.cli([...args, '--no-start', ...more], { browser: true });
  expect({ status: finished.status, stderr: finished.stderr }).toMatchObject({ status: 0 });
}
const addBoth = async (): Promise<void> => {
  await add(ann, '--crm-auth', 'oauth');
  await add(bob);
};

/** A look into the store, as the program has left it. */
function inStore<T>(look: (store: Store) => T): T {
  const store = openStore({ home: user.home, toolVersion: 'test' });
  try {
    return look(store);
  } finally {
    store.close();
  }
}
const googleTokens = (email: string): TokenSet =>
  inStore(({ connections }) => {
    const found = connections.list().find(({ details }) => details['email'] === email);
    return JSON.parse(connections.loadSecret(found?.id ?? 0, 'tokens') ?? '{}') as TokenSet;
  });
const asked = (where: string): number =>
  sandbox.requests().filter(({ method, path: at }) => method === 'POST' && at === where).length;
const statuses = ({ stdout }: Finished): unknown =>
  Object.fromEntries(
    (JSON.parse(stdout) as { runs: { account: string; status: string }[] }).runs.map((run) => [
      run.account,
      run.status,
    ]),
  );

describe('removing an account', () => {
  it('takes back the sign-ins that it alone used, and no others', async () => {
    await addBoth();
    sandbox.clearRequests();
    expect((await user.cli(['remove-account', bob, '--yes'])).status).toBe(0);
    expect([asked('/revoke'), asked('/oauth/revoke')]).toEqual([1, 0]);
    expect((await user.cli(['sync'])).status).toBe(0);
    expect((await user.cli(['remove-account', ann, '--yes'])).status).toBe(0);
    expect([asked('/revoke'), asked('/oauth/revoke')]).toEqual([2, 1]);
    expect(inStore(({ connections }) => connections.list())).toEqual([]);
  });

  it('works where the vendor cannot be reached, and says what was left undone', async () => {
    await add(ann, '--crm-auth', 'oauth');
    const env = { CONTACTSYNC_KEY: Buffer.alloc(32, 9).toString('base64') };
    const finished = await user.cli(['remove-account', ann, '--yes'], { env });
    expect(finished.status).toBe(0);
    expect(finished.stderr).toMatch(/could not be ended from here/u);
  });
});

describe('a sign-in that was revoked', () => {
  it('is said with the command that mends it; nothing is written, and others go on', async () => {
    await addBoth();
    const { refreshToken = '' } = googleTokens(ann);
    await fetch(`${sandbox.url}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: refreshToken }),
    });
    const finished = await user.cli(['sync', '--json']);
    expect(finished.status).toBe(4);
    expect(statuses(finished)).toEqual({ [ann]: 'sign-in-needed', [bob]: 'ok' });
    expect(finished.stderr).toContain(`contactsync login ${ann} --provider`);
    sandbox.google.signInAs(ann);
    const login = ['login', ann, '--provider', '--no-browser'];
    expect((await user.cli(login, { browser: true })).status).toBe(0);
    expect(statuses(await user.cli(['sync', '--json']))).toEqual({ [ann]: 'ok', [bob]: 'ok' });
  }, 40_000);
});

describe('signing in again', () => {
  it('as somebody else is refused, and takes nothing away', async () => {
    await add(ann, '--crm-auth', 'oauth');
    sandbox.google.signInAs('eve@example.com');
    sandbox.clearRequests();
    const login = ['login', ann, '--provider', '--no-browser', '--json'];
    const finished = await user.cli(login, { browser: true });
    expect(finished.status).toBe(1);
    expect(finished.stdout).toMatch(/eve@example\.com signed in/u);
    // It might end what another account of hers uses.
    expect(asked('/revoke')).toBe(0);
    expect((await user.cli(['sync'])).status).toBe(0);
  });

  it('A07 is needed where an account is to write what it was only allowed to read', async () => {
    await add(ann, '--crm-auth', 'oauth');
    expect(googleTokens(ann).scopes?.join(' ')).toMatch(/contacts\.readonly/u);
    const db = new Database(path.join(user.home, 'contactsync.db'));
    db.prepare("UPDATE account SET direction = 'two-way'").run();
    db.close();
    sandbox.clearRequests();
    const finished = await user.cli(['sync']);
    expect(finished.status).toBe(4);
    expect(finished.stderr).toContain(`contactsync login ${ann} --provider`);
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
    expect((await user.cli(['login', ann, '--no-browser'], { browser: true })).status).toBe(0);
    expect(googleTokens(ann).scopes).toContain('https://www.googleapis.com/auth/contacts');
  });
});

describe('access tokens that have ended', () => {
  it('are renewed once, however many processes need them', async () => {
    sandbox.pipedrive.setOption('rotateRefreshTokens', true);
    await add(ann, '--crm-auth', 'oauth');
    inStore(({ connections }) => {
      for (const { id } of connections.list()) {
        const tokens = JSON.parse(connections.loadSecret(id, 'tokens') ?? '') as TokenSet;
        connections.saveSecret(id, 'tokens', JSON.stringify({ ...tokens, expiresAt: 0 }));
      }
    });
    sandbox.clearRequests();
    const processes = [['sync'], ['login', ann], ['login', ann], ['login', ann]];
    const ends = await Promise.all(processes.map((args) => user.cli(args)));
    expect(ends.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect([asked('/token'), asked('/oauth/token')]).toEqual([1, 1]);
    expect((await user.cli(['sync'])).status).toBe(0);
  }, 40_000);
});
