import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { moveKey, resetKey, rotateKey, showKey } from '../../src/cli/commands/key.ts';
import type { SessionChoice } from './support.ts';
import { acquireLock } from '../../src/store/lock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aDesk, scriptedPrompter, type Desk } from './support.ts';

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox();
  desk = await aDesk(sandbox);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

const CONTACTSYNC_KEY = Buffer.alloc(32, 3).toString('base64');

/** A home in which one sign-in is stored. */
function signedIn(choice: SessionChoice = {}) {
  const session = desk.open(choice);
  const { connections } = session.store();
  const { id } = connections.insert({ kind: 'google', identity: 'ann@example.com', details: {} });
  connections.saveSecret(id, 'tokens', 'of Ann');
  return { session, read: () => desk.open().store().connections.loadSecret(id, 'tokens') };
}
const said = (session: ReturnType<Desk['open']>): string => session.io.results.join('\n');
const keyFile = (): string => path.join(desk.home, 'key');

describe('contactsync key', () => {
  it('shows where the key lies, and how many sign-ins are under it', async () => {
    const { session } = signedIn();
    await showKey(session);
    expect(said(session)).toBe(
      `The key lies in the file ${keyFile()}. 1 sign-in is stored under it.`,
    );
  });

  it('shows no byte of the key itself, not even as a document', async () => {
    signedIn({ env: { CONTACTSYNC_KEY } });
    const session = desk.open({ env: { CONTACTSYNC_KEY }, flags: { json: true } });
    await showKey(session);
    expect(JSON.parse(said(session))).toEqual({ version: 1, place: 'environment', signIns: 1 });
  });

  it('says where there is none yet', async () => {
    const session = desk.open();
    await showKey(session);
    expect(said(session)).toMatch(/no key yet/u);
  });

  it('rotates, and every sign-in is still there', async () => {
    const { read } = signedIn();
    await rotateKey(desk.open());
    expect(read()).toBe('of Ann');
  });

  it('does not touch the key while a run is at work', async () => {
    signedIn();
    const lock = acquireLock(desk.home);
    try {
      await expect(rotateKey(desk.open())).rejects.toMatchObject({ code: 'locked' });
    } finally {
      lock.release();
    }
  });

  it('moves into CONTACTSYNC_KEY, and says what is missing where that is not set', async () => {
    signedIn();
    await expect(moveKey(desk.open(), 'environment')).rejects.toMatchObject({
      code: 'refused',
      next: expect.stringMatching(/32 random bytes/u),
    });
    await moveKey(desk.open({ env: { CONTACTSYNC_KEY } }), 'environment');
    expect(existsSync(keyFile())).toBe(false);
  });

  it('moves out of CONTACTSYNC_KEY, and says to leave that unset from now on', async () => {
    const { read } = signedIn({ env: { CONTACTSYNC_KEY } });
    const session = desk.open({ env: { CONTACTSYNC_KEY } });
    await moveKey(session, 'file');
    expect(session.io.messages.join('\n')).toMatch(/leave CONTACTSYNC_KEY unset/u);
    expect(read()).toBe('of Ann');
  });

  it('gives up what nobody can read, after a yes', async () => {
    const { read } = signedIn();
    await rm(keyFile());
    const no = scriptedPrompter([[/Give up/u, { kind: 'say', yes: false }]]);
    await expect(resetKey(desk.open({ prompter: no }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(read).toThrow(expect.objectContaining({ code: 'key-missing' }));
    await resetKey(desk.open({ flags: { yes: true } }));
    expect(read()).toBeUndefined();
  });
});
