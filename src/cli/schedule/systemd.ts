import path from 'node:path';
import { Refused } from '../usage-error.ts';
import { everyWords } from '../texts/language.ts';
import type { Machine } from './machine.ts';
import type { Installed, Job, Scheduler } from './scheduler.ts';
import * as texts from '../texts/schedule.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

export function createSystemd(machine: Machine): Scheduler {
  const fileOf = (name: string, kind: 'service' | 'timer'): string =>
    path.join(machine.config, 'systemd', 'user', `${name}.${kind}`);
  const systemctl = (...args: readonly string[]): void => {
    const ran = machine.run('systemctl', ['--user', ...args]);
    if (ran?.ok === true) return;
    const command = `systemctl ${args.join(' ')}`;
    throw new Refused(texts.failed(command, ran?.stderr.trim() ?? texts.NOT_FOUND));
  };
  const remove = (name: string): boolean => {
    if (machine.read(fileOf(name, 'timer')) === undefined) return false;
    systemctl('disable', '--now', `${name}.timer`);
    for (const kind of ['timer', 'service'] as const) machine.remove(fileOf(name, kind));
    systemctl('daemon-reload');
    return true;
  };
  return {
    kind: 'systemd',
    preview: (job) =>
      [
        `${fileOf(job.name, 'service')}:\n\n${serviceText(job)}`,
        `${fileOf(job.name, 'timer')}:\n\n${timerText(job)}`,
        `${texts.THEN} systemctl --user daemon-reload\n      systemctl --user enable --now ${job.name}.timer\n`,
      ].join('\n'),
    install: (job) => {
      machine.write(fileOf(job.name, 'service'), serviceText(job));
      machine.write(fileOf(job.name, 'timer'), timerText(job));
      systemctl('daemon-reload');
      systemctl('enable', '--now', `${job.name}.timer`);
    },
    remove,
    installed: (name) => {
      const service = machine.read(fileOf(name, 'service'));
      const timer = machine.read(fileOf(name, 'timer'));
      return service === undefined || timer === undefined ? undefined : readUnits(service, timer);
    },
    hint: texts.HINTS.systemd,
  };
}

export function serviceText({ command }: Job): string {
  return [
    '[Unit]',
    'Description=contactsync brings the address book and the CRM in step',
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command.map(quoted).join(' ')}`,
    '# 75: another run is at work, which is no failure.',
    'SuccessExitStatus=75',
    'Nice=10',
    '',
  ].join('\n');
}

export function timerText({ every }: Job): string {
  return [
    '# every='.concat(String(every)),
    '[Unit]',
    `Description=contactsync every ${everyWords(every)}`,
    '',
    '[Timer]',
    `OnCalendar=${calendar(every)}`,
    'RandomizedDelaySec=30',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}

function calendar(every: number): string {
  if (every === DAY) return '*-*-* 00:00:00';
  const step = (count: number): string => (count === 1 ? '*' : `0/${count}`);
  return every < HOUR ? `*:${step(every)}:00` : `${step(every / HOUR)}:00:00`;
}

/** systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers". */
function quoted(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

export function readUnits(service: string, timer: string): Installed | undefined {
  const [, line] = /^ExecStart=(.*)$/mu.exec(service) ?? [];
  const [, every] = /^# every=(\d+)$/mu.exec(timer) ?? [];
  if (line === undefined || every === undefined) return undefined;
  const command = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map(([, word = '']) =>
    word
      .replaceAll('$$', '$')
      .replaceAll('%%', '%')
      .replaceAll(/\\(["\\])/gu, '$1'),
  );
  return { command, every: Number(every) };
}
