import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { conflicts } from '../../src/cli/commands/conflicts.ts';
import { explainContact } from '../../src/cli/commands/explain.ts';
import { forget } from '../../src/cli/commands/forget.ts';
import { history } from '../../src/cli/commands/history.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { undo } from '../../src/cli/commands/undo.ts';
import { verify } from '../../src/cli/commands/verify.ts';
import type { Values } from '../../src/plan/model.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { committed } from '../store/support.ts';
import { aContact } from '../support/contacts.ts';
import { aDesk, scriptedPrompter, type Desk, type HeardIo } from './support.ts';

/* The commands that look back, decide and repair, as somebody at a terminal meets them. */

const ANN = 'ann@example.com';
const zoe = aContact({
  name: { given: 'Zoë', family: 'Quist' },
  emails: [{ value: 'zoe@example.org', label: 'work' }],
  phones: [{ value: '+49 30 5550101', label: 'work' }],
});
const max = aContact({
  name: { given: 'Max', family: 'Quist', middle: 'T.' },
  emails: [{ value: 'max@example.org', label: 'home' }],
});

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({
    contacts: [{ contact: zoe }, { contact: max }],
    autoConsent: true,
  });
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: true } as const;
  await addAccount(desk.open({ flags: { yes: true } }), flags);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

const resource = (name: string): string =>
  sandbox.google.people().find(({ names }) => names?.[0]?.givenName === name)?.resourceName ?? '';
const said = ({ results }: HeardIo): string => results.join('\n');

/** Zoë gets another phone, and that is synced. */
async function moved(): Promise<string> {
  sandbox.google.update(resource('Zoë'), { phones: [{ value: '+49 30 5550102', label: 'work' }] });
  await sync(desk.open(), [], {});
  return desk.open().store().history.runs()[0]?.run ?? '';
}

const phoneOfZoe = (): unknown =>
  sandbox.pipedrive
    .persons()
    .filter(({ name }) => name === 'Zoë Quist')
    .map(({ phones }) => phones[0]?.value);

describe('history', () => {
  it('is a table of the runs that did something, with what to do next', async () => {
    await moved();
    await sync(desk.open(), [], {});
    const session = desk.open();
    expect(await history(session, undefined, {})).toBe(0);
    expect(said(session.io)).toMatch(/^RUN {2,}ACCOUNT.*\n\w{8} .*~1.*\n\w{8} .*\+2/u);
    expect(session.io.messages.join('\n')).toMatch(/1 run had nothing to do[^]*contactsync undo/u);
  });

  it('shows one look at who changed what, when, on which side, and why', async () => {
    const run = await moved();
    const session = desk.open();
    await history(session, ANN, { run: run.slice(0, 8) });
    const text = said(session.io);
    expect(text).toContain('Zoë Quist\n  Pipedrive  updated: changed in Google');
    expect(text).toContain('    phones: +49 30 5550101 (work) → +49 30 5550102 (work)');
    expect(text).toContain(run);
  });

  it('refuses an id that is no run’s', async () => {
    await expect(history(desk.open(), undefined, { run: 'zzz' })).rejects.toMatchObject({
      code: 'usage',
      message: 'There is no run "zzz".',
    });
  });
});

