import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyKeeper, type KeyKeeper } from '../../src/store/key-keeper.ts';
import { createKeyStore, type KeyStore } from '../../src/store/key-store.ts';
import { newKey } from '../../src/store/key.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { createSecrets, type Secrets } from '../../src/store/secrets.ts';
import { createTurns } from '../../src/store/turns.ts';
import { memoryKeyChain, type MemoryKeyChain } from './key-chain-contract.ts';

/* Where the key lies, and that no change of it ever costs a sign-in. */

let home: string;
let chain: MemoryKeyChain;
const opened: Store[] = [];
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'contactsync-keys-'));
  chain = memoryKeyChain();
});
afterEach(async () => {
  for (const store of opened.splice(0)) store.close();
  await rm(home, { recursive: true, force: true });
});

type Options = Partial<Parameters<typeof openStore>[0]>;
function open(options: Options = {}): Store {
  const store = openStore({ home, toolVersion: '1', ...options });
  opened.push(store);
  return store;
}
const onADesktop = (options: Options = {}): Store => open({ keyChain: chain, ...options });
const aKey = (): string => newKey().toString('base64');
const keyFile = (): string => readFileSync(path.join(home, 'key'), 'utf8').trim();
const failing = (code: string): unknown => expect.objectContaining({ code });

/** Two sign-ins, as after two accounts were added. */
function signIns(store: Store): Store {
  for (const identity of ['ann@example.com', 'bob@example.com']) {
    const { id } = store.connections.insert({ kind: 'google', identity, details: {} });
    store.connections.saveSecret(id, 'tokens', `of ${identity}`);
  }
  return store;
}
const readAll = ({ connections }: Store): readonly unknown[] =>
  connections.list().map(({ id }) => connections.loadSecret(id, 'tokens'));
const BOTH = ['of ann@example.com', 'of bob@example.com'];

describe('a first key', () => {
  it('lies in the key chain where there is one, and nothing of it on the disk', () => {
    const store = signIns(onADesktop());
    expect(store.keys.state()).toEqual({ place: 'key-chain', signIns: 2 });
    expect(keyFile()).toMatch(/^key-chain:[-\da-f]{36}$/u);
    expect(readAll(onADesktop())).toEqual(BOTH);
  });

  it('lies in a file of its owner’s where there is no key chain', async () => {
    expect(signIns(open()).keys.state()).toEqual({ place: 'file', signIns: 2 });
    expect((await stat(path.join(home, 'key'))).mode & 0o777).toBe(0o600);
    expect(Buffer.from(keyFile(), 'base64')).toHaveLength(32);
  });

  it('lies in a file where the key chain is locked', () => {
    chain.lock(true);
    expect(signIns(onADesktop()).keys.state().place).toBe('file');
  });

  it('is CONTACTSYNC_KEY where that is set, and nothing is written down', () => {
    const key = aKey();
    expect(signIns(onADesktop({ key })).keys.state().place).toBe('environment');
    expect(existsSync(path.join(home, 'key'))).toBe(false);
    expect(chain.entries()).toBe(0);
    expect(readAll(onADesktop({ key }))).toEqual(BOTH);
  });

  it('is not made before it is needed', () => {
    expect(open().keys.state()).toEqual({ place: undefined, signIns: 0 });
    expect(existsSync(path.join(home, 'key'))).toBe(false);
  });

  it('is one, whoever of two processes makes it first', () => {
    const [one, two] = [open(), open()];
    const { id } = one.connections.insert({ kind: 'google', identity: 'a', details: {} });
    one.connections.saveSecret(id, 'tokens', 'first');
    two.connections.saveSecret(id, 'api-token', 'second');
    expect(one.connections.loadSecret(id, 'api-token')).toBe('second');
    expect(two.connections.loadSecret(id, 'tokens')).toBe('first');
  });
});

describe('a key file', () => {
  it('is taken back to its owner when somebody loosened it', async () => {
    signIns(open());
    await chmod(path.join(home, 'key'), 0o644);
    expect(readAll(open())).toEqual(BOTH);
    expect((await stat(path.join(home, 'key'))).mode & 0o777).toBe(0o600);
  });

  it('is not read through a symbolic link', async () => {
    await writeFile(path.join(home, 'elsewhere'), aKey());
    await symlink(path.join(home, 'elsewhere'), path.join(home, 'key'));
    expect(() => signIns(open())).toThrow(failing('home-unusable'));
  });

  it('of nonsense is said to be so', async () => {
    await writeFile(path.join(home, 'key'), 'nonsense');
    expect(() => signIns(open())).toThrow(failing('key-wrong'));
  });
});

