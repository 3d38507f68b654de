import Conf from 'conf';

/** What a user would rather not say each time. */
export interface Preferences {
  readonly accessible: boolean;
}

/** `preferences.json` in the home; edited by hand, read at every start that needs it. */
export function readPreferences(home: string): Preferences {
  const conf = new Conf<Preferences>({
    cwd: home,
    configName: 'preferences',
    projectName: 'contactsync',
    projectSuffix: '',
    configFileMode: 0o600,
    defaults: { accessible: false },
    clearInvalidConfig: false,
  });
  return { accessible: conf.get('accessible') };
}
