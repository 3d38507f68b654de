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
    ['login', ['login', 'ann@example.com', '--crm', '--json']],
    ['remove-account', ['remove-account', 'ann@example.com', '--yes', '--json']],
  ])('as docs/schema/%s.json has it', async (name, args) => {
    const { stdout } = await user.cli(args, { browser: true });
    const validate = new Ajv({ strict: false, allErrors: true }).compile(closedSchema(name));
    expect({ valid: validate(JSON.parse(stdout)), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
  });
});