describe('without the right key nothing is read, and nothing is changed', () => {
  const rows = (): unknown => {
    const db = new Database(path.join(home, 'contactsync.db'), { readonly: true });
    const all = db.prepare('SELECT * FROM secret').all();
    db.close();
    return all;
  };
  const refusesEverything = (store: Store, code: string): void => {
    const before = rows();
    const calls = [
      () => readAll(store),
      () => store.connections.saveSecret(1, 'tokens', 'new'),
      () => store.keys.state(),
      () => store.keys.rotate(),
      () => store.keys.moveTo('file'),
    ];
    for (const call of calls) expect(call).toThrow(failing(code));
    expect(rows()).toEqual(before);
  };

  it('with another CONTACTSYNC_KEY, also where the right key lies in the file', () => {
    signIns(open());
    refusesEverything(open({ key: aKey() }), 'key-wrong');
    expect(readAll(open())).toEqual(BOTH);
  });

  it('where the key file is gone: none is made in its place', async () => {
    signIns(open());
    await rm(path.join(home, 'key'));
    refusesEverything(open(), 'key-missing');
    expect(existsSync(path.join(home, 'key'))).toBe(false);
  });

  it('where the key chain is locked, or out of reach, as under cron', () => {
    signIns(onADesktop());
    chain.lock(true);
    refusesEverything(onADesktop(), 'key-chain-locked');
    refusesEverything(open(), 'key-chain-locked');
    chain.lock(false);
    expect(readAll(onADesktop())).toEqual(BOTH);
  });

  it('where the entry in the key chain was deleted', () => {
    signIns(onADesktop());
    refusesEverything(open({ keyChain: memoryKeyChain() }), 'key-missing');
  });
});

describe('the key moves', () => {
  it('from the file to the key chain and back, and leaves nothing behind', async () => {
    const store = signIns(open());
    const first = keyFile();
    const desktop = onADesktop();
    desktop.keys.moveTo('key-chain');
    expect(keyFile()).not.toContain(first);
    expect(readAll(onADesktop())).toEqual(BOTH);
    desktop.keys.moveTo('file');
    expect(chain.entries()).toBe(0);
    expect(readAll(open())).toEqual(BOTH);
    expect(readAll(store)).toEqual(BOTH);
    expect((await readdir(home)).filter((name) => name.startsWith('key'))).toEqual(['key']);
  });

  it('not to a key chain that is not there', () => {
    const store = signIns(open());
    expect(() => store.keys.moveTo('key-chain')).toThrow(failing('key-chain-locked'));
    expect(readAll(open())).toEqual(BOTH);
  });

  it('to CONTACTSYNC_KEY, which then is the only one', () => {
    signIns(onADesktop());
    const key = aKey();
    open({ keyChain: chain, key }).keys.moveToEnvironment();
    expect(existsSync(path.join(home, 'key'))).toBe(false);
    expect(chain.entries()).toBe(0);
    expect(readAll(open({ key }))).toEqual(BOTH);
  });

  it('from CONTACTSYNC_KEY to the file', () => {
    const key = aKey();
    signIns(open({ key })).keys.moveTo('file');
    expect(readAll(open())).toEqual(BOTH);
    expect(readAll(open({ key }))).toEqual(BOTH);
  });
});

describe('the key is rotated', () => {
  it.each(['file', 'key-chain'] as const)('where it lies: %s', (place) => {
    const store = signIns(onADesktop());
    store.keys.moveTo(place);
    const before = keyFile();
    store.keys.rotate();
    expect(keyFile()).not.toBe(before);
    expect(store.keys.state()).toEqual({ place, signIns: 2 });
    expect(chain.entries()).toBe(place === 'file' ? 0 : 1);
    expect(readAll(onADesktop())).toEqual(BOTH);
  });

  it('so that the former key opens nothing any more', async () => {
    const store = signIns(open());
    const former = keyFile();
    store.keys.rotate();
    expect(() => readAll(open({ key: former }))).toThrow(failing('key-wrong'));
  });

  it('under a process that goes on working with what it knew', () => {
    const [one, two] = [signIns(open()), open()];
    expect(readAll(two)).toEqual(BOTH);
    one.keys.rotate();
    two.connections.saveSecret(1, 'tokens', 'renewed');
    expect(readAll(one)).toEqual(['renewed', BOTH[1]]);
    expect(readAll(two)).toEqual(['renewed', BOTH[1]]);
  });

  it('not where CONTACTSYNC_KEY holds it', () => {
    const key = aKey();
    const store = signIns(open({ key }));
    expect(() => store.keys.rotate()).toThrow(failing('key-change-refused'));
    expect(readAll(open({ key }))).toEqual(BOTH);
  });
});

