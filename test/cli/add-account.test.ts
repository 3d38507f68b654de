import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { explain } from '../../src/cli/error-table.ts';
import type { AddAccountFlags } from '../../src/cli/set-up/draft.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { Interrupted } from '../../src/sync/errors.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aFreePort, aDesk, scriptedPrompter, type Desk, type Reaction } from './support.ts';

/* The walk through add-account, with somebody who knows what to answer. */

type Script = readonly (readonly [RegExp, Reaction])[];

const choose = (name: RegExp): Reaction => ({ kind: 'choose', name });
const WALK: Script = [
  [/E-mail address/u, { kind: 'type', text: ' Ann@Example.com ' }],
  [/Whose account/u, choose(/Google/u)],
  [/Sign in to Pipedrive with/u, choose(/token/u)],
  [/Which contacts/u, choose(/All contacts/u)],
  [/direction/u, choose(/→/u)],
  [/Who may see/u, choose(/owner/u)],
  [/already\?$/u, choose(/join them/u)],
  [/another value/u, choose(/leave both/u)],
  [/Start sync now/u, choose(/start later/u)],
];
const NO_BROWSER: AddAccountFlags = { browser: false };

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 6), autoConsent: true });
  desk = await aDesk(sandbox);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

const answered = (question: RegExp, reaction: Reaction): Script => [[question, reaction], ...WALK];
const writesToTheCrm = (): readonly unknown[] =>
  sandbox.requests().filter(({ vendor, write }) => vendor === 'pipedrive' && write);

describe('the walk through add-account', () => {
  it('asks each thing once, in order, and saves what was answered', async () => {
    const prompter = scriptedPrompter(WALK);
    const session = desk.open({ prompter });
    expect(await addAccount(session, NO_BROWSER)).toBe(0);
    expect(prompter.asked.map((asked) => WALK.findIndex(([one]) => one.test(asked)))).toEqual([
      ...WALK.keys(),
    ]);
    expect(session.store().accounts.list()).toMatchObject([
      { name: 'ann@example.com', group: 'all', direction: 'one-way', onConflict: 'newest' },
    ]);
    expect(writesToTheCrm()).toEqual([]);
  });

  it('tells the first sync in numbers before the last question', async () => {
    const session = desk.open({ prompter: scriptedPrompter(WALK) });
    await addAccount(session, NO_BROWSER);
    expect(session.io.messages.join('\n')).toMatch(/The first sync\n\s+6 to create/u);
  });

  it('asks nothing that a flag has answered', async () => {
    const prompter = scriptedPrompter([]);
    const flags: AddAccountFlags = {
      ...NO_BROWSER,
      email: 'ann@example.com',
      provider: 'google',
      crmAuth: 'token',
      group: 'all',
      direction: 'one-way',
      visibility: 'owner',
      onConflict: 'provider',
      match: 'none',
      start: false,
    };
    const session = desk.open({ prompter });
    expect(await addAccount(session, flags)).toBe(0);
    // "All contacts" needs no question but the list of labels; everything else is settled.
    expect(prompter.asked).toEqual([]);
    expect(session.store().accounts.list()).toMatchObject([
      { visibility: 'owner', onConflict: 'provider', match: 'none' },
    ]);
  });

  it('says how many contacts there are in all', async () => {
    const prompter = scriptedPrompter(WALK);
    await addAccount(desk.open({ prompter }), NO_BROWSER);
    expect(prompter.offered.get('Which contacts?')?.[0]?.name).toBe('All contacts (6 contacts)');
  });

  it('offers every label with its count, and the levels in the CRM’s words', async () => {
    sandbox.google.createGroup('Clients');
    const prompter = scriptedPrompter(WALK);
    await addAccount(desk.open({ prompter }), NO_BROWSER);
    const names = (question: RegExp): readonly string[] =>
      [...prompter.offered].flatMap(([asked, choices]) =>
        question.test(asked) ? choices.map(({ name }) => name) : [],
      );
    expect(names(/Which contacts/u)).toContain('Clients (label, 0 contacts)');
    expect(names(/Who may see/u).join()).toMatch(/\(owner\).*\(company\)/u);
  });

  it('offers the CRM login that is there to a second account', async () => {
    await addAccount(desk.open({ prompter: scriptedPrompter(WALK) }), NO_BROWSER);
    sandbox.google.signInAs('bob@example.com');
    const script = [
      [/E-mail address/u, { kind: 'type', text: 'bob@example.com' }],
      [/Sync it with/u, choose(/Example Traders, as Ann/u)],
      ...WALK,
    ] as const;
    const session = desk.open({ prompter: scriptedPrompter(script) });
    expect(await addAccount(session, NO_BROWSER)).toBe(0);
    const [ann, bob] = session.store().accounts.list();
    expect(bob?.crmConnection).toBe(ann?.crmConnection);
  });

  it('says how many people are doubled where matching is switched off', async () => {
    const [first] = sandbox.google.people();
    const email = first?.emailAddresses?.[0]?.value ?? 'nobody@example.com';
    sandbox.pipedrive.createPerson({
      name: 'Look-alike',
      emails: [{ value: email, primary: true }],
    });
    const session = desk.open({ prompter: scriptedPrompter(WALK) });
    await addAccount(session, { ...NO_BROWSER, match: 'none' });
    expect(session.io.messages.join('\n')).toMatch(/1 person there already will be doubled/u);
  });
});

