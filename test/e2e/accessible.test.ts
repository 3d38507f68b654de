import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aContact } from '../support/contacts.ts';
import { aUser, type User } from './cli.ts';
import { KEYS, openTerminal, type Terminal } from './terminal.ts';

/* Everything by keyboard for somebody who listens to the screen. */

const PEOPLE = ['Zoë', '李小龍'];

let sandbox: Sandbox;
let user: User;
beforeAll(async () => {
  sandbox = await startSandbox({
    contacts: PEOPLE.map((given, at) => ({
      contact: aContact({
        name: { given, family: 'Quist' },
        emails: [{ value: `p${at}@example.org`, label: 'work' }],
      }),
    })),
    autoConsent: true,
  });
  user = await aUser(sandbox);
});
afterAll(async () => {
  await user.leave();
  await sandbox.close();
});

/** Nothing turns, nothing is drawn beside what stands there, and no sign is left without a word. */
function expectStill(terminal: Terminal): void {
  const written = terminal.written();
  expect(written).not.toMatch(/[\u2800-\u28ff]/u);
  expect(written).not.toContain('\u001b[?1049h');
  expect(terminal.screen()).not.toMatch(/^ *[!✔✖~+] /mu);
}

async function answer(terminal: Terminal, question: RegExp, text: string): Promise<void> {
  await terminal.see(question);
  terminal.type(`${text}${KEYS.enter}`);
}

describe('the accessible mode', () => {
  it('asks for numbers, says each choice once, and takes no number that is not there', async () => {
    const args = ['add-account', '--email', 'ann@example.com', '--accessible', '--no-browser'];
    const flags = ['--direction', 'two-way', '--on-conflict', 'ask', '--match', 'email'];
    const terminal = openTerminal([...args, ...flags], { env: user.env });
    await terminal.see('2) Microsoft');
    await answer(terminal, /Number, from 1 to 2:/u, '3');
    await terminal.see('Type a number from 1 to 2.');
    terminal.type(`\u007f1${KEYS.enter}`);
    await terminal.see(/login_hint=ann/u);
    const joined = terminal.screen().replaceAll('\n', '');
    const address = /http:\S+login_hint=ann%40example\.com/u.exec(joined)?.[0] ?? '';
    await (await fetch(address)).text();
    await answer(terminal, /Sign in to Pipedrive with[^]*Number, from 1 to 2:/u, '1');
    await answer(terminal, /Which contacts\?\n1\) All contacts \(2 contacts\)[^]*Number/u, '1');
    await answer(terminal, /Who may see the people it creates\?\n1\)[^]*Number/u, '');
    await answer(terminal, /Start sync now\?\n1\) Save and start[^]*Number, from 1 to 3:/u, '1');
    await terminal.see('done: ann@example.com  CRM: 2 added');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen().match(/2\) Save, and start later/gu)).toHaveLength(1);
    expectStill(terminal);
  }, 60_000);

  it('has the dashboard and the history as facts', async () => {
    const env = { ...user.env, CONTACTSYNC_ACCESSIBLE: '1' };
    const status = openTerminal(['status'], { env });
    expect(await status.ended).toBe(0);
    expect(status.screen()).toMatch(/^Account: ann@example\.com\n(?:.+\n)*Synced: 2\n/u);
    const history = openTerminal(['history'], { env });
    expect(await history.ended).toBe(0);
    expect(history.screen()).toMatch(/^State: ok\nCRM: 2 added\n/mu);
    for (const terminal of [status, history]) expectStill(terminal);
  }, 60_000);

  it('also by a preference, and for decisions', async () => {
    await writeFile(path.join(user.home, 'preferences.json'), '{"accessible": true}');
    const [zoe] = sandbox.google.people();
    sandbox.google.update(zoe?.resourceName ?? '', { name: { given: 'Zoë', family: 'Lee' } });
    const [person] = sandbox.pipedrive.persons().filter(({ name }) => name === 'Zoë Quist');
    sandbox.pipedrive.updatePerson(person?.id ?? 0, { name: 'Zoë Quist-Lee' });
    const sync = openTerminal(['sync'], { env: user.env });
    expect(await sync.ended).toBe(0);
    expect(sync.screen()).toMatch(/^done: ann@example\.com {2}1 with differing values/u);
    const terminal = openTerminal(['conflicts'], { env: user.env });
    await terminal.see(/^Id: c1\n(?:.+\n)*State: open: you are asked\n/u);
    await answer(terminal, /which name\?\n1\) Google: Zoë Lee\n[^]*Number, from 1 to 5:/u, '1');
    await terminal.see('The next sync carries it out');
    expect(await terminal.ended).toBe(0);
    for (const one of [sync, terminal]) expectStill(one);
  }, 60_000);
});
