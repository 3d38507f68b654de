import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { named, refusal, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

let signed: Signed;
let ana: string;
let bo: string;
let customers: string;

beforeEach(async () => {
  signed = await signedIn();
  const { google } = signed.sandbox;
  ana = google.create({ ...named('Ana'), groups: ['Customers'] });
  bo = google.create(named('Bo'));
  customers =
    (await list()).contactGroups?.find(({ name }) => name === 'Customers')?.resourceName ?? '';
});

afterEach(() => signed.sandbox.close());

async function list(extra: Readonly<Record<string, unknown>> = {}) {
  return (await signed.api.contactGroups.list({ ...extra })).data;
}

async function modify(group: string, add: readonly string[], remove: readonly string[] = []) {
  const requestBody = { resourceNamesToAdd: [...add], resourceNamesToRemove: [...remove] };
  const call = { resourceName: group, requestBody };
  return (await signed.api.contactGroups.members.modify(call)).data;
}

async function membersOf(resourceName: string) {
  const { data } = await signed.api.contactGroups.get({ resourceName, maxMembers: 100 });
  return data.memberResourceNames ?? [];
}

async function createNamed(name: string) {
  return (await signed.api.contactGroups.create({ requestBody: { contactGroup: { name } } })).data;
}

describe('the list of labels', () => {
  it('has Google’s own and the user’s, with counts but without members', async () => {
    const { contactGroups = [], nextSyncToken } = await list();
    expect(nextSyncToken).toBeTruthy();
    expect(contactGroups.map(({ name }) => name)).toContain('myContacts');
    const label = contactGroups.find(({ name }) => name === 'Customers');
    expect(label).toEqual({
      resourceName: customers,
      etag: expect.any(String),
      metadata: { updateTime: expect.any(String) },
      groupType: 'USER_CONTACT_GROUP',
      name: 'Customers',
      formattedName: 'Customers',
      memberCount: 1,
    });
    const starred = contactGroups.find(({ name }) => name === 'starred');
    expect(starred).toMatchObject({ groupType: 'SYSTEM_CONTACT_GROUP', formattedName: 'Starred' });
    expect(starred).not.toHaveProperty('memberCount');
  });

  it('comes in pages, and tells changes by a sync token', async () => {
    const first = await list({ pageSize: 8 });
    const { nextSyncToken: syncToken } = await list({
      pageSize: 8,
      pageToken: first.nextPageToken,
    });
    signed.sandbox.google.deleteGroup('Customers');
    signed.sandbox.google.createGroup('Press');
    const { contactGroups } = await list({ pageSize: 8, syncToken });
    expect(contactGroups).toMatchObject([
      { resourceName: customers, metadata: { deleted: true } },
      { name: 'Press' },
    ]);
    signed.sandbox.google.expireSyncTokens();
    expect((await refusal(list({ pageSize: 8, syncToken }))).error.details).toMatchObject([
      { reason: 'EXPIRED_SYNC_TOKEN' },
    ]);
  });

  it('refuses members as a field', async () => {
    expect((await refusal(list({ groupFields: 'memberResourceNames' }))).status).toBe(400);
  });
});

describe('one label', () => {
  it('shows as many members as asked for, none by default', async () => {
    const { data } = await signed.api.contactGroups.get({ resourceName: customers });
    expect(data).toMatchObject({ memberCount: 1 });
    expect(data.memberResourceNames).toBeUndefined();
    expect(await membersOf(customers)).toEqual([ana]);
  });

  it('can be read with others at once', async () => {
    const { data } = await signed.api.contactGroups.batchGet({
      resourceNames: [customers, 'contactGroups/none'],
      maxMembers: 5,
    });
    expect(data.responses).toMatchObject([
      { contactGroup: { memberResourceNames: [ana] } },
      { requestedResourceName: 'contactGroups/none', status: { code: 5 } },
    ]);
  });

  it('is made and renamed, but not with a name that is taken or a stale etag', async () => {
    const press = await createNamed('Press');
    expect(await refusal(createNamed('Press'))).toMatchObject({
      status: 409,
      error: { status: 'ALREADY_EXISTS' },
    });
    const rename = (name: string, etag: string) =>
      signed.api.contactGroups.update({
        resourceName: press.resourceName ?? '',
        requestBody: { contactGroup: { name, etag } },
      });
    const { data } = await rename('Media', press.etag ?? '');
    expect(data.name).toBe('Media');
    expect((await refusal(rename('Radio', press.etag ?? ''))).error.message).toContain('outdated');
    expect((await refusal(rename('Customers', data.etag ?? ''))).status).toBe(409);
  });

  it('is deleted without its members, or with them', async () => {
    await signed.api.contactGroups.delete({ resourceName: customers });
    expect(signed.sandbox.google.people()).toHaveLength(2);
    const press = (await createNamed('Press')).resourceName ?? '';
    await modify(press, [bo]);
    await signed.api.contactGroups.delete({ resourceName: press, deleteContacts: true });
    expect(signed.sandbox.google.people()).toHaveLength(1);
    expect((await refusal(membersOf(press))).status).toBe(404);
  });

  it('is not deleted if it is Google’s own', async () => {
    const call = signed.api.contactGroups.delete({ resourceName: 'contactGroups/myContacts' });
    expect((await refusal(call)).status).toBe(400);
  });
});

describe('members', () => {
  it('are added and removed, and what fails is listed', async () => {
    expect(await modify(customers, [bo, 'people/c1'], [ana])).toEqual({
      notFoundResourceNames: ['people/c1'],
    });
    expect(await membersOf(customers)).toEqual([bo]);
  });

  it('keep their last group', async () => {
    expect(await modify('contactGroups/myContacts', [], [bo])).toEqual({
      canNotRemoveLastContactGroupResourceNames: [bo],
    });
  });

  it('are at most 1,000 in a call, and go into no old system group', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => `people/c${index}`);
    expect((await refusal(modify(customers, many))).status).toBe(400);
    expect((await refusal(modify('contactGroups/friends', [ana]))).status).toBe(400);
  });
});
