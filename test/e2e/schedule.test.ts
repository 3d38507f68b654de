import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { addAnn, aUser, type User } from './cli.ts';
import { KEYS, openTerminal } from './terminal.ts';

/* The schedule, with a crontab and a systemctl that are scripts beside the tests. */

const BIN = path.resolve('test/support/bin');

let place: string;
let crontab: string;
let user: User;
let env: Record<string, string>;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'contactsync-schedule-'));
  crontab = path.join(place, 'crontab');
  user = await aUser();
  env = {
    ...user.env,
    PATH: `${BIN}:${user.env['PATH']}`,
    HOME: place,
    XDG_CONFIG_HOME: path.join(place, 'config'),
    CRONTAB: crontab,
  };
});
afterEach(async () => {
  await user.leave();
  await rm(place, { recursive: true, force: true });
});

async function schedule(...args: readonly string[]) {
  return user.cli(['schedule', ...args], { env });
}

describe('the crontab that plays cron’s', () => {
  const ask = (args: readonly string[], input?: string) =>
    spawnSync(path.join(BIN, 'crontab'), args, {
      env: { CRONTAB: crontab, PATH: env['PATH'] ?? '' },
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    });

  it('has none at first, and says so', () => {
    expect(ask(['-l'])).toMatchObject({ status: 1, stdout: '' });
    expect(ask(['-r'])).toMatchObject({ status: 1 });
  });

  it('gives back what it was given, and forgets it', () => {
    expect(ask(['-'], '0 5 * * * backup\n')).toMatchObject({ status: 0 });
    expect(ask(['-l'])).toMatchObject({ status: 0, stdout: '0 5 * * * backup\n' });
    expect(ask(['-r'])).toMatchObject({ status: 0 });
    expect(ask(['-l'])).toMatchObject({ status: 1 });
  });
});

describe('schedule, by cron', () => {
  it('installs between two lines of its own, tells the next run, and leaves nothing behind', async () => {
    writeFileSync(crontab, 'MAILTO=ann\n0 5 * * * backup\n');
    const installed = await schedule('install', '--yes');
    expect(installed.stdout).toMatch(/^✔ contactsync runs every 15 minutes, next (?:in|within)/u);
    expect(readFileSync(crontab, 'utf8')).toMatch(
      /^MAILTO=ann\n0 5 \* \* \* backup\n# >>> contactsync-\w{8}: .*\n\*\/15 \* \* \* \* '.*node' '--env-file=.*' '.*contactsync\.js' 'sync' '--quiet'\n# <<< /u,
    );
    expect((await schedule('status')).stdout).toMatch(/^Every 15 minutes, by cron\. Next run/u);
    expect((await schedule('remove')).status).toBe(0);
    expect(readFileSync(crontab, 'utf8')).toBe('MAILTO=ann\n0 5 * * * backup\n');
    expect((await readdir(user.home)).filter((name) => name.startsWith('schedule'))).toEqual([]);
    expect((await schedule('status')).stdout).toContain('Nothing is scheduled.');
  });

  it('takes the crontab away again where it made it', async () => {
    await schedule('install', '--yes');
    await schedule('remove');
    expect(existsSync(crontab)).toBe(false);
  });

  it('installs another rhythm in the place of the first', async () => {
    await schedule('install', '--yes');
    await schedule('install', '--every', '2h', '--yes');
    expect(readFileSync(crontab, 'utf8').match(/sync/gu)?.length).toBeGreaterThan(0);
    expect(readFileSync(crontab, 'utf8').match(/'--quiet'/gu)).toHaveLength(1);
    expect((await schedule('status')).stdout).toContain('Every 2 hours');
  });

  it('touches nothing with --print', async () => {
    const { stdout, status } = await schedule('install', '--print');
    expect(status).toBe(0);
    expect(stdout).toContain('Into your crontab:');
    expect(existsSync(crontab)).toBe(false);
    expect(existsSync(path.join(user.home, 'schedule.env'))).toBe(false);
  });

  it('asks before it installs, and needs a terminal for that', async () => {
    expect((await schedule('install')).status).toBe(2);
    expect(existsSync(crontab)).toBe(false);
    const terminal = openTerminal(['schedule', 'install'], { env, columns: 100 });
    await terminal.see('Install this?');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
    expect(existsSync(crontab)).toBe(false);
    const again = openTerminal(['schedule', 'install'], { env, columns: 100 });
    await again.see('Install this?');
    again.type(KEYS.enter);
    expect(await again.ended).toBe(0);
    expect(existsSync(crontab)).toBe(true);
  });

  it('refuses a rhythm that cron cannot keep', async () => {
    const { status, stderr } = await schedule('install', '--every', '7m', '--yes');
    expect(status).toBe(2);
    expect(stderr).toContain('a share of an hour or of a day');
  });

  it('says when the program is not where it was', async () => {
    await schedule('install', '--yes');
    const moved = readFileSync(crontab, 'utf8').replace(process.execPath, '/nowhere/node');
    writeFileSync(crontab, moved);
    const { status, stderr } = await schedule('status');
    expect(status).toBe(1);
    expect(stderr).toContain('/nowhere/node is gone');
  });

  it('carries the OAuth clients along for its owner’s eyes only, and never the CRM’s token', async () => {
    const more = {
      ...env,
      CONTACTSYNC_GOOGLE_CLIENT_ID: 'id',
      CONTACTSYNC_GOOGLE_CLIENT_SECRET: 'hush',
      CONTACTSYNC_PIPEDRIVE_TOKEN: 'personal',
    };
    const { stderr } = await user.cli(['schedule', 'install', '--yes'], { env: more });
    expect(stderr).not.toContain('hush');
    const file = path.join(user.home, 'schedule.env');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain("CONTACTSYNC_GOOGLE_CLIENT_SECRET='hush'");
    expect(readFileSync(file, 'utf8')).not.toContain('personal');
    expect(readFileSync(crontab, 'utf8')).not.toContain('hush');
  });
});

