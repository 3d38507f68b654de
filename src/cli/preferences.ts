import { existsSync } from 'node:fs';
import path from 'node:path';
import { Refused } from './usage-error.ts';
import { preferencesUnclear } from './texts/settings.ts';

/** What a user would rather not say each time. */
export interface Preferences {
  readonly accessible: boolean;
  /** How long the history keeps names and values. */
  readonly historyDays: number;
}

const NAME = 'preferences';
const DEFAULTS: Preferences = { accessible: false, historyDays: 90 };
/** So far back a run looks for somebody who keeps putting our values back. */
const LEAST_DAYS = 7;

/**
 * `preferences.json` in the home. Most users have none, and pay nothing for it.
 * @throws {Refused} when it cannot be understood
 */
export async function readPreferences(home: string): Promise<Preferences> {
  const file = path.join(home, `${NAME}.json`);
  if (!existsSync(file)) return DEFAULTS;
  const preferences = await read(home).catch(() => undefined);
  if (preferences !== undefined && isUnderstood(preferences)) return preferences;
  throw new Refused(preferencesUnclear(file));
}

function isUnderstood({ accessible, historyDays }: Preferences): boolean {
  return (
    typeof accessible === 'boolean' && Number.isInteger(historyDays) && historyDays >= LEAST_DAYS
  );
}

/** As it stands in the file, whatever that is. */
async function read(home: string): Promise<Preferences> {
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
  return { accessible: conf.get('accessible'), historyDays: conf.get('historyDays') };
}
