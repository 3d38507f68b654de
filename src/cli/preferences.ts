import { existsSync } from 'node:fs';
import path from 'node:path';

/** What a user would rather not say each time. */
export interface Preferences {
  readonly accessible: boolean;
}

const NAME = 'preferences';
const DEFAULTS: Preferences = { accessible: false };

/** `preferences.json` in the home. Most users have none, and pay nothing for it. */
export async function readPreferences(home: string): Promise<Preferences> {
  if (!existsSync(path.join(home, `${NAME}.json`))) return DEFAULTS;
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
  return { accessible: conf.get('accessible') };
}
