import path from 'node:path';
import { Refused } from '../usage-error.ts';
import type { Machine } from './machine.ts';
import type { Installed, Job, Scheduler } from './scheduler.ts';
import { elementIn, escapeXml } from './xml.ts';
import * as texts from '../texts/schedule.ts';

/** @param folder where the text lies that Windows is given */
export function createTaskScheduler(machine: Machine, folder: string): Scheduler {
  const fileOf = (name: string): string => path.join(folder, `${name}.xml`);
  const schtasks = (...args: readonly string[]): void => {
    const ran = machine.run('schtasks', args);
    if (ran?.ok === true) return;
    throw new Refused(texts.failed(`schtasks ${args[0]}`, ran?.stderr.trim() ?? texts.NOT_FOUND));
  };
  return {
    kind: 'Task Scheduler',
    preview: (job) =>
      `${fileOf(job.name)}:\n\n${taskText(job).slice(1)}\n${texts.THEN} schtasks /Create /TN ${job.name} /XML ${fileOf(job.name)} /F\n`,
    install: (job) => {
      machine.write(fileOf(job.name), taskText(job));
      schtasks('/Create', '/TN', job.name, '/XML', fileOf(job.name), '/F');
    },
    remove: (name) => {
      if (machine.read(fileOf(name)) === undefined) return false;
      schtasks('/Delete', '/TN', name, '/F');
      machine.remove(fileOf(name));
      return true;
    },
    installed: (name) => {
      const text = machine.read(fileOf(name));
      return text === undefined ? undefined : readTask(text);
    },
    hint: texts.HINTS.taskScheduler,
  };
}

/** Begins with the byte order mark that Windows wants. */
export function taskText({ command: [program = '', ...args], every }: Job): string {
  return [
    '\uFEFF<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    '    <Description>contactsync brings the address book and the CRM in step</Description>',
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <TimeTrigger>',
    '      <StartBoundary>2020-01-01T00:00:00</StartBoundary>',
    '      <Repetition>',
    `        <Interval>PT${every}M</Interval>`,
    '      </Repetition>',
    '    </TimeTrigger>',
    '  </Triggers>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <Hidden>true</Hidden>',
    '  </Settings>',
    '  <Actions>',
    '    <Exec>',
    `      <Command>${escapeXml(program)}</Command>`,
    `      <Arguments>${escapeXml(args.map(quoted).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\r\n');
}

/** As C programs on Windows take their command line apart; paths there hold no quotes. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', String.raw`\"`)}"`;
}

export function readTask(text: string): Installed | undefined {
  const program = elementIn(text, 'Command');
  const args = elementIn(text, 'Arguments');
  const [, minutes] = /^PT(\d+)M$/u.exec(elementIn(text, 'Interval') ?? '') ?? [];
  if (program === undefined || args === undefined || minutes === undefined) return undefined;
  const words = [...args.matchAll(/"((?:[^"\\]|\\"|\\)*?)"(?= |$)/gu)].map(([, word = '']) =>
    word.replaceAll(String.raw`\"`, '"'),
  );
  return { command: [program, ...words], every: Number(minutes) };
}
