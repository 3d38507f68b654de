import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { doctor } from '../../src/cli/commands/doctor.ts';
import { editAccount } from '../../src/cli/commands/edit-account.ts';
import { resetKey } from '../../src/cli/commands/key.ts';
import { login } from '../../src/cli/commands/login.ts';
import { removeAccount } from '../../src/cli/commands/remove-account.ts';
import { status } from '../../src/cli/commands/status.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { explain } from '../../src/cli/error-table.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { GlobalFlags } from '../../src/cli/session.ts';
import { aDesk, aFreePort, type Desk } from './support.ts';

/* What becomes of stored sign-ins: signed in again, lost, ended. */

const ANN = 'ann@example.com';
const DAY_MS = 86_400_000;
const YES = { flags: { yes: true } };

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: [], autoConsent: true });
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: false } as const;
  const session = desk.open(YES);
  await addAccount(session, flags);
  session.close();
  sandbox.clearRequests();
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

const paths = (): readonly string[] => sandbox.requests().map((request) => request.path);
const loseTheKey = (): void => rmSync(path.join(desk.home, 'key'));

describe('after the key was lost', () => {
  beforeEach(loseTheKey);

  it.each([{ provider: true }, { crm: true }, {}])(
    'login %j says so before anybody is asked to sign in',
    async (flags) => {
      const again = login(desk.open(YES), ANN, { browser: false, ...flags });
      await expect(again).rejects.toMatchObject({ code: 'key-missing' });
      expect(sandbox.requests()).toEqual([]);
    },
  );

  it('add-account says so before anything is asked', async () => {
    const flags = { email: 'bob@example.com', provider: 'google', browser: false } as const;
    await expect(addAccount(desk.open(YES), flags)).rejects.toMatchObject({ code: 'key-missing' });
    expect(sandbox.requests()).toEqual([]);
  });

  it('login says so, and signs in again on both sides once the lost key is given up', async () => {
    await expect(login(desk.open(YES), ANN, { browser: false })).rejects.toMatchObject({
      code: 'key-missing',
    });
    await resetKey(desk.open(YES));
    const session = desk.open(YES);
    expect(await login(session, ANN, { browser: false })).toBe(0);
    expect(session.io.results).toEqual([`Signed in again: ${ANN}.`]);
    expect(await sync(desk.open(), [], {})).toBe(0);
  });

  it('remove-account removes the account, and says which sign-in it could not end', async () => {
    const session = desk.open(YES);
    expect(await removeAccount(session, ANN, {})).toBe(0);
    expect(session.store().accounts.list()).toEqual([]);
    expect(session.io.messages.join('\n')).toMatch(
      /sign-in at Google could not be ended from here/u,
    );
  });
});

describe('where nobody is signed in any more', () => {
  beforeEach(() => resetKey(desk.open(YES)));
  const thrown = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    [{ group: 'Starred' }, '--provider'],
    [{ visibility: 'owner' }, '--crm'],
  ])('edit-account %j names the whole command that mends it', async (flags, side) => {
    const error = await thrown(editAccount(desk.open(YES), ANN, flags));
    expect(explain(error)).toMatchObject({
      status: 4,
      next: `Sign in again: contactsync login ${ANN} ${side}`,
    });
  });

  it('add-account names it, too, where it would use the login', async () => {
    const flags = { email: ANN, provider: 'google', crmAuth: 'token', browser: false } as const;
    expect(explain(await thrown(addAccount(desk.open(YES), flags)))).toMatchObject({
      status: 4,
      next: `Sign in again: contactsync login ${ANN} --provider`,
    });
    sandbox.google.signInAs('bob@example.com');
    const bob = { email: 'bob@example.com', provider: 'google', browser: false } as const;
    expect(explain(await thrown(addAccount(desk.open(YES), bob)))).toMatchObject({
      status: 4,
      next: `Sign in again: contactsync login ${ANN} --crm`,
    });
  });
});

