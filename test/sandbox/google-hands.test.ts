import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { people_v1 } from 'googleapis/build/src/apis/people/index.js';
import { ALL_FIELDS, named, refusal, seedOf, signedIn } from './google-client.ts';
import type { Signed } from './google-client.ts';

/* What the user does in Google Contacts, and what the API tells of it. */

const FIELDS = `${ALL_FIELDS},relations,userDefined,events,nicknames`;
const DAY_MS = 24 * 60 * 60 * 1000;

let signed: Signed;
beforeEach(async () => {
  signed = await signedIn();
});
afterEach(() => signed.sandbox.close());

const hands = () => signed.sandbox.google;

async function get(resourceName: string): Promise<people_v1.Schema$Person> {
  return (await signed.api.people.get({ resourceName, personFields: FIELDS })).data;
}

async function list(syncToken?: string): Promise<people_v1.Schema$ListConnectionsResponse> {
  const { data } = await signed.api.people.connections.list({
    resourceName: 'people/me',
    personFields: FIELDS,
    requestSyncToken: true,
    ...(syncToken === undefined ? {} : { syncToken }),
  });
  return data;
}

/** What a delta tells of what `act` does: names, and whether they are gone. */
async function told(act: () => void) {
  const { nextSyncToken } = await list();
  act();
  const { connections = [] } = await list(nextSyncToken ?? undefined);
  return connections.map(({ resourceName, metadata }) => ({
    resourceName,
    deleted: metadata?.deleted ?? false,
    former: metadata?.previousResourceNames ?? [],
  }));
}

describe('one entry', () => {
  it('is changed, labelled, added or removed, and the others stay', async () => {
    const id = hands().create(
      seedOf({
        phones: [{ value: '+49 30 1', label: 'home' }, { value: '+49 30 2' }],
        emails: [{ value: 'a@x.test' }, { value: 'b@x.test', label: 'work' }],
      }),
    );
    hands().changeEntry(id, 'phoneNumbers', '+49 30 1', { value: '+49 30 3' });
    hands().changeEntry(id, 'phoneNumbers', '+49 30 2', { type: 'Sauna' });
    hands().removeEntry(id, 'emailAddresses', 'a@x.test');
    hands().addEntry(id, 'emailAddresses', { value: 'c@x.test' });
    const { phoneNumbers, emailAddresses } = await get(id);
    expect(phoneNumbers).toMatchObject([
      { value: '+49 30 3', type: 'home' },
      { value: '+49 30 2', type: 'Sauna' },
    ]);
    expect(emailAddresses?.map(({ value }) => value)).toEqual(['b@x.test', 'c@x.test']);
  });

  it('of a field that no sync knows is kept, too', async () => {
    const id = hands().create(named('Ana'));
    hands().addEntry(id, 'relations', { person: 'Bo', type: 'spouse' });
    hands().addEntry(id, 'userDefined', { key: 'Shoe size', value: '42' });
    hands().addEntry(id, 'events', { date: { month: 5, day: 1 }, type: 'anniversary' });
    hands().changeEntry(id, 'userDefined', 'Shoe size', { value: '43' });
    const { relations, userDefined, events } = await get(id);
    expect([relations, userDefined, events]).toMatchObject([
      [{ person: 'Bo', type: 'spouse' }],
      [{ key: 'Shoe size', value: '43' }],
      [{ date: { month: 5, day: 1 } }],
    ]);
  });

  it('must be there, and be one of its field', () => {
    const id = hands().create(named('Ana'));
    expect(() => hands().removeEntry(id, 'phoneNumbers', '1')).toThrow('no entry 1');
    expect(() => hands().addEntry(id, 'phoneNumbers', { nonsense: '1' })).toThrow('nonsense');
  });
});

describe('the trash', () => {
  it('gives a contact back under the same name, with everything, as a change', async () => {
    const id = hands().create(seedOf({ notes: 'mine' }, { groups: ['Friends of mine'] }));
    const before = await get(id);
    hands().remove(id);
    expect((await refusal(get(id))).status).toBe(404);
    expect(await told(() => hands().restore(id))).toMatchObject([
      { resourceName: id, deleted: false },
    ]);
    const { etag, metadata, ...after } = await get(id);
    expect(before).toMatchObject(after);
    expect(etag).not.toBe(before.etag);
    expect(metadata?.sources?.[0]?.id).toBe(before.metadata?.sources?.[0]?.id);
  });

  it('holds what the API deleted', async () => {
    const id = hands().create(named('Ana'));
    await signed.api.people.deleteContact({ resourceName: id });
    hands().restore(id);
    expect((await get(id)).resourceName).toBe(id);
  });

  it('is emptied after 30 days', () => {
    const id = hands().create(named('Ana'));
    hands().remove(id);
    signed.sandbox.advance(30 * DAY_MS + 1);
    expect(() => hands().restore(id)).toThrow('not in the trash');
  });
});

