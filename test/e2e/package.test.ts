import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const execute = promisify(execFile);

/*
 * Packed, installed into an empty folder, and run from there. SQLite is compiled for one run:
 * what its optimising costs is not won back.
 */
const QUICKLY = { CFLAGS: '-O0', CXXFLAGS: '-O0' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'contactsync-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds all that the README leads to, and nothing that only its makers need', async () => {
    const { stdout } = await execute('npm', ['pack', '--ignore-scripts', '--dry-run', '--json']);
    const [{ files }] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }];
    const packed = files.map(({ path: name }) => name);
    const readme = await readFile('README.md', 'utf8');
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/gu)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(4);
    const isPacked = (link: string): boolean =>
      packed.some((name) => name === link || name.startsWith(`${link}/`));
    expect(links.filter((link) => !isPacked(link))).toEqual([]);
    const tops = new Set(packed.map((name) => name.split('/')[0]));
    for (const ours of ['src', 'test', 'scripts', '.ci', 'node_modules'])
      expect(tops).not.toContain(ours);
  });

  it('works where it is installed', async () => {
    // The build that is there is packed: building again would disturb the other tests.
    await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
    const [tarball = ''] = await readdir(folder);
    const prefix = path.join(folder, 'prefix');
    const install = ['install', '--global', '--prefix', prefix, '--allow-scripts=better-sqlite3'];
    await execute('npm', [...install, path.join(folder, tarball)], {
      env: { ...process.env, ...QUICKLY },
      maxBuffer: 1e8,
    });

    const program = path.join(prefix, 'bin', 'contactsync');
    const env = { ...process.env, CONTACTSYNC_HOME: path.join(folder, 'home') };
    expect((await execute(program, ['--version'], { env })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
    const { stdout } = await execute(program, ['status', '--json'], { env });
    expect(JSON.parse(stdout)).toEqual({ version: 1, accounts: [] });

    const sandbox = execFile(program, ['sandbox', '--json'], { env });
    const line = await new Promise<string>((resolve) => {
      sandbox.stdout?.once('data', resolve);
    });
    expect(JSON.parse(line)).toMatchObject({ contacts: 349 });
    sandbox.kill('SIGINT');
  }, 500_000);
});