describe('undo', () => {
  it('shows what it will do and leaves everything as it is at a no', async () => {
    const run = await moved();
    const prompter = scriptedPrompter([[/Take this run back/u, { kind: 'say', yes: false }]]);
    const session = desk.open({ prompter });
    await expect(undo(session, run, {})).rejects.toMatchObject({ code: 'cancelled' });
    expect(session.io.messages.join('\n')).toContain('~ CRM  Zoë Quist: phones');
    expect(phoneOfZoe()).toEqual(['+49 30 5550102']);
  });

  it('takes a run back, which the next sync does not do again', async () => {
    const run = await moved();
    expect(await undo(desk.open({ flags: { yes: true } }), run.slice(0, 8), {})).toBe(0);
    expect(phoneOfZoe()).toEqual(['+49 30 5550101']);
    await sync(desk.open(), [], { refresh: true });
    expect(phoneOfZoe()).toEqual(['+49 30 5550101']);
  });

  it('says before what does not come back', async () => {
    sandbox.google.remove(resource('Zoë'));
    await sync(desk.open(), [], {});
    const run = desk.open().store().history.runs()[0]?.run ?? '';
    const session = desk.open();
    expect(await undo(session, run, { dryRun: true })).toBe(0);
    expect(session.io.messages.join('\n')).toContain(
      '1 person comes back to Pipedrive under a new id, without deals, activities and picture.',
    );
    expect(phoneOfZoe()).toEqual([]);
  });

  it('leaves alone what was changed since, says so, and ends with 3', async () => {
    const run = await moved();
    const id = sandbox.pipedrive.persons().find(({ name }) => name === 'Zoë Quist')?.id ?? 0;
    sandbox.pipedrive.updatePerson(id, { phones: [{ value: '+49 30 5550103', label: 'work' }] });
    const session = desk.open({ flags: { yes: true } });
    expect(await undo(session, run, {})).toBe(3);
    expect(said(session.io)).toContain('Zoë Quist: It was changed in Pipedrive since');
    expect(phoneOfZoe()).toEqual(['+49 30 5550103']);
  });

  it('stops at the guard with 5, and names the flag that lets it through', async () => {
    for (let at = 0; at < 12; at += 1) {
      const contact = { ...zoe, emails: [{ value: `z${at}@example.org` }] };
      sandbox.google.create({ contact });
    }
    await sync(desk.open(), [], {});
    const run = desk.open().store().history.runs()[0]?.run ?? '';
    const session = desk.open({ flags: { yes: true } });
    expect(await undo(session, run, {})).toBe(5);
    expect(session.io.messages.join('\n')).toContain(`contactsync undo ${run} --max-delete 100%`);
    const through = { maxDelete: { kind: 'percent', percent: 100 } } as const;
    expect(await undo(desk.open({ flags: { yes: true } }), run, through)).toBe(0);
    expect(sandbox.pipedrive.persons().filter(({ owner_id }) => owner_id === 1001)).toHaveLength(2);
  });

  it.each(['Zoë Quist', 'zoe@example.org'])('takes back one contact only: %s', async (contact) => {
    const [first] = desk.open().store().history.runs();
    const options = { contact };
    expect(await undo(desk.open({ flags: { yes: true } }), first?.run ?? '', options)).toBe(0);
    const names = sandbox.pipedrive.persons().map(({ name }) => name);
    expect(names).not.toContain('Zoë Quist');
    expect(names.some((name) => name.startsWith('Max'))).toBe(true);
  });

  it('refuses a contact that the run did nothing to', async () => {
    const run = await moved();
    const asked = undo(desk.open(), run, { contact: 'max@example.org' });
    await expect(asked).rejects.toMatchObject({
      message: 'This run did nothing to "max@example.org".',
    });
  });
});

describe('explain', () => {
  it('tells per field what each side holds, and what cannot be held over there', async () => {
    await moved();
    sandbox.clearRequests();
    const session = desk.open();
    expect(await explainContact(session, 'max@example.org', {})).toBe(0);
    const text = said(session.io);
    expect(text).toContain('Synced: in Google and in Pipedrive.');
    expect(text).toMatch(
      /name +kept so in Google only: Pipedrive cannot.*\n +Google +Max T\. Quist\n +Pipedrive +Max Quist/u,
    );
    expect(text).toContain('Pipedrive  added: new in Google');
    expect(sandbox.requests()).toEqual([]);
  });

  it('needs no client of one’s own: nobody is asked', async () => {
    const env = { CONTACTSYNC_GOOGLE_CLIENT_ID: undefined };
    expect(await explainContact(desk.open({ env }), 'zoe quist', {})).toBe(0);
  });

  it('lists those who are meant by a name that several have', async () => {
    const session = desk.open();
    await expect(explainContact(session, 'Quist', {})).rejects.toMatchObject({
      message: '2 contacts are known as "Quist".',
    });
    expect(session.io.messages.join('\n')).toContain(resource('Zoë'));
    expect(await explainContact(desk.open(), resource('Zoë'), {})).toBe(0);
  });

  it('says who is nobody', async () => {
    await expect(explainContact(desk.open(), 'nobody', {})).rejects.toMatchObject({
      message: 'No contact is known as "nobody".',
    });
  });
});

