import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type Finished, type User } from './cli.ts';

/* A disk of a few megabytes, really full and really read-only. Only root on Linux may mount one. */

const disk = mkdtempSync(path.join(tmpdir(), 'contactsync-disk-'));
const mayMount = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { stdio: 'ignore' });
    execFileSync('umount', [disk]);
    return true;
  } catch {
    return false;
  }
})();
afterAll(() => rmSync(disk, { recursive: true, force: true }));

(mayMount ? describe : describe.skip)('a small disk', () => {
  const contacts = defaultContacts().slice(0, 30);
  const CONTACTSYNC_HOME = path.join(disk, 'home');
  const filler = path.join(disk, 'filler');
  let sandbox: Sandbox;
  let user: User;
  const cli = (...args: readonly string[]): Promise<Finished> =>
    user.cli(args, { env: { CONTACTSYNC_HOME } });
  const own = (): number =>
    sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001).length;

  /** Leaves so many bytes free. */
  function fill(free: number): void {
    let size = 16 * 1024 * 1024;
    for (;;) {
      try {
        writeFileSync(filler, Buffer.alloc(size));
        break;
      } catch {
        size -= 16 * 1024;
      }
    }
    writeFileSync(filler, Buffer.alloc(Math.max(0, size - free)));
  }
  const remount = (how: 'ro' | 'rw'): void =>
    void execFileSync('mount', ['-o', `remount,${how}`, disk]);

  beforeAll(() => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]));
  afterAll(() => void execFileSync('umount', [disk]));
  beforeEach(async () => {
    sandbox = await startSandbox({ contacts, autoConsent: true });
    user = await aUser(sandbox);
    const added = await addAnn(
      {
        ...user,
        cli: (args, options) => user.cli(args, { ...options, env: { CONTACTSYNC_HOME } }),
      },
      '--no-start',
    );
    expect({ status: added.status, stderr: added.stderr }).toMatchObject({ status: 0 });
  });
  afterEach(async () => {
    rmSync(CONTACTSYNC_HOME, { recursive: true, force: true });
    rmSync(filler, { force: true });
    await user.leave();
    await sandbox.close();
  });

  it('that is read-only is said to be so, before anything is asked of anybody', async () => {
    remount('ro');
    try {
      sandbox.clearRequests();
      const finished = await cli('sync');
      expect(finished.status).toBe(1);
      expect(finished.stderr).toMatch(/full or read-only/u);
      expect(sandbox.requests()).toEqual([]);
    } finally {
      remount('rw');
    }
    expect((await cli('sync')).status).toBe(0);
    expect(own()).toBe(contacts.length);
  });

  it.each([0, 160, 640])(
    'with %i kB left loses nothing, doubles nobody, and leaves the database readable',
    async (kilobytes) => {
      fill(kilobytes * 1024);
      sandbox.clearRequests();
      const finished = await cli('sync');
      const writes = sandbox.requests().filter(({ write }) => write).length;
      if (finished.status !== 0) expect(finished.stderr).toMatch(/full or read-only/u);
      if (kilobytes === 0)
        expect({ status: finished.status, writes }).toEqual({ status: 1, writes: 0 });
      rmSync(filler);
      const database = new Database(path.join(CONTACTSYNC_HOME, 'contactsync.db'));
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
      expect((await cli('sync')).status).toBe(0);
      expect(own()).toBe(contacts.length);
    },
    60_000,
  );

  it('does not keep half a key when it is full', async () => {
    rmSync(CONTACTSYNC_HOME, { recursive: true });
    await cli('accounts');
    fill(0);
    const full = await cli('key', 'rotate');
    expect({ status: full.status, said: full.stderr }).toMatchObject({
      status: 1,
      said: expect.stringMatching(/full or read-only/u),
    });
    rmSync(filler);
    expect((await cli('key', 'rotate')).status).toBe(0);
    const key = await stat(path.join(CONTACTSYNC_HOME, 'key'));
    expect({ size: key.size, mode: key.mode & 0o777 }).toEqual({ size: 45, mode: 0o600 });
    expect(await readdir(CONTACTSYNC_HOME)).not.toContain('key.next');
  });
});
