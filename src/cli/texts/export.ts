import { contacts } from './language.ts';
import type { Advised } from './problem.ts';

/* Writing the synced contacts to a file. */

export const NOTHING_WRITTEN = 'Nothing was written.';
export const isThere = (file: string): Advised => ({
  message: `${file} is there already.`,
  next: 'Name another file, or add --yes.',
});
export const replaceQuestion = (file: string): string => `${file} is there already. Replace it?`;
export const cannotWrite = (file: string, code: string): Advised => ({
  message: `${file} cannot be written (${code}).`,
  next: 'Name another file.',
});
export const written = (count: number, file: string): string => `${contacts(count)} in ${file}`;
