import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type User } from './cli.ts';

/* Completion in a real bash, with the real program behind it. */

let sandbox: Sandbox;
let user: User;
let bin: string;
beforeAll(async () => {
  sandbox = await startSandbox({ contacts: [], autoConsent: true });
  sandbox.google.createGroup('My Clients');
  user = await aUser(sandbox);
  await addAnn(user, '--no-start', '--group', 'My Clients');
  bin = mkdtempSync(path.join(tmpdir(), 'contactsync-bin-'));
  symlinkSync(path.resolve('bin/contactsync.js'), path.join(bin, 'contactsync'));
});
afterAll(async () => {
  rmSync(bin, { recursive: true });
  await user.leave();
  await sandbox.close();
});

/** What bash would put on the line, with the cursor at its end. */
function completed(line: string, home = user.home): readonly string[] {
  const script = `source <(contactsync completion bash)
    COMP_LINE=$1 COMP_POINT=\${#1}
    _contactsync
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...user.env, CONTACTSYNC_HOME: home, PATH: `${bin}:${user.env['PATH']}` };
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', line], {
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((one) => one !== '');
}

describe('bash', () => {
  it('completes a command and a flag', () => {
    expect(completed('contactsync sch')).toEqual(['schedule']);
    expect(completed('contactsync sync --inter')).toEqual(['--interval']);
  });

  it('completes an account, also behind the sign at which bash takes words apart', () => {
    expect(completed('contactsync login ')).toEqual(['ann@example.com']);
    expect(completed('contactsync login ann@ex')).toEqual(['example.com']);
  });

  it('quotes what it completes', () => {
    expect(completed('contactsync edit-account --group My')).toEqual(['My\\ Clients']);
  });

  it('runs nothing of what was typed', () => {
    const trace = path.join(bin, 'trace');
    for (const typed of [`$(touch ${trace})`, `\`touch ${trace}\``, `; touch ${trace} `])
      expect(completed(`contactsync login ${typed}`)).toEqual([]);
    expect(existsSync(trace)).toBe(false);
  });

  it('offers commands and makes nothing where contactsync was never used', () => {
    const nowhere = path.join(bin, 'nowhere');
    expect(completed('contactsync sta', nowhere)).toEqual(['status']);
    expect(completed('contactsync login ', nowhere)).toEqual([]);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('is silent where the database is none', () => {
    const broken = mkdtempSync(path.join(tmpdir(), 'contactsync-broken-'));
    writeFileSync(path.join(broken, 'contactsync.db'), 'no database');
    expect(completed('contactsync login ', broken)).toEqual([]);
    rmSync(broken, { recursive: true });
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints what %s is to read, whole', async (shell) => {
    const { stdout, status } = await user.cli(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('contactsync complete -- ');
  });

  it('knows no other shell', async () => {
    expect((await user.cli(['completion', 'powershell'])).status).toBe(2);
  });
});
