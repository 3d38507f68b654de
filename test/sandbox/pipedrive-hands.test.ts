import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { ask as askSandbox, idsOf } from './pipedrive-client.ts';
import { png } from './png.ts';

/* What people do in the web application, and what the API tells of it. */

const ANN = 1001;
const BEN = 1002;
const DAY_MS = 24 * 60 * 60 * 1000;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ plan: 'professional' });
});
afterEach(() => sandbox.close());

const ask = (method: string, path: string, body?: unknown, token?: string) =>
  askSandbox(sandbox, [method, path], body, token);
const make = (extra: object = {}) => sandbox.pipedrive.createPerson({ name: 'Ann Lee', ...extra });
const read = async (id: number, query = '') => (await ask('GET', `v2/persons/${id}${query}`)).data;
const listed = async () => idsOf(await ask('GET', 'v2/persons'));

describe('one entry of a list', () => {
  const emails = [
    { value: 'a@example.com', label: 'work' },
    { value: 'b@example.com', label: 'home' },
  ];

  it('is added, changed, labelled and removed, and the others stay', async () => {
    const { id } = make({ emails });
    sandbox.pipedrive.addEntry(id, 'emails', { value: 'c@example.com', label: 'other' });
    sandbox.pipedrive.changeEntry(id, 'emails', 'a@example.com', { value: 'a@example.org' });
    sandbox.pipedrive.changeEntry(id, 'emails', 'c@example.com', { label: 'holiday' });
    sandbox.pipedrive.removeEntry(id, 'emails', 'b@example.com');
    expect((await read(id))['emails']).toEqual([
      { value: 'a@example.org', label: 'work', primary: true },
      { value: 'c@example.com', label: 'holiday', primary: false },
    ]);
  });

  it('must be there', () => {
    const { id } = make({ emails });
    expect(() => sandbox.pipedrive.removeEntry(id, 'phones', '1')).toThrow('no entry 1');
  });
});

