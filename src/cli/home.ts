import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/** A variable's value; one that is set to nothing is not set. */
export function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

/** The folder for everything that is kept: the user's own choice, else the platform's. */
export function homeOf(env: { readonly home: string | undefined }): string {
  return env.home ?? platformHome();
}

export function platformHome(): string {
  return envPaths('contactsync', { suffix: '' }).data;
}

/** From here and from the compiled file alike, the package's root is two levels up. */
const PACKAGE = new URL('../../package.json', import.meta.url);

export function toolVersion(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  return version;
}

/** What a user starts: for others to start it, too. */
export function programFile(): string {
  return fileURLToPath(new URL('../../bin/contactsync.js', import.meta.url));
}
