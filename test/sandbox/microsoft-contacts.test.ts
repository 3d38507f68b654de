import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Contact } from '../../src/contact/contact.ts';
import type { MicrosoftSandbox } from '../../src/sandbox/microsoft/index.ts';
import { named, seedOf } from './google-client.ts';
import { IMMUTABLE, errorCode, rows, signedIn } from './microsoft-client.ts';
import type { Answer, More, Signed } from './microsoft-client.ts';

const MARK = 'String {11111111-2222-4333-8444-555555555555} Name contactsync';
const EXPAND = `$expand=singleValueExtendedProperties($filter=id eq '${MARK}')`;

let signed: Signed;
let outlook: MicrosoftSandbox;

beforeEach(async () => {
  signed = await signedIn();
  outlook = signed.sandbox.microsoft;
});

afterEach(() => signed.sandbox.close());

const create = (body: object, more: More = {}) =>
  signed.graph('POST', '/me/contacts', { headers: IMMUTABLE, body, ...more });
const read = (id: unknown, query = '') =>
  signed.graph('GET', `/me/contacts/${String(id)}${query}`, { headers: IMMUTABLE });
const patch = (id: unknown, body: object, headers: Record<string, string> = {}) =>
  signed.graph('PATCH', `/me/contacts/${String(id)}`, {
    headers: { ...IMMUTABLE, ...headers },
    body,
  });
const list = (query = '', folder = '') =>
  signed.graph('GET', `/me${folder}/contacts${query}`, { headers: IMMUTABLE });
const held = (id: unknown) => outlook.people().find((person) => person.id === id);

