import { Refused } from '../usage-error.ts';
import type { Machine } from './machine.ts';
import type { Installed, Job, Scheduler } from './scheduler.ts';
import * as texts from '../texts/schedule.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export function createCron(machine: Machine): Scheduler {
  return {
    kind: 'cron',
    preview: (job) => `${texts.INTO_CRONTAB}\n\n${cronBlock(job)}`,
    install: (job) => write(machine, withBlock(read(machine), job)),
    remove: (name) => {
      const before = read(machine);
      const after = withoutBlock(before, name);
      if (after === before) return false;
      write(machine, after);
      return true;
    },
    installed: (name) => readBlock(read(machine), name),
  };
}

/** No crontab yet is an empty one; so says its exit status, and words that differ by platform. */
function read(machine: Machine): string {
  const ran = machine.run('crontab', ['-l']);
  if (ran === undefined) throw new Refused(texts.NO_CRONTAB);
  return ran.ok ? ran.stdout : '';
}

function write(machine: Machine, text: string): void {
  const ran =
    text.trim() === '' ? machine.run('crontab', ['-r']) : machine.run('crontab', ['-'], text);
  if (ran?.ok !== true)
    throw new Refused(texts.crontabRefused(ran?.stderr.trim() ?? texts.NOT_FOUND));
}

function beginning(name: string): string {
  return `# >>> ${name}:`;
}

function ending(name: string): string {
  return `# <<< ${name}`;
}

export function cronBlock({ name, command, every }: Job): string {
  return [
    `${beginning(name)} made by "contactsync schedule install", taken out by "contactsync schedule remove" (every=${every})`,
    `${times(every)} ${command.map(quoted).join(' ')}`,
    ending(name),
    '',
  ].join('\n');
}

function times(every: number): string {
  if (every === DAY) return '0 0 * * *';
  const step = (count: number): string => (count === 1 ? '*' : `*/${count}`);
  return every < HOUR ? `${step(every)} * * * *` : `0 ${step(every / HOUR)} * * *`;
}

/** For the shell; a per cent sign would end the line for cron itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`.replaceAll('%', String.raw`\%`);
}

export function withBlock(crontab: string, job: Job): string {
  const rest = withoutBlock(crontab, job.name);
  const gap = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${gap}${cronBlock(job)}`;
}

/** @throws {Refused} where the block has no end: the rest may be the user's own */
export function withoutBlock(crontab: string, name: string): string {
  const lines = crontab.split('\n');
  const from = lines.findIndex((line) => line.startsWith(beginning(name)));
  if (from < 0) return crontab;
  const to = lines.indexOf(ending(name), from);
  if (to < 0) throw new Refused(texts.endMissing(ending(name)));
  return lines.toSpliced(from, to - from + 1).join('\n');
}

export function readBlock(crontab: string, name: string): Installed | undefined {
  const lines = crontab.split('\n');
  const from = lines.findIndex((line) => line.startsWith(beginning(name)));
  const [, every] = /\(every=(\d+)\)/u.exec(lines[from] ?? '') ?? [];
  if (every === undefined) return undefined;
  const line = (lines[from + 1] ?? '').replaceAll(String.raw`\%`, '%');
  const words = line.matchAll(/'((?:[^']|'\\'')*)'(?= |$)/gu);
  const command = [...words].map(([, word = '']) => word.replaceAll(String.raw`'\''`, "'"));
  return { command, every: Number(every) };
}
