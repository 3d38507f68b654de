import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { conflicts } from '../../src/cli/commands/conflicts.ts';
import { editAccount } from '../../src/cli/commands/edit-account.ts';
import { exportContacts } from '../../src/cli/commands/export.ts';
import { forget } from '../../src/cli/commands/forget.ts';
import { resetKey } from '../../src/cli/commands/key.ts';
import { login } from '../../src/cli/commands/login.ts';
import { removeAccount } from '../../src/cli/commands/remove-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { undo } from '../../src/cli/commands/undo.ts';
import { explain } from '../../src/cli/error-table.ts';
import type { Prompter } from '../../src/cli/prompts/prompter.ts';
import type { Session } from '../../src/cli/session.ts';
import { Cancelled } from '../../src/cli/usage-error.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { Interrupted } from '../../src/sync/errors.ts';
import { aContact } from '../support/contacts.ts';
import { aDesk, scriptedPrompter, type Desk, type Reaction } from './support.ts';

/* Whoever leaves at a question hears what was done, and nothing is done by halves. */

const ANN = 'ann@example.com';
const PEOPLE = ['Zoë', 'Max', 'Ida'];

let sandbox: Sandbox;
let desk: Desk;
let run: string;
beforeAll(async () => {
  sandbox = await startSandbox({
    contacts: PEOPLE.map((given) => ({
      contact: aContact({
        name: { given, family: 'Quist' },
        emails: [{ value: `${given.toLowerCase()}@example.org`, label: 'work' }],
      }),
    })),
    autoConsent: true,
  });
  sandbox.google.createGroup('Clients');
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: true } as const;
  await addAccount(desk.open({ flags: { yes: true } }), {
    ...flags,
    direction: 'two-way',
    onConflict: 'ask',
  });
  sandbox.google.update(resource('Zoë'), { jobTitle: 'Pilot' });
  await sync(desk.open(), [], {});
  run = desk.open().store().history.runs()[0]?.run ?? '';
  writeFileSync(cards(), 'kept');
});
afterAll(async () => {
  await desk.leave();
  await sandbox.close();
});

const cards = (): string => path.join(desk.home, 'people.vcf');
const resource = (name: string): string =>
  sandbox.google.people().find(({ names }) => names?.[0]?.givenName === name)?.resourceName ?? '';

/** How somebody leaves: with the keys, or because the machine is shut down. */
const WAYS = [
  ['Ctrl-C', 130, () => new Cancelled('whatever the question says')],
  ['SIGTERM', 143, () => new Interrupted('SIGTERM')],
] as const;

/** Answers one question after the other, and leaves at one of them. */
function leavingAt(at: number, answers: readonly Reaction[], leave: () => Error): Prompter {
  let asked = 0;
  const next = (): Prompter => {
    asked += 1;
    if (asked === at) throw leave();
    const answer = answers[asked - 1];
    if (answer === undefined) throw new Error('one question too many');
    return scriptedPrompter([[/[^]*/u, answer]]);
  };
  return {
    select: async (message, choices) => next().select(message, choices),
    input: async (message, options) => {
      // Nobody pastes anything while the browser is awaited.
      if (options?.signal !== undefined) return scriptedPrompter([]).input(message, options);
      return next().input(message, options);
    },
    secret: async (message) => next().secret(message),
    confirm: async (message, initial) => next().confirm(message, initial),
  };
}

