import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

/* The sandbox's Pipedrive, driven by the vendor's own client and by plain requests for its oddities. */

interface Answer<T> {
  readonly success?: boolean;
  readonly data?: T;
}
interface Client {
  readonly Configuration: new (options: { apiKey: string; basePath: string }) => object;
  readonly PersonsApi: new (configuration: object) => {
    addPerson(input: {
      AddPersonRequest: object;
    }): Promise<Answer<{ id: number; emails: object[] }>>;
    getPersons(input: object): Promise<Answer<{ id: number }[]>>;
    updatePerson(input: {
      id: number;
      UpdatePersonRequest: object;
    }): Promise<Answer<{ name: string }>>;
    deletePerson(input: { id: number }): Promise<Answer<{ id: number }>>;
  };
  readonly OrganizationsApi: new (configuration: object) => {
    addOrganization(input: { AddOrganizationRequest: object }): Promise<Answer<{ id: number }>>;
  };
}

const client = createRequire(import.meta.url)('pipedrive/v2') as Client;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional' });
});
afterEach(() => sandbox.close());

async function ask(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${sandbox.url}/api/${path}`, {
    method,
    headers: { 'x-api-token': sandbox.pipedrive.token, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text.startsWith('{')
    ? (JSON.parse(text) as { data?: never; code?: string })
    : undefined;
  return { status: answer.status, headers: answer.headers, text, json };
}

describe('Pipedrive’s own client', () => {
  it('creates, lists, changes and deletes in the sandbox', async () => {
    const configuration = new client.Configuration({
      apiKey: sandbox.pipedrive.token,
      basePath: `${sandbox.url}/api/v2`,
    });
    const persons = new client.PersonsApi(configuration);
    const organizations = new client.OrganizationsApi(configuration);
    const organization = await organizations.addOrganization({
      AddOrganizationRequest: { name: 'Acme' },
    });
    const made = await persons.addPerson({
      AddPersonRequest: {
        name: 'Ann Lee',
        org_id: organization.data?.id,
        emails: [{ value: 'ann@example.com' }],
      },
    });
    expect(made.data?.emails).toEqual([{ value: 'ann@example.com', primary: true, label: 'work' }]);
    const id = made.data?.id ?? 0;
    const changed = await persons.updatePerson({ id, UpdatePersonRequest: { name: 'Anna Leigh' } });
    expect(changed.data?.name).toBe('Anna Leigh');
    expect((await persons.getPersons({})).data?.map((one) => one.id)).toContain(id);
    expect((await persons.deletePerson({ id })).data?.id).toBe(id);
    expect((await persons.getPersons({})).data?.map((one) => one.id)).not.toContain(id);
  });
});

describe('the sandbox’s Pipedrive', () => {
  it('pages by an opaque cursor, and leaves out what is deleted or hidden', async () => {
    const ids = Array.from(
      { length: 5 },
      (_, at) => sandbox.pipedrive.createPerson({ name: `Person ${at}` }).id,
    );
    sandbox.pipedrive.deletePerson(ids[0] ?? 0);
    sandbox.pipedrive.hidePerson(ids[1] ?? 0);
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const { text } = await ask('GET', `v2/persons?limit=2${query}`);
      const page = JSON.parse(text) as {
        data: { id: number }[];
        additional_data: { next_cursor: string | null };
      };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.additional_data.next_cursor;
    }
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids.slice(2));
  });

  it.each([
    ['an unknown key', { name: 'x', nonsense: 1 }, 400],
    ['a number as text', { name: 'x', owner_id: '1001' }, 400],
    ['no name', { emails: [] }, 400],
    ['a visibility that the plan lacks', { name: 'x', visible_to: 4 }, 400],
    ['a contact field in a company without contact sync', { name: 'x', notes: 'n' }, 403],
    ['an organization that is not there', { name: 'x', org_id: 99_999 }, 400],
  ])('refuses %s', async (_, body, status) => {
    expect((await ask('POST', 'v2/persons', body)).status).toBe(status);
  });

  it('replaces whole lists, and nulls the parts of an address that are left out', async () => {
    sandbox.pipedrive.enableContactSync();
    const { id } = sandbox.pipedrive.createPerson({
      name: 'Ann',
      emails: [{ value: 'a@example.com' }, { value: 'b@example.com' }],
      postal_address: { value: '1 Main St, Springfield', locality: 'Springfield' },
    });
    const { json } = await ask('PATCH', `v2/persons/${id}`, {
      emails: [{ value: 'c@example.com' }],
      postal_address: { value: 'elsewhere' },
    });
    expect(json?.data).toMatchObject({
      emails: [{ value: 'c@example.com', primary: true, label: 'work' }],
      postal_address: { value: 'elsewhere', locality: null },
    });
  });

  it('says how much of the budget is left, and refuses when it is spent', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ plan: 'essential', enforceLimits: true });
    sandbox.pipedrive.setDailyTokens(15);
    const first = await ask('GET', 'v2/persons');
    expect(first.headers.get('x-daily-ratelimit-token-remaining')).toBe('5');
    expect((await ask('GET', 'v2/persons')).status).toBe(429);
  });

  it.each([
    ['absent', /^none$/u],
    ['seconds', /^2$/u],
    ['date', / GMT$/u],
  ])('says when to come back, if it does: %s', async (form, expected) => {
    await sandbox.close();
    sandbox = await startSandbox({ enforceLimits: true });
    sandbox.pipedrive.setOption('retryAfter', form);
    sandbox.pipedrive.setDailyTokens(0);
    const { status, headers } = await ask('GET', 'v2/persons');
    expect(status).toBe(429);
    expect(headers.get('retry-after') ?? 'none').toMatch(expected);
  });

  it('keeps to the burst of the plan, and shuts out who ignores it', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ plan: 'essential', enforceLimits: true });
    const statuses = [];
    for (let at = 0; at < 80; at += 1) statuses.push((await ask('GET', 'v1/users/me')).status);
    expect(statuses.slice(0, 20).every((status) => status === 200)).toBe(true);
    expect(statuses).toContain(429);
    expect(statuses.at(-1)).toBe(403);
  });

  it('leaves out a right that the user lacks', async () => {
    sandbox.pipedrive.setPermissions({ can_add_people: false });
    const { json } = await ask('GET', 'v1/users/1001/permissions');
    expect(json?.data).not.toHaveProperty('can_add_people');
    expect((await ask('POST', 'v2/persons', { name: 'x' })).status).toBe(403);
  });

  it('answers a token that it does not know with 401', async () => {
    const answer = await fetch(`${sandbox.url}/api/v2/persons`, {
      headers: { 'x-api-token': 'nonsense' },
    });
    expect(answer.status).toBe(401);
  });

  it('is played with over its control address', async () => {
    const answer = await fetch(`${sandbox.url}/control/pipedrive/createPerson`, {
      method: 'POST',
      body: JSON.stringify({ args: [{ name: 'Remote Control' }] }),
    });
    expect(answer.status).toBe(200);
    expect(sandbox.pipedrive.persons().map(({ name }) => name)).toContain('Remote Control');
  });
});
