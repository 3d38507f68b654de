import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accounts } from '../../src/cli/commands/accounts.ts';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { editAccount } from '../../src/cli/commands/edit-account.ts';
import { removeAccount } from '../../src/cli/commands/remove-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import type { EditFlags } from '../../src/cli/edit/changes.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aDesk, scriptedPrompter, type Desk, type Reaction } from './support.ts';

/* What becomes of an account, and of its people, when its settings are changed. */

const ANN = 'ann@example.com';
const ALL = 30;
const CLIENTS = 6;

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  const contacts = defaultContacts()
    .slice(0, ALL)
    .map((one, at) => ({ ...one, groups: at < CLIENTS ? ['Clients'] : [] }));
  sandbox = await startSandbox({ contacts, autoConsent: true });
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: true } as const;
  await addAccount(desk.open({ flags: { yes: true } }), flags);
  sandbox.clearRequests();
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

async function edit(flags: EditFlags): Promise<Record<string, unknown>> {
  const session = desk.open({ flags: { yes: true, json: true } });
  expect(await editAccount(session, ANN, flags)).toBe(0);
  return JSON.parse(session.io.results[0] ?? '') as Record<string, unknown>;
}

async function present(): Promise<Record<string, unknown>> {
  const session = desk.open({ flags: { json: true } });
  await accounts(session);
  const { accounts: all } = JSON.parse(session.io.results[0] ?? '') as {
    accounts: readonly Record<string, unknown>[];
  };
  return all[0] ?? {};
}

const total = (): number => desk.open().store().dashboard.total(1);
const writes = (): readonly unknown[] => sandbox.requests().filter(({ write }) => write);
const persons = (): number => sandbox.pipedrive.persons().length;

/** A sync that has nothing to write, and is not held up by the guard. */
async function expectInStep(): Promise<void> {
  sandbox.clearRequests();
  expect(await sync(desk.open(), [], {})).toBe(0);
  expect(writes()).toEqual([]);
}

describe('another name', () => {
  it('goes with its backups, which are found when the account is removed', async () => {
    const backups = path.join(desk.home, 'backups');
    await edit({ name: 'Ann (at work)' });
    expect(readdirSync(backups)).toEqual([expect.stringMatching(/Z-Ann__at_work_$/u)]);
    const session = desk.open({ flags: { yes: true } });
    expect(await removeAccount(session, 'Ann (at work)', { deleteBackups: true })).toBe(0);
    expect(readdirSync(backups)).toEqual([]);
  });
});

describe('another group', () => {
  it('lets go of whoever is outside of it, and deletes nobody', async () => {
    const before = persons();
    expect(await edit({ group: 'clients' })).toMatchObject({
      changed: ['group'],
      letGo: ALL - CLIENTS,
      account: { group: 'Clients' },
    });
    expect(total()).toBe(CLIENTS);
    await expectInStep();
    expect({ persons: persons(), total: total() }).toEqual({ persons: before, total: CLIENTS });
  });

  it('takes everybody up again where it is widened, and makes nobody twice', async () => {
    const before = persons();
    await edit({ group: 'Clients' });
    await sync(desk.open(), [], {});
    expect(await edit({ group: 'all' })).toMatchObject({ letGo: 0 });
    expect(await sync(desk.open(), [], {})).toBe(0);
    expect({ persons: persons(), total: total() }).toEqual({ persons: before, total: ALL });
    await expectInStep();
  });

  it('is shown in numbers before, and nothing is changed without a yes', async () => {
    const script: readonly (readonly [RegExp, Reaction])[] = [
      [/Change it/u, { kind: 'say', yes: false }],
    ];
    const session = desk.open({ prompter: scriptedPrompter(script) });
    await expect(editAccount(session, ANN, { group: 'Clients' })).rejects.toThrow(
      'Nothing was changed.',
    );
    expect(session.io.messages.join('\n')).toContain('24 contacts outside of it to let go');
    expect({ total: total(), writes: writes() }).toEqual({ total: ALL, writes: [] });
    expect(await present()).toMatchObject({ group: 'all' });
  });

  it('needs a yes where there is nobody to ask', async () => {
    await expect(editAccount(desk.open(), ANN, { group: 'Clients' })).rejects.toThrow(
      'needs a yes',
    );
    expect(total()).toBe(ALL);
  });

  it('that is not there is refused', async () => {
    const session = desk.open({ flags: { yes: true } });
    await expect(editAccount(session, ANN, { group: 'nobody' })).rejects.toThrow('no group');
  });
});

