import { chmodSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { doctor } from '../../src/cli/commands/doctor.ts';
import { pass, runChecks, type Check } from '../../src/cli/doctor/check.ts';
import { checkDisk, checkModes } from '../../src/cli/doctor/files.ts';
import { checkNode } from '../../src/cli/doctor/set-up.ts';
import { rememberSchedule } from '../../src/cli/next-run.ts';
import { printMark } from '../../src/plan/mark.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aContact } from '../support/contacts.ts';
import { aPage, committed, seen } from '../store/support.ts';
import { aDesk, aFreePort, type Desk } from './support.ts';

/* What the doctor finds when something is wrong, and that it finds nothing when nothing is. */

const ANN = 'ann@example.com';

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 4), autoConsent: true });
  desk = await aDesk(sandbox);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

async function addAnn(start = true): Promise<void> {
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start } as const;
  await addAccount(desk.open({ flags: { yes: true } }), flags);
}

interface Found {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly repair: string | null;
}

interface Examined {
  readonly status: number;
  readonly ok: boolean;
  readonly trouble: readonly Found[];
  readonly checks: readonly Found[];
}

async function examine(env: Readonly<Record<string, string | undefined>> = {}): Promise<Examined> {
  const session = desk.open({ flags: { json: true }, env });
  const status = await doctor(session);
  const { ok, checks } = JSON.parse(session.io.results[0] ?? '') as Pick<Examined, 'ok' | 'checks'>;
  return { status, ok, checks, trouble: checks.filter((one) => one.status !== 'pass') };
}

describe('the doctor', () => {
  it('finds nothing where nothing is wrong, and has looked at everything', async () => {
    await addAnn();
    const { status, ok, checks, trouble } = await examine();
    expect({ status, ok, trouble }).toEqual({ status: 0, ok: true, trouble: [] });
    expect(checks.find(({ check }) => check === 'key')?.message).toContain('contactsync key');
    expect([...new Set(checks.map(({ check }) => check))].toSorted()).toEqual([
      'accounts',
      'backups',
      'crm',
      'database',
      'disk',
      'file-modes',
      'key',
      'node',
      'oauth-apps',
      'other-installations',
      'provider',
      'schedule',
      'settings',
    ]);
  });

  it('writes nothing anywhere', async () => {
    await addAnn();
    sandbox.clearRequests();
    await examine();
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  });

  it('asks nobody but for the apps where nobody is signed in', async () => {
    const { status, trouble } = await examine();
    expect(status).toBe(0);
    expect(trouble).toMatchObject([
      { check: 'accounts', repair: 'Add one: contactsync add-account' },
    ]);
    expect(sandbox.requests().map(({ path: at }) => at)).toEqual(
      expect.arrayContaining(['/token', '/common/oauth2/v2.0/token']),
    );
    expect(sandbox.requests()).toHaveLength(2);
  });

  it('tells people in words, with the repair below what is wrong', async () => {
    await addAnn(false);
    sandbox.google.revokeGrants();
    const session = desk.open();
    expect(await doctor(session)).toBe(1);
    expect(session.io.results.join('\n')).toContain(
      `✖ Address book of ${ANN}: Google lets nobody in with the stored sign-in.\n    Sign in again: contactsync login ${ANN} --provider`,
    );
    expect(session.io.results.join('\n')).toMatch(/1 problem, 0 warnings\.$/u);
  });

  it('keeps to what is wrong when it is to be quiet', async () => {
    await addAnn(false);
    const session = desk.open({ flags: { quiet: true } });
    await doctor(session);
    expect(session.io.results).toEqual(['0 problems, 0 warnings.']);
  });
});

