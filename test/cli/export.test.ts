import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { exportContacts, type ExportFlags } from '../../src/cli/commands/export.ts';
import type { Prompter } from '../../src/cli/prompts/prompter.ts';
import { readVCards } from '../../src/sandbox/vcard/read-vcards.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aContact } from '../support/contacts.ts';
import { aDesk, scriptedPrompter, type Desk } from './support.ts';

/* What an export holds, where it goes, and what it never does. */

const ANN = 'ann@example.com';
const ESC = String.fromCodePoint(0x1b);
const NASTY = `=cmd|'/c calc'!A1 ${ESC}]0;title${ESC}\\`;

let sandbox: Sandbox;
let desk: Desk;
let at = 0;
let file: string;
beforeAll(async () => {
  const contacts = [
    aContact({ name: { given: 'Zoë', family: 'Żółw' }, emails: [{ value: 'zoe@example.com' }] }),
    aContact({ name: { given: '山田', family: '太郎' }, notes: `${NASTY}\nsecond line` }),
    aContact({ emails: [{ value: 'nobody@example.com' }] }),
  ];
  sandbox = await startSandbox({
    contacts: contacts.map((contact) => ({ contact })),
    autoConsent: true,
  });
  desk = await aDesk(sandbox);
  const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: true } as const;
  await addAccount(desk.open({ flags: { yes: true } }), flags);
});
afterAll(async () => {
  await desk.leave();
  await sandbox.close();
});
beforeEach(() => {
  at += 1;
  file = path.join(desk.home, `export-${at}`);
});

interface Exporting extends ExportFlags {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly prompter?: Prompter;
  readonly forPeople?: boolean;
}

async function run({ yes, json, prompter, forPeople = false, ...flags }: Exporting) {
  const session = desk.open({
    flags: { yes: yes === true, json: json === true },
    ...(prompter === undefined ? {} : { prompter }),
  });
  const status = await exportContacts(
    { ...session, io: { ...session.io, forPeople } },
    undefined,
    flags,
  );
  return { status, text: session.io.results.join('') };
}

describe('an export', () => {
  it('holds every synced contact as a vCard that others can read', async () => {
    const { text } = await run({});
    const names = readVCards(Buffer.from(text)).contacts.map(({ contact }) => contact.name?.family);
    expect(text.match(/BEGIN:VCARD\r\nVERSION:4\.0\r\n/gu)).toHaveLength(3);
    expect(new Set(names)).toEqual(new Set(['Żółw', '太郎', undefined]));
  });

  it('holds them as JSON, with the ids on both sides', async () => {
    const { text } = await run({ format: 'json' });
    const { contacts } = JSON.parse(text) as { contacts: readonly { ids: object }[] };
    expect(contacts).toHaveLength(3);
    expect(contacts[0]).toMatchObject({
      account: ANN,
      ids: { provider: expect.stringMatching(/^people\//u), crm: expect.stringMatching(/^\d+$/u) },
    });
  });

  it('is JSON where every answer is to be', async () => {
    expect(JSON.parse((await run({ json: true })).text)).toMatchObject({ version: 1 });
  });

  it('steers no terminal', async () => {
    for (const format of ['vcard', 'json'] as const)
      expect((await run({ format, forPeople: true })).text).not.toContain(ESC);
  });

  it('of nobody is a whole document', async () => {
    const empty = await startSandbox({ contacts: [], autoConsent: true });
    const nobody = await aDesk(empty);
    const flags = { email: ANN, provider: 'google', crmAuth: 'token', start: false } as const;
    await addAccount(nobody.open({ flags: { yes: true } }), flags);
    const session = nobody.open();
    await exportContacts(session, ANN, { format: 'json' });
    expect(JSON.parse(session.io.results.join(''))).toEqual({ version: 1, contacts: [] });
    await nobody.leave();
    await empty.close();
  });

  it('of an account that is nobody’s is refused', async () => {
    await expect(exportContacts(desk.open(), 'bob', {})).rejects.toThrow('no account "bob"');
  });
});

describe('a file', () => {
  it('is for its owner alone', async () => {
    expect((await run({ output: file })).text).toBe(`✔ 3 contacts in ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').match(/END:VCARD/gu)).toHaveLength(3);
  });

  it('is told of in a document', async () => {
    const { text } = await run({ output: file, format: 'json', json: true });
    expect(JSON.parse(text)).toEqual({ version: 1, file, contacts: 3 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
  });

  it('that is there is not replaced without a yes', async () => {
    writeFileSync(file, 'mine');
    await expect(run({ output: file })).rejects.toThrow('is there already');
    const no = scriptedPrompter([[/Replace it/u, { kind: 'say', yes: false }]]);
    await expect(run({ output: file, prompter: no })).rejects.toThrow('Nothing was written.');
    const left = scriptedPrompter([[/Replace it/u, { kind: 'leave' }]]);
    await expect(run({ output: file, prompter: left })).rejects.toThrow('Nothing was written.');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it.each(['a yes', '--yes'])('is replaced by %s, and is its owner’s then', async (how) => {
    writeFileSync(file, 'mine', { mode: 0o644 });
    const yes = scriptedPrompter([[/Replace it/u, { kind: 'say', yes: true }]]);
    await run({ output: file, ...(how === '--yes' ? { yes: true } : { prompter: yes }) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('BEGIN:VCARD');
  });

  it('takes the place of a link, and leaves alone what it leads to', async () => {
    const elsewhere = `${file}-elsewhere`;
    writeFileSync(elsewhere, 'theirs');
    symlinkSync(elsewhere, file);
    await run({ output: file, yes: true });
    expect(readFileSync(elsewhere, 'utf8')).toBe('theirs');
  });

  it('that cannot be made is said, and leaves nothing behind', async () => {
    const nowhere = path.join(desk.home, 'no', 'folder', 'x.vcf');
    await expect(run({ output: nowhere })).rejects.toThrow('cannot be written (ENOENT)');
    expect(existsSync(nowhere)).toBe(false);
    await expect(run({ output: desk.home, yes: true })).rejects.toThrow('cannot be written');
    expect(readdirSync(path.dirname(desk.home)).filter((name) => name.endsWith('.part'))).toEqual(
      [],
    );
  });
});
