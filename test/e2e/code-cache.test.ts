import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { madeUpContacts } from '../../src/sandbox/made-up/made-up-contacts.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type User } from './cli.ts';

/** Node does the same by itself from this version on. */
const NODES_OWN = 22;
const major = Number.parseInt(process.versions.node, 10);

let sandbox: Sandbox;
let user: User;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: madeUpContacts(3, 1), autoConsent: true });
  user = await aUser(sandbox);
  await addAnn(user, '--no-start');
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

const rootOf = ({ home }: User): string => path.join(home, 'code');

async function folderOf(one: User): Promise<string> {
  const [version = ''] = await readdir(rootOf(one));
  return path.join(rootOf(one), version);
}

/** Of each file of compiled code, when it was written. */
async function timesIn(folder: string): Promise<Readonly<Record<string, number>>> {
  const names = await readdir(folder);
  const times = names.map(async (name) => [name, (await stat(path.join(folder, name))).mtimeMs]);
  return Object.fromEntries((await Promise.all(times)) as [string, number][]);
}

async function syncs(): Promise<void> {
  const { status, stderr } = await user.cli(['sync']);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001)).toHaveLength(3);
}

async function writesNothingMore(): Promise<void> {
  sandbox.clearRequests();
  await syncs();
  expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
}

(major < NODES_OWN ? describe : describe.skip)('compiled code', () => {
  it('is left by a sync, for its user alone, and taken by the next', async () => {
    await syncs();
    const folder = await folderOf(user);
    const left = await timesIn(folder);
    expect(Object.keys(left).filter((name) => name.startsWith('engine-'))).toHaveLength(1);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(path.join(folder, Object.keys(left)[0] ?? ''))).mode & 0o077).toBe(0);

    await writesNothingMore();
    expect(await timesIn(folder)).toEqual(left);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', (bytes: Buffer) => Buffer.alloc(bytes.length, 'nonsense')],
    ['changed in one place', changedInside],
  ])('is made anew where it is %s', async (_, damage) => {
    await syncs();
    const folder = await folderOf(user);
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      await writeFile(file, damage(await readFile(file)));
    }
    const damaged = await timesIn(folder);

    await writesNothingMore();
    const made = await timesIn(folder);
    const again = Object.keys(damaged).filter((name) => made[name] !== damaged[name]);
    // A first sync loads more than one that has nothing to do.
    expect(again.map((name) => name.split('-')[0])).toEqual(
      expect.arrayContaining(['engine', 'google', 'main', 'session', 'start']),
    );
  });

  it('goes when another version has left its own', async () => {
    const former = path.join(rootOf(user), '0.0.1-v18.0.0-x64');
    await mkdir(former, { recursive: true });
    await syncs();
    expect(existsSync(former)).toBe(false);
    await writesNothingMore();
  });

  it('is done without where it cannot be kept', async () => {
    await writeFile(rootOf(user), 'a file in its place');
    await syncs();
    await writesNothingMore();
  });

  it('makes no home where there is none', async () => {
    await rm(user.home, { recursive: true });
    expect((await user.cli(['--version'])).status).toBe(0);
    expect(existsSync(user.home)).toBe(false);
  });
});

function changedInside(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const middle = Math.floor(bytes.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 0xff;
  return changed;
}