describe('without an OAuth client', () => {
  it('remove-account removes the account, and says which sign-in it could not end', async () => {
    const session = desk.open({ ...YES, env: { CONTACTSYNC_GOOGLE_CLIENT_ID: undefined } });
    expect(await removeAccount(session, ANN, {})).toBe(0);
    expect(session.store().connections.list()).toEqual([]);
    expect(session.io.messages.join('\n')).toMatch(
      /sign-in at Google could not be ended from here/u,
    );
  });
});

describe('login', () => {
  it('has nothing to do where both sign-ins work', async () => {
    const session = desk.open(YES);
    expect(await login(session, ANN, {})).toBe(0);
    expect(session.io.results).toEqual(['Both sign-ins work; nothing to do.']);
  });

  it('signs in again where a grant was revoked, and leaves the other side alone', async () => {
    sandbox.google.revokeGrants();
    const session = desk.open(YES);
    expect(await login(session, ANN, { browser: false })).toBe(0);
    expect(paths()).toContain('/token');
    expect(await sync(desk.open(), [], {})).toBe(0);
  });

  it('refuses somebody else, and takes nothing back that another account may use', async () => {
    sandbox.google.signInAs('eve@example.com');
    const again = login(desk.open(YES), ANN, { provider: true, browser: false });
    await expect(again).rejects.toThrow(
      `eve@example.com signed in at Google, but the account is ${ANN}.`,
    );
    expect(paths()).not.toContain('/revoke');
    expect(await sync(desk.open(), [], {})).toBe(0);
  });
});

describe('a sign-in at Pipedrive in the browser', () => {
  it('that breaks off takes nothing back that an account may use', async () => {
    const env = { CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: String(await aFreePort()) };
    await removeAccount(desk.open(YES), ANN, {});
    const flags = { email: ANN, provider: 'google', crmAuth: 'oauth', start: false } as const;
    await addAccount(desk.open({ ...YES, env }), flags);
    sandbox.clearRequests();
    sandbox.faults.add({ vendor: 'pipedrive', path: 'users/me', kind: 'status', status: 403 });
    const again = login(desk.open({ ...YES, env }), ANN, { crm: true, browser: false });
    await expect(again).rejects.toThrow();
    expect(paths()).not.toContain('/oauth/revoke');
  });
});

describe('remove-account', () => {
  it('ends the sign-in at Google with the last account that uses it', async () => {
    expect(await removeAccount(desk.open(YES), ANN, {})).toBe(0);
    expect(paths()).toContain('/revoke');
  });
});

describe('a sign-in at Microsoft', () => {
  const OUTLOOK = 'ann@outlook.com';
  beforeEach(async () => {
    sandbox.microsoft.setOption('deviceInterval', 1);
    const flags = { email: OUTLOOK, crmAuth: 'token', browser: false, start: false } as const;
    await addAccount(desk.open(YES), flags);
    sandbox.clearRequests();
  });

  it('ends when it is not used for 90 days, as far as is known', () => {
    const { connections } = desk.open().store();
    const ends = connections.list().find(({ kind }) => kind === 'microsoft')?.details['signInEnds'];
    const days = (Date.parse(String(ends)) - Date.now()) / DAY_MS;
    expect(Math.round(days)).toBe(90);
  });

  it('is refused to somebody else, with a code too', async () => {
    sandbox.microsoft.signInAs('bob@outlook.com');
    const again = login(desk.open(YES), OUTLOOK, { provider: true, browser: false });
    await expect(again).rejects.toThrow(
      `bob@outlook.com signed in at Microsoft, but the account is ${OUTLOOK}.`,
    );
    expect(await sync(desk.open(), [OUTLOOK], {})).toBe(0);
  });

  it('that has ended is 4 with the command that mends it, and that command mends it', async () => {
    sandbox.microsoft.revokeGrants();
    sandbox.microsoft.expireAccessTokens();
    const session = desk.open();
    expect(await sync(session, [], {})).toBe(4);
    expect(session.io.messages.join('\n')).toContain(`contactsync login ${OUTLOOK} --provider`);
    expect(await login(desk.open(YES), OUTLOOK, { provider: true, browser: false })).toBe(0);
    expect(await sync(desk.open(), [], {})).toBe(0);
  });

  it('cannot be ended from here: removing the account says so, and where it can be', async () => {
    const session = desk.open(YES);
    expect(await removeAccount(session, OUTLOOK, {})).toBe(0);
    expect(session.io.messages.join('\n')).toMatch(
      /sign-in at Microsoft could not be ended from here .*You can end it in your account at Microsoft/u,
    );
    expect(
      session
        .store()
        .connections.list()
        .map(({ kind }) => kind),
    ).not.toContain('microsoft');
  });
});