describe('another direction', () => {
  /** The colleagues' persons aside, one is Ann's own and in no address book yet. */
  const addPerson = (): unknown =>
    sandbox.pipedrive.createPerson({ name: 'Own Person', emails: [{ value: 'own@example.com' }] });

  it('asks for consent to write, shows what comes of it, and carries both ways', async () => {
    addPerson();
    const session = desk.open({ flags: { yes: true } });
    expect(await editAccount(session, ANN, { direction: 'two-way' })).toBe(0);
    const said = session.io.messages.join('\n');
    expect(said).toContain('has to be allowed there');
    expect(said).toMatch(/The change\n\s+1 to create/u);
    expect(await present()).toMatchObject({ direction: 'two-way' });
    expect(sandbox.google.people()).toHaveLength(ALL);
    expect(await sync(desk.open(), [], {})).toBe(0);
    expect(sandbox.google.people()).toHaveLength(ALL + 1);
    await expectInStep();
  });

  it('that is left at the last question keeps the sign-in as it was', async () => {
    const prompter = scriptedPrompter([[/Change it/u, { kind: 'leave' }]]);
    const session = desk.open({ prompter });
    const flags = { direction: 'two-way', browser: false } as const;
    await expect(editAccount(session, ANN, flags)).rejects.toThrow('Nothing was changed.');
    expect(await present()).toMatchObject({ direction: 'one-way' });
    await expectInStep();
  });

  it('may be narrowed again, and lets go of nobody', async () => {
    await edit({ direction: 'two-way' });
    addPerson();
    expect(await edit({ direction: 'one-way' })).toMatchObject({
      changed: ['direction'],
      letGo: 0,
    });
    await expectInStep();
    expect({ total: total(), people: sandbox.google.people().length }).toEqual({
      total: ALL,
      people: ALL,
    });
  });
});

describe('rules', () => {
  it('are changed by flags, all at once', async () => {
    const changed = await edit({
      visibility: 'owner',
      onConflict: 'crm',
      match: 'none',
      name: 'Ann at work',
    });
    expect(changed).toMatchObject({
      changed: ['name', 'visibility', 'onConflict', 'match'],
      account: { account: 'Ann at work', visibility: 'owner', onConflict: 'crm', match: 'none' },
    });
    await expectInStep();
  });

  it('that are so already change nothing', async () => {
    expect(await edit({ onConflict: 'newest' })).toMatchObject({ changed: [] });
  });

  it('pause and resume', async () => {
    expect(await edit({ pause: true })).toMatchObject({ account: { paused: true } });
    sandbox.clearRequests();
    expect(await sync(desk.open(), [], {})).toBe(0);
    expect(sandbox.requests()).toEqual([]);
    expect(await edit({ resume: true })).toMatchObject({ account: { paused: false } });
  });

  it.each([
    [{ name: ' ' }, 'A name is a line of text.'],
    [{ name: '12' }, 'taken for an id'],
    [{ pause: true, resume: true }, 'cannot go together'],
    [{}, 'told what to change'],
  ] as const)('%j are refused', async (flags, message) => {
    const session = desk.open({ flags: { yes: true } });
    await expect(editAccount(session, ANN, flags)).rejects.toThrow(message);
    expect(writes()).toEqual([]);
  });
});

describe('asked step by step', () => {
  const choose = (name: RegExp): Reaction => ({ kind: 'choose', name });

  it('takes one change after the other until it is done', async () => {
    const answers = [/^Conflicts/u, /^Name/u, /^Done/u].map(choose);
    const prompter = scriptedPrompter([
      [/another value/u, choose(/value goes to/u)],
      [/new name/u, { kind: 'type', text: 'Work' }],
      [/What to change/u, choose(/^Done/u)],
    ]);
    const session = desk.open({
      prompter: {
        ...prompter,
        select: (message, choices) => {
          const next = /What to change/u.test(message) ? answers.shift() : undefined;
          if (next?.kind !== 'choose') return prompter.select(message, choices);
          const chosen = choices.find(({ name }) => next.name.test(name));
          return chosen === undefined
            ? Promise.reject(new Error(message))
            : Promise.resolve(chosen.value);
        },
      },
    });
    expect(await editAccount(session, ANN, {})).toBe(0);
    expect(session.io.results).toEqual(['✔ Changed of Work: the name and the rule for conflicts.']);
    expect(await present()).toMatchObject({ account: 'Work', onConflict: 'provider' });
  });

  it.each([
    ['left', { kind: 'leave' }],
    ['cancelled', choose(/^Cancel/u)],
  ] as const)('changes nothing when it is %s', async (_, reaction) => {
    const session = desk.open({ prompter: scriptedPrompter([[/What to change/u, reaction]]) });
    await expect(editAccount(session, ANN, {})).rejects.toThrow('Nothing was changed.');
    expect(await present()).toMatchObject({ account: ANN });
  });
});