describe('verify', () => {
  it('finds both sides in step', async () => {
    const session = desk.open();
    expect(await verify(session, [])).toBe(0);
    expect(said(session.io)).toContain('in step: 2 contacts');
  });

  it('lists what differs and writes nothing', async () => {
    sandbox.google.update(resource('Zoë'), {
      phones: [{ value: '+49 30 5550102', label: 'work' }],
    });
    sandbox.clearRequests();
    const session = desk.open();
    expect(await verify(session, [ANN])).toBe(3);
    expect(said(session.io)).toContain('~ CRM  Zoë Quist: phones');
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  });
});

describe('conflicts', () => {
  const values: Values = { provider: 'Pilot', crm: 'Cook' };

  beforeEach(() => {
    const store = desk.open().store();
    const account = store.account(1);
    const [ids] = store.accounts.list().flatMap((row) => store.people.find(resource('Zoë'), row));
    const pair = { providerId: ids?.providerId ?? '', crmId: ids?.crmId ?? '', name: 'Zoë Quist' };
    const conflict = { field: 'jobTitle', values, by: 'ask', known: false } as const;
    account.recordConflicts('run', pair, [conflict]);
    committed(store);
  });

  const decided = (): unknown => desk.open().store().decisions(1).conflicts()[0];

  it('lists open ones with both values, and how to settle them', async () => {
    const session = desk.open();
    expect(await conflicts(session, undefined, {})).toBe(0);
    expect(said(session.io)).toMatch(/c1 .*Zoë Quist .*job title .*Pilot .*Cook .*open/u);
    expect(session.io.messages.join('\n')).toContain('--settle <id> --take <answer>');
  });

  it('asks one by one at a terminal', async () => {
    const prompter = scriptedPrompter([
      [/Zoë Quist: which job title/u, { kind: 'choose', name: /Google: Pilot/u }],
    ]);
    const session = desk.open({ prompter });
    await conflicts(session, ANN, {});
    expect(decided()).toMatchObject({ state: 'settled', winner: 'provider', decidedBy: 'user' });
    expect(session.io.messages.at(-1)).toContain(`contactsync sync ${ANN}`);
    const again = scriptedPrompter([]);
    await conflicts(desk.open({ prompter: again }), ANN, {});
    expect(again.asked).toEqual([]);
  });

  it('leaves open what is put off', async () => {
    const later = { kind: 'choose', name: /later/u } as const;
    await conflicts(desk.open({ prompter: scriptedPrompter([[/./u, later]]) }), ANN, {});
    expect(decided()).toMatchObject({ state: 'open' });
  });

  it('settles by flags', async () => {
    expect(await conflicts(desk.open(), undefined, { settle: 'c1', take: 'keep' })).toBe(0);
    expect(decided()).toMatchObject({ state: 'settled', winner: 'keep' });
  });

  it.each([
    [{ settle: 'c9', take: 'crm' }, '"c9" is not open.'],
    [{ settle: 'c1', take: 'both' }, '"both" is no answer to that.'],
    [{ settle: 'c1' }, '--settle and --take go together.'],
  ])('refuses %j', async (flags, message) => {
    await expect(conflicts(desk.open(), undefined, flags)).rejects.toMatchObject({ message });
  });
});

describe('forget', () => {
  it('asks first, and keeps everything at a no', async () => {
    const prompter = scriptedPrompter([[/Forget Zoë Quist/u, { kind: 'say', yes: false }]]);
    const asked = forget(desk.open({ prompter }), 'zoe@example.org', {});
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(await explainContact(desk.open(), 'zoe@example.org', {})).toBe(0);
  });

  it('erases the contact, here and in its backups, and nothing over there', async () => {
    const session = desk.open({ flags: { yes: true } });
    expect(await forget(session, 'zoe@example.org', {})).toBe(0);
    expect(said(session.io)).toBe('Forgotten. It was also in 1 backup.');
    await expect(explainContact(desk.open(), 'zoe@example.org', {})).rejects.toThrow('known as');
    expect(await verify(desk.open(), [])).toBe(0);
    expect(phoneOfZoe()).toEqual(['+49 30 5550101']);
  });
});
