import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ask as askSandbox, idsOf } from './pipedrive-client.ts';
import { png } from './png.ts';

/* What Pipedrive's documents leave open or say in passing: each reading can be switched on. */

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional' });
});
afterEach(() => sandbox.close());

const ask = (method: string, path: string, body?: unknown) =>
  askSandbox(sandbox, [method, path], body);
const make = (extra: object = {}) => sandbox.pipedrive.createPerson({ name: 'Ann Lee', ...extra });

describe('a name', () => {
  it.each([
    [{ name: 'Jane Smith Updated' }, ['Jane Smith Updated', 'Jane', 'Smith Updated']],
    [{ name: 'Cher' }, ['Cher', 'Cher', null]],
    [{ first_name: 'Mary Ann', last_name: 'Lee' }, ['Mary Ann Lee', 'Mary Ann', 'Lee']],
    [{ first_name: '', last_name: 'Lee' }, ['Lee', null, 'Lee']],
  ])('%j is kept in two parts and a whole', async (body, expected) => {
    const { data } = await ask('POST', 'v2/persons', body);
    expect([data['name'], data['first_name'], data['last_name']]).toEqual(expected);
  });

  it('is needed', async () => {
    const { status, code } = await ask('POST', 'v2/persons', { first_name: '', last_name: '' });
    expect({ status, code }).toEqual({ status: 400, code: 'ERR_INVALID_INPUT' });
  });
});

describe('an e-mail without an @', () => {
  it.each([
    ['taken', 200],
    ['refused', 400],
  ])('is %s', async (reading, status) => {
    sandbox.pipedrive.setOption('malformedEmails', reading);
    const body = { name: 'Ann Lee', emails: [{ value: 'ann@example.com' }, { value: 'ann' }] };
    expect((await ask('POST', 'v2/persons', body)).status).toBe(status);
    const { id } = make();
    const { emails } = body;
    expect((await ask('PATCH', `v2/persons/${id}`, { emails })).status).toBe(status);
  });
});

