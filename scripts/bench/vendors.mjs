/** The sandbox, in a process of its own. */
import { madeUpContacts } from '../../dist/sandbox/made-up/made-up-contacts.js';
import { startSandbox } from '../../dist/sandbox/sandbox.js';
import { obey, startOptions } from './beside.mjs';

const options = startOptions();
const contacts = madeUpContacts(options.count, options.seed ?? 1).map((one) => ({
  ...one,
  photo: undefined,
}));
const sandbox = await startSandbox({
  contacts,
  autoConsent: true,
  plan: 'professional',
  ...options.sandbox,
});
let tokensBefore = 0;

const HANDS = {
  /** What has been asked since the last `clear`. */
  counts: () => {
    const sent = sandbox.requests().filter(({ path }) => !path.startsWith('/control'));
    const data = sent.filter(({ path }) => path !== '/token' && !path.startsWith('/o/oauth2'));
    const of = (vendor) => data.filter((one) => one.vendor === vendor).length;
    return {
      requests: data.length,
      google: of('google'),
      pipedrive: of('pipedrive'),
      writes: data.filter(({ write }) => write).length,
      tooMany: data.filter(({ status }) => status === 429).length,
      tokens: sandbox.pipedrive.tokensCharged() - tokensBefore,
      persons: mine(sandbox.pipedrive.persons()).length,
      organizations: mine(sandbox.pipedrive.organizations()).length,
    };
  },
  /** Since the start. */
  total: () => ({ tokens: sandbox.pipedrive.tokensCharged() }),
  clear: () => {
    sandbox.clearRequests();
    tokensBefore = sandbox.pipedrive.tokensCharged();
  },
  fault: (fault) => {
    sandbox.faults.clear();
    if (fault !== undefined) sandbox.faults.add(fault);
  },
  reached: () => sandbox.faults.reached(),
  dailyTokens: (tokens) => sandbox.pipedrive.setDailyTokens(tokens),
  advance: (ms) => sandbox.advance(ms),
  /** Another job title for so many on either side, not the same people. */
  change: (share) => {
    const people = sandbox.google.people();
    const persons = mine(sandbox.pipedrive.persons());
    const many = Math.max(1, Math.round(people.length * share));
    for (const { resourceName } of people.slice(0, many)) {
      sandbox.google.update(resourceName, { notes: `Changed at ${Date.now()}` });
    }
    for (const { id } of persons.slice(-many)) {
      sandbox.pipedrive.updatePerson(id, { name: `Changed ${id} ${Date.now()}` });
    }
    return many;
  },
  /** An access token at Google, for the floor. */
  signIn: () => signIn(),
};

function mine(records) {
  return records.filter(({ owner_id: owner }) => owner === 1001);
}

async function signIn() {
  const client = {
    client_id: sandbox.env.CONTACTSYNC_GOOGLE_CLIENT_ID,
    redirect_uri: 'http://127.0.0.1:9/callback',
  };
  const question = new URLSearchParams({
    ...client,
    response_type: 'code',
    access_type: 'offline',
    state: 'bench',
    scope: 'https://www.googleapis.com/auth/contacts',
  });
  const page = await fetch(`${sandbox.url}/o/oauth2/v2/auth?${question}`, { redirect: 'manual' });
  const { searchParams } = new URL(page.headers.get('location'));
  const answer = await fetch(`${sandbox.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...client,
      client_secret: sandbox.env.CONTACTSYNC_GOOGLE_CLIENT_SECRET,
      grant_type: 'authorization_code',
      code: searchParams.get('code'),
    }),
  });
  return (await answer.json()).access_token;
}

await obey(HANDS, {
  env: sandbox.env,
  url: sandbox.url,
  organizations: new Set(contacts.flatMap(({ contact }) => contact.organization ?? [])).size,
});
await sandbox.close();
