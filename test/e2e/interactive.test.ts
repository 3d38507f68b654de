import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type User } from './cli.ts';
import { KEYS, openTerminal, type Terminal } from './terminal.ts';

/* The set-up as a person walks through it, by keyboard, in a terminal. */

let sandbox: Sandbox;
let user: User;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 20), autoConsent: true });
  sandbox.google.createGroup('Clients');
  user = await aUser(sandbox);
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

/** The browser: follows the address that stands on the screen, over however many lines. */
async function signIn(terminal: Terminal): Promise<void> {
  await terminal.see(/login_hint=ann/u);
  const joined = terminal.screen().replaceAll('\n', '');
  const address =
    /http:\/\/127\.0\.0\.1:\d+\/o\/oauth2\S+login_hint=ann%40example\.com/u.exec(joined)?.[0] ?? '';
  await (await fetch(address)).text();
}

async function walkToTheEnd(terminal: Terminal): Promise<void> {
  await terminal.see('E-mail address of the account');
  terminal.type(`ann@example.com${KEYS.enter}`);
  await terminal.see('Whose account is');
  terminal.type(KEYS.enter);
  await signIn(terminal);
  await terminal.see('Sign in to Pipedrive with');
  terminal.type(KEYS.enter);
  await terminal.see('Which contacts?');
  await terminal.see('Clients');
  terminal.type(KEYS.enter);
  await terminal.see('In which direction?');
  terminal.type(KEYS.enter);
  await terminal.see('Who may see the people it creates?');
  terminal.type(KEYS.enter);
  await terminal.see('people who are in Pipedrive already');
  terminal.type(KEYS.enter);
  await terminal.see('another value there');
  terminal.type(KEYS.enter);
  await terminal.see('Start sync now?');
}

describe('add-account in a terminal', () => {
  it('asks one thing after the other, shows the first sync in numbers, and starts it', async () => {
    const terminal = openTerminal(['add-account', '--no-browser'], { env: user.env });
    await walkToTheEnd(terminal);
    expect(terminal.screen()).toMatch(/The first sync\n\s+20 to create/u);
    terminal.type(KEYS.enter);
    await terminal.see(/CRM: 20 added/u);
    expect(await terminal.ended).toBe(0);
  }, 60_000);

  it('leaves nothing behind when it is cancelled at the last question', async () => {
    const terminal = openTerminal(['add-account', '--no-browser'], { env: user.env });
    await walkToTheEnd(terminal);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).toContain('Cancelled. Nothing was saved.');
    expect(JSON.parse((await user.cli(['accounts', '--json'])).stdout)).toMatchObject({
      accounts: [],
    });
    expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  }, 60_000);

  it('leaves nothing behind when it is cancelled at the first one', async () => {
    const terminal = openTerminal(['add-account'], { env: user.env });
    await terminal.see('E-mail address of the account');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).toContain('Cancelled. Nothing was saved.');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at a question by %s', async (signal, status) => {
    const terminal = openTerminal(['add-account', '--no-browser'], { env: user.env });
    await terminal.see('E-mail address of the account');
    terminal.kill(signal);
    expect(await terminal.ended).toBe(status);
    expect(terminal.screen()).toContain('Cancelled. Nothing was saved.');
  });

  it('ends by a signal while it waits for the browser', async () => {
    const args = ['add-account', '--email', 'ann@gmail.com'];
    const terminal = openTerminal(args, { env: { ...user.env, PATH: '' } });
    await terminal.see('paste its whole address');
    terminal.kill('SIGTERM');
    expect(await terminal.ended).toBe(143);
    expect(terminal.screen()).toContain('Cancelled. Nothing was saved.');
  });

  it('takes a pasted address where no browser reaches this machine, and asks again for nonsense', async () => {
    const args = [
      'add-account',
      '--email',
      'ann@example.com',
      '--provider',
      'google',
      '--no-browser',
    ];
    const terminal = openTerminal(args, { env: user.env, columns: 200 });
    await terminal.see('paste its whole address');
    terminal.type(`http://example.com/nonsense${KEYS.enter}`);
    await terminal.see('That is not the address');
    const joined = terminal.screen().replaceAll('\n', '');
    const address =
      /http:\/\/127\.0\.0\.1:\d+\/o\/oauth2\S+?login_hint=ann%40example\.com/u.exec(joined)?.[0] ??
      '';
    const redirected = await fetch(address, { redirect: 'manual' });
    terminal.type(`${redirected.headers.get('location') ?? ''}${KEYS.enter}`);
    await terminal.see('Signed in to Google as ann@example.com');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
  }, 60_000);
});

describe('the dashboard in a terminal', () => {
  it.each([60, 80, 200])('fits into %i columns', async (columns) => {
    await addAnn(user, '--start');
    const terminal = openTerminal(['status'], { env: user.env, columns });
    expect(await terminal.ended).toBe(0);
    const [heading = '', row = ''] = terminal.screen().split('\n');
    expect(heading).toMatch(/^ACCOUNT .*SYNCED .*STATE$/u);
    expect(row).toMatch(/^ann@example\.com .*20 .*ok$/u);
  });
});
