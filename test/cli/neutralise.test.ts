import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeMarks, neutralise } from '../../src/cli/neutralise.ts';

const DANGEROUS = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

const PIECES = ['\u001b[31m', '\u001b[2J', '\u001b]0;title\u0007', '\u009b1m', '\u202e', '\u2066'];
const MORE_PIECES = [
  '\u2069',
  '\u200f',
  '\ufeff',
  '\u2028',
  '\r\n',
  '\t',
  '\0',
  '\u001b',
  '[',
  'm',
];

const anyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...PIECES, ...MORE_PIECES)))
  .map((parts) => parts.join(''));

describe('untrusted text', () => {
  it.each([
    ['stays as it is when it is harmless', 'Ann Example', 'Ann Example'],
    ['stays as it is when it is empty', '', ''],
    ['keeps letters of every script', '山田 太郎 · שרה · Zoë', '山田 太郎 · שרה · Zoë'],
    ['keeps joined emoji', '👩‍👩‍👧 family', '👩‍👩‍👧 family'],
    ['loses its colours', '\u001b[1;31mAnn\u001b[0m', 'Ann'],
    ['loses what would clear the screen', 'Ann\u001b[2J\u001b[H', 'Ann'],
    ['loses a window title', '\u001b]0;owned\u0007Ann', 'Ann'],
    ['loses a window title of several words', 'A\u001b]2;you are owned\u001b\\nn', 'Ann'],
    ['loses a window title of C1', 'A\u009d0;owned by eve\u009cnn', 'Ann'],
    ['loses a link', '\u001b]8;;https://example.com\u0007Ann\u001b]8;;\u0007', 'Ann'],
    ['loses a string for the device', 'Ann\u001bP1;1|17/6c73\u001b\\', 'Ann'],
    ['loses a lone escape', 'Ann\u001b', 'Ann'],
    ['loses a control sequence of C1', 'A\u009b31mB', 'AB'],
    ['becomes one line', 'Ann\r\nExample', 'Ann Example'],
    ['has no tabs, which would make another column', 'Ann\tExample', 'Ann Example'],
    ['loses null characters', 'Ann\0', 'Ann'],
    ['loses backspaces, which would write over', 'Bob\b\b\bAnn', 'Bob Ann'],
    ['loses an override of its direction', 'gpj.\u202eexe', 'gpj.exe'],
    ['loses isolates', '\u2066Ann\u2069', 'Ann'],
    ['loses marks of direction', 'A\u200en\u200fn\u061c', 'Ann'],
    ['loses separators of lines and paragraphs', 'A\u2028n\u2029n', 'Ann'],
    ['loses a byte order mark', '\ufeffAnn', 'Ann'],
    ['is not turned into a sequence by what is taken out of it', '\u001b\u202e[31mAnn', '[31mAnn'],
    ['is trimmed', '  Ann ', 'Ann'],
    ['is nothing when it was only white space', ' \n\t ', ''],
  ])('%s', (_, text, harmless) => {
    expect(neutralise(text)).toBe(harmless);
  });

  it('never holds a control character or an override of the direction afterwards', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(neutralise(text)).not.toMatch(DANGEROUS);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same when it is neutralised again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = neutralise(text);
        expect(neutralise(once)).toBe(once);
      }),
    );
  });
});

describe('a JSON document', () => {
  it('says the same without a mark that could steer a terminal', () => {
    const name = 'a\u202eb\u009bc\u2066d é 李 👩';
    const text = escapeMarks(JSON.stringify({ name }));
    expect(text).toBe(String.raw`{"name":"a\u202eb\u009bc\u2066d é 李 👩"}`);
    expect(JSON.parse(text)).toEqual({ name });
  });
});