describe('a key that is lost for good', () => {
  it('is given up with the sign-ins; connections stay, and can sign in again', async () => {
    signIns(open());
    await rm(path.join(home, 'key'));
    const store = open();
    store.keys.reset();
    expect(store.connections.list()).toHaveLength(2);
    expect(readAll(store)).toEqual([undefined, undefined]);
    store.connections.saveSecret(1, 'tokens', 'again');
    expect(readAll(open())).toEqual(['again', undefined]);
  });
});

describe('ended anywhere, a change of the key costs no sign-in', () => {
  class Killed extends Error {}
  /** Steps that are one each to whoever looks from outside; the power fails before the nth. */
  function failingAt(nth: number) {
    let steps = 0;
    return <T extends object>(whole: T, names: readonly (keyof T)[]): T => {
      const guarded = names.map((name) => {
        const step = whole[name] as (...args: unknown[]) => unknown;
        const call = (...args: unknown[]): unknown => {
          steps += 1;
          if (steps === nth) throw new Killed();
          return step(...args);
        };
        return [name, call] as const;
      });
      return { ...whole, ...Object.fromEntries(guarded) };
    };
  }

  function killedAt(nth: number, key: string | undefined, work: (keeper: KeyKeeper) => void) {
    const db = new Database(path.join(home, 'contactsync.db'));
    const fail = failingAt(nth);
    const plain = createKeyStore({ fromEnvironment: key, home, keyChain: chain });
    const keys: KeyStore = fail(plain, ['prepare', 'promote', 'discardNext', 'removeStored']);
    const secrets: Secrets = fail(createSecrets(db, createTurns(db), plain), ['reseal']);
    try {
      work(createKeyKeeper(keys, secrets));
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return true;
    } finally {
      db.close();
    }
  }

  const key = aKey();
  const changes: readonly [string, string | undefined, (keeper: KeyKeeper) => void][] = [
    ['a rotation', undefined, (keeper) => keeper.rotate()],
    ['a move to the key chain', undefined, (keeper) => keeper.moveTo('key-chain')],
    ['a move to CONTACTSYNC_KEY', key, (keeper) => keeper.moveToEnvironment()],
  ];
  it.each(changes)('%s', async (_, fromEnvironment, work) => {
    for (let nth = 1; ; nth += 1) {
      signIns(open());
      const killed = killedAt(nth, fromEnvironment, work);
      const places = [onADesktop(), onADesktop({ key: fromEnvironment })];
      expect({ nth, lost: places.every((store) => !canRead(store)) }).toEqual({ nth, lost: false });
      expect(killedAt(99, fromEnvironment, work)).toBe(false);
      expect(readAll(onADesktop({ key: fromEnvironment }))).toEqual(BOTH);
      if (!killed) {
        expect(nth).toBeGreaterThan(2);
        return;
      }
      for (const store of opened.splice(0)) store.close();
      await rm(home, { recursive: true });
    }
  });

  function canRead(store: Store): boolean {
    try {
      return readAll(store).join() === BOTH.join();
    } catch {
      return false;
    }
  }

  it('a whole process that is killed while it rotates again and again', async () => {
    signIns(open());
    const dist = pathToFileURL(path.resolve('dist/store/open.js')).href;
    for (const delay of [150, 190, 230, 270]) {
      const code = `import { openStore } from ${JSON.stringify(dist)};
        const store = openStore({ home: ${JSON.stringify(home)}, toolVersion: '1' });
        for (;;) store.keys.rotate();`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      setTimeout(() => child.kill('SIGKILL'), delay);
      await gone;
      expect(readAll(open())).toEqual(BOTH);
    }
  });
});