async function created(body: object): Promise<string> {
  const answer = await create(body);
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

describe('a contact in Graph', () => {
  it('is created, read, changed and deleted', async () => {
    const answer = await create({
      givenName: 'Jane',
      surname: 'Doe',
      businessPhones: ['+3726000001'],
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        '@odata.etag': `W/"${String(answer.body['changeKey'])}"`,
        displayName: 'Jane Doe',
        fileAs: 'Doe, Jane',
        businessPhones: ['+3726000001'],
      },
    });
    const { id, changeKey } = answer.body;
    expect((await read(id)).body['changeKey']).toBe(changeKey);

    const changed = await patch(id, { jobTitle: 'CFO', displayName: 'Jane Doe' });
    expect(changed.body).toMatchObject({ id, givenName: 'Jane', jobTitle: 'CFO' });
    expect(changed.body['changeKey']).not.toBe(changeKey);

    expect((await signed.graph('DELETE', `/me/contacts/${String(id)}`)).status).toBe(204);
    expect(errorCode(await read(id))).toBe('ErrorItemNotFound');
    expect((await signed.graph('DELETE', `/me/contacts/${String(id)}`)).status).toBe(404);
  });

  it('may be created twice: nobody looks for a double', async () => {
    await created({ givenName: 'Jane' });
    await created({ givenName: 'Jane' });
    expect(outlook.people('contacts')).toHaveLength(2);
  });

  it.each([
    [
      'emailAddresses',
      [1, 2, 3, 4].map((at) => ({ address: `${at}@x.test` })),
      'EmailAddresses has 4 entries',
      3,
    ],
    ['businessPhones', ['1', '2', '3'], 'BusinessPhones has 3 entries', 2],
    ['homePhones', ['1', '2', '3'], 'HomePhones has 3 entries', 2],
    ['imAddresses', ['1', '2', '3', '4'], 'ImAddresses has 4 entries', 3],
  ])('has few slots: %s', async (property, values, message, most) => {
    const answer = await create({ givenName: 'Jane', [property]: values });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(
      `The multi value property ${message}, that exceeds the max allowed value of ${most}`,
    );
    expect(outlook.people('contacts')).toEqual([]);
    await created({ [property]: values.slice(0, most) });
  });

  it('has its e-mails named, and malformed ones dropped without a word', async () => {
    const id = await created({
      emailAddresses: [
        { address: 'a@x.test,' },
        { address: 'b@x.test' },
        { address: 'c@x.test', name: 'C' },
      ],
    });
    expect(held(id)).toMatchObject({
      emailAddresses: [
        { address: 'b@x.test', name: 'b@x.test' },
        { address: 'c@x.test', name: 'C' },
      ],
      primaryEmailAddress: { address: 'b@x.test' },
      tertiaryEmailAddress: null,
    });
  });

  it('has lists and addresses replaced as wholes, and everything else left', async () => {
    const id = await created({
      emailAddresses: [{ address: 'a@x.test' }, { address: 'b@x.test' }],
      homeAddress: { street: 'Road 1', city: 'Tallinn' },
      nickName: 'J',
    });
    await patch(id, {
      emailAddresses: [{ address: 'b@x.test' }],
      homeAddress: { city: 'Tartu' },
      displayName: 'J',
    });
    const { emailAddresses, homeAddress, nickName } = held(id) ?? {};
    expect([emailAddresses, homeAddress, nickName]).toEqual([
      [{ address: 'b@x.test', name: 'b@x.test' }],
      { city: 'Tartu' },
      'J',
    ]);
  });

  it('has its display name rewritten by a change that does not send it', async () => {
    const id = await created({ displayName: 'The Boss', givenName: 'Jane', surname: 'Doe' });
    await patch(id, { jobTitle: 'CFO', displayName: 'The Boss' });
    expect(held(id)?.displayName).toBe('The Boss');
    outlook.setOption('displayName', 'kept');
    await patch(id, { jobTitle: 'CEO' });
    expect(held(id)?.displayName).toBe('The Boss');
    outlook.setOption('displayName', 'rewritten');
    await patch(id, { jobTitle: 'CTO' });
    expect(held(id)?.displayName).toBe('Jane Doe');
  });

  it('is cleared by empty values', async () => {
    const id = await created({
      jobTitle: 'CFO',
      department: 'X',
      businessPhones: ['1'],
      birthday: '1974-07-22T11:59:00Z',
    });
    const answer = await patch(id, {
      jobTitle: null,
      department: '',
      businessPhones: [],
      birthday: null,
    });
    expect(answer.status).toBe(200);
    outlook.setOption('empties', 'documented');
    expect(held(id)).toMatchObject({
      jobTitle: '',
      department: '',
      businessPhones: [],
      birthday: null,
    });
  });

  it('answers 500 to a null for what is empty already, unless told otherwise', async () => {
    const id = await created({ jobTitle: 'CFO' });
    expect((await patch(id, { jobTitle: null, manager: null })).status).toBe(500);
    expect((await create({ givenName: 'A', manager: null })).status).toBe(500);
    expect(held(id)?.jobTitle).toBe('CFO');
    outlook.setOption('nullForEmpty', 'taken');
    expect((await patch(id, { jobTitle: null, manager: null })).status).toBe(200);
  });

  it.each([
    ['1974-07-22T11:59:00Z', '1974-07-22T11:59:00Z'],
    ['1974-07-22', '1974-07-22T00:00:00Z'],
    ['1974-07-22T00:00:00+02:00', '1974-07-21T22:00:00Z'],
    ['1604-02-29T11:59:00Z', '1604-02-29T11:59:00Z'],
  ])('keeps the birthday %s as the instant %s', async (sent, kept) => {
    expect(held(await created({ birthday: sent }))?.birthday).toBe(kept);
  });

  it('has notes with CRLF', async () => {
    expect(held(await created({ personalNotes: 'one\ntwo\r\nthree' }))?.personalNotes).toBe(
      'one\r\ntwo\r\nthree',
    );
  });

  it('carries names of categories that the master list need not have', async () => {
    const id = await created({ categories: ['Nowhere listed'] });
    expect(held(id)?.categories).toEqual(['Nowhere listed']);
  });

  it.each([
    ['a property of beta', { phones: [] }],
    ['a property of nobody', { shoeSize: 43 }],
    ['a list that is none', { businessPhones: '1' }],
    ['an e-mail that is no object', { emailAddresses: ['a@x.test'] }],
    ['an unknown part of an address', { homeAddress: { zip: '1' } }],
    ['a date that is none', { birthday: 'in spring' }],
    ['the new e-mail slots', { primaryEmailAddress: { address: 'a@x.test' } }],
    [
      'an extended property without a GUID',
      { singleValueExtendedProperties: [{ id: 'x', value: 'y' }] },
    ],
    ['no object', []],
  ])('is refused with %s', async (_, body) => {
    const answer = await create(body);
    expect([answer.status, errorCode(answer)]).toEqual([400, expect.any(String)]);
    expect(outlook.people('contacts')).toEqual([]);
  });

  it('is refused as half a JSON', async () => {
    const answer = await create({}, { body: Buffer.from('{half') });
    expect(answer.status).toBe(400);
  });
});

