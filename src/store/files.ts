import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { HomeUnusable, inOurWords } from './errors.ts';

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

/** Makes the file if it is not there, for its owner alone. A symbolic link is not followed. */
export function secureFile(file: string): void {
  inOurWords(() => {
    if (!existsSync(file)) closeSync(openSync(file, 'a', OWNER_ONLY_FILE));
    if (lstatSync(file).isSymbolicLink()) {
      throw new HomeUnusable(`${file} is a symbolic link; contactsync does not follow it.`);
    }
    chmodSync(file, OWNER_ONLY_FILE);
  });
}