describe('a sign-in whose end is near', () => {
  /** As if it had been told to end in so many days. */
  function endsIn(days: number, kind: string): void {
    const { connections } = desk.open().store();
    const { id = 0 } = connections.list().find((one) => one.kind === kind) ?? {};
    const secret = connections.loadSecret(id, 'tokens') ?? '{}';
    connections.saveSecret(id, 'tokens', secret, new Date(Date.now() + days * DAY_MS));
  }
  async function attention(): Promise<string> {
    const session = desk.open();
    await status(session);
    return session.io.results.join('\n');
  }

  it.each([
    ['google', 'provider'],
    ['pipedrive', 'crm'],
  ])('at %s is told three days before, with the command that renews it', async (kind, side) => {
    endsIn(4, kind);
    expect(await attention()).not.toContain('contactsync login');
    endsIn(2.5, kind);
    expect(await attention()).toMatch(/The sign-in to \w+ ends in 2 days/u);
    expect(await attention()).toContain(`contactsync login ${ANN} --${side}`);
    endsIn(-1, kind);
    expect(await attention()).toMatch(/The sign-in to \w+ has ended/u);
  });

  /** What a sync says; also as the one that is the first in a day. */
  async function said(flags: Partial<GlobalFlags>, firstToday = false): Promise<string> {
    if (firstToday) {
      const db = new Database(path.join(desk.home, 'contactsync.db'));
      db.exec("DELETE FROM setting WHERE name = 'old-dropped-at'");
      db.close();
    }
    const session = desk.open({ flags });
    expect(await sync(session, [], {})).toBe(0);
    return session.io.messages.join('\n');
  }

  it('is told by a sync, too', async () => {
    expect(await said({})).not.toContain('contactsync login');
    endsIn(2.5, 'google');
    const line = `! The sign-in to Google ends in 2 days.\n  Sign in again: contactsync login ${ANN} --provider`;
    expect(await said({}, true)).toContain(line);
    expect(await said({})).toContain(line);
    expect(await said({ json: true })).toContain(line);
  });

  it('is told once a day where a schedule runs it', async () => {
    endsIn(2.5, 'google');
    expect(await said({ quiet: true }, true)).toContain('contactsync login');
    expect(await said({ quiet: true })).toBe('');
  });

  it('is told once, however many accounts use it', async () => {
    sandbox.google.signInAs('bob@example.com');
    const flags = { email: 'bob@example.com', provider: 'google', start: false } as const;
    await addAccount(desk.open(YES), flags);
    endsIn(2.5, 'pipedrive');
    expect((await said({})).match(/The sign-in to Pipedrive ends/gu)).toHaveLength(1);
  });

  it('is told by doctor, with the command that renews it', async () => {
    endsIn(2.5, 'google');
    const session = desk.open();
    expect(await doctor(session)).toBe(0);
    expect(session.io.results.join('\n')).toMatch(
      /! Accounts: .*The sign-in to Google ends in 2 days\.\n +Sign in again: contactsync login/u,
    );
  });
});
