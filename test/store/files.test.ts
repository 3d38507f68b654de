import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readOwnFile, secureFile, secureFolder, writeNewFile } from '../../src/store/files.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'contactsync-files-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const at = (name: string): string => path.join(home, name);
const mode = async (name: string): Promise<number> => (await stat(at(name))).mode & 0o777;

describe('a file of ours', () => {
  it('is made for its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      secureFolder(at('folder'));
      secureFile(at('file'));
      writeNewFile(at('new'), 'text');
    } finally {
      process.umask(before);
    }
    expect([await mode('folder'), await mode('file'), await mode('new')]).toEqual([
      0o700, 0o600, 0o600,
    ]);
  });

  it('is taken back to its owner, and keeps what is in it', async () => {
    await writeFile(at('file'), 'text', { mode: 0o644 });
    await chmod(at('file'), 0o666);
    expect(readOwnFile(at('file'))).toBe('text');
    expect(await mode('file')).toBe(0o600);
  });

  it('is not followed through a link, not even to make what it points to', async () => {
    await symlink(at('nowhere'), at('file'));
    for (const use of [secureFile, readOwnFile]) {
      expect(() => use(at('file'))).toThrow(expect.objectContaining({ code: 'home-unusable' }));
    }
    expect(writeNewFile(at('file'), 'text')).toBe(false);
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  it('is not written over', async () => {
    expect(writeNewFile(at('file'), 'first')).toBe(true);
    expect(writeNewFile(at('file'), 'second')).toBe(false);
    expect(await readFile(at('file'), 'utf8')).toBe('first');
  });
});

describe('the database', () => {
  it.each(['contactsync.db', 'run.lock.db', 'key'])('%s keeps no link', async (name) => {
    await symlink(at('elsewhere'), at(name));
    const { acquireLock } = await import('../../src/store/lock.ts');
    const use = (): void => {
      const store = openStore({ home, toolVersion: '1' });
      const { id } = store.connections.insert({ kind: 'google', identity: 'a', details: {} });
      store.connections.saveSecret(id, 'tokens', 'x');
      store.close();
      acquireLock(home).release();
    };
    expect(use).toThrow(expect.objectContaining({ code: 'home-unusable' }));
    expect(existsSync(at('elsewhere'))).toBe(false);
  });
});

describe('a migration', () => {
  const FIRST = 'CREATE TABLE one (a); INSERT INTO one VALUES (1)';

  function version(): unknown {
    const db = new Database(at('db'), { readonly: true });
    const found = db.pragma('user_version', { simple: true });
    db.close();
    return found;
  }
  function step(migrations: readonly string[]): void {
    const db = new Database(at('db'));
    try {
      migrate(db, at('db'), migrations);
    } finally {
      db.close();
    }
  }

  it('that fails leaves everything as it was', () => {
    step([FIRST]);
    expect(() => step([FIRST, 'CREATE TABLE two (b); DELETE FROM one; nonsense'])).toThrow(
      /nonsense/u,
    );
    const db = new Database(at('db'));
    expect(db.prepare('SELECT a FROM one').pluck().all()).toEqual([1]);
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'two'").all()).toEqual([]);
    db.close();
    expect(version()).toBe(1);
  });

  it('puts a whole copy beside the file first, for its owner alone', async () => {
    step([FIRST]);
    // Left over from a process that was killed while it copied.
    await writeFile(at('db.before-2.part'), 'half');
    step([FIRST, 'DELETE FROM one']);
    expect((await readdir(home)).toSorted()).toEqual(['db', 'db.before-2']);
    expect(await mode('db.before-2')).toBe(0o600);
    const copy = new Database(at('db.before-2'), { readonly: true });
    expect(copy.prepare('SELECT a FROM one').pluck().all()).toEqual([1]);
    copy.close();
    expect(version()).toBe(2);
  });
});
