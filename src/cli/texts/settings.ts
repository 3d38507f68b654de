import type { Problem } from './problem.ts';

/* What is wrong with the environment and the preferences. */

export const KEY_CHAIN: Problem = { message: 'CONTACTSYNC_KEY_CHAIN must be on or off.' };

export const address = (name: string): Problem => ({
  message: `${name} must be an https address, or one on this machine.`,
});

export const port = (name: string, last: number): Problem => ({
  message: `${name} must be a port number, from 1 to ${last}.`,
});

export const seconds = (name: string): Problem => ({
  message: `${name} must be a number of seconds.`,
});

export const LIMITS_NONE: Problem = {
  message: 'CONTACTSYNC_LIMITS=none is for addresses on this machine only.',
};

export const noLimitsIn = (file: string): Problem => ({
  message: `CONTACTSYNC_LIMITS: ${file} does not hold limits.`,
});

export const limitsUnreadable = (file: string, why: string): Problem => ({
  message: `CONTACTSYNC_LIMITS: ${file} cannot be read as JSON.`,
  next: why,
});

export const preferencesUnclear = (file: string): Problem => ({
  message: `${file} cannot be understood.`,
  next: 'Mend it, such as {"accessible": true, "historyDays": 90} with at least 7 days, or delete it.',
});