describe('a merge', () => {
  function two(): readonly [string, string] {
    return [hands().create(named('Ana')), hands().create(named('Ann'))];
  }

  it('tells a change and a deletion', async () => {
    const [kept, gone] = two();
    expect(await told(() => void hands().merge(kept, gone))).toEqual([
      { resourceName: kept, deleted: false, former: [] },
      { resourceName: gone, deleted: true, former: [] },
    ]);
    expect(() => hands().restore(gone)).toThrow('not in the trash');
  });

  it('can tell the loser’s name as a former one', async () => {
    const [kept, gone] = two();
    expect(await told(() => void hands().merge(kept, gone, 'former-name'))).toEqual([
      { resourceName: gone, deleted: true, former: [] },
      { resourceName: kept, deleted: false, former: [gone] },
    ]);
    expect((await get(gone)).resourceName).toBe(kept);
  });

  it('can give the survivor a name of its own', async () => {
    const [kept, gone] = two();
    let fresh = '';
    const changes = await told(() => {
      fresh = hands().merge(kept, gone, 'new-name');
    });
    expect([kept, gone]).not.toContain(fresh);
    expect(changes).toEqual([
      { resourceName: gone, deleted: true, former: [] },
      { resourceName: kept, deleted: true, former: [] },
      { resourceName: fresh, deleted: false, former: [gone, kept] },
    ]);
    expect((await get(gone)).resourceName).toBe(fresh);
  });

  it('joins every list and keeps the survivor’s single fields', async () => {
    const [kept, gone] = two();
    hands().addEntry(kept, 'clientData', { key: 'k', value: '1' });
    hands().addEntry(gone, 'clientData', { key: 'k', value: '2' });
    hands().addEntry(gone, 'relations', { person: 'Bo', type: 'spouse' });
    hands().merge(kept, gone);
    const { names, clientData, relations } = await get(kept);
    expect(names?.map(({ givenName }) => givenName)).toEqual(['Ana']);
    expect(clientData?.map(({ value }) => value)).toEqual(['1', '2']);
    expect(relations).toHaveLength(1);
  });
});

describe('a label', () => {
  it('is renamed, given and taken', async () => {
    const id = hands().create(named('Ana'));
    const group = hands().createGroup('Customers');
    hands().renameGroup('Customers', 'Clients');
    hands().label(id, 'Clients', true);
    const memberships = (person: people_v1.Schema$Person) =>
      (person.memberships ?? []).map(
        ({ contactGroupMembership }) => contactGroupMembership?.contactGroupResourceName,
      );
    expect(memberships(await get(id))).toContain(group);
    hands().label(id, group, false);
    expect(memberships(await get(id))).not.toContain(group);
  });

  it('is deleted without its members, or with them', () => {
    for (const group of ['First', 'Second']) hands().create(seedOf({}, { groups: [group] }));
    hands().deleteGroup('First');
    expect(hands().people()).toHaveLength(2);
    hands().deleteGroup('Second', true);
    expect(hands().people()).toHaveLength(1);
  });
});

describe('pictures', () => {
  const bytes = Buffer.from('89504e470d0a1a0a0001', 'hex');
  const photosOf = async (id: string) =>
    ((await get(id)).photos ?? []).map(({ default: byDefault, metadata }) => [
      metadata?.source?.type,
      byDefault ?? false,
    ]);

  it('are the contact’s own, Google’s default, or a profile’s', async () => {
    const id = hands().create(named('Ana'));
    expect(await photosOf(id)).toEqual([['CONTACT', true]]);
    hands().setPhoto(id, { bytes, type: 'image/png' });
    expect(await photosOf(id)).toEqual([['CONTACT', false]]);
    hands().setPhoto(id, undefined);
    hands().linkProfile(id, 'Ana Profile', true);
    expect(await photosOf(id)).toEqual([
      ['CONTACT', true],
      ['PROFILE', false],
    ]);
    hands().unlinkProfile(id);
    expect(await photosOf(id)).toEqual([['CONTACT', true]]);
  });

  it('stay when something else changes', async () => {
    const id = hands().create(seedOf({}, { photo: { bytes, type: 'image/png' } }));
    hands().edit(id, { nicknames: [{ value: 'An' }] });
    expect(await photosOf(id)).toEqual([['CONTACT', false]]);
  });
});

describe('etags', () => {
  const rename = (person: people_v1.Schema$Person) =>
    signed.api.people.updateContact({
      resourceName: person.resourceName ?? '',
      updatePersonFields: 'names',
      requestBody: { ...sent(person), names: [{ givenName: 'Bo' }] },
    });
  const sent = ({ metadata, etag }: people_v1.Schema$Person) => ({
    ...(metadata === undefined ? {} : { metadata }),
    ...(etag === undefined ? {} : { etag }),
  });
  const etagsOf = ({ etag, metadata }: people_v1.Schema$Person) => [
    etag,
    metadata?.sources?.[0]?.etag,
  ];

  it('move when the contact does not', async () => {
    const id = hands().create(named('Ana'));
    const before = await get(id);
    hands().touch(id);
    const after = await get(id);
    expect(etagsOf(after)).not.toEqual(etagsOf(before));
    expect(after.names).toEqual(before.names);
  });

  it('can differ with each answer, and each is good until the contact changes', async () => {
    const id = hands().create(named('Ana'));
    hands().etags('unsteady');
    const [first, second] = [await get(id), await get(id)];
    expect(etagsOf(first)).not.toEqual(etagsOf(second));
    expect((await rename(first)).status).toBe(200);
    expect((await refusal(rename(second))).status).toBe(400);
  });

  it('can be missing, and are not wanted then', async () => {
    const id = hands().create(named('Ana'));
    hands().etags('absent');
    const person = await get(id);
    expect(etagsOf(person)).toEqual([undefined, undefined]);
    expect((await rename(person)).status).toBe(200);
    expect(() => hands().etags('nonsense' as 'absent')).toThrow('usual');
  });
});
