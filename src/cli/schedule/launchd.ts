import path from 'node:path';
import { Refused } from '../usage-error.ts';
import type { Machine } from './machine.ts';
import type { Installed, Job, Scheduler } from './scheduler.ts';
import { escapeXml, unescapeXml } from './xml.ts';
import * as texts from '../texts/schedule.ts';

const MINUTE_S = 60;

export function createLaunchd(machine: Machine): Scheduler {
  const fileOf = (name: string): string =>
    path.join(machine.home, 'Library', 'LaunchAgents', `${name}.plist`);
  const domain = `gui/${machine.uid}`;
  return {
    kind: 'launchd',
    preview: (job) =>
      `${fileOf(job.name)}:\n\n${plistText(job)}\n${texts.THEN} launchctl bootstrap ${domain} ${fileOf(job.name)}\n`,
    install: (job) => {
      // One of the same name would be in the way; that there is none is no failure.
      machine.run('launchctl', ['bootout', `${domain}/${job.name}`]);
      machine.write(fileOf(job.name), plistText(job));
      const ran = machine.run('launchctl', ['bootstrap', domain, fileOf(job.name)]);
      if (ran?.ok !== true)
        throw new Refused(
          texts.failed('launchctl bootstrap', ran?.stderr.trim() ?? texts.NOT_FOUND),
        );
    },
    remove: (name) => {
      if (machine.read(fileOf(name)) === undefined) return false;
      machine.run('launchctl', ['bootout', `${domain}/${name}`]);
      machine.remove(fileOf(name));
      return true;
    },
    installed: (name) => {
      const text = machine.read(fileOf(name));
      return text === undefined ? undefined : readPlist(text);
    },
    hint: texts.HINTS.launchd,
  };
}

export function plistText({ name, command, every }: Job): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    '  <key>Label</key>',
    `  <string>${escapeXml(name)}</string>`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...command.map((word) => `    <string>${escapeXml(word)}</string>`),
    '  </array>',
    '  <key>StartInterval</key>',
    `  <integer>${every * MINUTE_S}</integer>`,
    '  <key>ProcessType</key>',
    '  <string>Background</string>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

export function readPlist(text: string): Installed | undefined {
  const [, list] = /<array>([\s\S]*?)<\/array>/u.exec(text) ?? [];
  const [, seconds] = /<integer>(\d+)<\/integer>/u.exec(text) ?? [];
  if (list === undefined || seconds === undefined) return undefined;
  const command = [...list.matchAll(/<string>([^<]*)<\/string>/gu)].map(([, word = '']) =>
    unescapeXml(word),
  );
  return { command, every: Number(seconds) / MINUTE_S };
}
