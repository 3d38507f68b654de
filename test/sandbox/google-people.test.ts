import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { people_v1 } from 'googleapis/build/src/apis/people/index.js';
import { ALL_FIELDS, named, refusal, seedOf, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

type Person = people_v1.Schema$Person;

const STALE = {
  status: 400,
  error: { status: 'FAILED_PRECONDITION', errors: [{ reason: 'failedPrecondition' }] },
};
const PNG = Buffer.from('89504e470d0a1a0a0001', 'hex');

let signed: Signed;

beforeEach(async () => {
  signed = await signedIn({ contacts: [named('Ana', 'Diaz')] });
});

afterEach(() => signed.sandbox.close());

async function get(resourceName: string, personFields = ALL_FIELDS): Promise<Person> {
  return (await signed.api.people.get({ resourceName, personFields })).data;
}

async function ana(): Promise<Person> {
  return get(signed.sandbox.google.people()[0]?.resourceName ?? '');
}

async function create(requestBody: Person): Promise<Person> {
  return (await signed.api.people.createContact({ requestBody, personFields: ALL_FIELDS })).data;
}

async function update(person: Person, updatePersonFields: string): Promise<Person> {
  const call = { resourceName: person.resourceName ?? '', updatePersonFields };
  const parameters = { ...call, requestBody: person, personFields: ALL_FIELDS };
  return (await signed.api.people.updateContact(parameters)).data;
}

/** What a client may send back of what it has read. */
function bare(person: Person): Person {
  const { resourceName, metadata } = person;
  return { ...(resourceName ? { resourceName } : {}), ...(metadata ? { metadata } : {}) };
}

describe('reading people', () => {
  it('shows a contact as Google does, with what Google adds', async () => {
    const id = signed.sandbox.google.create(
      seedOf({
        name: { given: 'Ana', family: 'Diaz', middle: 'M', prefix: 'Dr', suffix: 'Jr' },
        emails: [{ value: 'b@x.test' }, { value: 'a@x.test', label: 'work', primary: true }],
        phones: [{ value: '+49 30 123 456-7', label: 'home' }, { value: 'ask Bo' }],
        ims: [{ value: 'ana', label: 'skype' }],
        addresses: [{ label: 'home', street: 'Road 1', city: 'Berlin', postalCode: '10115' }],
        organization: 'X GmbH',
        jobTitle: 'CEO',
        notes: 'a\nb',
        birthday: { month: 2, day: 29 },
      }),
    );
    const person = await get(id);
    expect(person.metadata?.sources).toMatchObject([
      { type: 'CONTACT', etag: expect.stringMatching(/^#/u) },
    ]);
    expect(BigInt(`0x${person.metadata?.sources?.[0]?.id}`).toString()).toBe(id.slice(8));
    expect(person.names).toMatchObject([
      {
        displayName: 'Dr Ana M Diaz, Jr',
        displayNameLastFirst: 'Diaz, Ana M',
        givenName: 'Ana',
        metadata: { primary: true, source: { type: 'CONTACT' } },
      },
    ]);
    expect(person.emailAddresses).toMatchObject([
      { value: 'a@x.test', type: 'work', formattedType: 'Work', metadata: { primary: true } },
      { value: 'b@x.test' },
    ]);
    expect(person.phoneNumbers).toMatchObject([{ canonicalForm: '+49301234567' }, {}]);
    expect(person.phoneNumbers?.[1]).not.toHaveProperty('canonicalForm');
    expect(person.imClients).toMatchObject([{ username: 'ana', protocol: 'skype' }]);
    expect(person.addresses).toMatchObject([{ formattedValue: 'Road 1\n10115 Berlin' }]);
    expect(person.organizations).toMatchObject([{ name: 'X GmbH', title: 'CEO', current: true }]);
    expect(person.biographies).toMatchObject([{ value: 'a\nb', contentType: 'TEXT_PLAIN' }]);
    expect(person.birthdays).toMatchObject([{ date: { month: 2, day: 29 } }]);
    expect(person.memberships).toMatchObject([
      { contactGroupMembership: { contactGroupResourceName: 'contactGroups/myContacts' } },
    ]);
    expect(person.photos).toMatchObject([{ default: true }]);
  });

  it('has a person etag that depends on the mask, and a source etag that does not', async () => {
    const { resourceName } = await ana();
    const one = await get(resourceName ?? '', 'metadata,names');
    const other = await get(resourceName ?? '', 'metadata,emailAddresses');
    expect(one.etag).not.toBe(other.etag);
    expect(one.metadata?.sources).toEqual(other.metadata?.sources);
  });

  it('adds a profile’s name, photo and domain membership unless only contacts are asked for', async () => {
    const { resourceName = '' } = await ana();
    signed.sandbox.google.linkProfile(resourceName ?? '', 'anadz', true);
    const merged = await get(resourceName ?? '');
    expect(merged.names).toHaveLength(2);
    expect(merged.photos).toHaveLength(2);
    expect(merged.memberships).toHaveLength(2);
    expect(merged.metadata?.sources).toHaveLength(2);
    const { data } = await signed.api.people.get({
      resourceName: resourceName ?? '',
      personFields: ALL_FIELDS,
      sources: ['READ_SOURCE_TYPE_CONTACT'],
    });
    expect(data.names).toHaveLength(1);
    expect(data.photos).toHaveLength(1);
  });

  it('finds many at once, and says which are missing', async () => {
    const { resourceName } = await ana();
    const resourceNames = [resourceName ?? '', 'people/c1'];
    const { data } = await signed.api.people.getBatchGet({ resourceNames, personFields: 'names' });
    expect(data.responses).toMatchObject([
      { requestedResourceName: resourceName, httpStatusCode: 200, person: { resourceName } },
      { requestedResourceName: 'people/c1', httpStatusCode: 404, status: { code: 5 } },
    ]);
    const tooMany = Array.from({ length: 201 }, (_, index) => `people/c${index}`);
    const call = signed.api.people.getBatchGet({ resourceNames: tooMany, personFields: 'names' });
    expect((await refusal(call)).status).toBe(400);
  });

  it('can lag behind a write', async () => {
    const { resourceName } = await ana();
    signed.sandbox.google.update(resourceName ?? '', { notes: 'new' });
    signed.sandbox.google.staleReads(1);
    expect((await ana()).biographies).toBeUndefined();
    expect((await ana()).biographies).toHaveLength(1);
  });

  it('wants a sign-in with the right scope', async () => {
    const call = async (authorization: string) =>
      fetch(`${signed.sandbox.url}/v1/people:createContact`, {
        method: 'POST',
        headers: { authorization },
        body: '{}',
      });
    const none = await call('Bearer nonsense');
    expect(none.status).toBe(401);
    expect(await none.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } });
    signed.sandbox.google.expireAccessTokens();
    expect((await refusal(ana())).status).toBe(401);
  });
});

describe('creating', () => {
  it('keeps what was sent, and puts the contact into My Contacts', async () => {
    const person = await create({
      names: [{ givenName: 'Bo' }],
      clientData: [{ key: 'contactsync', value: 'op-1' }],
    });
    expect(await get(person.resourceName ?? '')).toEqual(person);
    expect(person.clientData).toMatchObject([{ key: 'contactsync', value: 'op-1' }]);
    expect(person.memberships).toHaveLength(1);
  });

  it('takes a name in one piece apart', async () => {
    const person = await create({ names: [{ unstructuredName: 'Ana María Diaz' }] });
    expect(person.names).toMatchObject([{ givenName: 'Ana María', familyName: 'Diaz' }]);
  });

  it.each<[string, unknown]>([
    ['two names', { names: [{ givenName: 'A' }, { givenName: 'B' }] }],
    ['a field that is no list', { names: { givenName: 'A' } }],
    ['an unknown field', { nmaes: [] }],
    ['an unknown key', { names: [{ given: 'A' }] }],
    ['a display name alone', { names: [{ displayName: 'A' }] }],
    ['30 February', { birthdays: [{ date: { month: 2, day: 30 } }] }],
    ['a number as a value', { phoneNumbers: [{ value: 1 }] }],
    ['an endless value', { nicknames: [{ value: 'x'.repeat(1025) }] }],
    [
      'an unknown group',
      {
        memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/x' } }],
      },
    ],
  ])('refuses %s with 400', async (_, body) => {
    expect((await refusal(create(body as Person))).status).toBe(400);
    expect(signed.sandbox.google.people()).toHaveLength(1);
  });

  it('makes up to 200 at once, and gives nothing back without a mask', async () => {
    const contacts = Array.from({ length: 200 }, (_, index) => ({
      contactPerson: { names: [{ givenName: `P${index}` }] },
    }));
    const { data } = await signed.api.people.batchCreateContacts({
      requestBody: { contacts, readMask: 'names' },
    });
    const names = data.createdPeople?.map(({ person }) => person?.names?.[0]?.givenName) ?? [];
    // In no order that one could build on.
    expect(names[0]).not.toBe('P0');
    expect(new Set(names).size).toBe(200);
    const silent = await signed.api.people.batchCreateContacts({
      requestBody: { contacts: contacts.slice(0, 1), readMask: '' },
    });
    expect(silent.data.createdPeople?.[0]?.person).toBeUndefined();
    const more = { requestBody: { contacts: [...contacts, ...contacts], readMask: 'names' } };
    expect((await refusal(signed.api.people.batchCreateContacts(more))).status).toBe(400);
  });

  it('makes none of a batch when one is bad, and says which', async () => {
    const contacts = [
      { contactPerson: { names: [{ givenName: 'Good' }] } },
      { contactPerson: { names: [{ givenName: 'A' }, { givenName: 'B' }] } },
    ];
    const call = signed.api.people.batchCreateContacts({
      requestBody: { contacts, readMask: 'names' },
    });
    expect((await refusal(call)).error.details).toEqual([
      {
        '@type': 'type.googleapis.com/google.people.v1.BatchCreateContactsErrorDetails',
        contactErrors: { 1: { code: 3, message: expect.stringContaining('person.names') } },
      },
    ]);
    expect(signed.sandbox.google.people()).toHaveLength(1);
  });

  it('refuses what is too much for an address book', async () => {
    await signed.sandbox.close();
    signed = await signedIn({ contacts: [named('Ana')], maxContacts: 1 });
    const refused = await refusal(create({ names: [{ givenName: 'Bo' }] }));
    expect(refused.error.message).toContain('MY_CONTACTS_OVERFLOW_COUNT');
  });
});

describe('updating', () => {
  it('replaces the fields of the mask whole, and leaves the others alone', async () => {
    const person = await create({
      names: [{ givenName: 'Bo', middleName: 'M' }],
      emailAddresses: [{ value: 'bo@x.test' }],
      phoneNumbers: [{ value: '1' }],
    });
    const updated = await update(
      { ...bare(person), names: [{ givenName: 'Bob' }], phoneNumbers: [{ value: '2' }] },
      'names,emailAddresses',
    );
    expect(updated.names?.[0]).not.toHaveProperty('middleName');
    expect(updated.names).toMatchObject([{ givenName: 'Bob' }]);
    expect(updated.emailAddresses).toBeUndefined();
    expect(updated.phoneNumbers).toMatchObject([{ value: '1' }]);
  });

  it('refuses a stale source etag and a stale person etag, and goes on from an answer’s', async () => {
    const person = await ana();
    const first = await update({ ...bare(person), nicknames: [{ value: 'a' }] }, 'nicknames');
    expect(await refusal(update(bare(person), 'nicknames'))).toMatchObject(STALE);
    const { etag, resourceName } = person;
    expect(
      await refusal(update({ etag: etag ?? '', resourceName: resourceName ?? '' }, 'nicknames')),
    ).toMatchObject(STALE);
    await update(bare(first), 'nicknames');
  });

  it('takes a fresh person etag alone, whatever its mask', async () => {
    const { resourceName } = await ana();
    const { etag } = await get(resourceName ?? '', 'names');
    await update({ resourceName: resourceName ?? '', etag: etag ?? '' }, 'nicknames');
  });

  it('moves the etag when the content does not', async () => {
    const person = await ana();
    signed.sandbox.google.touch(person.resourceName ?? '');
    expect(await refusal(update(bare(person), 'nicknames'))).toMatchObject(STALE);
  });

  it.each<[string, number, (person: Person) => Promise<unknown>]>([
    [
      'no etag at all',
      400,
      ({ resourceName }) => update({ resourceName: resourceName ?? '' }, 'names'),
    ],
    ['no mask', 400, (person) => update(bare(person), '')],
    ['a field that is not writable', 400, (person) => update(bare(person), 'photos')],
    ['memberships without any', 400, (person) => update(bare(person), 'memberships')],
    ['oneself', 400, (person) => update({ ...person, resourceName: 'people/me' }, 'names')],
    ['nobody', 404, (person) => update({ ...bare(person), resourceName: 'people/c1' }, 'names')],
  ])('refuses %s with %d', async (_, status, call) => {
    expect((await refusal(call(await ana()))).status).toBe(status);
  });

  it('updates none of a batch when one is stale, and says which', async () => {
    const [one, two] = [await create({}), await create({})];
    const [nameOne, nameTwo] = [one.resourceName ?? '', two.resourceName ?? ''];
    signed.sandbox.google.touch(nameTwo);
    const nicknames = [{ value: 'n' }];
    const batch = (contacts: Record<string, Person>) =>
      signed.api.people.batchUpdateContacts({
        requestBody: { contacts, updateMask: 'nicknames', readMask: 'nicknames' },
      });
    const contacts = {
      [nameOne]: { ...bare(one), nicknames },
      [nameTwo]: { ...bare(two), nicknames },
    };
    expect((await refusal(batch(contacts))).error.details).toMatchObject([
      { contactErrors: { [nameTwo]: { code: 9 } } },
    ]);
    expect((await get(nameOne, 'nicknames')).nicknames).toBeUndefined();
    const { data } = await batch({ [nameOne]: { ...bare(one), nicknames } });
    expect(data.updateResult).toMatchObject({
      [nameOne]: { requestedResourceName: nameOne, person: { nicknames: [{ value: 'n' }] } },
    });
  });
});

describe('deleting', () => {
  it('works once', async () => {
    const resourceName = (await ana()).resourceName ?? '';
    expect((await signed.api.people.deleteContact({ resourceName })).data).toEqual({});
    expect((await refusal(signed.api.people.deleteContact({ resourceName }))).status).toBe(404);
    expect((await refusal(get(resourceName))).error.message).toBe(
      'Requested entity was not found.',
    );
  });

  it('deletes all of a batch or none, up to 500', async () => {
    const resourceName = (await ana()).resourceName ?? '';
    const batch = (resourceNames: string[]) =>
      signed.api.people.batchDeleteContacts({ requestBody: { resourceNames } });
    expect((await refusal(batch([resourceName, 'people/c1']))).status).toBe(404);
    const many = Array.from({ length: 501 }, (_, index) => `people/c${index}`);
    expect((await refusal(batch(many))).status).toBe(400);
    await batch([resourceName]);
    expect(signed.sandbox.google.people()).toEqual([]);
  });
});

describe('pictures', () => {
  async function photoOf(resourceName: string) {
    const [photo] = (await get(resourceName, 'photos')).photos ?? [];
    const answer = await fetch(photo?.url ?? '');
    return { photo, type: answer.headers.get('content-type'), bytes: await answer.arrayBuffer() };
  }

  it('are a default monogram until one is set, and again after it is deleted', async () => {
    const resourceName = (await ana()).resourceName ?? '';
    expect(await photoOf(resourceName)).toMatchObject({
      photo: { default: true },
      type: 'image/png',
    });
    await signed.api.people.updateContactPhoto({
      resourceName,
      requestBody: { photoBytes: PNG.toString('base64url'), personFields: 'photos' },
    });
    const { photo, bytes } = await photoOf(resourceName);
    expect(photo).not.toHaveProperty('default');
    expect(Buffer.from(bytes)).toEqual(PNG);
    await signed.api.people.deleteContactPhoto({ resourceName });
    expect((await photoOf(resourceName)).photo).toMatchObject({ default: true });
    const again = signed.api.people.deleteContactPhoto({ resourceName });
    expect((await refusal(again)).status).toBe(404);
    expect((await fetch(photo?.url ?? '')).status).toBe(404);
  });

  it('must be JPEG or PNG', async () => {
    const resourceName = (await ana()).resourceName ?? '';
    const requestBody = { photoBytes: Buffer.from('GIF89a').toString('base64') };
    const call = signed.api.people.updateContactPhoto({ resourceName, requestBody });
    expect((await refusal(call)).status).toBe(400);
  });
});

describe('quotas', () => {
  it('answer 429 of the minute kind, and refill with the minute', async () => {
    signed.sandbox.google.setQuota({ criticalRead: 2 });
    await ana();
    await ana();
    const refused = await refusal(ana());
    expect(refused).toMatchObject({ status: 429, error: { status: 'RESOURCE_EXHAUSTED' } });
    expect(refused.error.details).toMatchObject([
      {
        reason: 'RATE_LIMIT_EXCEEDED',
        metadata: { quota_metric: 'people.googleapis.com/critical_read_requests' },
      },
    ]);
    signed.sandbox.advance(60_000);
    await ana();
  });

  it('charge a batch six units, and reads too', async () => {
    signed.sandbox.google.setQuota({ criticalRead: 11, criticalWrite: 100 });
    const call = () =>
      signed.api.people.batchCreateContacts({
        requestBody: { contacts: [{ contactPerson: {} }], readMask: '' },
      });
    await call();
    expect((await refusal(call())).status).toBe(429);
  });

  it('answer 429 of the daily kind and of the full-sync kind without that reason', async () => {
    signed.sandbox.google.setQuota({ dailyWrite: 0, fullSync: 0 });
    expect((await refusal(create({}))).error.details).toMatchObject([
      { violations: [{ description: 'FBS quota limit exceeded' }] },
    ]);
    const call = signed.api.people.connections.list({
      resourceName: 'people/me',
      personFields: 'names',
      requestSyncToken: true,
    });
    expect((await refusal(call)).error).toMatchObject({ message: 'Sync quota exceeded.' });
  });
});
