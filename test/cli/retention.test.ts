import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { history } from '../../src/cli/commands/history.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { undo } from '../../src/cli/commands/undo.ts';
import { readPreferences } from '../../src/cli/preferences.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ann } from '../support/contacts.ts';
import { aDesk, type Desk } from './support.ts';

/* How long the history keeps what it holds about people, as its user meets it. */

const DAY_MS = 86_400_000;
let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: [{ contact: ann() }], autoConsent: true });
  desk = await aDesk(sandbox);
  const flags = { email: 'ann@example.com', provider: 'google', crmAuth: 'token' } as const;
  await addAccount(desk.open({ flags: { yes: true } }), { ...flags, start: true });
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

const prefer = (text: string): Promise<void> =>
  writeFile(path.join(desk.home, 'preferences.json'), text);

/** The first run, as if it had been so many days ago. */
function firstRun(days: number): string {
  const db = new Database(path.join(desk.home, 'contactsync.db'));
  const at = new Date(Date.now() - days * DAY_MS).toISOString();
  db.prepare('UPDATE run SET started_at = ?, finished_at = ?').run(at, at);
  db.prepare('UPDATE step SET settled_at = ?').run(at);
  db.exec("DELETE FROM setting WHERE name = 'old-dropped-at'");
  const run = db.prepare<[], string>('SELECT id FROM run').pluck().get() ?? '';
  db.close();
  return run;
}

async function shown(run: string): Promise<string> {
  const session = desk.open();
  await history(session, undefined, { run });
  return session.io.results.join('\n');
}

describe('a sync', () => {
  it('drops names and values of 90 days ago, and a dry run does not', async () => {
    const run = firstRun(91);
    await sync(desk.open(), [], { dryRun: true });
    expect(await shown(run)).toContain('Ann Lee');
    await sync(desk.open(), [], {});
    const text = await shown(run);
    expect(text).not.toContain('Ann Lee');
    expect(text).toMatch(/\(no longer kept\)\n {2}Pipedrive {2}added {2}/u);
  });

  it('keeps them for as long as preferences.json says', async () => {
    await prefer('{"historyDays": 365}');
    const run = firstRun(91);
    await sync(desk.open(), [], {});
    expect(await shown(run)).toContain('Ann Lee');
  });

  it('leaves nothing that an undo could take back wrongly: it is refused, in words', async () => {
    const run = firstRun(91);
    await sync(desk.open(), [], {});
    await expect(undo(desk.open({ flags: { yes: true } }), run, {})).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('too old to be taken back'),
    });
    expect(sandbox.pipedrive.persons().map(({ name }) => name)).toContain('Ann Lee');
  });
});

describe('the preference', () => {
  it.each(['{"historyDays": 6}', '{"historyDays": "90"}', '{"historyDays": 7.5}', '[]x'])(
    'is not understood as %s',
    async (text) => {
      await prefer(text);
      await expect(readPreferences(desk.home)).rejects.toMatchObject({ code: 'refused' });
    },
  );

  it('is 90 days where nothing is said', async () => {
    expect(await readPreferences(desk.home)).toMatchObject({ historyDays: 90 });
    await prefer('{"accessible": true}');
    expect(await readPreferences(desk.home)).toEqual({ accessible: true, historyDays: 90 });
  });
});
