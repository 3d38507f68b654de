import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ask as askSandbox } from './pipedrive-client.ts';

const ANN = 1001;
const BEN = 1002;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional' });
});
afterEach(() => sandbox.close());

const ask = (method: string, path: string, body?: unknown) =>
  askSandbox(sandbox, [method, path], body);
const changelog = (id: number, query = '') => ask('GET', `v1/persons/${id}/changelog${query}`);
const make = () =>
  sandbox.pipedrive.createPerson({ name: 'Ann Lee', emails: [{ value: 'ann@example.com' }] });

it('tells who changed which field by which way, the newest first', async () => {
  const { id } = make();
  expect((await changelog(id)).items).toEqual([]);
  await ask('PATCH', `v2/persons/${id}`, { emails: [{ value: 'ann@example.org' }] });
  sandbox.advance(60_000);
  sandbox.pipedrive.updatePerson(id, { name: 'Ann Leigh' }, BEN);
  const { items } = await changelog(id);
  expect(items).toMatchObject(
    [
      { field_key: 'name', old_value: 'Ann Lee', new_value: 'Ann Leigh', actor_user_id: BEN },
      { field_key: 'last_name', old_value: 'Lee', new_value: 'Leigh', change_source: 'app' },
      {
        field_key: 'email',
        old_value: 'ann@example.com',
        new_value: 'ann@example.org',
        actor_user_id: ANN,
        change_source: 'api',
        change_source_user_agent: 'the tests',
        is_bulk_update_flag: false,
      },
    ].toSorted((one, two) => order(one.field_key) - order(two.field_key)),
  );
  expect(items[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/u);
  expect(String(items[0]?.['time']) > String(items[2]?.['time'])).toBe(true);
});

/** Within one change the last field of the person comes first. */
function order(key: string): number {
  return ['last_name', 'name', 'email'].indexOf(key);
}

it('tells owners, organizations, custom fields and what a merge changed', async () => {
  const { id } = make();
  const { field_code } = sandbox.pipedrive.createField({ field_name: 'Ours', field_type: 'text' });
  const organization = sandbox.pipedrive.createOrganization({ name: 'Acme' });
  sandbox.pipedrive.updatePerson(id, { org_id: organization.id });
  sandbox.pipedrive.updatePerson(id, { custom_fields: { [field_code]: 'ours' } });
  sandbox.pipedrive.changeOwner(id, BEN);
  sandbox.pipedrive.deleteOrganization(organization.id);
  const loser = sandbox.pipedrive.createPerson({ name: 'Loser', phones: [{ value: '1' }] });
  sandbox.pipedrive.mergePersons(loser.id, id);
  const { items } = await changelog(id);
  expect(items.map(({ field_key, new_value }) => [field_key, new_value])).toEqual([
    ['phone', '1'],
    ['org_id', null],
    ['owner_id', String(BEN)],
    [field_code, 'ours'],
    ['org_id', String(organization.id)],
  ]);
});

it('comes in pages', async () => {
  const { id } = make();
  for (const visible_to of [1, 3, 5]) sandbox.pipedrive.updatePerson(id, { visible_to });
  const first = await changelog(id, '?limit=2');
  expect(first.items.map(({ new_value }) => new_value)).toEqual(['5', '3']);
  const second = await changelog(id, `?limit=2&cursor=${first.nextCursor}`);
  expect(second.items.map(({ new_value }) => new_value)).toEqual(['1']);
  expect(second.nextCursor).toBeUndefined();
  expect((await changelog(id, '?cursor=nonsense')).status).toBe(400);
});

it('needs a person that one may see', async () => {
  const { id } = make();
  sandbox.pipedrive.hidePerson(id);
  expect((await changelog(id)).status).toBe(404);
});