describe('two-way', () => {
  const TWO_WAY: Script = [
    [/direction/u, choose(/⇄/u)],
    [/which counts/u, choose(/newer/u)],
    ...WALK,
  ];
  const BY_FLAG: AddAccountFlags = { ...NO_BROWSER, direction: 'two-way' };
  const WRITING = 'https://www.googleapis.com/auth/contacts';
  const consents = (): number =>
    sandbox.requests().filter((request) => request.path === '/token').length;

  function grantedScopes(): unknown {
    const { connections } = desk.open().store();
    const mailbox = connections.list().find(({ kind }) => kind === 'google');
    const text = connections.loadSecret(mailbox?.id ?? 0, 'tokens') ?? '{}';
    return (JSON.parse(text) as { scopes?: unknown }).scopes;
  }

  it('asks by a flag for all it needs at once', async () => {
    await addAccount(desk.open({ prompter: scriptedPrompter(TWO_WAY) }), BY_FLAG);
    expect([consents(), grantedScopes()]).toEqual([1, expect.arrayContaining([WRITING])]);
  });

  it('is the only one that asks for more than to read', async () => {
    await addAccount(desk.open({ prompter: scriptedPrompter(WALK) }), NO_BROWSER);
    expect([consents(), grantedScopes()]).toEqual([1, expect.not.arrayContaining([WRITING])]);
  });

  it('chosen after the sign-in asks for consent again, and says why', async () => {
    const session = desk.open({ prompter: scriptedPrompter(TWO_WAY) });
    expect(await addAccount(session, NO_BROWSER)).toBe(0);
    expect([consents(), grantedScopes()]).toEqual([2, expect.arrayContaining([WRITING])]);
    expect(session.io.messages.join('\n')).toMatch(/also writes to Google/u);
    expect(session.store().accounts.list()).toMatchObject([
      { direction: 'two-way', onConflict: 'newest' },
    ]);
  });

  it('on a login that was for reading asks for consent again, and keeps that one', async () => {
    await addAccount(desk.open({ prompter: scriptedPrompter(WALK) }), NO_BROWSER);
    const env = { CONTACTSYNC_PIPEDRIVE_TOKEN: sandbox.pipedrive.secondToken };
    const session = desk.open({ prompter: scriptedPrompter(TWO_WAY), env });
    expect(await addAccount(session, { ...BY_FLAG, crmAuth: 'token' })).toBe(0);
    expect([consents(), grantedScopes()]).toEqual([2, expect.arrayContaining([WRITING])]);
    const [one, two] = session.store().accounts.list();
    expect(two?.providerConnection).toBe(one?.providerConnection);
  });

  it('on a mailbox that another account has read already has everybody to create', async () => {
    const first = desk.open({ prompter: scriptedPrompter(WALK) });
    await addAccount(first, NO_BROWSER);
    expect(await sync(first, [], {})).toBe(0);
    const env = { CONTACTSYNC_PIPEDRIVE_TOKEN: sandbox.pipedrive.secondToken };
    const session = desk.open({ prompter: scriptedPrompter(TWO_WAY), env });
    await addAccount(session, { ...BY_FLAG, crmAuth: 'token' });
    expect(session.io.messages.join('\n')).toMatch(/6 to create in Pipedrive/u);
  });

  it('is refused where the user does not allow it, and leaves nothing behind', async () => {
    sandbox.google.tickScopes(['https://www.googleapis.com/auth/userinfo.email']);
    const session = desk.open({ prompter: scriptedPrompter(TWO_WAY) });
    await expect(addAccount(session, BY_FLAG)).rejects.toThrow(
      'Google was not allowed to let contactsync change your contacts.',
    );
    expect(session.store().connections.list()).toEqual([]);
  });

  it('offers every rule for conflicts', async () => {
    const prompter = scriptedPrompter(TWO_WAY);
    await addAccount(desk.open({ prompter }), NO_BROWSER);
    const [, offered] = [...prompter.offered].find(([asked]) => /which counts/u.test(asked)) ?? [];
    expect(offered?.map(({ value }) => value)).toEqual(['newest', 'provider', 'crm', 'ask']);
  });

  it('tells the first sync in numbers for both sides, and whose people come along', async () => {
    for (const name of ['One', 'Two']) sandbox.pipedrive.createPerson({ name });
    const session = desk.open({ prompter: scriptedPrompter(TWO_WAY) });
    await addAccount(session, BY_FLAG);
    const said = session.io.messages.join('\n');
    expect(said).toMatch(/⇄ Example Traders/u);
    expect(said).toMatch(/2 people in Pipedrive are yours; your colleagues’ stay there/u);
    expect(said).toMatch(/6 to create in Pipedrive\n\s+2 to create in Google/u);
  });
});