describe('empty values', () => {
  it('come mixed, but the same for the same version', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => created({ givenName: 'A' })));
    const seen = async (property: string) =>
      new Set(
        (await Promise.all(ids.map((id) => read(id)))).map(({ body }) =>
          JSON.stringify(body[property]),
        ),
      );
    expect((await seen('jobTitle')).size).toBe(3);
    expect([...(await seen('imAddresses'))].toSorted()).toEqual(['[""]', '[]']);
    expect([...(await seen('homeAddress'))].toSorted()).toEqual(['null', '{}']);
    expect(await seen('birthday')).toContain('"0001-01-01T08:00:00Z"');
    expect((await read(ids[0])).body).toEqual((await read(ids[0])).body);
  });
});

describe('If-Match', () => {
  const STALE = { 'if-match': 'W/"old"' };

  it.each([
    ['patch-only', 412, 204],
    ['honoured', 412, 412],
    ['ignored', 200, 204],
  ] as const)('%s: %s on PATCH, %s on DELETE', async (ifMatch, onPatch, onDelete) => {
    outlook.setOption('ifMatch', ifMatch);
    const id = await created({ givenName: 'A' });
    const changed = await patch(id, { jobTitle: 'B' }, STALE);
    expect(changed.status).toBe(onPatch);
    if (onPatch === 412) expect(errorCode(changed)).toBe('ErrorIrresolvableConflict');
    const path = `/me/contacts/${id}`;
    const fresh = { 'if-match': String((await read(id)).body['@odata.etag']) };
    expect((await patch(id, { jobTitle: 'C' }, fresh)).status).toBe(200);
    expect((await signed.graph('DELETE', path, { headers: STALE })).status).toBe(onDelete);
  });

  it('may answer 409', async () => {
    outlook.setOption('conflictStatus', 409);
    const id = await created({ givenName: 'A' });
    expect((await patch(id, { jobTitle: 'B' }, STALE)).status).toBe(409);
  });
});

describe('a private mark', () => {
  const marked = (value: string) => ({
    givenName: 'A',
    singleValueExtendedProperties: [{ id: MARK, value }],
  });
  const find = (value: string) =>
    list(
      `?$filter=${encodeURIComponent(`singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}' and ep/value eq '${value}')`)}`,
    );

  it('is kept, shown only when asked for, found by its value, and copied with the contact', async () => {
    const id = await created(marked('Intent-1'));
    await created({ givenName: 'B' });
    expect((await read(id)).body['singleValueExtendedProperties']).toBeUndefined();
    expect((await read(id, `?${EXPAND}`)).body['singleValueExtendedProperties']).toEqual([
      { id: MARK, value: 'Intent-1' },
    ]);
    expect(
      rows(await list(`?${EXPAND}`)).filter((row) => 'singleValueExtendedProperties' in row),
    ).toHaveLength(1);
    expect(rows(await find('intent-1')).map((row) => row['id'])).toEqual([id]);
    const copy = outlook.copy(id);
    expect(rows(await find('Intent-1')).map((row) => row['id'])).toEqual([id, copy]);
    expect(outlook.marks(copy)).toEqual({ [MARK]: 'Intent-1' });
    expect(rows(await find('other'))).toEqual([]);
  });

  it('can be added by a change, which leaves the rest', async () => {
    const id = await created({ givenName: 'A', displayName: 'A' });
    const { givenName: _, ...mark } = marked('later');
    await patch(id, { ...mark, displayName: 'A' });
    expect(outlook.marks(id)).toEqual({ [MARK]: 'later' });
    expect(held(id)?.givenName).toBe('A');
  });

  it('is found as late as lists lag behind', async () => {
    outlook.hide(60_000);
    await created(marked('slow'));
    expect(rows(await find('slow'))).toEqual([]);
    signed.sandbox.advance(60_001);
    expect(rows(await find('slow'))).toHaveLength(1);
  });

  it('may be stripped at creation', async () => {
    outlook.setOption('extendedProperties', 'stripped');
    expect(outlook.marks(await created(marked('gone')))).toEqual({});
  });
});

