import { missing } from '../commands/schedule.ts';
import { scheduledRuns } from '../next-run.ts';
import { everyWords } from '../schedule/every.ts';
import type { Machine } from '../schedule/machine.ts';
import type { Installed } from '../schedule/scheduler.ts';
import { jobName, schedulerOf } from '../schedule/schedulers.ts';
import { Refused } from '../usage-error.ts';
import { listed } from '../words.ts';
import { fail, pass, type Finding, type Patient } from './check.ts';

const AGAIN = 'Install it anew: contactsync schedule install';

/** Whether what should run by itself is installed, and can still run. */
export function checkSchedule({ session, store }: Patient, machine: Machine): readonly Finding[] {
  const installed = look(machine, session.home);
  if (installed === undefined)
    return scheduledRuns(store) === undefined
      ? [pass('Nothing is scheduled.')]
      : [fail('The scheduled run has been taken out from outside.', AGAIN)];
  const gone = missing(installed);
  return gone.length === 0
    ? [pass(`Every ${everyWords(installed.every)}.`)]
    : [fail(`The scheduled run cannot start: ${listed(gone)} is gone.`, AGAIN)];
}

function look(machine: Machine, home: string): Installed | undefined {
  try {
    return schedulerOf(machine, home).installed(jobName(home));
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
