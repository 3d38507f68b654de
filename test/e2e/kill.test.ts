import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type User } from './cli.ts';

/*
 * Kill -9 of the real process at every write request of a first sync, before and after it takes
 * effect, and a rerun: the same end as without a kill, and nobody twice.
 */

/** Twelve that differ: with and without organization, picture, name, e-mail, whole birthday. */
function varied(): readonly SandboxContact[] {
  const all = defaultContacts();
  const kinds: readonly ((one: SandboxContact) => boolean)[] = [
    ({ photo }) => photo !== undefined,
    ({ contact }) => contact.organization !== undefined && contact.addresses.length > 0,
    ({ contact }) => contact.name === undefined,
    ({ contact }) => contact.emails.length === 0,
    ({ contact }) => contact.emails.length > 2,
    ({ contact }) => contact.birthday !== undefined,
  ];
  const chosen = kinds.flatMap((kind) => all.filter(kind).slice(3, 5));
  const rest = all.filter((one) => !chosen.includes(one));
  return [...new Set([...chosen, ...rest])].slice(0, 12);
}

const contacts = varied();

async function setUp(): Promise<{ sandbox: Sandbox; user: User }> {
  const sandbox = await startSandbox({ contacts, autoConsent: true });
  const user = await aUser(sandbox);
  const added = await addAnn(user, '--no-start');
  if (added.status !== 0) throw new Error(added.stderr);
  sandbox.clearRequests();
  return { sandbox, user };
}

/** What there is in the CRM, ids and times aside. */
function outcome({ pipedrive }: Sandbox): unknown {
  const names = new Map(pipedrive.organizations().map(({ id, name }) => [id, name]));
  const persons = pipedrive.persons().map(({ name, emails, phones, org_id, picture_id }) =>
    JSON.stringify({
      name,
      emails,
      phones,
      organization: names.get(org_id ?? 0),
      picture: picture_id !== null,
    }),
  );
  return {
    persons: persons.toSorted(),
    organizations: [...names.values()].toSorted(),
    fields: pipedrive
      .fields()
      .map(({ field_name }) => field_name)
      .toSorted(),
  };
}

async function reference(): Promise<{ writes: number; expected: unknown }> {
  const { sandbox, user } = await setUp();
  const finished = await user.cli(['sync']);
  expect({ status: finished.status, stderr: finished.stderr }).toMatchObject({ status: 0 });
  const writes = sandbox
    .requests()
    .filter(({ vendor, write }) => vendor === 'pipedrive' && write).length;
  const expected = outcome(sandbox);
  await user.leave();
  await sandbox.close();
  return { writes, expected };
}

async function killedAt(nth: number, kind: 'hang-before' | 'hang-after'): Promise<unknown> {
  const { sandbox, user } = await setUp();
  sandbox.faults.add({ vendor: 'pipedrive', write: true, nth, times: 1, kind });
  const running = user.start(['sync']);
  for (let waited = 0; sandbox.faults.reached() === 0 && waited < 10_000; waited += 10)
    await pause(10);
  running.child.kill('SIGKILL');
  expect(await running.finished).toMatchObject({ signal: 'SIGKILL' });
  sandbox.faults.clear();

  const rerun = await user.cli(['sync']);
  expect({ nth, kind, status: rerun.status, stderr: rerun.stderr }).toMatchObject({ status: 0 });
  const result = outcome(sandbox);
  sandbox.clearRequests();
  await user.cli(['sync']);
  expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
  await user.leave();
  await sandbox.close();
  return result;
}

describe('kill -9 during a first sync of twelve contacts', () => {
  it.each(['hang-before', 'hang-after'] as const)(
    'at every write (%s it takes effect) ends as without a kill',
    async (kind) => {
      const { writes, expected } = await reference();
      expect(writes).toBeGreaterThan(18);
      for (let nth = 1; nth <= writes; nth += 1) {
        expect({ nth, outcome: await killedAt(nth, kind) }).toEqual({ nth, outcome: expected });
      }
    },
    900_000,
  );
});
