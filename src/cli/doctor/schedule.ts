import { missing } from '../commands/schedule.ts';
import { scheduledRuns } from '../next-run.ts';
import { everyWords } from '../texts/language.ts';
import type { Machine } from '../schedule/machine.ts';
import type { Installed } from '../schedule/scheduler.ts';
import { jobName, schedulerOf } from '../schedule/schedulers.ts';
import { Refused } from '../usage-error.ts';
import { fail, pass, type Finding, type Patient } from './check.ts';
import * as texts from '../texts/doctor.ts';
import { INSTALL_ANEW } from '../texts/schedule.ts';

/** Whether what should run by itself is installed, and can still run. */
export function checkSchedule({ session, store }: Patient, machine: Machine): readonly Finding[] {
  const installed = look(machine, session.home);
  if (installed === undefined)
    return scheduledRuns(store) === undefined
      ? [pass(texts.NOTHING_SCHEDULED)]
      : [fail({ message: texts.TAKEN_OUT, repair: INSTALL_ANEW })];
  const gone = missing(installed);
  return gone.length === 0
    ? [pass(texts.every(everyWords(installed.every)))]
    : [fail({ message: texts.cannotStart(gone), repair: INSTALL_ANEW })];
}

function look(machine: Machine, home: string): Installed | undefined {
  try {
    return schedulerOf(machine, home).installed(jobName(home));
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
