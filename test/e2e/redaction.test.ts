import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { openStore } from '../../src/store/open.ts';
import type { TokenSet } from '../../src/auth/tokens.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ADD_ANN, aUser, type Finished, type User } from './cli.ts';

/*
 * Every command, as talkative as it can be, over contacts and sign-ins that are easy to recognise.
 * Then every byte of what was said, and of what lies on the disk, is searched.
 */

const NOTE = 'Diagnosis-Zebrafish-4711';
const NAME = 'Quuxine Recognizable';
const FORGOTTEN = {
  name: { given: 'Forgettina', family: 'Vanishing' },
  emails: [{ value: 'forgettina@example.com' }],
  phones: [{ value: '+49 30 5550199' }],
  ims: [],
  addresses: [],
  notes: 'Diagnosis-Axolotl-4712',
};
const CONTROLS = '\u001b]0;owned\u0007\u001b[31m\u202e';
/** A crontab and a systemctl that are scripts. */
const SCRIPTS = path.resolve('test/support/bin');
const CONTACTSYNC_KEY = Buffer.alloc(32, 5).toString('base64');

let sandbox: Sandbox;
let user: User;
const said = new Map<string, Finished>();
const secrets = new Set<string>();

async function say(...args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const run = json ? args : [...args, '--verbose'];
  const env = {
    CONTACTSYNC_KEY,
    PATH: `${SCRIPTS}:${user.env['PATH']}`,
    CRONTAB: '/nowhere/crontab',
  };
  said.set(run.join(' '), await user.cli(run, { browser: true, env }));
  collectSecrets();
}

/** Whatever is stored to sign in with, at any time in between. */
function collectSecrets(): void {
  const store = openStore({ home: user.home, toolVersion: 'test', key: CONTACTSYNC_KEY });
  for (const { id } of store.connections.list()) {
    const apiToken = store.connections.loadSecret(id, 'api-token');
    if (apiToken !== undefined) secrets.add(apiToken);
    const text = store.connections.loadSecret(id, 'tokens');
    const tokens = text === undefined ? undefined : (JSON.parse(text) as TokenSet);
    for (const token of [tokens?.accessToken, tokens?.refreshToken]) {
      if (token !== undefined) secrets.add(token);
    }
  }
  store.close();
}

const everyWay = async (...args: readonly string[]): Promise<void> => {
  await say(...args);
  await say(...args, '--json');
};

const personId = (name: string): number =>
  sandbox.pipedrive.persons().find((person) => person.name.includes(name))?.id ?? 0;

const resourceOf = (family: string): string =>
  sandbox.google.people().find(({ names }) => names?.[0]?.familyName === family)?.resourceName ??
  '';

/** In whichever field of ours it is. */
function changeNoteInCrm(): void {
  const id = personId('Quuxine');
  const fields = sandbox.pipedrive.persons().find((person) => person.id === id)?.custom_fields;
  const [key = ''] = Object.entries(fields ?? {}).find(([, one]) => isNote(one)) ?? [];
  sandbox.pipedrive.updatePerson(id, { custom_fields: { [key]: `${NOTE}-there` } });
}

const isNote = (value: unknown): boolean => typeof value === 'string' && value.startsWith(NOTE);

async function latestRun(): Promise<string> {
  const { stdout } = await user.cli(['history', '--json'], { env: { CONTACTSYNC_KEY } });
  return (JSON.parse(stdout) as { runs: { run: string }[] }).runs[0]?.run ?? '';
}

/** Looking back, deciding and repairing; afterwards one person is forgotten. */
async function lookBack(): Promise<void> {
  sandbox.google.update(resourceOf('Recognizable'), { notes: `${NOTE}-here` });
  changeNoteInCrm();
  await everyWay('sync');
  await everyWay('conflicts');
  await everyWay('explain', 'quuxine@example.com');
  await everyWay('verify');
  await say('conflicts', '--settle', 'c1', '--take', 'provider');
  await say('sync');
  await everyWay('history');
  const run = await latestRun();
  await everyWay('history', '--run', run);
  await everyWay('undo', run, '--dry-run');
  await say('undo', run, '--yes');
  await say('forget', 'forgettina@example.com', '--yes');
  await everyWay('sync');
}

beforeAll(async () => {
  sandbox = await startSandbox({ autoConsent: true });
  sandbox.google.create({ contact: FORGOTTEN });
  sandbox.google.create({
    contact: {
      name: { given: `${CONTROLS}Quuxine`, family: 'Recognizable' },
      emails: [{ value: 'quuxine@example.com' }],
      phones: [],
      ims: [],
      addresses: [],
      notes: NOTE,
    },
  });
  user = await aUser(sandbox);
  for (const name of ['CLIENT_SECRET', 'TOKEN']) {
    for (const vendor of ['GOOGLE', 'PIPEDRIVE']) {
      const secret = sandbox.env[`CONTACTSYNC_${vendor}_${name}`];
      if (secret !== undefined) secrets.add(secret);
    }
  }
  secrets.add(CONTACTSYNC_KEY);
  secrets.add(Buffer.alloc(32, 5).toString('latin1'));

  const rules = ['--direction', 'two-way', '--on-conflict', 'ask', '--crm-auth', 'oauth'];
  await say(...ADD_ANN, ...rules, '--no-start');
  await everyWay('sync', '--dry-run');
  await everyWay('sync');
  sandbox.google.update(resourceOf('Recognizable'), { notes: `${NOTE}-changed` });
  await everyWay('sync');
  await everyWay('status');
  await lookBack();
  await everyWay('accounts');
  await everyWay('login', 'ann@example.com', '--provider', '--no-browser');
  await say('login', 'ann@example.com', '--crm', '--no-browser');
  await everyWay('edit-account', 'ann@example.com', '--on-conflict', 'crm');
  await everyWay('schedule', 'install', '--print');
  await everyWay('schedule', 'status');
  await everyWay('schedule', 'remove');
  await everyWay('doctor');
  await say('export', '--output', `${user.home}/export.vcf`);
  await everyWay('completion', 'bash');
  await say('complete', '--', 'login', '');
  await say('help', 'sync');
  await everyWay('key', 'show');
  await say('key', 'move', 'file');
  await say('key', 'rotate');
  await say('key', 'move', 'environment');
  sandbox.faults.add({ vendor: 'google', kind: 'html' });
  await say('sync', '--refresh');
  sandbox.faults.clear();
  sandbox.google.revokeGrants();
  sandbox.pipedrive.revokeGrants();
  await everyWay('sync');
  await say('sandbox', '--contacts', '/nowhere');
  await say('remove-account', 'ann@example.com', '--yes', '--no-delete-backups');
  await say('key', 'reset', '--yes');
}, 120_000);
afterAll(async () => {
  await user.leave();
  await sandbox.close();
});