describe('it notices', () => {
  beforeEach(() => addAnn(false));

  it('a sign-in that was revoked', async () => {
    sandbox.google.revokeGrants();
    const { status, trouble } = await examine();
    expect(status).toBe(1);
    expect(trouble).toMatchObject([
      {
        check: 'provider',
        status: 'fail',
        repair: `Sign in again: contactsync login ${ANN} --provider`,
      },
    ]);
  });

  it('a clock that is wrong', async () => {
    sandbox.advance(3 * 60_000);
    expect((await examine()).trouble).toMatchObject([
      {
        check: 'provider',
        status: 'warn',
        message: expect.stringContaining('3 minutes behind Google’s'),
      },
      { check: 'crm', status: 'warn' },
    ]);
  });

  it('a right that was taken', async () => {
    sandbox.pipedrive.setPermissions({ can_add_people: false });
    const { trouble } = await examine();
    expect(trouble).toContainEqual(
      expect.objectContaining({
        check: 'crm',
        status: 'fail',
        message: 'Your Pipedrive user may not add people.',
      }),
    );
  });

  it('that a field is missing and may not be made', async () => {
    sandbox.pipedrive.setPermissions({ can_add_custom_fields: false });
    const { trouble, status } = await examine();
    expect(status).toBe(0);
    expect(trouble).toContainEqual(
      expect.objectContaining({
        check: 'crm',
        status: 'warn',
        message: expect.stringContaining('no field for'),
      }),
    );
  });

  it('Pipedrive’s own contact sync', async () => {
    sandbox.pipedrive.enableContactSync();
    expect((await examine()).trouble).toMatchObject([
      { check: 'crm', status: 'warn', message: expect.stringContaining('own contact sync') },
    ]);
  });

  it('another contactsync, by its marks', async () => {
    const mark = printMark({ installation: 'other', at: Date.now() + 60_000, nonce: 'n' });
    const store = desk.open().store();
    const page = aPage({ revisions: [seen('people/1', aContact({}), { mark })] });
    store.account(1).observe('provider', page);
    committed(store);
    expect((await examine()).trouble).toContainEqual(
      expect.objectContaining({ check: 'other-installations', status: 'fail' }),
    );
  });

  it('a vendor that cannot be reached', async () => {
    const gone = { CONTACTSYNC_PIPEDRIVE_URL: 'https://pipedrive.invalid' };
    const { trouble } = await examine(gone);
    expect(trouble).toMatchObject([{ check: 'crm', status: 'fail' }]);
    expect(trouble[0]?.message).toMatch(
      /cannot be reached: its name is not found \(DNS\)|No answer/u,
    );
  }, 60_000);

  it('files that others may read', async () => {
    chmodSync(path.join(desk.home, 'key'), 0o644);
    expect((await examine()).trouble).toMatchObject([
      { check: 'file-modes', status: 'warn', message: expect.stringContaining('key') },
    ]);
  });

  it('a key that does not fit', async () => {
    writeFileSync(path.join(desk.home, 'key'), Buffer.alloc(32, 7).toString('base64'));
    const { trouble, status } = await examine();
    expect(status).toBe(1);
    expect(trouble).toContainEqual(expect.objectContaining({ check: 'key', status: 'fail' }));
  });

  it('a schedule that was taken out from outside', async () => {
    rememberSchedule(desk.open().store(), { kind: 'cron', every: 15 });
    expect((await examine()).trouble).toMatchObject([
      {
        check: 'schedule',
        status: 'fail',
        repair: 'Install it anew: contactsync schedule install',
      },
    ]);
  });
});

describe('backups', () => {
  it('are counted, and old ones are said', async () => {
    await addAnn();
    const { checks } = await examine();
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: 'backups',
        message: expect.stringMatching(/^1 backup, .*0 days old/u),
      }),
    );
    const backups = path.join(desk.home, 'backups');
    const [name = ''] = readdirSync(backups);
    const old = new Date(Date.now() - 500 * 86_400_000);
    utimesSync(path.join(backups, name), old, old);
    expect((await examine()).trouble).toMatchObject([{ check: 'backups', status: 'warn' }]);
  });
});