describe('one mailbox, however its address is written', () => {
  const typed = (text: string): Script => answered(/E-mail address/u, { kind: 'type', text });
  const ANN = 'ann.example@gmail.com';
  beforeEach(() => sandbox.google.signInAs(ANN));

  it.each(['annexample@googlemail.com', 'A.n.n.Example@gmail.com', 'ann.example+crm@gmail.com'])(
    'is signed in by %s, and called as the user calls it',
    async (address) => {
      const session = desk.open({ prompter: scriptedPrompter(typed(address)) });
      expect(await addAccount(session, NO_BROWSER)).toBe(0);
      expect(session.store().accounts.list()).toMatchObject([
        { name: address.toLowerCase(), email: ANN },
      ]);
    },
  );

  it('is added once', async () => {
    await addAccount(desk.open({ prompter: scriptedPrompter(typed(ANN)) }), NO_BROWSER);
    const again = [
      [/Sync it with/u, choose(/Example Traders/u)],
      ...typed('annexample@googlemail.com'),
    ] as const;
    const session = desk.open({ prompter: scriptedPrompter(again) });
    await expect(addAccount(session, NO_BROWSER)).rejects.toThrow(
      /is synced with this Pipedrive user already/u,
    );
    expect(
      session
        .store()
        .connections.list()
        .filter(({ kind }) => kind === 'google'),
    ).toHaveLength(1);
  });

  it('is one even when its address has become another', async () => {
    const session = desk.open({ prompter: scriptedPrompter(typed(ANN)) });
    await addAccount(session, NO_BROWSER);
    const { connections } = session.store();
    const [mailbox] = connections.list();
    connections.updateDetails(mailbox?.id ?? 0, { email: 'ann.maiden@gmail.com' });
    const again = [[/Sync it with/u, choose(/Example Traders/u)], ...typed(ANN)] as const;
    await expect(
      addAccount(desk.open({ prompter: scriptedPrompter(again) }), NO_BROWSER),
    ).rejects.toThrow(/is synced with this Pipedrive user already/u);
    // The sign-in that found that out is also the stored one's: it is not taken back.
    expect(sandbox.requests().map((request) => request.path)).not.toContain('/revoke');
  });
});

