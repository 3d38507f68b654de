import { existsSync } from 'node:fs';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { rememberSchedule } from '../next-run.ts';
import { carried, environmentText } from '../schedule/environment-file.ts';
import { everyMinutes, nextDue } from '../schedule/every.ts';
import { thisMachine, type Machine } from '../schedule/machine.ts';
import type { Installed, Job, Scheduler } from '../schedule/scheduler.ts';
import { environmentFile, jobName, jobOf, schedulerOf } from '../schedule/schedulers.ts';
import type { Session } from '../session.ts';
import { beforeAnyChange, Cancelled, Refused, UsageError } from '../usage-error.ts';
import { ahead, everyWords } from '../texts/language.ts';
import { inWords } from '../texts/problem.ts';
import * as texts from '../texts/schedule.ts';
import { sign } from '../render/marks.ts';

export interface ScheduleFlags {
  /** Milliseconds. */
  readonly every?: number;
  /** Show, and touch nothing. */
  readonly print?: boolean;
}

const DEFAULT_EVERY_MS = 15 * 60_000;

interface Place {
  readonly machine: Machine;
  readonly scheduler: Scheduler;
}

function placeOf({ home }: Session): Place {
  const machine = thisMachine(process.env);
  return { machine, scheduler: schedulerOf(machine, home) };
}

/** Has `sync --quiet` run by itself. Shows what it would install, and asks. */
export async function installSchedule(
  session: Session,
  { every = DEFAULT_EVERY_MS, print }: ScheduleFlags,
): Promise<ExitStatus> {
  const job = jobOf(session.home, everyMinutes(every));
  const { machine, scheduler } = placeOf(session);
  const text = previewOf(session, scheduler, job);
  if (print === true) {
    if (session.flags.json) printDocument(session, scheduler, job);
    else session.io.result(text);
    return EXIT.done;
  }
  refuseKeyOfEnvironment(session);
  session.io.note(text);
  await beforeAnyChange(texts.NOTHING_INSTALLED, () => confirm(session));
  machine.write(environmentFile(session.home), environmentText(process.env, session.home));
  try {
    scheduler.install(job);
  } catch (error) {
    takeOut(session, { machine, scheduler });
    throw error;
  }
  rememberSchedule(session.store(), { kind: scheduler.kind, every: job.every });
  conclude(session, scheduler, job);
  return EXIT.done;
}

/** @throws {Refused} where the runs would miss the key, and the disk is no place for it */
function refuseKeyOfEnvironment({ env }: Session): void {
  if (env.key === undefined) return;
  throw new Refused(texts.KEY_IN_VARIABLE);
}

function previewOf({ home }: Session, scheduler: Scheduler, job: Job): string {
  const settings = texts.settingsFile(environmentFile(home), carried(process.env));
  return `${scheduler.preview(job)}\n${settings}\n`;
}

/** @throws {Cancelled, UsageError} */
async function confirm({ flags, io, prompter }: Session): Promise<void> {
  if (flags.yes) return;
  if (!io.canAsk) throw new UsageError(texts.NOBODY_TO_ASK);
  const yes = await (await prompter()).confirm(texts.QUESTION, true);
  if (!yes) throw new Cancelled(texts.NOTHING_INSTALLED);
}

function conclude(session: Session, scheduler: Scheduler, job: Job): void {
  const { io, flags } = session;
  if (flags.json) return printDocument(session, scheduler, job);
  const now = new Date();
  const next = ahead(nextDue(job.every, now).toISOString(), now);
  io.result(`${sign(io, 'good')} ${texts.installed(everyWords(job.every), next)}`);
  if (scheduler.hint !== undefined) io.note(scheduler.hint);
}

/** Leaves nothing of the schedule behind. */
export async function removeSchedule(session: Session): Promise<ExitStatus> {
  const { io, flags } = session;
  const removed = takeOut(session, placeOf(session));
  if (flags.json) io.result(JSON.stringify({ version: 1, removed }, undefined, 2));
  else io.result(removed ? `${sign(io, 'good')} ${texts.REMOVED}` : texts.NOTHING_TO_REMOVE);
  return EXIT.done;
}

function takeOut(session: Session, { machine, scheduler }: Place): boolean {
  const removed = scheduler.remove(jobName(session.home));
  machine.remove(environmentFile(session.home));
  rememberSchedule(session.store(), undefined);
  return removed;
}

/** What is scheduled, when it runs next, and whether it still can. */
export async function showSchedule(session: Session): Promise<ExitStatus> {
  const { io, flags, home } = session;
  const { scheduler } = placeOf(session);
  const installed = scheduler.installed(jobName(home));
  if (flags.json) {
    printDocument(session, scheduler, installed);
    return installed !== undefined && missing(installed).length > 0 ? EXIT.failed : EXIT.done;
  }
  if (installed === undefined) {
    io.result(texts.NOTHING_SCHEDULED);
    return EXIT.done;
  }
  const now = new Date();
  const next = ahead(nextDue(installed.every, now).toISOString(), now);
  io.result(texts.scheduled(everyWords(installed.every), scheduler.kind, next));
  const gone = missing(installed);
  if (gone.length === 0) return EXIT.done;
  io.warn(`${sign(io, 'bad')} ${inWords(texts.cannotRun(gone))}`);
  return EXIT.failed;
}

/** The program and its parts, as far as they are not there any more. */
export function missing({ command }: Installed): readonly string[] {
  return command
    .map((word) => word.replace(/^--env-file=/u, ''))
    .filter((word) => /^(?:\/|[A-Za-z]:\\)/u.test(word))
    .filter((file) => !existsSync(file));
}

function printDocument(
  { io }: Session,
  scheduler: Scheduler,
  installed: Installed | undefined,
): void {
  const now = new Date();
  const known = installed && {
    everyMinutes: installed.every,
    nextRun: nextDue(installed.every, now).toISOString(),
    command: installed.command,
    missing: missing(installed),
  };
  const none = { everyMinutes: null, nextRun: null, command: null, missing: [] };
  const document = { version: 1, kind: scheduler.kind, installed: known !== undefined };
  io.result(JSON.stringify({ ...document, ...(known ?? none) }, undefined, 2));
}
