import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MicrosoftSandbox } from '../../src/sandbox/microsoft/index.ts';
import { named } from './google-client.ts';
import { IMMUTABLE, errorCode, rows, signInto, signedIn } from './microsoft-client.ts';
import type { Answer, Signed } from './microsoft-client.ts';
import { PIXEL_JPEG } from './microsoft-pictures.ts';

let signed: Signed;
let outlook: MicrosoftSandbox;

beforeEach(async () => {
  signed = await signedIn({ contacts: [named('Ana')] });
  outlook = signed.sandbox.microsoft;
});

afterEach(() => signed.sandbox.close());

const graph = (method: string, path: string, body?: unknown) =>
  signed.graph(method, path, { headers: IMMUTABLE, ...(body === undefined ? {} : { body }) });
const folderId = (name: string) =>
  outlook.folders().find(({ displayName }) => displayName === name)?.id ?? '';
const names = (answer: Answer) => rows(answer).map((row) => row['displayName']);

describe('folders', () => {
  it('are listed one level at a time, without the default one', async () => {
    expect(names(await graph('GET', '/me/contactFolders'))).toEqual(['Rowing Club', 'Suppliers']);
    expect(
      names(await graph('GET', `/me/contactFolders/${folderId('Rowing Club')}/childFolders`)),
    ).toEqual(['Board']);
    expect(names(await graph('GET', '/me/contactFolders/contacts/childFolders'))).toEqual([
      'Rowing Club',
    ]);
    outlook.setOption('siblingFolders', 'hidden');
    expect(names(await graph('GET', '/me/contactFolders'))).toEqual(['Rowing Club']);
  });

  it('come in pages', async () => {
    const first = await graph('GET', '/me/contactFolders?$top=1');
    expect(names(first)).toEqual(['Rowing Club']);
    expect(names(await graph('GET', String(first.body['@odata.nextLink'])))).toEqual(['Suppliers']);
  });

  it('have a well-known name for the default one, whose id its contacts name', async () => {
    const { body } = await graph('GET', '/me/contactFolders/contacts');
    const [contact] = rows(await graph('GET', '/me/contacts?$top=1&$select=parentFolderId'));
    expect(contact?.['parentFolderId']).toBe(body['id']);
    outlook.renameFolder('contacts', 'Kontakte');
    expect((await graph('GET', '/me/contactFolders/contacts')).body['displayName']).toBe(
      'Kontakte',
    );
  });

  it('hold contacts of their own', async () => {
    const board = `/me/contactFolders/${folderId('Board')}/contacts`;
    expect(names(await graph('GET', board))).toEqual(['Cora Coxswain']);
    const { body } = await graph('POST', board, { givenName: 'Bill' });
    expect(body['parentFolderId']).toBe(folderId('Board'));
    expect((await graph('GET', `${board}/${String(body['id'])}`)).status).toBe(200);
    expect((await graph('GET', `/me/contacts/${String(body['id'])}`)).status).toBe(200);
    const elsewhere = `/me/contactFolders/contacts/contacts/${String(body['id'])}`;
    expect((await graph('GET', elsewhere)).status).toBe(404);
    expect(names(await graph('GET', '/me/contacts'))).toEqual(['Ana']);
  });

  it('are created, renamed and deleted with what is in them', async () => {
    const made = await graph('POST', '/me/contactFolders', { displayName: 'Press' });
    expect(made.status).toBe(201);
    const again = await graph('POST', '/me/contactFolders', { displayName: 'Press' });
    expect([again.status, errorCode(again)]).toEqual([409, 'ErrorFolderExists']);
    const path = `/me/contactFolders/${String(made.body['id'])}`;
    const child = await graph('POST', `${path}/childFolders`, { displayName: 'Radio' });
    expect(child.body['parentFolderId']).toBe(made.body['id']);
    expect((await graph('PATCH', path, { displayName: 'Media' })).body['displayName']).toBe(
      'Media',
    );
    outlook.create(named('Reporter'), 'Radio');
    expect((await graph('DELETE', path)).status).toBe(204);
    expect(outlook.folders().map(({ displayName }) => displayName)).not.toContain('Radio');
    expect(outlook.people().map(({ displayName }) => displayName)).not.toContain('Reporter');
    expect((await graph('GET', path)).status).toBe(404);
    expect((await graph('DELETE', '/me/contactFolders/contacts')).status).toBe(403);
    expect((await graph('POST', '/me/contactFolders', {})).status).toBe(400);
  });

  it('may lend their name to their contacts as a category', async () => {
    outlook.setOption('folderNameCategory', true);
    outlook.categorize(outlook.people('Board')[0]?.id ?? '', 'VIP', true);
    expect(outlook.people('Board')[0]?.categories).toEqual(['VIP', 'Board']);
    expect(outlook.people('contacts')[0]?.categories).toEqual([]);
  });
});

