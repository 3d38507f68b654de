import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createApiTokenCredentials } from '../../src/auth/credentials.ts';
import { createPipedriveSide } from '../../src/crm/pipedrive/index.ts';
import { readUser } from '../../src/crm/pipedrive/set-up.ts';
import { createHttp, type Http } from '../../src/http/client.ts';
import { createGoogleSide } from '../../src/providers/google/index.ts';
import { googleLimits } from '../../src/providers/google/limits.ts';
import { createMicrosoftSide } from '../../src/providers/microsoft/index.ts';
import { microsoftLimits } from '../../src/providers/microsoft/limits.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ContactSide } from '../../src/sync/ports.ts';
import { aContact } from '../support/contacts.ts';
import { signInToGoogle, signInToMicrosoft } from '../support/sandbox.ts';
import { createWorld, type World } from '../support/world.ts';

/*
 * A contact with everything in it goes round and round between the real adapters at the sandbox,
 * while somebody edits it on both sides: nothing may wear away.
 */

const ROUNDS = 10;
const { signal } = new AbortController();

const EVERYTHING = aContact({
  name: { prefix: 'Dr.', given: 'Ada', middle: 'Maria', family: 'Lovelace', suffix: 'PhD' },
  emails: ['work', 'home', 'Ferienhaus', 'other', 'work'].map((label, at) => ({
    value: `ada${at}@example.com`,
    label,
  })),
  phones: ['work', 'home', 'mobile', 'Ferienhaus', 'work', 'work'].map((label, at) => ({
    value: `+49 30 555010${at}`,
    label,
  })),
  ims: [{ value: 'ada.lovelace', label: 'skype' }],
  addresses: ['home', 'work', 'other'].map((label, at) => ({
    label,
    street: `${at + 1} Main St`,
    city: 'Springfield',
    postalCode: '12345',
    country: 'USA',
  })),
  organization: 'Analytical Engines',
  jobTitle: 'Head',
  notes: 'Two lines,\nnot one.',
  birthday: { year: 1815, month: 12, day: 10 },
});

let sandbox: Sandbox;
let http: Http;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional', contacts: [], autoConsent: true });
  for (const { id } of sandbox.microsoft.people()) sandbox.microsoft.remove(id ?? '');
  http = createHttp({ userAgent: 'contactsync-test', paced: false });
});
afterEach(async () => {
  http.close();
  await sandbox.close();
});

async function pipedrive(): Promise<ContactSide> {
  const credentials = createApiTokenCredentials(() => sandbox.pipedrive.token);
  const limits = { concurrency: 8, budgets: [] };
  const api = http.api({ name: 'pipedrive', base: sandbox.url, credentials, limits });
  const side = createPipedriveSide({ api, user: await readUser(api, signal) });
  for (const { field } of await side.customFields.survey(signal)) {
    side.customFields.use(field, await side.customFields.make(field, signal));
  }
  return side;
}

/** An address book at the sandbox, and what a person sees and does there. */
interface Book {
  readonly side: ContactSide;
  add(): string;
  retitle(id: string, jobTitle: string): void;
  /** Everything that the vendor keeps of it, without what moves with every write. */
  seen(id: string): Record<string, unknown>;
}

async function google(): Promise<Book> {
  const { google: hands } = sandbox;
  const credentials = await signInToGoogle(sandbox, http);
  const api = http.api({ name: 'google', base: sandbox.url, credentials, limits: googleLimits() });
  return {
    side: createGoogleSide({ api }),
    add: () => {
      const id = hands.create({ contact: EVERYTHING, groups: ['Family'] });
      hands.addEntry(id, 'relations', { person: 'Annabella', type: 'daughter' });
      hands.addEntry(id, 'userDefined', { key: 'Shoe size', value: '38' });
      hands.addEntry(id, 'nicknames', { value: 'Countess' });
      return id;
    },
    retitle: (id, jobTitle) => hands.update(id, { jobTitle }),
    seen: (id) => plain(hands.people().find(({ resourceName }) => resourceName === id)),
  };
}

async function outlook(): Promise<Book> {
  const { microsoft: hands } = sandbox;
  const credentials = await signInToMicrosoft(sandbox, http);
  const limits = microsoftLimits();
  const api = http.api({ name: 'microsoft', base: sandbox.url, credentials, limits });
  return {
    side: createMicrosoftSide({ api }),
    add: () => {
      const id = hands.create({ contact: EVERYTHING, groups: ['Family'] });
      hands.edit(id, { nickName: 'Countess', spouseName: 'William', personalNotes: 'only there' });
      return id;
    },
    retitle: (id, jobTitle) => hands.update(id, { jobTitle }),
    seen: (id) => plain(hands.people().find((one) => one.id === id)),
  };
}

const MOVES = ['etag', 'metadata', 'canonicalForm', '@odata.etag', 'changeKey'];
const MOVING = new Set([...MOVES, 'lastModifiedDateTime', 'update_time']);

/** What moves with every write left out, and what is empty in one of a vendor's many ways. */
function plain(record: object | undefined): Record<string, unknown> {
  const text = JSON.stringify(record, (key, value: unknown) =>
    MOVING.has(key) || value === '' || value === null ? undefined : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

function person(): Record<string, unknown> {
  const [one, ...more] = sandbox.pipedrive
    .persons()
    .filter(({ is_deleted: gone, owner_id: owner }) => !gone && owner === 1001);
  expect(more).toEqual([]);
  return plain(one);
}

async function start(book: Book): Promise<World> {
  const crm = await pipedrive();
  return createWorld({
    rules: { direction: 'two-way' },
    wrapSide: ({ side }) => (side === 'crm' ? crm : book.side),
  });
}

/** Both sides edit another field in each round, and the CRM a phone, too. */
async function goRound(book: Book, world: World): Promise<void> {
  const id = book.add();
  await world.sync();
  const [there, here] = [book.seen(id), person()];
  const title = sandbox.pipedrive.fields().find(({ field_name: name }) => name === 'Job title');
  const code = title?.field_code ?? '';
  const crmId = Number(here['id']);
  for (let round = 1; round <= ROUNDS; round += 1) {
    sandbox.advance(60_000);
    if (round % 2 === 0) book.retitle(id, `Head ${round}`);
    else sandbox.pipedrive.updatePerson(crmId, { custom_fields: { [code]: `Head ${round}` } });
    const before = `+49 30 555010${round === 1 ? 0 : `0${round - 1}`}`;
    const after = `+49 30 5550100${round}`;
    sandbox.pipedrive.changeEntry(crmId, 'phones', before, { value: after });
    await world.sync();
    await world.sync();
  }
  const brought = (seen: Record<string, unknown>): unknown =>
    JSON.parse(
      JSON.stringify(seen)
        .replaceAll(`Head ${ROUNDS}`, 'Head')
        .replaceAll(`+49 30 5550100${ROUNDS}`, '+49 30 5550100'),
    );
  expect(brought(book.seen(id))).toEqual(there);
  expect(brought(person())).toEqual(here);
  sandbox.clearRequests();
  await world.sync();
  expect(sandbox.requests().filter(({ write }) => write)).toEqual([]);
}

describe(`a contact with everything in it, after ${ROUNDS} rounds with edits on both sides`, () => {
  it('is as it was, but for the edits, at Google and in Pipedrive', async () => {
    const book = await google();
    await goRound(book, await start(book));
  });

  it('is as it was, but for the edits, in Outlook and in Pipedrive', async () => {
    const book = await outlook();
    await goRound(book, await start(book));
  });
});