describe('a list of contacts', () => {
  beforeEach(() => {
    for (const given of ['Cleo', 'Ana', 'Bo']) {
      outlook.create(
        seedOf({ name: { given }, emails: [{ value: `${given}@x.test`.toLowerCase() }] }),
      );
    }
  });
  const names = (answer: Answer) => rows(answer).map((row) => row['givenName']);

  it('comes in pages by offset', async () => {
    const first = await list('?$top=2');
    expect(names(first)).toEqual(['Cleo', 'Ana']);
    const second = await signed.graph('GET', String(first.body['@odata.nextLink']));
    expect(names(second)).toEqual(['Bo']);
    expect(second.body['@odata.nextLink']).toBeUndefined();
    const preferred = await signed.graph('GET', '/me/contacts', {
      headers: { prefer: 'IdType="ImmutableId", odata.maxpagesize=1' },
    });
    expect(names(preferred)).toEqual(['Cleo']);
    expect(preferred.headers.get('preference-applied')).toBe(
      'IdType="ImmutableId", odata.maxpagesize=1',
    );
  });

  it('has ten on a page by default', async () => {
    for (const _ of Array(9).keys()) outlook.create(named('Dan'));
    expect(rows(await list())).toHaveLength(10);
  });

  it('has the properties that are selected, the id and the etag', async () => {
    const [row] = rows(await list('?$select=givenName,changeKey'));
    expect(Object.keys(row ?? {}).toSorted()).toEqual([
      '@odata.etag',
      'changeKey',
      'givenName',
      'id',
    ]);
  });

  it('can be sorted and counted', async () => {
    expect(names(await list('?$orderby=givenName'))).toEqual(['Ana', 'Bo', 'Cleo']);
    expect(names(await list('?$orderby=givenName%20desc'))).toEqual(['Cleo', 'Bo', 'Ana']);
    outlook.setOption('contactLists', 2);
    const counted = await list('?$count=true');
    expect([counted.body['@odata.count'], rows(counted).length]).toEqual([5, 3]);
    expect((await signed.graph('GET', '/me/contacts/$count')).body).toEqual({ text: '5' });
  });

  it.each([
    ["emailAddresses/any(a:a/address eq 'ANA@x.test')", ['Ana']],
    ["categories/any(c:c eq 'Friends')", ['Bo']],
    ["categories/any(c:c eq 'friends')", []],
  ])('can be filtered by %s', async (filter, expected) => {
    const bo = outlook.people('contacts').find(({ givenName }) => givenName === 'Bo');
    outlook.categorize(bo?.id ?? '', 'Friends', true);
    expect(names(await list(`?$filter=${encodeURIComponent(filter)}`))).toEqual(expected);
    outlook.categorize(bo?.id ?? '', 'Friends', false);
  });

  it.each([
    ["?$filter=contains(displayName,'A')", 'ErrorInvalidUrlQueryFilter'],
    ["?$filter=givenName eq 'Ana'", 'ErrorInvalidUrlQueryFilter'],
    ['?$search="Ana"', 'ErrorInvalidUrlQuery'],
    ['?$top=1001', 'ErrorInvalidUrlQuery'],
    ['?$select=phones', 'RequestBroker--ParseUri'],
    ['?$orderby=shoeSize', 'RequestBroker--ParseUri'],
    ['?$expand=extensions', 'ErrorInvalidUrlQuery'],
    ['?$skip=x', 'BadRequest'],
  ])('refuses %s', async (query, code) => {
    const answer = await list(query);
    expect([answer.status, errorCode(answer)]).toEqual([400, code]);
  });
});