describe('the master list of categories', () => {
  const LIST = '/me/outlook/masterCategories';

  it('has names and colours', async () => {
    expect(rows(await graph('GET', LIST))).toEqual([
      { id: expect.any(String), displayName: 'Red category', color: 'preset0' },
      { id: expect.any(String), displayName: 'Blue category', color: 'preset7' },
    ]);
  });

  it('keeps names unique and unchangeable', async () => {
    const made = await graph('POST', LIST, { displayName: 'Clients', color: 'preset24' });
    expect(made.status).toBe(201);
    expect((await graph('POST', LIST, { displayName: 'Clients' })).status).toBe(409);
    expect((await graph('POST', LIST, { displayName: 'X', color: 'preset25' })).status).toBe(400);
    const path = `${LIST}/${String(made.body['id'])}`;
    expect((await graph('PATCH', path, { displayName: 'Customers' })).status).toBe(400);
    expect((await graph('PATCH', path, { color: 'none' })).body['color']).toBe('none');
    expect((await graph('GET', path)).body['displayName']).toBe('Clients');
  });

  it('may lose a name that contacts keep', async () => {
    const [ana] = outlook.people('contacts');
    outlook.categorize(ana?.id ?? '', 'Red category', true);
    const [red] = rows(await graph('GET', LIST));
    expect((await graph('DELETE', `${LIST}/${String(red?.['id'])}`)).status).toBe(204);
    expect(names(await graph('GET', LIST))).toEqual(['Blue category']);
    expect(outlook.people('contacts')[0]?.categories).toEqual(['Red category']);
    outlook.deleteCategory('Blue category');
    expect(names(await graph('GET', LIST))).toEqual([]);
  });

  it('wants a scope of its own', async () => {
    const { access_token: token } = await signInto(signed.sandbox, 'Contacts.ReadWrite');
    const authorization = { authorization: `Bearer ${token}` };
    const answer = await signed.graph('GET', LIST, { headers: authorization });
    expect([answer.status, errorCode(answer)]).toEqual([403, 'ErrorAccessDenied']);
  });
});

