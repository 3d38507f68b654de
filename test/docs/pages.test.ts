import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CommanderError, type Command } from 'commander';
import { TOPICS } from '../../src/cli/texts/help.ts';
import { createProgram } from '../../src/cli/program.ts';

/* Whatever the pages tell a reader to follow or to type must be there. */

const PAGES = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
);

const FENCE = /^( *)```.*?^\1```$/gmsu;

function withoutCode(text: string): string {
  return text.replace(FENCE, '').replaceAll(/`[^`\n]*`/gu, 'code');
}

describe('links', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const links = withoutCode(readFileSync(page, 'utf8')).matchAll(/\]\((?<target>[^)\s]+)\)/gu);
    const own = [...links]
      .map(({ groups }) => groups?.['target'] ?? '')
      .filter((target) => !/^[a-z]+:/u.test(target));
    expect(own.filter((target) => !leadsSomewhere(page, target))).toEqual([]);
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', fragment] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(target)) return false;
  return fragment === undefined || anchors(readFileSync(target, 'utf8')).includes(fragment);
}

/** As GitHub makes them of headings. */
function anchors(text: string): readonly string[] {
  const headings = text.replace(FENCE, '').matchAll(/^#+ (?<title>.*)$/gmu);
  return [...headings].map(({ groups }) =>
    (groups?.['title'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const NAMES = createProgram('1.2.3', async () => undefined).commands.map((one) => one.name());

describe('command lines', () => {
  it.each(PAGES)('of %s are understood', (page) => {
    const { toType, toName } = commandLines(readFileSync(page, 'utf8'));
    expect(toType.filter((line) => complaintAbout(line) !== undefined)).toEqual([]);
    expect(toName.filter((line) => !UNFINISHED.includes(complaintAbout(line)))).toEqual([]);
  });

  it('are found in what people read first', () => {
    expect(commandLines(readFileSync('README.md', 'utf8')).toType.length).toBeGreaterThan(20);
  });

  it.each(['contactsync synch', 'contactsync sync --dry', 'contactsync undo'])(
    '"%s" would be noticed',
    (line) => {
      const { toType } = commandLines(`\`\`\`\n${line}\n\`\`\`\n`);
      expect(toType.map(complaintAbout)).not.toEqual([undefined]);
    },
  );
});

/** A command that is only named may lack what it takes. */
const UNFINISHED: readonly (string | undefined)[] = [
  undefined,
  'commander.missingArgument',
  'commander.optionMissingArgument',
  'commander.help',
];

interface CommandLines {
  /** Of blocks of code. */
  readonly toType: readonly string[];
  /** Within a sentence. */
  readonly toName: readonly string[];
}

/** What follows `contactsync` in code. */
function commandLines(text: string): CommandLines {
  const blocks = [...text.matchAll(FENCE)].flatMap(([block]) =>
    block
      .replaceAll(/\\\n\s*/gu, '')
      .split('\n')
      .slice(1, -1),
  );
  const spans = [...text.replace(FENCE, '').matchAll(/`(?<code>[^`\n]+)`/gu)];
  return {
    toType: blocks.flatMap(commandsIn),
    toName: spans.map(({ groups }) => groups?.['code'] ?? '').flatMap(commandsIn),
  };
}

/** A line that begins with it means the program; within another one only what is followed by a command does. */
function commandsIn(code: string): readonly string[] {
  const line = code.trim().replace(/^(?:[A-Z_]+=\S+ +)+/u, '');
  const whole = /^contactsync +(?<rest>\S.*)$/u.exec(line)?.groups?.['rest'];
  const within = new RegExp(`\\bcontactsync (?<rest>(?:${NAMES.join('|')})\\b.*)$`, 'u');
  const rest = whole ?? within.exec(line)?.groups?.['rest'];
  // What stands for any command, and says nothing of one.
  return rest === undefined || rest.startsWith('<command>') ? [] : [typed(rest)];
}

/** Without what the shell keeps for itself, remarks, and what may be left out; placeholders filled in. */
function typed(rest: string): string {
  return rest
    .replaceAll(/\[[^\]]*\]/gu, '')
    .replaceAll(/<[a-z]+>/gu, 'ann')
    .replace(/\s{2,}\S.*$|\s+#.*$|\s*[|;)<>].*$/u, '')
    .trim();
}

/** Why the program would not take it, by commander's code. */
function complaintAbout(line: string): string | undefined {
  const words = (line.match(/"[^"]*"|\S+/gu) ?? []).map((word) => word.replaceAll('"', ''));
  const [first, ...rest] = words;
  if (first === 'help') return rest.every(hasHelp) ? undefined : 'no help';
  const program = createProgram('1.2.3', async () => undefined);
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  try {
    program.parse(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.code;
    throw error;
  }
}

function hasHelp(word: string): boolean {
  return NAMES.includes(word) || Object.hasOwn(TOPICS, word);
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
