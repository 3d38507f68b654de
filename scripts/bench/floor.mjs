/**
 * The least that such a sync can do on this machine: the same requests through `node:http`, eight
 * at a time, and one SQLite file. No matching, no retries, no conflicts, no journal, no limits.
 */
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import Database from 'better-sqlite3';

const { FLOOR_URL, FLOOR_GOOGLE, FLOOR_PIPEDRIVE, FLOOR_FILE } = process.env;
const AT_ONCE = 8;
const FIELDS =
  'metadata,names,emailAddresses,phoneNumbers,imClients,addresses,organizations,biographies,birthdays,memberships,photos,clientData';
const PEOPLE = `/v1/people/me/connections?pageSize=1000&requestSyncToken=true&sources=READ_SOURCE_TYPE_CONTACT&personFields=${FIELDS}`;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

const db = new Database(FLOOR_FILE);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec(`
  CREATE TABLE IF NOT EXISTS pair (provider TEXT PRIMARY KEY, crm INTEGER UNIQUE, etag TEXT, hash TEXT, contact TEXT);
  CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT)`);
const putPair = db.prepare('INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?)');
const putMark = db.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?)');
const mark = db.prepare('SELECT value FROM mark WHERE name = ?').pluck();

const PHASES = { first, none, whole, changes };
await PHASES[process.argv[2]]();
db.close();
agent.destroy();

/** Everything read once, organizations and persons made, pairs kept. */
async function first() {
  const made = new Map();
  await pages(PEOPLE, 'pageToken', async ({ connections = [], nextSyncToken }) => {
    const contacts = connections.map((person) => ({ person, contact: contactOf(person) }));
    const names = new Set(contacts.flatMap(({ contact }) => contact.organization ?? []));
    await eachAtOnce(
      [...names].filter((name) => !made.has(name)),
      async (name) => {
        made.set(name, (await crm('POST', '/organizations', { name })).data.id);
      },
    );
    const rows = [];
    await eachAtOnce(contacts, async ({ person, contact }) => {
      const { organization, notes: _, ...body } = contact;
      const org = made.get(organization);
      const { data } = await crm('POST', '/persons', { ...body, ...(org && { org_id: org }) });
      rows.push(rowOf(person, contact, data.id));
    });
    keep(rows);
    if (nextSyncToken !== undefined) putMark.run('token', nextSyncToken);
  });
  since(Date.now());
}

/** Both change feeds, and nothing in them. */
async function none() {
  await Promise.all([googleChanges(), crmChanges()]);
}

/** The changes of one side, carried to the other. */
async function changes() {
  const [people, persons] = await Promise.all([googleChanges(), crmChanges()]);
  const byProvider = db.prepare('SELECT crm, hash FROM pair WHERE provider = ?');
  const byCrm = db.prepare('SELECT provider, etag FROM pair WHERE crm = ?');
  const rows = [];
  const renamed = {};
  await eachAtOnce(people, async (person) => {
    const contact = contactOf(person);
    const { crm: id } = byProvider.get(person.resourceName);
    await crm('PATCH', `/persons/${id}`, { name: contact.name });
    rows.push(rowOf(person, contact, id));
  });
  const renamedAs = new Map();
  for (const person of persons) {
    const known = byCrm.get(person.id);
    if (known === undefined) continue;
    const { provider: resourceName, etag } = known;
    renamedAs.set(resourceName, person);
    const metadata = { sources: [{ type: 'CONTACT', etag }] };
    renamed[resourceName] = { etag, metadata, names: [{ givenName: person.name }] };
  }
  const { updateResult } = await call('POST', '/v1/people:batchUpdateContacts', {
    contacts: renamed,
    updateMask: 'names',
    readMask: 'metadata',
  });
  for (const [resourceName, { person }] of Object.entries(updateResult)) {
    const theirs = renamedAs.get(resourceName);
    rows.push(rowOf({ ...person, resourceName }, theirs, theirs.id));
  }
  keep(rows);
}

/** Everything read again and compared; all is as it was. */
async function whole() {
  const known = new Map(db.prepare('SELECT provider, hash FROM pair').raw().iterate());
  let same = 0;
  await pages(PEOPLE, 'pageToken', ({ connections = [] }) => {
    for (const person of connections) {
      if (known.get(person.resourceName) === hashOf(JSON.stringify(contactOf(person)))) same += 1;
    }
  });
  for (const kind of ['persons', 'organizations']) {
    await pages(`/api/v2/${kind}?limit=500`, 'cursor', ({ data }) => {
      for (const record of data) hashOf(JSON.stringify(record));
    });
  }
  putMark.run('same', String(same));
}

async function googleChanges() {
  const found = [];
  await pages(`${PEOPLE}&syncToken=${String(mark.get('token'))}`, 'pageToken', (page) => {
    found.push(...(page.connections ?? []));
    if (page.nextSyncToken !== undefined) putMark.run('token', page.nextSyncToken);
  });
  return found;
}

async function crmChanges() {
  const query = `limit=500&updated_since=${String(mark.get('since'))}`;
  const found = [];
  await pages(`/api/v2/organizations?${query}`, 'cursor', () => undefined);
  await pages(`/api/v2/persons?${query}`, 'cursor', ({ data }) => {
    found.push(...data);
  });
  const times = found.map(({ update_time: time }) => Date.parse(time));
  if (times.length > 0) since(Math.max(...times) + 1000);
  return found;
}

/** Whole seconds, as Pipedrive wants them. */
function since(time) {
  putMark.run('since', new Date(time).toISOString().replace(/\.\d+Z$/u, 'Z'));
}

async function pages(path, parameter, take) {
  let next;
  do {
    const more = next === undefined ? '' : `&${parameter}=${encodeURIComponent(next)}`;
    const page = await call('GET', `${path}${more}`);
    await take(page);
    next = page.nextPageToken ?? page.additional_data?.next_cursor ?? undefined;
  } while (next !== undefined);
}

function crm(method, path, body) {
  return call(method, `/api/v2${path}`, body);
}

function call(method, path, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const google = path.startsWith('/v1/people');
  const headers = {
    ...(google ? { authorization: `Bearer ${FLOOR_GOOGLE}` } : { 'x-api-token': FLOOR_PIPEDRIVE }),
    ...(text !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${FLOOR_URL}${path}`, { method, agent, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const told = Buffer.concat(chunks).toString();
        if (answer.statusCode < 300) resolve(JSON.parse(told));
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${told}`));
      });
    });
    outgoing.on('error', reject).end(text);
  });
}

function contactOf(person) {
  const { names, emailAddresses = [], phoneNumbers = [], organizations, biographies } = person;
  return {
    name: names?.[0]?.displayName ?? emailAddresses[0]?.value ?? 'Nobody',
    emails: emailAddresses.map(entryOf),
    phones: phoneNumbers.map(entryOf),
    ...(organizations?.[0]?.name && { organization: organizations[0].name }),
    ...(biographies?.[0]?.value && { notes: biographies[0].value }),
  };
}

function entryOf({ value, type }, index) {
  return { value, label: type ?? 'other', primary: index === 0 };
}

function rowOf({ resourceName, etag, metadata }, contact, id) {
  const text = JSON.stringify(contact);
  const source = metadata?.sources?.find(({ type }) => type === 'CONTACT');
  return [resourceName, id, source?.etag ?? etag, hashOf(text), text];
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('base64');
}

function keep(rows) {
  db.transaction(() => {
    for (const row of rows) putPair.run(...row);
  })();
}

async function eachAtOnce(items, work) {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