describe('a person', () => {
  it('comes back from the deleted ones under the same id', async () => {
    const { id } = make({ emails: [{ value: 'ann@example.com' }] });
    sandbox.pipedrive.deletePerson(id);
    expect(await listed()).not.toContain(id);
    sandbox.advance(1000);
    const { update_time } = sandbox.pipedrive.restorePerson(id);
    expect(await read(id)).toMatchObject({ is_deleted: false, update_time, name: 'Ann Lee' });
    expect(await listed()).toContain(id);
  });

  it('is gone for good 30 days after it was deleted, or at once', async () => {
    const [kept, deleted, purged] = [make().id, make().id, make().id];
    sandbox.pipedrive.deletePerson(deleted);
    sandbox.pipedrive.purgePerson(purged);
    expect((await ask('GET', `v2/persons/${purged}`)).status).toBe(404);
    sandbox.advance(30 * DAY_MS - 60_000);
    expect((await read(deleted))['is_deleted']).toBe(true);
    sandbox.advance(120_000);
    expect((await ask('GET', `v2/persons/${deleted}`)).status).toBe(404);
    expect(() => sandbox.pipedrive.restorePerson(deleted)).toThrow('no person');
    expect((await read(kept))['is_deleted']).toBe(false);
  });

  it('that was restored is not gone after 30 days', async () => {
    const { id } = make();
    sandbox.pipedrive.deletePerson(id);
    sandbox.advance(DAY_MS);
    sandbox.pipedrive.restorePerson(id);
    sandbox.advance(40 * DAY_MS);
    expect((await ask('GET', `v2/persons/${id}`)).status).toBe(200);
  });

  it('is given to a colleague and is still seen', async () => {
    const { id } = make();
    sandbox.pipedrive.changeOwner(id, BEN);
    expect((await read(id))['owner_id']).toBe(BEN);
    expect(idsOf(await ask('GET', `v2/persons?owner_id=${ANN}`))).not.toContain(id);
  });

  it('vanishes from sight and comes back', async () => {
    const { id } = make();
    sandbox.pipedrive.hidePerson(id);
    expect((await ask('GET', `v2/persons/${id}`)).status).toBe(404);
    sandbox.pipedrive.revealPerson(id);
    expect(await read(id)).toMatchObject({ owner_id: ANN, visible_to: 7 });
  });

  it('is changed by a colleague who stays unnamed in it', async () => {
    const { id } = make();
    sandbox.pipedrive.updatePerson(id, { name: 'Anna Leigh' }, BEN);
    expect(await read(id)).toMatchObject({ name: 'Anna Leigh', owner_id: ANN });
  });

  it('is seen by the whole visibility group, and by nobody who left it', async () => {
    const { id } = sandbox.pipedrive.createPerson({ name: 'Group Only', visible_to: 3 }, BEN);
    expect(await listed()).not.toContain(id);
    sandbox.pipedrive.moveUser(BEN, 1);
    expect(await listed()).toContain(id);
  });

  it('is touched without content', async () => {
    const { id, update_time: before } = make();
    sandbox.advance(5000);
    sandbox.pipedrive.touchPerson(id);
    const { update_time: after, ...content } = await read(id);
    expect(String(after) > before).toBe(true);
    expect(content).toMatchObject({ name: 'Ann Lee', emails: [] });
  });

  it('counts its deals where they are asked for', async () => {
    const organization = sandbox.pipedrive.createOrganization({ name: 'Acme' });
    const { id } = make({ org_id: organization.id });
    sandbox.advance(5000);
    sandbox.pipedrive.addDeal(id);
    sandbox.pipedrive.addDeal(id, 'won');
    expect(await read(id)).not.toHaveProperty('open_deals_count');
    const counted = await read(id, '?include_fields=open_deals_count,closed_deals_count');
    expect(counted).toMatchObject({ open_deals_count: 1, closed_deals_count: 1 });
    const { data } = await ask('GET', `v2/organizations/${organization.id}`);
    expect(data['update_time']).toBe(counted['update_time']);
    expect((await ask('GET', `v2/persons/${id}?include_fields=nonsense`)).status).toBe(400);
  });

  it('gets a picture and loses it', async () => {
    const { id } = make();
    sandbox.pipedrive.addPicture(id, png(128, 128));
    expect((await read(id))['picture_id']).not.toBeNull();
    sandbox.pipedrive.removePicture(id);
    expect((await read(id))['picture_id']).toBeNull();
    expect(() => sandbox.pipedrive.removePicture(id)).toThrow('no picture');
  });
});

describe('a merge', () => {
  it('over the API keeps the id in its body, and its values where both have one', async () => {
    sandbox.pipedrive.enableContactSync();
    const loser = make({ name: 'Loser', job_title: 'CEO', notes: 'lost', birthday: '2000-01-01' });
    const survivor = make({ name: 'Survivor', notes: 'kept' });
    sandbox.pipedrive.addDeal(loser.id);
    const path = `v1/persons/${loser.id}/merge`;
    const { status, data } = await ask('PUT', path, { merge_with_id: survivor.id });
    expect({ status, id: data.id, what: data['merge_what_id'] }).toEqual({
      status: 200,
      id: survivor.id,
      what: loser.id,
    });
    expect(await read(survivor.id, '?include_fields=open_deals_count')).toMatchObject({
      name: 'Survivor',
      notes: 'kept',
      job_title: 'CEO',
      birthday: '2000-01-01',
      open_deals_count: 1,
    });
    expect((await ask('GET', `v2/persons/${loser.id}`)).status).toBe(404);
    expect(() => sandbox.pipedrive.restorePerson(loser.id)).toThrow('not among the deleted');
    expect((await ask('PUT', path, { merge_with_id: survivor.id })).status).toBe(404);
  });

  it('needs the right to, and two persons', async () => {
    const { id } = make();
    const itself = await ask('PUT', `v1/persons/${id}/merge`, { merge_with_id: id });
    expect(itself.status).toBe(400);
    sandbox.pipedrive.setPermissions({ can_merge_people: false });
    const other = await ask('PUT', `v1/persons/${id}/merge`, { merge_with_id: make().id });
    expect(other.status).toBe(403);
  });

  it('has each value once', async () => {
    const [loser, survivor] = ['1', '2'].map((other) =>
      make({ emails: [{ value: 'same@example.com' }, { value: `${other}@example.com` }] }),
    );
    sandbox.pipedrive.mergePersons(loser?.id ?? 0, survivor?.id ?? 0);
    expect((await read(survivor?.id ?? 0))['emails']).toMatchObject([
      { value: 'same@example.com', primary: true },
      { value: '2@example.com', primary: false },
      { value: '1@example.com', primary: false },
    ]);
  });
});

