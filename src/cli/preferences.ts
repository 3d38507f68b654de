import { existsSync } from 'node:fs';
import path from 'node:path';
import { Refused } from './usage-error.ts';

/** What a user would rather not say each time. */
export interface Preferences {
  readonly accessible: boolean;
}

const NAME = 'preferences';
const DEFAULTS: Preferences = { accessible: false };

/**
 * `preferences.json` in the home. Most users have none, and pay nothing for it.
 * @throws {Refused} when it cannot be understood
 */
export async function readPreferences(home: string): Promise<Preferences> {
  const file = path.join(home, `${NAME}.json`);
  if (!existsSync(file)) return DEFAULTS;
  const accessible: unknown = await read(home).catch(() => undefined);
  if (typeof accessible === 'boolean') return { accessible };
  throw new Refused(
    `${file} cannot be understood.`,
    'Mend it, such as {"accessible": true}, or delete it.',
  );
}

async function read(home: string): Promise<unknown> {
  const { default: Conf } = await import('conf');
  const conf = new Conf<Preferences>({
    cwd: home,
    configName: NAME,
    projectName: 'contactsync',
    projectSuffix: '',
    configFileMode: 0o600,
    defaults: DEFAULTS,
    clearInvalidConfig: false,
  });
  return conf.get('accessible');
}