describe('of the user’s own OAuth apps', () => {
  const apps = async (
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<readonly Found[]> =>
    (await examine(env)).checks.filter(({ check }) => check === 'oauth-apps');

  it('says which the vendors know', async () => {
    const port = String(await aFreePort());
    expect(await apps({ CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: port })).toMatchObject([
      { status: 'pass', message: 'Google knows your OAuth app.' },
      { status: 'pass', message: 'Microsoft knows your OAuth app.' },
      { status: 'pass', message: expect.stringContaining(`127.0.0.1:${port}/callback`) },
    ]);
  });

  it.each([
    [{ CONTACTSYNC_GOOGLE_CLIENT_ID: 'x.apps.googleusercontent.com' }, /Google does not take/u],
    [{ CONTACTSYNC_GOOGLE_CLIENT_SECRET: 'GOCSPX-wrong' }, /Google does not take.*client/u],
    [{ CONTACTSYNC_MICROSOFT_CLIENT_ID: 'x' }, /Microsoft does not take.*client id/u],
    [{ CONTACTSYNC_PIPEDRIVE_CLIENT_SECRET: '' }, /PIPEDRIVE_CLIENT_SECRET is not set/u],
  ])('notices one that is not as it should be: %j', async (env, message) => {
    expect((await apps(env)).filter(({ status }) => status === 'fail')).toMatchObject([
      { message: expect.stringMatching(message), repair: expect.stringContaining('oauth-apps') },
    ]);
  });

  it('notices that somebody else holds Pipedrive’s port', async () => {
    const { port } = new URL(sandbox.url);
    expect(await apps({ CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: port })).toContainEqual(
      expect.objectContaining({ status: 'fail', message: expect.stringContaining('is taken') }),
    );
  });

  it('misses one where there is none', async () => {
    const none = { CONTACTSYNC_GOOGLE_CLIENT_ID: '', CONTACTSYNC_GOOGLE_CLIENT_SECRET: '' };
    const env = { ...none, CONTACTSYNC_MICROSOFT_CLIENT_ID: '' };
    expect((await apps(env)).map(({ status }) => status)).toContain('warn');
  });
});

describe('a damaged database', () => {
  it('is all that is said of it, with what to do', async () => {
    const text = 'this is no database, and long enough to be one'.repeat(50);
    writeFileSync(path.join(desk.home, 'contactsync.db'), text, { mode: 0o600 });
    const { status, trouble } = await examine();
    expect(status).toBe(1);
    expect(trouble).toMatchObject([
      { check: 'database', status: 'fail', repair: expect.stringContaining('joined, not doubled') },
    ]);
  });
});

describe('a check', () => {
  const never = new AbortController().signal;
  const check = (id: string, run: Check['run']): Check => ({ id, title: id, run });

  it('that hangs does not hold up the others', async () => {
    const hanging = check('hangs', () => new Promise(() => undefined));
    const found = await runChecks([hanging, check('well', () => [pass('well')])], never, 10);
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ['hangs', 'fail'],
      ['well', 'pass'],
    ]);
  });

  it('that breaks has found something', async () => {
    const broken = check('broken', () => {
      throw new Error('oh');
    });
    expect(await runChecks([broken], never)).toMatchObject([{ status: 'fail' }]);
  });

  it.each([
    ['20.17.0', 'pass'],
    ['22.1.0', 'pass'],
    ['20.9.0', 'fail'],
    ['18.20.0', 'fail'],
  ])('of Node %s: %s', (version, status) => {
    expect(checkNode(version)).toMatchObject([{ status }]);
  });

  it('of a folder that is not there says nothing of it', () => {
    expect(checkModes(path.join(desk.home, 'nowhere'), 'linux')).toEqual([]);
  });

  it('of a disk that is there says how much is free', async () => {
    expect(await checkDisk(desk.home)).toMatchObject([
      { message: expect.stringMatching(/[kMG]B free/u) },
    ]);
  });
});
