import { chmodSync, existsSync, lstatSync, mkdirSync, openSync, closeSync } from 'node:fs';
import { HomeUnusable, inOurWords } from './errors.ts';

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Makes the folder, or takes it back to its owner alone. */
export function secureFolder(folder: string): void {
  inOurWords(() => {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    chmodSync(folder, OWNER_ONLY_FOLDER);
  });
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
