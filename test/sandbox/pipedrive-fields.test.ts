import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ask as askSandbox } from './pipedrive-client.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional' });
});
afterEach(() => sandbox.close());

const ask = (method: string, path: string, body?: unknown) =>
  askSandbox(sandbox, [method, path], body);
const make = (custom_fields: object) =>
  ask('POST', 'v2/persons', { name: 'Ann Lee', custom_fields });
const customOf = async (id: number) =>
  (await ask('GET', `v2/persons/${id}`)).data['custom_fields'] as Record<string, unknown>;

function field(field_type: string, labels?: readonly string[]): string {
  const options = labels === undefined ? {} : { options: labels.map((label) => ({ label })) };
  return sandbox.pipedrive.createField({ field_name: 'Ours', field_type, ...options }).field_code;
}

describe('a value of a custom field', () => {
  it.each<[string, unknown, unknown]>([
    ['varchar', 'text', 5],
    ['text', 'x'.repeat(65_000), 'x'.repeat(65_001)],
    ['double', 1.5, '1.5'],
    ['date', '2026-02-28', '28.2.2026'],
    ['time', { value: '10:00:00' }, '10:00'],
    ['daterange', { value: '2026-01-01', until: '2026-02-01' }, { value: '2026-01-01' }],
    ['monetary', { value: 5, currency: 'EUR' }, 5],
    ['people', 1, 'one'],
    ['address', { value: '1 Main St' }, 'somewhere'],
  ])('of type %s is checked', async (type, good, bad) => {
    const code = field(type);
    const { status, data } = await make({ [code]: good });
    expect(status).toBe(200);
    expect((await customOf(data.id))[code]).toEqual(
      type === 'address' ? expect.objectContaining({ value: '1 Main St', country: null }) : good,
    );
    expect((await make({ [code]: bad })).status).toBe(400);
  });

  it('is one of its options, or several', async () => {
    const [one, several] = [field('enum', ['a', 'b']), field('set', ['c', 'd'])];
    const ids = sandbox.pipedrive
      .fields()
      .filter(({ is_custom_field }) => is_custom_field)
      .flatMap(({ options }) => options ?? [])
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    const [a = 0, , c = 0, d = 0] = ids;
    expect((await make({ [one]: a, [several]: [c, d] })).status).toBe(200);
    expect((await make({ [one]: c })).status).toBe(400);
    expect((await make({ [several]: [] })).status).toBe(400);
    expect((await make({ [several]: null })).status).toBe(200);
  });
});

describe('options', () => {
  it('are added, renamed and removed, and persons lose what is removed', async () => {
    const code = field('set', ['gold']);
    const path = `v2/personFields/${code}/options`;
    const added = await ask('POST', path, [{ label: 'silver' }, { label: 'bronze' }]);
    const [silver, bronze] = added.items;
    expect(added.items.map(({ label }) => label)).toEqual(['silver', 'bronze']);
    const { data } = await make({ [code]: [silver?.id, bronze?.id] });
    const renamed = await ask('PATCH', path, [{ id: silver?.id, label: 'platinum' }]);
    expect(renamed.items).toEqual([{ id: silver?.id, label: 'platinum' }]);
    expect((await ask('DELETE', path, [{ id: bronze?.id }])).items).toEqual([bronze]);
    expect((await customOf(data.id))[code]).toEqual([silver?.id]);
    await ask('DELETE', path, [{ id: silver?.id }]);
    expect((await customOf(data.id))[code]).toBeNull();
  });

  it('are changed all or none', async () => {
    const code = field('enum', ['gold', 'silver']);
    const path = `v2/personFields/${code}/options`;
    const before = (await ask('GET', `v2/personFields/${code}`)).data['options'];
    const [first] = before as { id: number }[];
    const answer = await ask('DELETE', path, [{ id: first?.id }, { id: 99_999 }]);
    expect(answer.status).toBe(404);
    expect((await ask('GET', `v2/personFields/${code}`)).data['options']).toEqual(before);
  });

  it('belong to fields of choice only, which need some', async () => {
    const path = `v2/personFields/${field('text')}/options`;
    expect((await ask('POST', path, [{ label: 'a' }])).status).toBe(400);
    const body = { field_name: 'Choice', field_type: 'enum' };
    expect((await ask('POST', 'v2/personFields', body)).status).toBe(400);
  });
});

describe('a field', () => {
  it('is deleted with what persons have in it', async () => {
    const code = field('text');
    const { data } = await make({ [code]: 'ours' });
    expect((await ask('DELETE', `v2/personFields/${code}`)).data['field_code']).toBe(code);
    expect((await ask('GET', `v2/personFields/${code}`)).status).toBe(404);
    expect(await customOf(data.id)).toEqual({});
    expect((await make({ [code]: 'ours' })).status).toBe(400);
  });

  it('is deleted by hand', () => {
    const code = field('text');
    sandbox.pipedrive.deleteField(code);
    expect(sandbox.pipedrive.fields().map(({ field_code }) => field_code)).not.toContain(code);
    expect(() => sandbox.pipedrive.deleteField('name')).toThrow('no custom field');
  });

  it('is not deleted if it is Pipedrive’s own, or without the right', async () => {
    expect((await ask('DELETE', 'v2/personFields/name')).status).toBe(400);
    const code = field('text');
    sandbox.pipedrive.setPermissions({ can_delete_custom_fields: false });
    expect((await ask('DELETE', `v2/personFields/${code}`)).status).toBe(403);
  });
});
