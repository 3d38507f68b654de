import type { Advised } from './problem.ts';

/* What is wrong with the environment and the preferences. */

const CORRECT_IT = 'Correct or unset it; what it may be: contactsync help environment';

export const KEY_CHAIN: Advised = {
  message: 'CONTACTSYNC_KEY_CHAIN must be on or off.',
  next: CORRECT_IT,
};

export const address = (name: string): Advised => ({
  message: `${name} must be an https address, or one on this machine.`,
  next: CORRECT_IT,
});

export const port = (name: string, last: number): Advised => ({
  message: `${name} must be a port number, from 1 to ${last}.`,
  next: CORRECT_IT,
});

export const seconds = (name: string): Advised => ({
  message: `${name} must be a number of seconds.`,
  next: CORRECT_IT,
});

export const LIMITS_NONE: Advised = {
  message: 'CONTACTSYNC_LIMITS=none is for addresses on this machine only.',
  next: CORRECT_IT,
};

export const noLimitsIn = (file: string): Advised => ({
  message: `CONTACTSYNC_LIMITS: ${file} does not hold limits.`,
  next: CORRECT_IT,
});

export const limitsUnreadable = (file: string): Advised => ({
  message: `CONTACTSYNC_LIMITS: ${file} cannot be read as JSON.`,
  next: CORRECT_IT,
});

export const preferencesUnclear = (file: string): Advised => ({
  message: `${file} cannot be understood.`,
  next: 'Mend it, such as {"accessible": true, "historyDays": 90} with at least 7 days, or delete it.',
});
