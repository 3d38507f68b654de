import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { topicText } from '../../src/cli/help-commands.ts';
import { EXAMPLES, TOPICS } from '../../src/cli/texts/help.ts';
import { createProgram } from '../../src/cli/program.ts';

/* Help that shows first how, and then what. */

const program = createProgram('1.2.3', async () => undefined);

function commands(of: Command, before = ''): readonly (readonly [string, Command])[] {
  return of.commands.flatMap((one) => {
    const name = `${before}${one.name()}`;
    return [[name, one] as const, ...commands(one, `${name} `)];
  });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text;
}

describe('the examples', () => {
  it.each(Object.keys(EXAMPLES).filter((name) => name !== 'contactsync'))(
    'come first in the help of %s',
    (name) => {
      const [, command] = commands(program).find(([one]) => one === name) ?? [];
      if (command === undefined) throw new Error(`there is no command ${name}`);
      expect(helpOf(command)).toMatch(/^Examples:\n {2}\S/u);
    },
  );

  const lines = Object.values(EXAMPLES).flatMap((examples) => examples.map(([line]) => line));
  it.each(lines)('%s is understood', (line) => {
    const [shown = ''] = /contactsync [^>)]*/u.exec(line) ?? [];
    const [, ...quoted] = shown.match(/"[^"]*"|\S+/gu) ?? [];
    const words = quoted.map((word) => word.replaceAll('"', ''));
    const parsing = createProgram('1.2.3', async () => undefined);
    for (const [, command] of [['', parsing] as const, ...commands(parsing)])
      command.exitOverride();
    expect(() => parsing.parse(words, { from: 'user' })).not.toThrow();
  });
});

const topicOf = (name: string, width = 100): string => {
  const topic = TOPICS[name];
  return topic === undefined ? '' : topicText(topic, width);
};

describe('help on topics', () => {
  it('names every exit status', () => {
    for (const status of Object.values(EXIT))
      expect(topicOf('exit-codes')).toMatch(new RegExp(`^ +${status} {2}\\w`, 'mu'));
  });

  it('names every variable that the README does', () => {
    const readme = readFileSync('README.md', 'utf8');
    const named = new Set(readme.match(/\bCONTACTSYNC_[A-Z_]+[A-Z]\b/gu));
    expect([...named].filter((name) => !topicOf('environment').includes(name))).toEqual([]);
  });

  it.each([60, 80, 200])('fits into %i columns, broken between words', (width) => {
    for (const name of Object.keys(TOPICS)) {
      const text = topicOf(name, width);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      const words = (all: string): readonly string[] => all.split(/\s+/u);
      expect(words(text)).toEqual(words(topicOf(name, 1000)));
    }
  });
});
