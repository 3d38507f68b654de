import { createHash } from 'node:crypto';
import path from 'node:path';
import { platformHome, programFile } from '../home.ts';
import { Refused } from '../usage-error.ts';
import { createCron } from './cron.ts';
import { createLaunchd } from './launchd.ts';
import type { Machine } from './machine.ts';
import type { Job, Scheduler } from './scheduler.ts';
import { createSystemd } from './systemd.ts';
import { createTaskScheduler } from './task-scheduler.ts';
import { IN_NPX, NO_SCHEDULER } from '../texts/schedule.ts';

/** What this platform runs things by. @throws {Refused} where there is nothing */
export function schedulerOf(machine: Machine, home: string): Scheduler {
  if (machine.platform === 'darwin') return createLaunchd(machine);
  if (machine.platform === 'win32') return createTaskScheduler(machine, home);
  if (machine.run('systemctl', ['--user', 'show-environment'])?.ok === true)
    return createSystemd(machine);
  if (machine.run('crontab', ['-l']) !== undefined) return createCron(machine);
  throw new Refused(NO_SCHEDULER);
}

/** Installations with a home of their own do not get into each other's way. */
export function jobName(home: string): string {
  if (path.resolve(home) === path.resolve(platformHome())) return 'contactsync';
  const hash = createHash('sha256').update(path.resolve(home)).digest('hex');
  return `contactsync-${hash.slice(0, 8)}`;
}

export function environmentFile(home: string): string {
  return path.join(path.resolve(home), 'schedule.env');
}

/** @throws {Refused} from a place that will not last */
export function jobOf(home: string, every: number): Job {
  const program = programFile();
  if (program.includes(`${path.sep}_npx${path.sep}`)) throw new Refused(IN_NPX);
  const environment = `--env-file=${environmentFile(home)}`;
  const command = [process.execPath, environment, program, 'sync', '--quiet'];
  return { name: jobName(home), command, every };
}
