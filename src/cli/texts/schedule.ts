import { listed } from './language.ts';
import type { Advised } from './problem.ts';

/* Having sync run by itself. */

export const NO_SHARE: Advised = {
  message: 'A schedule needs a share of an hour or of a day.',
  next: 'Such as --every 5m, 10m, 15m, 30m, 1h, 2h, 6h, 12h or 1d; any other rhythm: contactsync sync --watch --interval',
};
export const NO_SCHEDULER: Advised = {
  message: 'Neither systemd for users nor cron is on this machine.',
  next: 'Keep it running instead: contactsync sync --watch --quiet',
};
export const IN_NPX: Advised = {
  message: 'This contactsync lies in npx’s cache, which does not last.',
  next: 'Install it first: npm i -g contactsync',
};
export const KEY_IN_VARIABLE: Advised = {
  message:
    'The key is in CONTACTSYNC_KEY, which a scheduled run does not have, and is not written to the disk.',
  next: 'Move it first: contactsync key move key-chain, or key move file; or keep it running where the key is: contactsync sync --watch',
};
export const NOBODY_TO_ASK: Advised = {
  message: 'schedule install asks before it changes anything, and there is no terminal to ask on.',
  next: 'Add --yes, or look first: contactsync schedule install --print',
};

export const settingsFile = (file: string, variables: readonly string[]): string =>
  `${file}: the settings of these runs${variables.length === 0 ? '' : `, with ${listed(variables)}`}`;
export const QUESTION = 'Install this?';
export const NOTHING_INSTALLED = 'Nothing was installed.';
export const installed = (every: string, next: string): string =>
  `contactsync runs every ${every}, next ${next}.`;

export const REMOVED = 'contactsync runs by itself no more.';
export const NOTHING_TO_REMOVE = 'Nothing was scheduled.';

export const NOTHING_SCHEDULED =
  'Nothing is scheduled. Have it run by itself: contactsync schedule install';
export const scheduled = (every: string, kind: string, next: string): string =>
  `Every ${every}, by ${kind}. Next run ${next}.`;
export const cannotRun = (gone: readonly string[]): Advised => ({
  message: `It cannot run: ${listed(gone)} is gone.`,
  next: INSTALL_ANEW,
});
export const INSTALL_ANEW = 'Install it anew: contactsync schedule install';

/* What each platform has, and what became of it. */

export const INTO_CRONTAB = 'Into your crontab:';
export const THEN = 'Then:';
/** What to do where the platform refuses. */
const INSTEAD =
  'Mend that and run the command again, or keep it running: contactsync sync --watch --quiet';
export const NO_CRONTAB: Advised = {
  message: 'There is no crontab on this machine.',
  next: INSTEAD,
};
export const crontabRefused = (why: string): Advised => ({
  message: `crontab did not take the change: ${why}`,
  next: INSTEAD,
});
export const endMissing = (line: string): Advised => ({
  message: `The line "${line}" is missing in your crontab.`,
  next: 'Take the lines of contactsync out by hand: crontab -e',
});
export const failed = (command: string, why: string): Advised => ({
  message: `${command} failed: ${why}`,
  next: INSTEAD,
});
export const NOT_FOUND = 'not found';

export const HINTS = {
  launchd: 'It runs while you are logged in, and catches up after a sleep.',
  systemd: 'It runs while you are logged in. To have it run always: loginctl enable-linger',
  taskScheduler: 'It runs while you are logged in.',
} as const;