describe('the documents of schedule', () => {
  it.each([
    ['schedule', ['install', '--print', '--json']],
    ['schedule', ['install', '--yes', '--json']],
    ['schedule', ['status', '--json']],
    ['schedule-remove', ['remove', '--json']],
  ])('are as docs/schema/%s.json has it: %j', async (name, args) => {
    const { stdout } = await schedule(...args);
    const schema = JSON.parse(readFileSync(`docs/schema/${name}.json`, 'utf8')) as object;
    const validate = new Ajv({ strict: false }).compile({ ...schema, additionalProperties: false });
    expect({ valid: validate(JSON.parse(stdout)), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
  });
});

describe('a scheduled run', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 5), autoConsent: true });
  });
  afterEach(() => sandbox.close());

  it('is the command that was installed, from a bare environment, and silent when all is well', async () => {
    const ann = await aUser(sandbox);
    const full = { ...ann.env, PATH: env['PATH'] ?? '', CRONTAB: crontab };
    await addAnn(ann, '--no-start');
    await ann.cli(['schedule', 'install', '--yes'], { env: full });
    const line = readFileSync(crontab, 'utf8').split('\n')[1] ?? '';
    const command = line.replace('*/15 * * * * ', '').replaceAll('\\%', '%');
    const ran = await runInShell(command);
    expect(ran).toEqual({ status: 0, output: '' });
    expect(JSON.parse((await ann.cli(['status', '--json'])).stdout)).toMatchObject({
      accounts: [{ total: 5, nextRun: expect.stringMatching(/Z$/u) }],
    });
    await ann.leave();
  });
});

/** As cron does it: nothing in the environment but the least. */
async function runInShell(command: string): Promise<{ status: number | null; output: string }> {
  const { spawn } = await import('node:child_process');
  const child = spawn('/bin/sh', ['-c', command], { env: { HOME: place, PATH: '/usr/bin:/bin' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, output }));
  });
}

describe('schedule, by systemd', () => {
  it('writes two units, switches the timer on, and takes both away', async () => {
    const log = path.join(place, 'systemctl.log');
    const withSystemd = { ...env, SYSTEMCTL: log };
    const run = async (...args: readonly string[]) =>
      user.cli(['schedule', ...args], { env: withSystemd });
    expect((await run('install', '--every', '1h', '--yes')).status).toBe(0);
    const units = path.join(place, 'config', 'systemd', 'user');
    expect(await readdir(units)).toEqual([
      expect.stringMatching(/^contactsync-\w{8}\.service$/u),
      expect.stringMatching(/^contactsync-\w{8}\.timer$/u),
    ]);
    expect((await run('status')).stdout).toContain('Every hour, by systemd.');
    expect((await run('remove')).status).toBe(0);
    expect(await readdir(units)).toEqual([]);
    expect(readFileSync(log, 'utf8')).toMatch(
      /enable --now contactsync-\w{8}\.timer\n[\s\S]*disable --now/u,
    );
  });
});