describe('ids', () => {
  it('are others when a contact has moved, unless they are immutable', async () => {
    const immutable = outlook.create(named('Ana'));
    const plain = async () => rows(await signed.graph('GET', '/me/contacts?$top=1'))[0]?.['id'];
    const before = String(await plain());
    expect(before).not.toBe(immutable);
    outlook.move(immutable, 'Board');
    expect((await read(before)).status).toBe(404);
    expect((await read(immutable)).status).toBe(200);
    outlook.move(immutable, 'contacts');
    expect(await plain()).not.toBe(before);
  });

  it('are translated into each other', async () => {
    const immutable = outlook.create(named('Ana'));
    const translate = async (id: string, targetIdType: string) =>
      rows(
        await signed.graph('POST', '/me/translateExchangeIds', {
          body: { inputIds: [id], sourceIdType: 'restId', targetIdType },
        }),
      )[0];
    const plain = String((await translate(immutable, 'restId'))?.['targetId']);
    expect(await translate(plain, 'restImmutableEntryId')).toEqual({
      sourceId: plain,
      targetId: immutable,
    });
    expect(await translate('nonsense', 'restId')).toMatchObject({ errorDetails: {} });
  });

  it('are not to be escaped in a personal mailbox', async () => {
    const id = outlook.create(named('Ana'));
    expect((await read(encodeURIComponent(id))).status).toBe(404);
    outlook.setOption('escapedEquals', 'found');
    expect((await read(encodeURIComponent(id))).status).toBe(200);
  });

  it('that are none are malformed', async () => {
    expect(errorCode(await read('c1'))).toBe('ErrorInvalidIdMalformed');
  });
});

describe('a deleted contact', () => {
  it('may still be read from Deleted Items by its immutable id', async () => {
    const id = outlook.create(named('Ana'));
    outlook.remove(id);
    expect((await read(id)).status).toBe(404);
    outlook.setOption('deletedGet', 'in-deleted-items');
    const parent = (await read(id)).body['parentFolderId'];
    expect(outlook.folders().map((folder) => folder.id)).not.toContain(parent);
    expect(parent).toEqual(expect.any(String));
  });

  it('is gone for good when it is deleted permanently', async () => {
    outlook.setOption('deletedGet', 'in-deleted-items');
    const id = outlook.create(named('Ana'));
    expect((await signed.graph('POST', `/me/contacts/${id}/permanentDelete`)).status).toBe(204);
    expect((await read(id)).status).toBe(404);
  });
});

describe('a PATCH', () => {
  it('may be asked to leave the body out', async () => {
    const id = outlook.create(named('Ana'));
    const answer = await patch(id, { jobTitle: 'B' }, { prefer: 'return=minimal' });
    expect([answer.status, answer.body]).toEqual([204, { text: '' }]);
  });

  it.each([
    ['ignored', 200, 'Contacts'],
    ['refused', 400, 'Contacts'],
    ['moves', 200, 'Board'],
  ] as const)('of the folder is %s, if so switched', async (parentFolderPatch, status, where) => {
    outlook.setOption('parentFolderPatch', parentFolderPatch);
    const board = outlook.folders().find(({ displayName }) => displayName === 'Board');
    const id = outlook.create(named('Ana'));
    const answer = await patch(id, { parentFolderId: board?.id, displayName: 'Ana' });
    expect(answer.status).toBe(status);
    const folder = outlook.folders().find((each) => each.id === held(id)?.parentFolderId);
    expect(folder?.displayName).toBe(where);
  });
});