const outputs = (): readonly (readonly [string, string])[] =>
  [...said].map(([command, { stdout, stderr }]) => [command, stdout + stderr]);

describe('of every command', () => {
  it('at least one way of calling it was heard', () => {
    const leaves = (command: Command, path: readonly string[] = []): string[] =>
      command.commands.length === 0
        ? [path.join(' ')]
        : command.commands.flatMap((one) => leaves(one, [...path, one.name()]));
    const program = createProgram('1', async () => undefined);
    const unheard = leaves(program).filter(
      (name) => ![...said.keys()].some((command) => command.startsWith(name)),
    );
    expect(unheard).toEqual([]);
  });

  it('the ways that were to work worked', () => {
    const failed = [...said].filter(([, { status }]) => status !== 0).map(([command]) => command);
    expect(failed).toEqual([
      'sync --verbose',
      'sync --json',
      // CONTACTSYNC_KEY is not ours to change.
      'key rotate --verbose',
      'sync --refresh --verbose',
      'sandbox --contacts /nowhere --verbose',
    ]);
  });
});

/** What these are for is to show, on standard output, what contacts hold. */
const SHOWS_VALUES = /^(?:conflicts --(?:json|settle)|explain |history --run )/u;
/** Says also what there is to choose between. */
const ASKS_WHICH = 'conflicts --verbose';

describe('nothing that was said', () => {
  it('holds a token, a secret of an app, a key, or a code', () => {
    expect(secrets.size).toBeGreaterThan(6);
    for (const [command, text] of outputs()) {
      for (const secret of secrets) {
        expect({ command, leaks: text.includes(secret) }).toEqual({ command, leaks: false });
      }
      expect({ command, code: /[?&]code=|4\/0A|ya29\.|v1u:|code_verifier/u.test(text) }).toEqual({
        command,
        code: false,
      });
    }
  });

  it('holds a note, but where somebody asked to see what contacts hold', () => {
    for (const [command, { stdout, stderr }] of said) {
      if (command === ASKS_WHICH) continue;
      const text = SHOWS_VALUES.test(command) ? stderr : stdout + stderr;
      expect({ command, leaks: /Diagnosis/u.test(text) }).toEqual({ command, leaks: false });
    }
    const shown = [...said].filter(([, { stdout }]) => stdout.includes(NOTE));
    expect(shown.length).toBeGreaterThan(3);
  });

  it('steers a terminal, whatever a contact is called', () => {
    const named = outputs().filter(([, text]) => text.includes(NAME));
    expect(named.length).toBeGreaterThan(2);
    for (const [command, text] of outputs()) {
      // oxlint-disable-next-line no-control-regex -- what must not be there is looked for
      const steers = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u.test(
        text,
      );
      expect({ command, steers }).toEqual({ command, steers: false });
    }
  });

  it('names a contact in a line about a request', () => {
    const lines = outputs().flatMap(([, text]) =>
      text.split('\n').filter((one) => /\d+ ms$/u.test(one)),
    );
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(line).not.toMatch(/quuxine|recognizable|@/iu);
  });
});

/** What SQLite keeps beside a database for a while goes by the database's name. */
const baseOf = (name: string): string =>
  name.replace(/-(?:wal|shm|journal)$/u, '').replace(/^run\.lock\..*$/u, 'run.lock.*');

describe('nothing that lies on the disk', () => {
  it('holds a token, a secret of an app, or a key in the clear', async () => {
    const bytes = await user.everyByte();
    // What is to be found can be found.
    expect(bytes).toContain(NOTE);
    for (const secret of secrets) expect(bytes).not.toContain(secret);
    expect(bytes).not.toMatch(/ya29\.|"(?:access|refresh)Token"|1\/\/0[\da-f]{20}/u);
  });

  it('lies there without SECURITY.md telling what it holds', async () => {
    const told = readFileSync('SECURITY.md', 'utf8');
    const names = await readdir(user.home);
    expect(names).toContain('backups');
    const untold = names.filter((name) => !told.includes(`\`${baseOf(name)}`));
    // Where an export goes is the user's choice.
    expect(untold).toEqual(['export.vcf']);
  });

  it('holds anything of somebody who was forgotten', async () => {
    expect(said.get('forget forgettina@example.com --yes --verbose')?.status).toBe(0);
    const bytes = await user.everyByte();
    for (const word of ['Forgettina', 'Vanishing', 'Axolotl', '5550199']) {
      expect({ word, kept: bytes.includes(word) }).toEqual({ word, kept: false });
    }
    // Whoever is forgotten here is left alone over there.
    expect(personId('Forgettina')).toBeGreaterThan(0);
    expect(resourceOf('Vanishing')).not.toBe('');
  });
});
