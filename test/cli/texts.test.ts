import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { literalsIn, type Literal } from '../support/literals.ts';

const ROOM = 'src/cli';

/** What is written there is for other programs: a shell, systemd, cron, SQLite. */
const FOR_PROGRAMS = [
  'completion/scripts.ts',
  'schedule/cron.ts',
  'schedule/environment-file.ts',
  'schedule/launchd.ts',
  'schedule/systemd.ts',
  'schedule/task-scheduler.ts',
];

const files = readdirSync(ROOM, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts'))
  .filter((file) => !file.startsWith('texts/') && !FOR_PROGRAMS.includes(file));

/** Two words, or a word beside what is put in; or a heading, which is shown whatever it is. */
function isText({ text, of }: Literal): boolean {
  // A mistake of ours, which no user can make: its words are in the report of a bug.
  if (of === 'new Error') return false;
  return (
    /\p{L}{2,}[,.:;!?…]? \p{L}{2,}/u.test(text) ||
    /(?:^|[ (])\p{Ll}{2,}[,.:]? $|^ \p{Ll}{2,}/u.test(text) ||
    /\p{L}{2,}[.!?] ?$/u.test(text) ||
    (of === 'title' && /\p{L}/u.test(text))
  );
}

describe('numbers, plurals and times', () => {
  it.each(files)('are not put into words in %s', (file) => {
    // Where one sign of a script ends and the next begins is no matter of words.
    expect(readFileSync(path.join(ROOM, file), 'utf8')).not.toMatch(
      /Intl\.(?!Segmenter)|toLocale/u,
    );
  });
});

describe('what a user reads', () => {
  it.each(files)('is not worded in %s', (file) => {
    const worded = literalsIn(path.join(ROOM, file)).filter(isText);
    expect(worded.map(({ text }) => text)).toEqual([]);
  });
});