describe('a mailbox', () => {
  it('may be missing', async () => {
    outlook.setOption('mailbox', 'missing');
    const answer = await list();
    expect([answer.status, errorCode(answer)]).toEqual([404, 'MailboxNotEnabledForRESTAPI']);
    expect((await signed.graph('GET', '/me')).status).toBe(200);
  });

  it('may be full', async () => {
    const id = outlook.create(named('Ana'));
    outlook.setOption('mailbox', 'full');
    for (const answer of [await create({ givenName: 'B' }), await patch(id, { jobTitle: 'B' })]) {
      expect([answer.status, errorCode(answer)]).toEqual([507, 'ErrorQuotaExceeded']);
    }
    expect((await list('/delta')).status).toBe(507);
    expect((await list()).status).toBe(200);
  });
});

describe('the mailbox at the start', () => {
  const fromSeed = (contact: Partial<Contact>) => held(outlook.create(seedOf(contact)));

  it('holds neutral contacts as far as its slots go', () => {
    const phones = ['mobile', 'mobile', 'work', 'home', 'other', 'other', 'other'];
    const seeded = fromSeed({
      name: { prefix: 'Dr.', given: 'Jane', middle: 'Q', family: 'Doe', suffix: 'Jr.' },
      emails: [1, 2, 3, 4].map((at) => ({
        value: `${at}@x.test`,
        ...(at === 4 ? { primary: true as const } : {}),
      })),
      phones: phones.map((label, at) => ({ value: String(at), label })),
      addresses: [
        { label: 'work', street: 'Road 1', extended: 'Floor 2', city: 'Tallinn', region: 'Harju' },
        { label: 'work', formatted: 'Somewhere' },
      ],
      organization: 'Acme',
      jobTitle: 'CFO',
      notes: 'one\ntwo',
      birthday: { month: 2, day: 29 },
    });
    expect(seeded).toMatchObject({
      title: 'Dr.',
      givenName: 'Jane',
      middleName: 'Q',
      surname: 'Doe',
      generation: 'Jr.',
      emailAddresses: [{ address: '4@x.test' }, { address: '1@x.test' }, { address: '2@x.test' }],
      mobilePhone: '0',
      businessPhones: ['2', '1'],
      homePhones: ['3', '4'],
      businessAddress: { street: 'Floor 2\r\nRoad 1', city: 'Tallinn', state: 'Harju' },
      homeAddress: { street: 'Somewhere' },
      companyName: 'Acme',
      jobTitle: 'CFO',
      personalNotes: 'one\r\ntwo',
      birthday: '1604-02-29T11:59:00Z',
    });
  });

  it('is changed by hand, field by field', () => {
    const id = outlook.create(
      seedOf({ name: { given: 'Ana' }, emails: [{ value: 'a@x.test' }], jobTitle: 'CFO' }),
    );
    outlook.update(id, { jobTitle: null, phones: [{ value: '1', label: 'work' }] });
    outlook.edit(id, { nickName: 'Annie', birthday: '1974-07-21T22:00:00Z' });
    outlook.setOption('empties', 'documented');
    expect(held(id)).toMatchObject({
      givenName: 'Ana',
      jobTitle: '',
      businessPhones: ['1'],
      nickName: 'Annie',
      emailAddresses: [{ address: 'a@x.test' }],
      birthday: '1974-07-21T22:00:00Z',
    });
    const before = held(id)?.changeKey;
    outlook.touch(id);
    expect(held(id)?.changeKey).not.toBe(before);
  });

  it('has labels as categories, and the address book’s people in the default folder', async () => {
    await signed.sandbox.close();
    signed = await signedIn({
      contacts: [seedOf({ name: { given: 'Ana' } }, { groups: ['Clients'] })],
    });
    const { microsoft } = signed.sandbox;
    expect(microsoft.people('contacts')).toMatchObject([
      { givenName: 'Ana', categories: ['Clients'] },
    ]);
    expect(microsoft.categories().map(({ displayName }) => displayName)).toContain('Clients');
  });
});