describe('an organization', () => {
  const acme = () => sandbox.pipedrive.createOrganization({ name: 'Acme' });
  const readOrganization = async (id: number) => ask('GET', `v2/organizations/${id}`);

  it('is renamed and given an address, and its persons stay', async () => {
    const { id } = acme();
    const person = make({ org_id: id });
    sandbox.pipedrive.renameOrganization(id, 'Acme Ltd');
    sandbox.pipedrive.updateOrganization(id, { address: { value: '1 Main St' } }, BEN);
    const { data } = await readOrganization(id);
    expect(data).toMatchObject({ name: 'Acme Ltd', address: { value: '1 Main St' } });
    expect((await read(person.id))['org_id']).toBe(id);
  });

  it('comes back without its persons', async () => {
    const { id } = acme();
    const person = make({ org_id: id });
    sandbox.pipedrive.deleteOrganization(id);
    expect((await read(person.id))['org_id']).toBeNull();
    sandbox.pipedrive.restoreOrganization(id);
    expect((await readOrganization(id)).data['is_deleted']).toBe(false);
    expect((await read(person.id))['org_id']).toBeNull();
  });

  it.each(['by hand', 'over the API'])('is merged with its persons %s', async (way) => {
    const [loser, survivor] = [acme().id, acme().id];
    const person = make({ org_id: loser });
    if (way === 'by hand') sandbox.pipedrive.mergeOrganizations(loser, survivor);
    else {
      const path = `v1/organizations/${loser}/merge`;
      const { data } = await ask('PUT', path, { merge_with_id: survivor });
      expect(data).toEqual({ id: survivor });
    }
    expect((await read(person.id))['org_id']).toBe(survivor);
    expect(idsOf(await ask('GET', 'v2/organizations'))).not.toContain(loser);
  });
});

it('a list hides fresh writes for as long as it is told, a read does not', async () => {
  sandbox.pipedrive.setOption('listLag', 60_000);
  const { id } = make();
  expect(await listed()).not.toContain(id);
  expect((await read(id)).id).toBe(id);
  sandbox.advance(61_000);
  expect(await listed()).toContain(id);
  sandbox.pipedrive.deletePerson(id);
  expect(await listed()).toContain(id);
});

describe('the control address', () => {
  const control = (action: string, args: readonly unknown[]) =>
    fetch(`${sandbox.url}/control/pipedrive/${action}`, {
      method: 'POST',
      body: JSON.stringify({ args }),
    });

  it('takes bytes', async () => {
    const { id } = make();
    const picture = { base64: png(128, 128).toString('base64') };
    expect((await control('addPicture', [id, picture])).status).toBe(200);
    const { data } = await ask('GET', `v2/persons/${id}/picture`);
    expect(data['file_size']).toBe(png(128, 128).length);
  });

  it.each([
    ['deletePerson', [99_999], 'There is no person 99999.'],
    ['createPerson', [{}], '"name" is required'],
    ['handle', [], 'There is no action'],
  ])('says what is wrong with %s', async (action, args, reason) => {
    const answer = await control(action, args);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringContaining(reason) });
  });
});