/** Every byte of what is kept, and of what the vendors were made to write. */
async function everything(): Promise<unknown> {
  const database = new Database(path.join(desk.home, 'contactsync.db'), { readonly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[];
  const rows = tables.map((table) => database.prepare(`SELECT * FROM "${table}"`).all());
  database.close();
  const files = await readdir(desk.home, { recursive: true });
  const kept = files.filter((file) => !/\.db-|^tmp/u.test(file));
  return { rows, files: kept.toSorted(), writes: sandbox.requests().filter(({ write }) => write) };
}

const yes: Reaction = { kind: 'say', yes: true };
const choose = (name: RegExp): Reaction => ({ kind: 'choose', name });
const type = (text: string): Reaction => ({ kind: 'type', text });
const NOTHING = 'Nothing was changed.';

interface Walk {
  readonly start: (session: Session) => Promise<unknown>;
  /** What is answered, question by question, with what is said to those who leave there. */
  readonly questions: readonly (readonly [Reaction, string])[];
}

const WALKS: Readonly<Record<string, Walk>> = {
  'edit-account': {
    start: (session) => editAccount(session, ANN, {}),
    questions: [
      [choose(/^Group/u), NOTHING],
      [choose(/Clients/u), NOTHING],
      [choose(/^Direction/u), NOTHING],
      [choose(/→/u), NOTHING],
      [choose(/^Conflicts/u), NOTHING],
      [choose(/leave both/u), NOTHING],
      [choose(/^Match/u), NOTHING],
      [choose(/anew/u), NOTHING],
      [choose(/^Visibility/u), NOTHING],
      [choose(/owner/u), NOTHING],
      [choose(/^Name/u), NOTHING],
      [type('Ann at work'), NOTHING],
      [choose(/^Done/u), NOTHING],
      [yes, NOTHING],
    ],
  },
  'remove-account': {
    start: (session) => removeAccount(session, ANN, {}),
    questions: [
      [yes, NOTHING],
      [yes, NOTHING],
    ],
  },
  login: {
    start: (session) => login(session, ANN, {}),
    questions: [
      [choose(/the CRM/u), NOTHING],
      [type('token'), 'Cancelled. The sign-in to the CRM was not changed.'],
    ],
  },
  forget: {
    start: (session) => forget(session, 'Zoë Quist', {}),
    questions: [[yes, NOTHING]],
  },
  undo: { start: (session) => undo(session, run, {}), questions: [[yes, NOTHING]] },
  'key reset': { start: (session) => resetKey(session), questions: [[yes, NOTHING]] },
  export: {
    start: (session) => exportContacts(session, undefined, { output: cards() }),
    questions: [[yes, 'Nothing was written.']],
  },
};

const LEAVINGS = Object.entries(WALKS).flatMap(([name, { questions }]) =>
  questions.flatMap(([, sentence], at) =>
    WAYS.map(([way, status, leave]) => ({ name, at: at + 1, sentence, way, status, leave })),
  ),
);

describe('whoever leaves', () => {
  it.each(LEAVINGS)('$name at question $at by $way', async ({ name, at, sentence, ...how }) => {
    const { start, questions } = WALKS[name] ?? {};
    const answers = (questions ?? []).map(([answer]) => answer);
    const before = await everything();
    const env = { CONTACTSYNC_PIPEDRIVE_TOKEN: undefined };
    const session = desk.open({ prompter: leavingAt(at, answers, how.leave), env });
    const error: unknown = await start?.(session).then(
      () => 'it went on to its end',
      (thrown: unknown) => thrown,
    );
    expect(explain(error)).toMatchObject({ message: sentence, status: how.status });
    expect(await everything()).toEqual(before);
  });
});

describe('whoever leaves conflicts', () => {
  /** Two people whose names both sides have changed. */
  beforeAll(async () => {
    for (const name of ['Max', 'Ida']) {
      sandbox.google.update(resource(name), { name: { given: name, family: 'Quist-Lee' } });
      const person = sandbox.pipedrive.persons().find((one) => one.name === `${name} Quist`);
      sandbox.pipedrive.updatePerson(person?.id ?? 0, { name: `${name} Lee` });
    }
    await sync(desk.open(), [], {});
  });

  const open = (): number => desk.open().store().decisions(1).openConflicts();
  const leave = async (at: number, how: () => Error): Promise<unknown> => {
    const prompter = leavingAt(at, [choose(/Google/u)], how);
    const error = await conflicts(desk.open({ prompter }), undefined, {}).catch(
      (thrown: unknown) => thrown,
    );
    return explain(error);
  };

  it.each(WAYS)('at the first by %s has decided nothing', async (_, status, how) => {
    expect(await leave(1, how)).toMatchObject({ message: NOTHING, status });
    expect(open()).toBe(2);
  });

  it('at the second has decided the first, and hears it', async () => {
    expect(await leave(2, () => new Interrupted('SIGINT'))).toMatchObject({
      message:
        'Stopped. 1 decision is kept. The next sync carries it out: contactsync sync ann@example.com',
      status: 130,
    });
    expect(open()).toBe(1);
  });
});
