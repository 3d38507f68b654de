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

async function filledIn(args: readonly string[]): Promise<string[]> {
  if (!args.includes(FIRST_RUN) && !args.includes(SOMEBODY)) return [...args];
  const { stdout } = await user.cli(['history', '--json']);
  const { runs } = JSON.parse(stdout) as { runs: { run: string }[] };
  const places: Readonly<Record<string, string | undefined>> = {
    [FIRST_RUN]: runs.at(-1)?.run,
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
    ['forget', ['forget', SOMEBODY, '--yes', '--json']],
    ['login', ['login', 'ann@example.com', '--crm', '--json']],
    ['remove-account', ['remove-account', 'ann@example.com', '--yes', '--json']],
  ])('as docs/schema/%s.json has it', async (name, args) => {
    const { stdout } = await user.cli(await filledIn(args), { browser: true });
    const validate = new Ajv({ strict: false, allErrors: true }).compile(closedSchema(name));
    expect({ valid: validate(JSON.parse(stdout)), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
  });
});
