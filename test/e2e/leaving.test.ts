import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aContact } from '../support/contacts.ts';
import { addAnn, aUser, type User } from './cli.ts';
import { KEYS, openTerminal } from './terminal.ts';

/* Ctrl-C at a question: the terminal is given back as it was. What is kept, see test/cli/leaving. */

const [SHOW_CURSOR, HIDE_CURSOR] = ['\u001b[?25h', '\u001b[?25l'];
const SCRIPTS = path.resolve('test/support/bin');

let sandbox: Sandbox;
let user: User;
let env: Record<string, string>;
beforeAll(async () => {
  const zoe = aContact({
    name: { given: 'Zoë', family: 'Quist' },
    emails: [{ value: 'zoe@example.org', label: 'work' }],
  });
  sandbox = await startSandbox({ contacts: [{ contact: zoe }], autoConsent: true });
  user = await aUser(sandbox);
  await addAnn(user, '--direction', 'two-way', '--on-conflict', 'ask', '--start');
  const [person] = sandbox.google.people();
  sandbox.google.update(person?.resourceName ?? '', { name: { given: 'Zoë', family: 'Lee' } });
  const inCrm = sandbox.pipedrive.persons().find(({ name }) => name === 'Zoë Quist');
  sandbox.pipedrive.updatePerson(inCrm?.id ?? 0, { name: 'Zoë Quist-Lee' });
  await user.cli(['sync']);
  await writeFile(path.join(user.home, 'people.vcf'), 'kept');
  env = {
    ...user.env,
    PATH: `${SCRIPTS}:${user.env['PATH']}`,
    CRONTAB: path.join(user.home, 'crontab'),
  };
});
afterAll(async () => {
  await user.leave();
  await sandbox.close();
});

const NOTHING = 'Nothing was changed.';
const WALKS: readonly (readonly [string, readonly string[], string, string])[] = [
  ['add-account', [], 'E-mail address of the account', 'Cancelled. Nothing was saved.'],
  ['edit-account', ['ann@example.com'], 'What to change', NOTHING],
  ['remove-account', ['ann@example.com'], 'Remove the account', NOTHING],
  ['login', ['ann@example.com'], 'Both sign-ins work', NOTHING],
  ['key', ['reset'], 'Give up the stored sign-ins?', NOTHING],
  ['conflicts', [], 'which name?', NOTHING],
  ['forget', ['zoe@example.org'], 'Forget', NOTHING],
  ['export', ['--output', 'people.vcf'], 'Replace it?', 'Nothing was written.'],
  ['schedule', ['install'], 'Install this?', 'Nothing was installed.'],
];

describe('Ctrl-C at a question', () => {
  it.each(WALKS)('of %s %j gives the terminal back', async (command, args, question, sentence) => {
    const words = args.map((word) => (word === 'people.vcf' ? path.join(user.home, word) : word));
    const terminal = openTerminal([command, ...words], { env, tellsMode: true, columns: 120 });
    await terminal.see(question);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
    const screen = terminal.screen();
    expect(screen).toContain(`✖ ${sentence}`);
    expect(screen).not.toMatch(/-(?:icanon|isig|echo)\b/u);
    expect(screen).toMatch(/\bicanon\b/u);
    const written = terminal.written();
    expect(written.lastIndexOf(SHOW_CURSOR)).toBeGreaterThanOrEqual(
      written.lastIndexOf(HIDE_CURSOR),
    );
  });
});

describe('an answer that will not do', () => {
  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['something endless', `${'a'.repeat(250)}@example.com`],
  ])('is asked for again: %s', async (_, text) => {
    const terminal = openTerminal(['add-account'], { env, columns: 200 });
    await terminal.see('E-mail address of the account');
    terminal.type(`${text}${KEYS.enter}`);
    await terminal.see('That is not an e-mail address.');
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
  });
});