describe('a record that is gone', () => {
  it.each([
    ['flagged', 200],
    ['not-found', 404],
    ['gone', 410],
  ])('is answered as deleted in the reading "%s"', async (reading, status) => {
    const { id } = make();
    sandbox.pipedrive.setOption('deletedGet', reading);
    sandbox.pipedrive.deletePerson(id);
    const answer = await ask('GET', `v2/persons/${id}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.data['is_deleted']).toBe(true);
    expect(idsOf(await ask('GET', `v2/persons?ids=${id}`))).toEqual([]);
  });

  it.each([
    ['not-found', 404],
    ['forbidden', 403],
  ])('or only hidden is answered in the reading "%s"', async (reading, status) => {
    const { id } = make();
    sandbox.pipedrive.setOption('hiddenGet', reading);
    sandbox.pipedrive.hidePerson(id);
    expect((await ask('GET', `v2/persons/${id}`)).status).toBe(status);
  });

  it('by a merge leaves its entries to the survivor', async () => {
    const loser = make({ emails: [{ value: 'loser@example.com' }] });
    const survivor = make({ emails: [{ value: 'survivor@example.com' }] });
    sandbox.pipedrive.mergePersons(loser.id, survivor.id);
    expect((await ask('GET', `v2/persons/${loser.id}`)).status).toBe(404);
    const { data } = await ask('GET', `v2/persons/${survivor.id}`);
    expect(data['emails']).toMatchObject([
      { value: 'survivor@example.com', primary: true },
      { value: 'loser@example.com', primary: false },
    ]);
  });

  it('may be deleted with 410 and the body of a success', async () => {
    const { id } = make();
    sandbox.pipedrive.setOption('deleteStatus', 410);
    const { status, data } = await ask('DELETE', `v2/persons/${id}`);
    expect({ status, data }).toEqual({ status: 410, data: { id } });
  });

  it('takes the organization from its persons', async () => {
    const organization = sandbox.pipedrive.createOrganization({ name: 'Acme' });
    const { id } = make({ org_id: organization.id });
    await ask('DELETE', `v2/organizations/${organization.id}`);
    expect((await ask('GET', `v2/persons/${id}`)).data['org_id']).toBeNull();
  });
});

describe('update_time', () => {
  it('moves by itself a second after a POST', async () => {
    const { id, update_time: made } = make();
    sandbox.advance(1500);
    const { data } = await ask('GET', `v2/persons/${id}`);
    expect(Date.parse(String(data['update_time'])) - Date.parse(made)).toBe(1000);
  });

  it('is found from its own second on, and until the next', async () => {
    sandbox.pipedrive.setOption('followUpBump', false);
    const { id, update_time: made } = make();
    expect(idsOf(await ask('GET', `v2/persons?updated_since=${made}`))).toContain(id);
    expect(idsOf(await ask('GET', `v2/persons?updated_until=${made}`))).not.toContain(id);
  });
});

describe('a company without contact sync', () => {
  it.each([
    ['forbidden', 403],
    ['bad-request', 400],
    ['ignored', 200],
  ])('takes a job title in the reading "%s"', async (reading, status) => {
    sandbox.pipedrive.setOption('contactSyncOff', reading);
    const answer = await ask('POST', 'v2/persons', { name: 'Ann Lee', job_title: 'CFO' });
    expect(answer.status).toBe(status);
    expect(answer.data).not.toHaveProperty('job_title');
  });
});

describe('fields', () => {
  const field = { field_name: 'Notes', field_type: 'text', description: 'our mark' };

  it.each([
    ['kept', 200, 'our mark'],
    ['ignored', 200, null],
    ['refused', 400, undefined],
  ])('have their description %s', async (reading, status, description) => {
    sandbox.pipedrive.setOption('fieldDescription', reading);
    const answer = await ask('POST', 'v2/personFields', field);
    expect(answer.status).toBe(status);
    expect(answer.data['description']).toBe(description);
  });

  it('come to an end with the plan', async () => {
    sandbox.pipedrive.limitCustomFields(1);
    expect((await ask('POST', 'v2/personFields', field)).status).toBe(200);
    const { status, code } = await ask('POST', 'v2/personFields', field);
    expect({ status, code }).toEqual({
      status: 403,
      code: expect.stringMatching(/^feature_capping/u),
    });
  });

  it('need a right', async () => {
    sandbox.pipedrive.setPermissions({ can_add_custom_fields: false });
    expect((await ask('POST', 'v2/personFields', field)).status).toBe(403);
  });
});

it('a visibility other than the default needs a right', async () => {
  sandbox.pipedrive.setPermissions({ can_change_visibility_of_items: false });
  expect((await ask('POST', 'v2/persons', { name: 'A', visible_to: 1 })).status).toBe(403);
  expect((await ask('POST', 'v2/persons', { name: 'A' })).status).toBe(200);
});

it('the search finds a person late', async () => {
  const { id } = make();
  expect(idsOf(await ask('GET', 'v2/persons/search?term=Ann'))).toEqual([]);
  sandbox.advance(3000);
  const { items } = await ask('GET', 'v2/persons/search?term=ann%20lee&exact_match=true');
  expect(items).toMatchObject([{ item: { id } }]);
});

describe('a picture', () => {
  it.each([
    ['a square one', png(128, 128), {}, 200],
    [
      'a square crop',
      png(300, 200),
      { crop_x: 50, crop_y: 0, crop_width: 200, crop_height: 200 },
      200,
    ],
    ['one that is not square', png(300, 200), {}, 400],
    ['one that is too small', png(127, 127), {}, 400],
    [
      'a crop beyond the edge',
      png(200, 200),
      { crop_x: 100, crop_width: 150, crop_height: 150 },
      400,
    ],
    ['what is no picture', Buffer.from('no picture'), {}, 400],
  ])('that is %s is answered as documented', async (_, bytes, crop, status) => {
    const { id } = make();
    const form = new FormData();
    form.append('file', new Blob([bytes], { type: 'image/png' }), 'photo.png');
    for (const [key, value] of Object.entries(crop)) form.append(key, String(value));
    expect((await ask('POST', `v1/persons/${id}/picture`, form)).status).toBe(status);
    const { data } = await ask('GET', `v2/persons/${id}`);
    expect(data['picture_id'] === null).toBe(status !== 200);
    if (status === 200) await expectServed(id, bytes);
  });

  async function expectServed(id: number, bytes: Buffer): Promise<void> {
    const { data } = await ask('GET', `v2/persons/${id}/picture`);
    const { 512: address = '' } = data['pictures'] as Record<number, string>;
    const served = await fetch(address);
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await ask('DELETE', `v1/persons/${id}/picture`)).status).toBe(200);
    expect((await ask('GET', `v2/persons/${id}/picture`)).status).toBe(404);
  }
});

describe('the sign-in', () => {
  const redirect = 'http://127.0.0.1:53683/callback';

  async function consent(decision: 'allow' | 'refuse'): Promise<URLSearchParams> {
    const { clientId } = sandbox.pipedrive;
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirect, state: 's' });
    const page = await fetch(`${sandbox.url}/oauth/authorize?${query}`);
    const links = [...(await page.text()).matchAll(/href="([^"]+)"/gu)].map(
      ([, link = '']) => link,
    );
    const link = links.find((each) => each.includes(`decision=${decision}`)) ?? '';
    const answer = await fetch(sandbox.url + link.replaceAll('&amp;', '&'), { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? '').searchParams;
  }

  async function token(form: Record<string, string>, secret = sandbox.pipedrive.clientSecret) {
    const basic = Buffer.from(`${sandbox.pipedrive.clientId}:${secret}`).toString('base64');
    const answer = await fetch(`${sandbox.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  }

  async function signIn() {
    const code = (await consent('allow')).get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirect };
    return { form, body: (await token(form)).body };
  }

  const refresh = (refreshToken = '') =>
    token({ grant_type: 'refresh_token', refresh_token: refreshToken });

  async function statusWith(accessToken = ''): Promise<number> {
    const headers = { authorization: `Bearer ${accessToken}` };
    return (await fetch(`${sandbox.url}/api/v1/users/me`, { headers })).status;
  }

  it('says that the user refused', async () => {
    expect(Object.fromEntries(await consent('refuse'))).toEqual({
      error: 'user_denied',
      state: 's',
    });
  });

  it('gives a token for a code, once, and only to the app', async () => {
    const { form, body } = await signIn();
    expect(body['api_domain']).toBe(sandbox.url);
    expect(await statusWith(body['access_token'])).toBe(200);
    expect((await token(form)).status).toBe(400);
    expect((await token(form, 'wrong')).status).toBe(401);
  });

  it('forgets a code after five minutes', async () => {
    const code = (await consent('allow')).get('code') ?? '';
    sandbox.advance(5 * 60_000 + 1);
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirect };
    expect((await token(form)).status).toBe(400);
  });

  it.each([false, true])('refreshes, with rotation: %s', async (rotates) => {
    sandbox.pipedrive.setOption('rotateRefreshTokens', rotates);
    const { body } = await signIn();
    sandbox.pipedrive.expireAccessTokens();
    expect(await statusWith(body['access_token'])).toBe(401);
    const renewed = await refresh(body['refresh_token']);
    expect(await statusWith(renewed.body['access_token'])).toBe(200);
    expect(renewed.body['refresh_token'] === body['refresh_token']).toBe(!rotates);
    expect((await refresh(body['refresh_token'])).status).toBe(rotates ? 400 : 200);
  });

  it('ends after 60 days without use, and each use sets them anew', async () => {
    const { body } = await signIn();
    const day = 24 * 60 * 60_000;
    sandbox.advance(59 * day);
    expect((await refresh(body['refresh_token'])).status).toBe(200);
    sandbox.advance(59 * day);
    expect((await refresh(body['refresh_token'])).status).toBe(200);
    sandbox.advance(61 * day);
    expect((await refresh(body['refresh_token'])).status).toBe(400);
  });

  it.each([
    ['base contacts:full', 403],
    ['base recents:read', 200],
  ])('with the scopes "%s" answers the changelog with %i', async (scope, status) => {
    sandbox.pipedrive.setOption('scope', scope);
    const { body } = await signIn();
    const answer = await fetch(`${sandbox.url}/api/v1/persons/${make().id}/changelog`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect(answer.status).toBe(status);
  });

  it('ends when the grant is revoked', async () => {
    const { body } = await signIn();
    sandbox.pipedrive.revokeGrants();
    expect(await statusWith(body['access_token'])).toBe(401);
    expect((await refresh(body['refresh_token'])).status).toBe(400);
  });
});
