import { describe, expect, it } from '@jest/globals';
import { Chalk } from 'chalk';
import { wrap } from '../../src/cli/render/wrap.ts';

describe('a text that is wider than the terminal', () => {
  it.each([
    ['is broken between words', 'one two three', 9, 'one two\nthree'],
    ['keeps its indentation', '  one two three', 9, '  one two\n  three'],
    ['keeps its lines', 'one\n\ntwo\n', 9, 'one\n\ntwo\n'],
    ['keeps an address whole', '  https://example.com/x y', 9, '  https://example.com/x\n  y'],
    ['hangs behind the sign that it begins with', '✔ one two', 6, '✔ one\n  two'],
    ['stays as it is where it fits', '  one   two', 20, '  one   two'],
  ])('%s', (_, text, width, wrapped) => {
    expect(wrap(text, width)).toBe(wrapped);
  });

  it('keeps its colours', () => {
    const { red } = new Chalk({ level: 1 });
    expect(wrap(red('one two'), 4)).toBe(`${red('one')}\n${red('two')}`);
    expect(wrap(`${red('✖')} one two`, 6)).toBe(`${red('✖')} one\n  two`);
  });
});
