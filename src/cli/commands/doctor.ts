import { checkApps } from '../doctor/apps.ts';
import { runChecks, type Check, type Checked, type Patient } from '../doctor/check.ts';
import { checkBackups, checkDisk, checkModes } from '../doctor/files.ts';
import { checkCrm, checkOthers, checkProvider } from '../doctor/logins.ts';
import { checkSchedule } from '../doctor/schedule.ts';
import {
  checkAccounts,
  checkDatabase,
  checkKey,
  checkNode,
  checkSettings,
  unopened,
} from '../doctor/set-up.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { thisMachine } from '../schedule/machine.ts';
import type { Session } from '../session.ts';
import * as texts from '../texts/doctor.ts';
import { below } from '../texts/problem.ts';

/** Looks at everything that a sync needs, and says how to mend what is wrong. */
export async function doctor(session: Session): Promise<ExitStatus> {
  const { io, flags, signal } = session;
  // Before the database is opened, which mends some of it.
  const modes = checkModes(session.home, process.platform);
  const machine: readonly Check[] = [
    { id: 'node', title: texts.TITLES.node, run: () => checkNode(process.versions.node) },
    {
      id: 'settings',
      title: texts.TITLES.settings,
      run: () => checkSettings(session.env, process.env),
    },
    { id: 'file-modes', title: texts.TITLES['file-modes'], run: () => modes },
    { id: 'oauth-apps', title: texts.TITLES['oauth-apps'], run: () => checkApps(session) },
    { id: 'disk', title: texts.TITLES.disk, run: () => checkDisk(session.home) },
  ];
  const all = await runChecks([...stored(session), ...machine], signal);
  const bad = all.filter(({ status }) => status === 'fail').length;
  if (flags.json) io.result(JSON.stringify(documentOf(all, bad === 0), undefined, 2));
  else io.result(render(io, all, flags.quiet));
  return bad === 0 ? EXIT.done : EXIT.failed;
}

function stored(session: Session): readonly Check[] {
  try {
    return withStore({ session, store: session.store(), now: new Date() });
  } catch (error) {
    return [{ id: 'database', title: texts.TITLES.database, run: () => unopened(error) }];
  }
}

function withStore(patient: Patient): readonly Check[] {
  const { session, store, now } = patient;
  const { home } = session;
  const machine = thisMachine(process.env);
  return [
    { id: 'database', title: texts.TITLES.database, run: () => checkDatabase(store) },
    { id: 'key', title: texts.TITLES.key, run: () => checkKey(session, store) },
    { id: 'schedule', title: texts.TITLES.schedule, run: () => checkSchedule(patient, machine) },
    { id: 'backups', title: texts.TITLES.backups, run: () => checkBackups(home, now) },
    { id: 'accounts', title: texts.TITLES.accounts, run: () => checkAccounts(store) },
    ...store.accounts.list().flatMap((row): readonly Check[] => [
      {
        id: 'provider',
        title: texts.TITLES.provider,
        about: row.name,
        run: (signal) => checkProvider(patient, row, signal),
      },
      {
        id: 'crm',
        title: texts.TITLES.crm,
        about: row.name,
        run: (signal) => checkCrm(patient, row, signal),
      },
      {
        id: 'other-installations',
        title: texts.TITLES['other-installations'],
        about: row.name,
        run: () => checkOthers(patient, row),
      },
    ]),
  ];
}

function documentOf(all: readonly Checked[], ok: boolean): Record<string, unknown> {
  const checks = all.map(({ id, about, status, message, repair }) => ({
    check: id,
    account: about ?? null,
    status,
    message,
    repair: repair ?? null,
  }));
  return { version: 1, ok, checks };
}

function render(io: Io, all: readonly Checked[], onlyTrouble: boolean): string {
  const shown = onlyTrouble ? all.filter(({ status }) => status !== 'pass') : all;
  const lines = shown.map((one) => lineOf(io, one));
  const count = (status: Checked['status']): number =>
    all.filter((one) => one.status === status).length;
  return [...lines, texts.summary(count('fail'), count('warn'))].join('\n');
}

function lineOf(io: Io, { title, about, status, message, repair }: Checked): string {
  const signs = { pass: io.paint.green('✔'), warn: io.paint.yellow('!'), fail: io.paint.red('✖') };
  const sign = io.accessible ? `${texts.STATUS[status]}:` : signs[status];
  const whose = about === undefined ? title : texts.titleOf(title, neutralise(about));
  const line = texts.finding(sign, whose, neutralise(message));
  return repair === undefined ? line : below(line, neutralise(repair), '    ');
}
