import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { codeOf, HomeUnusable, inOurWords } from './errors.ts';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Makes the folder, or takes it back to its owner alone. */
export function secureFolder(folder: string): void {
  inOurWords(() => {
    makeFolder(folder);
    chmodSync(folder, OWNER_ONLY_FOLDER);
  });
}

/** One by one: Node's own recursive way never ends where no folder can be made, such as in /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(path.dirname(path.resolve(folder)));
    mkdirOnce(folder);
  }
  if (!statSync(folder).isDirectory()) throw new HomeUnusable(`${folder} is not a folder.`);
}

/** Another process may make it at the same moment. */
function mkdirOnce(folder: string): void {
  try {
    mkdirSync(folder, { mode: OWNER_ONLY_FOLDER });
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Makes the file if it is not there, for its owner alone. A symbolic link is not followed, not even
 * into nothing. A file that is there is not opened: closing it again would end the locks that
 * SQLite holds on it in this process.
 */
export function secureFile(file: string): void {
  inOurWords(() => {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) writeNewFile(file, '');
    if (lstatSync(file).isSymbolicLink()) {
      throw new HomeUnusable(`${file} is a symbolic link; contactsync does not follow it.`);
    }
    chmodSync(file, OWNER_ONLY_FILE);
  });
}

/** The file's text, or `undefined` where there is none. Rights that somebody loosened are mended. */
export function readOwnFile(file: string): string | undefined {
  return inOurWords(() => {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    secureFile(file);
    return readFileSync(file, 'utf8');
  });
}

/** Answers `false`, and writes nothing, where there is such a file. What is written is on the disk. */
export function writeNewFile(file: string, text: string): boolean {
  return inOurWords(() => {
    let handle: number;
    try {
      handle = openSync(file, 'wx', OWNER_ONLY_FILE);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
      return true;
    } catch (error) {
      // A full disk: half a file would be in the way for ever.
      rmSync(file, { force: true });
      throw error;
    } finally {
      closeSync(handle);
    }
  });
}

/** In one step: before it there is the former file, after it the new one. */
export function replaceFile(from: string, to: string): void {
  inOurWords(() => {
    renameSync(from, to);
    syncFolder(path.dirname(to));
  });
}

export function removeFile(file: string): void {
  inOurWords(() => rmSync(file, { force: true }));
}

/** So that a renaming outlives a power cut. Windows cannot open folders, and does without. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