describe('names from the CRM', () => {
  it('cannot steer the terminal', async () => {
    const prompter = scriptedPrompter([[/Sync it with/u, choose(/Evil/u)], ...WALK]);
    const session = desk.open({ prompter });
    session.store().connections.insert({
      kind: 'pipedrive',
      identity: '7001:1001',
      details: {
        company: 'Evil\u001b]0;owned by eve\u0007 Corp',
        user: 'E\u001b[2Jve',
        signIn: 'token',
      },
    });
    await addAccount(session, NO_BROWSER).catch(() => undefined);
    const names = [...prompter.offered.values()].flat().map(({ name }) => name);
    expect(names).toContain('Evil Corp, as Eve');
  });
});

describe('a token that is mistyped', () => {
  it('is asked for again', async () => {
    const tokens = ['nonsense', sandbox.pipedrive.token];
    const prompter = scriptedPrompter(WALK);
    const secret = async (): Promise<string> => tokens.shift() ?? '';
    const env = { CONTACTSYNC_PIPEDRIVE_TOKEN: undefined };
    const session = desk.open({ prompter: { ...prompter, secret }, env });
    expect(await addAccount(session, NO_BROWSER)).toBe(0);
    expect(session.io.messages).toContain('✖ Pipedrive does not accept this token.');
  });
});

describe('whoever leaves the walk half-way leaves nothing behind', () => {
  const questions = WALK.map(([question]) => question);

  it.each(questions)('at %s', async (question) => {
    const session = desk.open({
      prompter: scriptedPrompter(answered(question, { kind: 'leave' })),
    });
    await expect(addAccount(session, NO_BROWSER)).rejects.toThrow('Cancelled. Nothing was saved.');
    expectNothingLeft(session.store());
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s', async (name, status) => {
    const stopping = new AbortController();
    const prompter = scriptedPrompter(WALK);
    const select: typeof prompter.select = async (message, choices) => {
      if (message.startsWith('Start')) stopping.abort(new Interrupted(name));
      stopping.signal.throwIfAborted();
      return prompter.select(message, choices);
    };
    const session = desk.open({ prompter: { ...prompter, select }, signal: stopping.signal });
    const error: unknown = await addAccount(session, NO_BROWSER).catch((thrown: unknown) => thrown);
    expect(explain(error)).toMatchObject({ message: 'Cancelled. Nothing was saved.', status });
    expectNothingLeft(session.store());
  });

  it('also with the choice to cancel', async () => {
    const cancel = answered(/Start sync now/u, choose(/Cancel/u));
    const session = desk.open({ prompter: scriptedPrompter(cancel) });
    await expect(addAccount(session, NO_BROWSER)).rejects.toThrow('Nothing was saved.');
    expectNothingLeft(session.store());
  });

  it('also a sign-in at the CRM in the browser', async () => {
    const script = [
      [/Sign in to Pipedrive with/u, choose(/browser/u)],
      ...answered(/Start sync now/u, { kind: 'leave' }),
    ] as const;
    const env = { CONTACTSYNC_PIPEDRIVE_REDIRECT_PORT: String(await aFreePort()) };
    const session = desk.open({ prompter: scriptedPrompter(script), env });
    await expect(addAccount(session, NO_BROWSER)).rejects.toThrow(/Nothing was saved/u);
    expectNothingLeft(session.store());
    const paths = sandbox.requests().map((request) => request.path);
    expect(paths).toContain('/oauth/revoke');
  });

  it('also when the CRM refuses', async () => {
    sandbox.pipedrive.setPermissions({ can_add_people: false });
    const session = desk.open({ prompter: scriptedPrompter(WALK) });
    await expect(addAccount(session, NO_BROWSER)).rejects.toThrow(/may not add people/u);
    expectNothingLeft(session.store());
  });

  function expectNothingLeft(store: ReturnType<ReturnType<Desk['open']>['store']>): void {
    expect([store.accounts.list(), store.connections.list(), writesToTheCrm()]).toEqual([
      [],
      [],
      [],
    ]);
    const inFolder = (name: string): readonly string[] => {
      const folder = path.join(desk.home, name);
      return existsSync(folder) ? readdirSync(folder) : [];
    };
    expect([inFolder('tmp'), inFolder('backups')]).toEqual([[], []]);
    const paths = sandbox.requests().map((request) => request.path);
    const count = (one: string): number => paths.filter((each) => each === one).length;
    // A grant that was given was taken back.
    expect(count('/revoke')).toBe(count('/token'));
  }
});