describe('pictures', () => {
  const path = (suffix = '/$value') =>
    `/me/contacts/${outlook.people('contacts')[0]?.id}/photo${suffix}`;
  const bytes = async () => {
    const answer = await fetch(`${signed.sandbox.url}/v1.0${path()}`, {
      headers: { authorization: `Bearer ${signed.token}` },
    });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  };

  it('are missing at first, as a 404 or as one pixel', async () => {
    expect(errorCode(await graph('GET', path()))).toBe('ErrorItemNotFound');
    expect((await graph('GET', path(''))).status).toBe(404);
    outlook.setOption('noPhoto', 'pixel');
    expect((await graph('GET', path(''))).body).toMatchObject({
      '@odata.mediaEtag': '',
      id: '1X1',
    });
  });

  it.each(['PUT', 'PATCH'])('are set by %s, described and fetched', async (method) => {
    const before = outlook.people('contacts')[0]?.changeKey;
    expect((await graph(method, path(), PIXEL_JPEG)).status).toBe(200);
    expect(await bytes()).toEqual({ status: 200, body: PIXEL_JPEG });
    expect((await graph('GET', path(''))).body).toMatchObject({
      '@odata.mediaContentType': 'image/jpeg',
      '@odata.mediaEtag': expect.stringMatching(/^"[0-9A-F]{8}"$/u),
      id: '1X1',
      width: 1,
      height: 1,
    });
    expect(outlook.people('contacts')[0]?.changeKey).not.toBe(before);
  });

  it('may leave the change key alone, and other bytes behind', async () => {
    outlook.setOption('photoTouches', false);
    outlook.setOption('photoReencoded', true);
    const before = outlook.people('contacts')[0]?.changeKey;
    await graph('PUT', path(), PIXEL_JPEG);
    expect(outlook.people('contacts')[0]?.changeKey).toBe(before);
    const { body } = await bytes();
    expect(body.length).toBe(PIXEL_JPEG.length + 4);
    expect(outlook.photo(outlook.people('contacts')[0]?.id ?? '')?.bytes).toHaveLength(body.length);
  });

  it('are told of by a flag that spares asking', async () => {
    const flag = 'Boolean {00062004-0000-0000-C000-000000000046} Id 0x8015';
    const query = `?$expand=singleValueExtendedProperties($filter=id eq '${flag}')`;
    const shown = async () =>
      rows(await graph('GET', `/me/contacts${query}`))[0]?.['singleValueExtendedProperties'];
    expect(await shown()).toEqual([{ id: flag, value: 'false' }]);
    await graph('PUT', path(), PIXEL_JPEG);
    expect(await shown()).toEqual([{ id: flag, value: 'true' }]);
  });

  it('cannot be deleted, unless so switched', async () => {
    await graph('PUT', path(), PIXEL_JPEG);
    expect((await graph('DELETE', path())).status).toBe(405);
    outlook.setOption('photoDelete', 'done');
    expect((await graph('DELETE', path())).status).toBe(204);
    expect((await bytes()).status).toBe(404);
    expect((await graph('DELETE', path())).status).toBe(404);
  });

  it.each([
    ['no picture', Buffer.from('hello'), 400],
    ['one of 4 MB', Buffer.alloc(4 * 1024 * 1024), 413],
  ])('are refused: %s', async (_, body, status) => {
    expect((await graph('PUT', path(), body)).status).toBe(status);
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/me/messages', 400],
    ['PUT', '/me/contacts', 405],
    ['GET', '/$batch', 400],
  ])('%s %s is refused', async (method, path, status) => {
    expect((await graph(method, path, method === 'PUT' ? {} : undefined)).status).toBe(status);
  });
});

describe('the control address', () => {
  const control = async (action: string, ...args: readonly unknown[]) => {
    const answer = await fetch(`${signed.sandbox.url}/control/microsoft/${action}`, {
      method: 'POST',
      body: JSON.stringify({ args }),
    });
    return { status: answer.status, body: await answer.json() };
  };

  it('lends the hands of the mailbox’s owner', async () => {
    const { body } = await control('create', named('Bo'), 'Board');
    const id = (body as { answer: string }).answer;
    await control('update', id, { jobTitle: 'CFO' });
    await control('setPhoto', id, {
      bytes: { base64: PIXEL_JPEG.toString('base64') },
      type: 'image/jpeg',
    });
    await control('categorize', id, 'VIP', true);
    await control('move', id, 'contacts');
    const { answer: people } = (await control('people', 'contacts')).body as {
      answer: readonly object[];
    };
    expect(people[1]).toMatchObject({ id, jobTitle: 'CFO', categories: ['VIP'] });
    expect(outlook.photo(id)?.type).toBe('image/jpeg');
    await control('setPhoto', id);
    expect(outlook.photo(id)).toBeUndefined();
    await control('remove', id);
    expect(outlook.people('contacts')).toHaveLength(1);
  });

  it.each([
    ['fly', []],
    ['remove', ['nobody']],
    ['move', ['nobody', 'nowhere']],
    ['people', ['nowhere']],
    ['deleteCategory', ['nothing']],
    ['setOption', ['ifMatch', 'perhaps']],
  ])('refuses %s with %j and says why', async (action, args) => {
    const answer = await control(action, ...args);
    expect(answer).toEqual({ status: 400, body: { error: expect.any(String) } });
  });
});
