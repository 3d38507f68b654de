import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultContacts } from '../../src/sandbox/made-up/default.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addAnn, aUser, type Running, type User } from './cli.ts';
import { KEYS, openTerminal } from './terminal.ts';

/* `sync --watch` as the real program, ended by every signal there is. */

let sandbox: Sandbox;
let user: User;
/** Colleagues' persons, which are there from the start. */
let before: number;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: defaultContacts().slice(0, 20), autoConsent: true });
  user = await aUser(sandbox);
  await addAnn(user, '--no-start');
  before = sandbox.pipedrive.persons().length;
  sandbox.clearRequests();
});
afterEach(async () => {
  await user.leave();
  await sandbox.close();
});

/** Resolves when the program has printed so many whole lines to standard output. */
function linesOf({ child }: Running, count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (more: string) => {
      text += more;
      const lines = text.split('\n').slice(0, -1);
      if (lines.length >= count) resolve(lines);
    });
    child.on('close', () => reject(new Error(`it ended with\n${text}`)));
  });
}

interface Line {
  readonly runs: readonly { readonly status: string; readonly crm: { readonly created: number } }[];
}

describe('a watch without a terminal', () => {
  it('prints a document a line, looks again at SIGHUP, and ends by SIGTERM with 143', async () => {
    const running = user.start(['sync', '--watch', '--json']);
    const two = linesOf(running, 2);
    await linesOf(running, 1);
    expect(JSON.parse((await user.cli(['status', '--json'])).stdout)).toMatchObject({
      accounts: [{ total: 20 }],
    });
    running.child.kill('SIGHUP');
    const documents = (await two).map((line) => JSON.parse(line) as Line);
    expect(documents.map(({ runs }) => runs[0]?.crm.created)).toEqual([20, 0]);
    running.child.kill('SIGTERM');
    expect((await running.finished).status).toBe(143);
  });

  it('holds the lock during a pass only, and says when it looks next', async () => {
    const running = user.start(['sync', '--watch', '--json']);
    await linesOf(running, 1);
    expect((await user.cli(['sync'])).status).toBe(0);
    const { accounts } = JSON.parse((await user.cli(['status', '--json'])).stdout) as {
      accounts: readonly { nextRun: string | null }[];
    };
    expect(Date.parse(accounts[0]?.nextRun ?? '')).toBeGreaterThan(Date.now());
    running.child.kill('SIGINT');
    expect((await running.finished).status).toBe(130);
    expect(JSON.parse((await user.cli(['status', '--json'])).stdout)).toMatchObject({
      accounts: [{ nextRun: null }],
    });
  });

  it('prints a line with its time for each run', async () => {
    const running = user.start(['sync', '--watch']);
    const [line] = await linesOf(running, 1);
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ✔ ann@example\.com {2}CRM: 20 added/u);
    running.child.kill('SIGTERM');
    const { status, stderr } = await running.finished;
    expect(status).toBe(143);
    expect(stderr).toContain('next look in 1 minute');
  });

  it('goes on after a pass that failed', async () => {
    const running = user.start(['sync', '--watch', '--json']);
    await linesOf(running, 1);
    sandbox.faults.add({ vendor: 'pipedrive', kind: 'html' });
    const next = linesOf(running, 1);
    running.child.kill('SIGHUP');
    const [failed] = await next;
    expect(JSON.parse(failed ?? '')).toMatchObject({ runs: [{ status: 'failed' }] });
    sandbox.faults.clear();
    const mended = linesOf(running, 1);
    running.child.kill('SIGHUP');
    expect(JSON.parse((await mended)[0] ?? '')).toMatchObject({ runs: [{ status: 'ok' }] });
    running.child.kill('SIGTERM');
    expect((await running.finished).status).toBe(143);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'finishes the write under way at %s, and the next run takes the rest up',
    async (signal) => {
      sandbox.faults.add({ vendor: 'pipedrive', kind: 'latency', ms: 100 });
      const running = user.start(['sync', '--watch', '--json']);
      await someWrites();
      running.child.kill(signal);
      expect((await running.finished).status).toBe(signal === 'SIGINT' ? 130 : 143);
      await expectWhole();
    },
  );

  it('leaves at once at the second SIGINT, and loses nothing', async () => {
    sandbox.faults.add({ vendor: 'pipedrive', kind: 'latency', ms: 300 });
    const running = user.start(['sync', '--watch', '--json']);
    await someWrites();
    running.child.kill('SIGINT');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    running.child.kill('SIGINT');
    expect((await running.finished).status).toBe(130);
    await whatWasSentIsDone(300);
    await expectWhole();
  });

  it('refuses a dry run, and an interval without a watch', async () => {
    expect((await user.cli(['sync', '--watch', '--dry-run'])).status).toBe(2);
    expect((await user.cli(['sync', '--interval', '5m'])).status).toBe(2);
    expect((await user.cli(['sync', '--watch', '--interval', '1s'])).status).toBe(2);
  });
});

async function someWrites(): Promise<void> {
  const writes = (): number => sandbox.requests().filter(({ write }) => write).length;
  while (writes() < 3) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** The vendor carries out what it was sent, whether anybody still waits for the answer or not. */
async function whatWasSentIsDone(latencyMs: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 2 * latencyMs);
  });
}

/** The next run goes on: everybody once. */
async function expectWhole(): Promise<void> {
  sandbox.faults.clear();
  expect((await user.cli(['sync'])).status).toBe(0);
  const names = sandbox.pipedrive.persons().map(({ name }) => name);
  expect({ all: names.length, different: new Set(names).size }).toEqual({
    all: before + 20,
    different: before + 20,
  });
  sandbox.clearRequests();
  expect((await user.cli(['sync'])).status).toBe(0);
  expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
}

describe('a watch in a terminal', () => {
  it.each([60, 80, 200])('is one screen of %i columns, and ends at Ctrl-C', async (columns) => {
    const terminal = openTerminal(['sync', '--watch'], { env: user.env, columns });
    await terminal.see(/CRM: 20 added/u);
    await terminal.see(/next look .* 1 look .* Ctrl-C stops/u);
    expect(terminal.screen()).toMatch(/^ACCOUNT .*SYNCED .*STATE$/mu);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).not.toContain('ACCOUNT');
  });

  it('shows plain lines in the accessible mode', async () => {
    const args = ['sync', '--watch', '--accessible'];
    const terminal = openTerminal(args, { env: user.env });
    await terminal.see(/Z done: ann@example\.com {2}CRM: 20 added/u);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
  });
});

describe('the dashboard, drawn again and again', () => {
  it('follows what is synced, until Ctrl-C', async () => {
    const terminal = openTerminal(['status', '--watch'], { env: user.env });
    await terminal.see('not synced yet');
    await user.cli(['sync']);
    await terminal.see(/20 .* ok/u);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(130);
  });

  it('needs a terminal, or --json', async () => {
    expect((await user.cli(['status', '--watch'])).status).toBe(2);
    const running = user.start(['status', '--watch', '--json']);
    const [line] = await linesOf(running, 1);
    expect(JSON.parse(line ?? '')).toMatchObject({ accounts: [{ account: 'ann@example.com' }] });
    running.child.kill('SIGTERM');
    expect((await running.finished).status).toBe(143);
  });
});
