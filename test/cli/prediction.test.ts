import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addAccount } from '../../src/cli/commands/add-account.ts';
import { sync } from '../../src/cli/commands/sync.ts';
import { predictionLine } from '../../src/cli/prediction.ts';
import { madeUpContacts } from '../../src/sandbox/made-up/made-up-contacts.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { aDesk, type Desk } from './support.ts';

/* What a run is said to ask of the vendors, and what it asks. */

const ANN = { email: 'ann@example.com', provider: 'google', crmAuth: 'token' } as const;

let sandbox: Sandbox;
let desk: Desk;
beforeEach(async () => {
  sandbox = await startSandbox({ contacts: madeUpContacts(120, 1), autoConsent: true });
  desk = await aDesk(sandbox);
});
afterEach(async () => {
  await desk.leave();
  await sandbox.close();
});

interface Predicted {
  readonly requests: { readonly provider: number; readonly crm: number };
  readonly tokens: number;
  readonly days: number;
}

async function predicted(): Promise<Predicted> {
  const session = desk.open({ flags: { json: true } });
  await sync(session, [], { dryRun: true });
  const { runs } = JSON.parse(session.io.results[0] ?? '') as {
    runs: readonly { readonly prediction: Predicted }[];
  };
  return runs[0]?.prediction ?? { requests: { provider: 0, crm: 0 }, tokens: 0, days: 0 };
}

describe('a prediction', () => {
  beforeEach(async () => {
    await addAccount(desk.open({ flags: { yes: true } }), { ...ANN, start: false });
  });

  it('of a first sync is what it takes', async () => {
    const { requests, tokens, days } = await predicted();
    sandbox.clearRequests();
    const before = sandbox.pipedrive.tokensCharged();
    expect(await sync(desk.open(), [], {})).toBe(0);
    const sent = sandbox.requests().filter(({ path }) => path !== '/token');
    const toCrm = sent.filter(({ vendor }) => vendor === 'pipedrive').length;
    expect(Math.abs(requests.crm - toCrm)).toBeLessThanOrEqual(3);
    expect(Math.abs(requests.provider - (sent.length - toCrm))).toBeLessThanOrEqual(3);
    const spent = sandbox.pipedrive.tokensCharged() - before;
    expect(Math.abs(tokens - spent) / spent).toBeLessThanOrEqual(0.02);
    expect(days).toBe(1);
  });

  it('counts the days of what the company’s budget leaves', async () => {
    const { tokens } = await predicted();
    sandbox.pipedrive.setDailyTokens(400);
    const { days } = await predicted();
    const perDay = 400 * 0.65;
    const today = Math.max(0, perDay - sandbox.pipedrive.tokensSpent());
    expect(days).toBe(1 + Math.ceil((tokens - today) / perDay));
  });

  it('is told for people', async () => {
    const session = desk.open();
    await sync(session, [], { dryRun: true });
    expect(session.io.results.join('\n')).toMatch(
      /Takes about \d+ requests, and \d+ tokens of the CRM’s daily budget: done today/u,
    );
  });

  it('of several days says so', () => {
    const requests = { provider: 10, crm: 13_002 };
    expect(predictionLine({ requests, tokens: 65_020, days: 4 })).toBe(
      'Takes about 13,012 requests, and 65,020 tokens of the CRM’s daily budget: 4 days, a part each day',
    );
  });
});

it('the summary of set-up predicts the first sync', async () => {
  const session = desk.open({ flags: { yes: true } });
  await addAccount(session, { ...ANN, start: false });
  expect(session.io.messages.join('\n')).toMatch(/Takes about \d+ requests, and [\d,]+ tokens/u);
});
