import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { ADD_ANN, aUser, type User } from './cli.ts';

/* Every document that a script may read, against its published schema. */

let sandbox: Sandbox;
let user: User;
beforeAll(async () => {
  const contacts = defaultContacts().slice(0, 12);
  sandbox = await startSandbox({ contacts, autoConsent: true });
  const twice = { name: 'Twin', emails: [{ value: contacts[0]?.contact.emails[0]?.value }] };
  for (const _ of [1, 2]) sandbox.pipedrive.createPerson(twice);
  user = await aUser(sandbox);
});
afterAll(async () => {
  await user.leave();
  await sandbox.close();
});

/** The schema, and that nothing stands in the document which it does not describe. */
function closedSchema(name: string): object {
  const text = readFileSync(`docs/schema/${name}.json`, 'utf8');
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'object' && part !== null && 'properties' in part
      ? { additionalProperties: false, ...part }
      : part,
  ) as object;
}

/** Places for what is known only when a run has been. */
const FIRST_RUN = 'FIRST_RUN';
const SOMEBODY = 'SOMEBODY';
const UNCLEAR = 'UNCLEAR';
const A_FILE = 'A_FILE';
const PLACES = [FIRST_RUN, SOMEBODY, UNCLEAR, A_FILE];

async function asked<T>(command: string): Promise<T> {
  return JSON.parse((await user.cli([command, '--json'])).stdout) as T;
}

function expectDescribed(document: string, name: string): void {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(closedSchema(name));
  expect({ valid: validate(JSON.parse(document)), errors: validate.errors }).toEqual({
    valid: true,
    errors: null,
  });
}

async function filledIn(args: readonly string[]): Promise<string[]> {
  if (!args.some((arg) => PLACES.includes(arg))) return [...args];
  const { runs } = await asked<{ runs: { run: string }[] }>('history');
  const { accounts } = await asked<{ accounts: { unclear: { id: string }[] }[] }>('conflicts');
  const places: Readonly<Record<string, string | undefined>> = {
    [FIRST_RUN]: runs.at(-1)?.run,
    [UNCLEAR]: accounts[0]?.unclear[0]?.id,
    [A_FILE]: `${user.home}/contacts.vcf`,
    [SOMEBODY]: sandbox.google.people()[1]?.resourceName ?? undefined,
  };
  return args.map((arg) => places[arg] ?? arg);
}

describe('standard output holds one document and nothing else', () => {
  it.each([
    ['error', ['sync', '--json']],
    ['add-account', [...ADD_ANN, '--start', '--json']],
    ['accounts', ['accounts', '--json']],
    ['sync', ['sync', '--dry-run', '--refresh', '--json']],
    ['status', ['status', '--json']],
    ['export', ['export', '--json']],
    ['edit-account', ['edit-account', 'ann@example.com', '--match', 'none', '--yes', '--json']],
    ['doctor', ['doctor', '--json']],
    ['completion', ['completion', 'bash', '--json']],
    ['key', ['key', 'rotate', '--json']],
    ['history', ['history', '--json']],
    ['history-run', ['history', '--run', FIRST_RUN, '--json']],
    ['sync', ['undo', FIRST_RUN, '--contact', SOMEBODY, '--dry-run', '--json']],
    ['explain', ['explain', SOMEBODY, '--json']],
    ['verify', ['verify', '--json']],
    ['conflicts', ['conflicts', '--json']],
    ['conflicts-settle', ['conflicts', '--settle', UNCLEAR, '--take', 'none', '--json']],
    ['export-file', ['export', '--output', A_FILE, '--json']],
    ['forget', ['forget', SOMEBODY, '--yes', '--json']],
    ['login', ['login', 'ann@example.com', '--crm', '--json']],
    ['remove-account', ['remove-account', 'ann@example.com', '--yes', '--json']],
  ])('as docs/schema/%s.json has it', async (name, args) => {
    const { stdout } = await user.cli(await filledIn(args), { browser: true });
    expectDescribed(stdout, name);
  });

  it('as docs/schema/sandbox.json has it, on a line', async () => {
    const running = user.start(['sandbox', '--count', '3', '--json']);
    running.child.stdout?.once('data', () => running.child.kill('SIGINT'));
    const { stdout } = await running.finished;
    expectDescribed(stdout, 'sandbox');
  });
});
