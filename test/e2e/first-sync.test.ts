import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acquireLock } from '../../src/store/lock.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, ADD_ANN, aUser, type Finished, type User } from './cli.ts';

/* The real program as a child process, against the sandbox. */

let sandbox: Sandbox;
let user: User;
const contacts = defaultContacts().slice(0, 40);

beforeEach(async () => {
  sandbox = await startSandbox({ contacts, autoConsent: true });
  user = await aUser(sandbox);
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

interface RunDocument {
  readonly runs: readonly {
    readonly status: string;
    readonly crm: { readonly created: number; readonly updated: number; readonly deleted: number };
    readonly requests: { readonly provider: number; readonly crm: number };
    readonly plan?: readonly unknown[];
  }[];
}

function firstRun({ stdout }: Finished): RunDocument['runs'][number] {
  const [run] = (JSON.parse(stdout) as RunDocument).runs;
  if (run === undefined) throw new Error(`no run in ${stdout}`);
  return run;
}

const errorCode = ({ stdout }: Finished): unknown =>
  (JSON.parse(stdout) as { error: { code: unknown } }).error.code;

describe('from an empty folder to a first sync', () => {
  it('adds the account by its flags, creates everybody, and then has nothing to do', async () => {
    const added = await addAnn(user, '--start', '--json');
    expect({ status: added.status, stderr: added.stderr }).toMatchObject({ status: 0 });
    expect(firstRun(added)).toMatchObject({ status: 'ok', crm: { created: contacts.length } });
    expect(sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001)).toHaveLength(
      contacts.length,
    );

    const again = firstRun(await user.cli(['sync', '--json']));
    expect(again).toMatchObject({ status: 'ok', crm: { created: 0, updated: 0, deleted: 0 } });
    expect(again.requests.provider).toBeLessThanOrEqual(2);
    expect(again.requests.crm).toBeLessThanOrEqual(3);
  });

  it('leaves out an e-mail that Pipedrive refuses, says so, and does not offer it again', async () => {
    sandbox.pipedrive.setOption('malformedEmails', 'refused');
    const emails = [{ value: 'eve@example.com', label: 'work' }, { value: 'eve(at)work' }];
    sandbox.google.create({
      contact: { name: { given: 'Eve' }, emails, phones: [], ims: [], addresses: [] },
    });
    const added = await addAnn(user, '--start');
    expect(added.status).toBe(3);
    expect(added.stdout + added.stderr).toContain('eve(at)work');
    expect(sandbox.pipedrive.persons()).toContainEqual(
      expect.objectContaining({ emails: [expect.objectContaining({ value: 'eve@example.com' })] }),
    );
    const again = firstRun(await user.cli(['sync', '--json']));
    expect(again).toMatchObject({ status: 'ok', crm: { created: 0, updated: 0 } });
    expect(again.requests.crm).toBeLessThanOrEqual(3);
  });

  it('carries what happens at the provider afterwards', async () => {
    await addAnn(user, '--start');
    const [edited, removed] = sandbox.google.people().map(({ resourceName }) => resourceName ?? '');
    sandbox.google.update(edited ?? '', { jobTitle: 'Head of Sales' });
    sandbox.google.remove(removed ?? '');
    sandbox.google.create({
      contact: { emails: [{ value: 'new@example.com' }], phones: [], ims: [], addresses: [] },
    });
    const run = firstRun(await user.cli(['sync', '--json']));
    expect(run.crm).toEqual({ created: 1, updated: 1, deleted: 1 });
    const status = JSON.parse((await user.cli(['status', '--json'])).stdout) as {
      accounts: { total: number; recent: { action: string }[] }[];
    };
    expect(status.accounts[0]?.total).toBe(contacts.length);
    expect(new Set(status.accounts[0]?.recent.map(({ action }) => action))).toEqual(
      new Set(['added', 'updated', 'deleted']),
    );
  });

  it('shows a plan in a dry run and writes nothing anywhere', async () => {
    await addAnn(user, '--no-start');
    const database = path.join(user.home, 'contactsync.db');
    const before = await readFile(database);
    sandbox.clearRequests();
    const dry = await user.cli(['sync', '--dry-run', '--json']);
    expect(firstRun(dry).plan).toHaveLength(contacts.length);
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
    expect((await readFile(database)).equals(before)).toBe(true);
    expect(await readdir(path.join(user.home, 'tmp'))).toEqual([]);
  });

  it('keeps a backup of both sides, and everything for the owner’s eyes only', async () => {
    const added = await addAnn(user, '--start');
    const folder = /Backup of both sides: (\S+)/u.exec(added.stderr)?.[1] ?? '';
    expect((await readdir(folder)).toSorted()).toEqual([
      'crm.jsonl',
      'crm.vcf',
      'provider.jsonl',
      'provider.vcf',
    ]);
    for (const entry of await readdir(user.home, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(path.join(entry.parentPath, entry.name));
      expect({ name: entry.name, mode: mode & 0o077 }).toEqual({ name: entry.name, mode: 0 });
    }
  });

  it('lets no token out: not into any output, not into any file', async () => {
    const outputs = [
      await addAnn(user, '--start', '--verbose'),
      await user.cli(['sync', '--verbose']),
      await user.cli(['status', '--json']),
      await user.cli(['accounts']),
    ];
    const everything = [
      ...outputs.map(({ stdout, stderr }) => stdout + stderr),
      await user.everyByte(),
    ].join('\n');
    expect(everything).not.toContain(sandbox.pipedrive.token);
    expect(everything).not.toContain(sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET']);
    expect(everything).not.toMatch(/ya29\.|"(?:access|refresh)Token"/u);
  });

  it('gives the people it creates the visibility that was chosen', async () => {
    expect((await addAnn(user, '--visibility', 'owner', '--start')).status).toBe(0);
    const own = sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001);
    expect(new Set(own.map(({ visible_to }) => visible_to))).toEqual(new Set([1]));
  });

  it('syncs one label only, named whatever its case', async () => {
    sandbox.google.createGroup('Few');
    const [first] = sandbox.google.people();
    sandbox.google.label(first?.resourceName ?? '', 'Few', true);
    const added = await addAnn(user, '--group', 'few', '--start', '--json');
    expect(firstRun(added).crm.created).toBe(1);
  });

  it('removes an account and leaves the contacts', async () => {
    await addAnn(user, '--start');
    const people = sandbox.pipedrive.persons().length;
    expect((await user.cli(['remove-account', 'ann@example.com', '--yes'])).status).toBe(0);
    expect(sandbox.pipedrive.persons()).toHaveLength(people);
    expect(JSON.parse((await user.cli(['accounts', '--json'])).stdout)).toEqual({
      version: 1,
      accounts: [],
    });
  });

  it('joins everybody again after the database was lost, and doubles nobody', async () => {
    await addAnn(user, '--start');
    const people = sandbox.pipedrive.persons().length;
    const newcomer = await aUser(sandbox);
    const added = await addAnn(newcomer, '--start', '--json');
    expect(firstRun(added)).toMatchObject({ crm: { created: 0 }, linked: contacts.length });
    expect(sandbox.pipedrive.persons()).toHaveLength(people);
    await newcomer.leave();
  });
});

describe('what cannot be done is said in a sentence, with a next step and a status', () => {
  it('an unknown flag: 2', async () => {
    expect((await user.cli(['sync', '--frobnicate'])).status).toBe(2);
  });

  it('a question without a terminal: 2, with everything that is missing', async () => {
    const env = { CONTACTSYNC_PIPEDRIVE_TOKEN: undefined };
    const finished = await user.cli(['add-account'], { env });
    expect(finished.status).toBe(2);
    expect(finished.stderr).toMatch(
      /Missing: --email, --provider, --group, --direction, --visibility, --match, --on-conflict, --start or --no-start, CONTACTSYNC_PIPEDRIVE_TOKEN/u,
    );
  });

  it.each([
    [['sync', '--refesh', '--json'], /Unknown option '--refesh'.*--refresh/su, 'sync --help'],
    [['--json'], /Unknown option/u, 'contactsync --help'],
    [['snyc', '--json'], /Unknown command/u, 'contactsync --help'],
    [['login', '--json'], /Missing required argument/u, 'login --help'],
    [['sandbox', '--port', '70000', '--json'], /last port/u, 'sandbox --help'],
  ])(
    'a line that is no command: 2, with a document for --json: %j',
    async (args, message, next) => {
      const finished = await user.cli(args);
      expect(finished.status).toBe(2);
      expect(JSON.parse(finished.stdout)).toEqual({
        version: 1,
        error: {
          code: 'usage',
          message: expect.stringMatching(message),
          next: expect.stringContaining(next),
        },
      });
    },
  );

  it('preferences that cannot be understood: 1, naming the file', async () => {
    await writeFile(path.join(user.home, 'preferences.json'), '{"accessible": tr');
    const finished = await user.cli(['status', '--json']);
    expect({ status: finished.status, code: errorCode(finished) }).toEqual({
      status: 1,
      code: 'refused',
    });
    expect(finished.stderr).toContain('preferences.json');
  });

  it('nobody said start, and there is no terminal: 2, and nothing is written', async () => {
    const flags =
      '--group all --direction one-way --visibility company --match email --on-conflict newest'.split(
        ' ',
      );
    const args = [...ADD_ANN.filter((one) => one !== '--yes'), ...flags];
    const finished = await user.cli(args, { browser: true });
    expect(finished.status).toBe(2);
    expect(finished.stderr).toMatch(/Missing: --start or --no-start\./u);
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  });

  it('a wrong Pipedrive token: 4', async () => {
    const finished = await user.cli([...ADD_ANN, '--json'], {
      browser: true,
      env: { CONTACTSYNC_PIPEDRIVE_TOKEN: 'nonsense' },
    });
    expect(finished.status).toBe(4);
    expect(errorCode(finished)).toBe('sign-in-needed');
  });

  it('a refused consent: 1, and nothing is left behind', async () => {
    sandbox.google.consent('refuse');
    const finished = await addAnn(user, '--json');
    expect({ status: finished.status, code: errorCode(finished) }).toEqual({
      status: 1,
      code: 'consent-refused',
    });
  });

  it('another Google account than the one that was named: 1', async () => {
    sandbox.google.signInAs('eve@example.com');
    const finished = await addAnn(user);
    expect(finished.status).toBe(1);
    expect(finished.stderr).toMatch(/eve@example\.com signed in/u);
  });

  it('a missing right to add people: 1', async () => {
    sandbox.pipedrive.setPermissions({ can_add_people: false });
    const finished = await addAnn(user);
    expect(finished.status).toBe(1);
    expect(finished.stderr).toMatch(/may not add people/u);
  });

  it('no right or room to make fields: they are left out, counted, and the rest is synced', async () => {
    sandbox.pipedrive.setPermissions({ can_add_custom_fields: false });
    const finished = await addAnn(user, '--start', '--json');
    expect(firstRun(finished)).toMatchObject({ status: 'ok', crm: { created: contacts.length } });
    expect(finished.stderr).toMatch(/Left out/u);
  });

  it('and made on a refresh once there is the right, and again when somebody deletes one', async () => {
    const code = () =>
      sandbox.pipedrive.fields().find(({ field_name }) => field_name === 'Birthday')?.field_code;
    const birthdays = () =>
      sandbox.pipedrive.persons().filter((person) => person.custom_fields[code() ?? ''] != null)
        .length;
    sandbox.pipedrive.setPermissions({ can_add_custom_fields: false });
    await addAnn(user, '--start');
    expect(birthdays()).toBe(0);
    sandbox.pipedrive.setPermissions({ can_add_custom_fields: true });
    expect(firstRun(await user.cli(['sync', '--json'])).crm.updated).toBe(0);
    await user.cli(['sync', '--refresh']);
    const filled = birthdays();
    expect(filled).toBeGreaterThan(0);
    sandbox.pipedrive.deleteField(code() ?? '');
    expect(birthdays()).toBe(0);
    expect(firstRun(await user.cli(['sync', '--refresh', '--json'])).status).toBe('ok');
    expect(birthdays()).toBe(filled);
    expect(firstRun(await user.cli(['sync', '--refresh', '--json'])).crm.updated).toBe(0);
  });

  it('a group that is not there: 2, with those that are', async () => {
    const finished = await addAnn(user, '--group', 'nobody');
    expect(finished.status).toBe(2);
    expect(finished.stderr).toMatch(/There are: all/u);
  });

  it('a sign-in that was revoked: 4, naming the login that mends it', async () => {
    await addAnn(user, '--start');
    sandbox.google.revokeGrants();
    sandbox.google.expireAccessTokens();
    const finished = await user.cli(['sync']);
    expect(finished.status).toBe(4);
    expect(finished.stderr).toMatch(/contactsync login ann@example\.com --provider/u);
    const login = await user.cli(['login', 'ann@example.com', '--provider', '--no-browser'], {
      browser: true,
    });
    expect(login.status).toBe(0);
    expect((await user.cli(['sync'])).status).toBe(0);
  });

  it.each([
    ['a page of HTML', { vendor: 'pipedrive', kind: 'html' }],
    ['half a JSON', { vendor: 'google', kind: 'half-json' }],
    [
      'a list that ends early',
      { vendor: 'google', path: '^/v1/people/me/connections', kind: 'truncate-page' },
    ],
  ] as const)(
    'a vendor that answers %s: 1, and nothing is lost',
    async (_, fault) => {
      await addAnn(user, '--start');
      const people = sandbox.pipedrive.persons().length;
      sandbox.faults.add(fault);
      const finished = await user.cli(['sync', '--refresh']);
      expect(finished.status).toBe(1);
      sandbox.faults.clear();
      expect(sandbox.pipedrive.persons()).toHaveLength(people);
      expect((await user.cli(['sync'])).status).toBe(0);
    },
    60_000,
  );

  it('a network that is gone: 1', async () => {
    await addAnn(user, '--start');
    const nowhere = 'http://127.0.0.1:9';
    const env = { CONTACTSYNC_GOOGLE_URL: nowhere, CONTACTSYNC_PIPEDRIVE_URL: nowhere };
    const finished = await user.cli(['sync'], { env });
    expect(finished.status).toBe(1);
    expect(finished.stderr).toMatch(/Check the network/u);
  }, 60_000);

  it('another run at work: 75, and with --quiet without a word', async () => {
    await addAnn(user, '--no-start');
    const lock = acquireLock(user.home);
    try {
      const finished = await user.cli(['sync']);
      expect(finished.status).toBe(75);
      expect(finished.stderr).toMatch(new RegExp(`process ${process.pid}`, 'u'));
      expect(await user.cli(['sync', '--quiet'])).toMatchObject({
        status: 75,
        stdout: '',
        stderr: '',
      });
    } finally {
      lock.release();
    }
  });

  it('a database of a newer version: 1, untouched', async () => {
    await addAnn(user, '--no-start');
    const db = new Database(path.join(user.home, 'contactsync.db'));
    db.pragma('user_version = 99');
    db.close();
    const finished = await user.cli(['status', '--json']);
    expect({ status: finished.status, code: errorCode(finished) }).toEqual({
      status: 1,
      code: 'database-too-new',
    });
  });

  it('a home that is no folder: 1', async () => {
    const file = path.join(user.home, 'file');
    await writeFile(file, '');
    const finished = await user.cli(['status', '--json'], { env: { CONTACTSYNC_HOME: file } });
    expect(finished.status).toBe(1);
    expect(errorCode(finished)).toBe('home-unusable');
  });

  it('a home where no folder can be made: 1', async () => {
    const env = { CONTACTSYNC_HOME: '/proc/contactsync/home' };
    const finished = await user.cli(['status', '--json'], { env });
    expect(finished.status).toBe(1);
    expect(errorCode(finished)).toBe('home-unusable');
    expect(finished.stderr).toContain('/proc/contactsync cannot be used.');
  });

  it('a wrong key: 1, and the accounts stay', async () => {
    await addAnn(user, '--no-start');
    const CONTACTSYNC_KEY = Buffer.alloc(32, 7).toString('base64');
    const finished = await user.cli(['sync'], { env: { CONTACTSYNC_KEY } });
    expect(finished.status).toBe(1);
    expect(finished.stderr).toMatch(/key/iu);
    expect((await user.cli(['sync'])).status).toBe(0);
  });

  it('more deletions than the guard lets through: 5, then --max-delete', async () => {
    await addAnn(user, '--start');
    const people = sandbox.google.people().slice(0, 15);
    for (const { resourceName } of people) sandbox.google.remove(resourceName ?? '');
    expect((await user.cli(['sync'])).status).toBe(5);
    expect(firstRun(await user.cli(['sync', '--max-delete', '15', '--json'])).crm.deleted).toBe(15);
  });
});

describe('a reader that has read enough', () => {
  it('ends nothing, and is no error', async () => {
    await addAnn(user, '--no-start');
    const { child, finished } = user.start(['sync', '--verbose']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await finished).status).toBe(0);
    expect(firstRun(await user.cli(['sync', '--json'])).crm.created).toBe(0);
  });
});

describe('a full disk', () => {
  it('below standard output is said: 1', async () => {
    const { status, stderr } = await user.cli(['status', '--json'], { stdoutTo: '/dev/full' });
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(stderr).toContain('Standard output cannot be written');
  });

  it('is said, before anything is written anywhere else', async () => {
    await addAnn(user, '--no-start');
    const finished = await user.cli(['sync', '--json'], { mostKilobytes: 100 });
    expect({ status: finished.status, stderr: finished.stderr }).toMatchObject({ status: 1 });
    expect(finished.stderr).toMatch(/full or read-only/u);
    expect(sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001)).toEqual([]);
    expect((await user.cli(['sync'])).status).toBe(0);
  });
});
