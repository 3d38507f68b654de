import { afterEach, describe, expect, it } from '@jest/globals';
import type { Contact, Patch } from '../../src/contact/contact.ts';
import type { Revision } from '../../src/plan/model.ts';
import { Forbidden, SignInNeeded, Unreachable } from '../../src/sync/errors.ts';
import type { Outcome, Write } from '../../src/sync/ports.ts';
import type { GoogleSide } from '../../src/providers/google/index.ts';
import { ann } from '../support/contacts.ts';
import {
  aPerson,
  atSandbox,
  failure,
  type Question,
  scripted,
  type ScriptedAnswer,
  sideAt,
  SIGNAL,
  writeAll,
} from './google-support.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function sandbox(...options: Parameters<typeof atSandbox>) {
  const there = await atSandbox(...options);
  open.push(there);
  return there;
}

async function google(answer: (question: Question) => ScriptedAnswer) {
  const server = await scripted(answer);
  open.push(server);
  return server;
}

function create(at: number, parts: Partial<Contact> = {}): Write {
  const contact = ann({ emails: [{ value: `ann${at}@example.com` }], ...parts });
  return { kind: 'create', key: `k${at}`, contact };
}

function update(expected: Revision, patch: Patch): Write {
  return { kind: 'update', key: expected.id, id: expected.id, expected, patch };
}

function remove(expected: Revision): Write {
  return { kind: 'delete', key: expected.id, id: expected.id, expected };
}

async function present(side: GoogleSide, id: string): Promise<Revision> {
  const finding = (await side.read([id], SIGNAL)).get(id);
  if (finding?.kind !== 'present') throw new Error(`${id} is not there`);
  return finding.revision;
}

function kinds(outcomes: ReadonlyMap<string, Outcome>): readonly string[] {
  return [...outcomes.values()].map(({ kind }) => kind);
}

const seven = Array.from({ length: 7 }, (_, at) => at);

describe('creating at the sandbox', () => {
  it('marks the contact and puts it into the label and into My Contacts', async () => {
    const { side, sandbox: there } = await sandbox();
    const group = there.google.createGroup('Customers');
    const outcomes = await writeAll(side, [{ ...create(1), group } as Write]);
    const outcome = outcomes.get('k1');
    expect(outcome).toMatchObject({
      kind: 'written',
      revision: { mark: 'k1', contact: { emails: [{ value: 'ann1@example.com' }] } },
    });
    const groups = outcome?.kind === 'written' ? outcome.revision.groups : [];
    expect(groups.toSorted()).toEqual([group, 'contactGroups/myContacts'].toSorted());
  });

  it.each([
    [6, 6],
    [7, 1],
    [200, 1],
    [201, 2],
  ])('sends %d contacts in %d requests', async (contacts, requests) => {
    const { side, sandbox: there } = await sandbox();
    const writes = Array.from({ length: contacts }, (_, at) => create(at));
    const outcomes = await writeAll(side, writes);
    expect(kinds(outcomes)).toEqual(writes.map(() => 'written'));
    expect(there.requests()).toHaveLength(requests);
    expect(there.google.people()).toHaveLength(contacts);
  });

  it('says lost when the answer is lost, of every contact in the batch, and goes on', async () => {
    const { side, sandbox: there } = await sandbox();
    there.faults.add({ vendor: 'google', write: true, times: 1, kind: 'cut-after' });
    const outcomes = await writeAll(side, [...seven.map((at) => create(at)), create(200)]);
    expect(kinds(outcomes)).toEqual(Array.from({ length: 8 }, () => 'lost'));
    expect(there.google.people()).toHaveLength(8);
  });

  it.each([
    ['an HTML page', { kind: 'html' }],
    ['half a JSON', { kind: 'half-json', length: 'right' }],
    ['a 500', { kind: 'status', status: 500 }],
  ] as const)('says lost when %s came for an answer', async (_what, fault) => {
    const { side, sandbox: there } = await sandbox();
    there.faults.add({ vendor: 'google', write: true, ...fault });
    expect(kinds(await writeAll(side, [create(1)]))).toEqual(['lost']);
    expect(
      kinds(
        await writeAll(
          side,
          seven.map((at) => create(at)),
        ),
      ),
    ).toEqual(seven.map(() => 'lost'));
  });
});

describe('updating at the sandbox', () => {
  it('sends one batch for each set of fields, and clears nothing else', async () => {
    const { side, sandbox: there } = await sandbox();
    const revisions: Revision[] = [];
    for (const at of Array.from({ length: 14 }, (_, index) => index)) {
      const contact = ann({ jobTitle: 'Sales', notes: `note ${at}` });
      revisions.push(await present(side, there.google.create({ contact, groups: ['Customers'] })));
    }
    there.clearRequests();
    const writes = revisions.map((revision, at) =>
      update(
        revision,
        at < 7 ? { jobTitle: 'Chief' } : { notes: null, birthday: { month: 5, day: 1 } },
      ),
    );
    const outcomes = await writeAll(side, writes);
    expect(kinds(outcomes)).toEqual(writes.map(() => 'written'));
    expect(there.requests()).toHaveLength(3);
    const first = await present(side, revisions[0]?.id ?? '');
    expect(side.holds(first.contact)).toEqual(ann({ jobTitle: 'Chief', notes: 'note 0' }));
    const last = await present(side, revisions[13]?.id ?? '');
    expect(side.holds(last.contact)).toEqual(
      ann({ jobTitle: 'Sales', birthday: { month: 5, day: 1 } }),
    );
    expect(last.groups).toEqual(revisions[13]?.groups);
  });

  it('keeps what others have put there since, in other fields', async () => {
    const { side, sandbox: there } = await sandbox();
    const id = there.google.create({ contact: ann() });
    const expected = await present(side, id);
    there.google.edit(id, {
      clientData: [{ key: 'other', value: 'program' }],
      nicknames: [{ value: 'Annie' }],
      organizations: [{ name: 'Old Mill' }, { name: 'Mill', department: 'Flour', current: true }],
    });
    const outcomes = await writeAll(side, [update(expected, { jobTitle: 'Chief' })]);
    expect(kinds(outcomes)).toEqual(['written']);
    const [person] = there.google.people();
    expect(person).toMatchObject({
      clientData: [{ key: 'other', value: 'program' }],
      nicknames: [{ value: 'Annie' }],
      organizations: [
        { name: 'Old Mill' },
        { name: 'Mill', department: 'Flour', title: 'Chief', current: true },
      ],
    });
  });

  it('leaves alone what has moved or gone, without a write', async () => {
    const { side, sandbox: there } = await sandbox();
    const [moved, gone] = [
      await present(side, there.google.create({ contact: ann() })),
      await present(side, there.google.create({ contact: ann() })),
    ];
    there.google.update(moved.id, { notes: 'mine' });
    there.google.remove(gone.id);
    there.clearRequests();
    const outcomes = await writeAll(side, [
      update(moved, { notes: 'ours' }),
      update(gone, { notes: 'ours' }),
      { ...remove(moved), key: 'delete' },
    ]);
    expect(outcomes.get(moved.id)).toMatchObject({
      kind: 'moved',
      finding: { kind: 'present', revision: { contact: { notes: 'mine' } } },
    });
    expect(outcomes.get(gone.id)).toMatchObject({ kind: 'moved', finding: { kind: 'absent' } });
    expect(outcomes.get('delete')?.kind).toBe('moved');
    expect(there.requests()).toHaveLength(1);
  });
});

describe('deleting at the sandbox', () => {
  it.each([[1], [9]])('deletes %d, and what is gone already is done', async (count) => {
    const { side, sandbox: there } = await sandbox();
    const revisions: Revision[] = [];
    for (let at = 0; at < count; at += 1) {
      revisions.push(await present(side, there.google.create({ contact: ann() })));
    }
    there.clearRequests();
    expect(kinds(await writeAll(side, revisions.map(remove)))).toEqual(
      revisions.map(() => 'deleted'),
    );
    expect(there.requests()).toHaveLength(2);
    expect(there.google.people()).toEqual([]);
    expect(kinds(await writeAll(side, revisions.map(remove)))).toEqual(
      revisions.map(() => 'deleted'),
    );
    expect(there.requests()).toHaveLength(3);
  });
});

describe('a batch that is refused', () => {
  function invalid(contactErrors: object) {
    return failure(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.', [
      {
        '@type': 'type.googleapis.com/google.people.v1.BatchCreateContactsErrorDetails',
        contactErrors,
      },
    ]);
  }

  function created(question: Question): ScriptedAnswer {
    const { contacts } = question.body as { contacts: { contactPerson: object }[] };
    const createdPeople = contacts.map(({ contactPerson }, at) => ({
      person: aPerson(String(at), contactPerson),
    }));
    return { body: { createdPeople: createdPeople.toReversed() } };
  }

  it('loses the contacts it names; the rest is sent again, and matched by the mark', async () => {
    let calls = 0;
    const { side } = await google((question) => {
      calls += 1;
      return calls === 1
        ? invalid({ 3: { code: 3, message: 'Bad birthday.' } })
        : created(question);
    });
    const writes = Array.from({ length: 9 }, (_, at) => create(at));
    const outcomes = await writeAll(side, writes);
    expect(calls).toBe(2);
    expect(outcomes.get('k3')).toMatchObject({
      kind: 'refused',
      error: { code: 'rejected', message: expect.stringContaining('Bad birthday.') },
    });
    for (const at of [0, 1, 2, 4, 8]) {
      expect(outcomes.get(`k${at}`)).toMatchObject({
        kind: 'written',
        revision: { mark: `k${at}`, contact: { emails: [{ value: `ann${at}@example.com` }] } },
      });
    }
  });

  it('is sent contact by contact where it names nobody', async () => {
    const { side, asked } = await google((question) => {
      if (question.line.includes('batchCreate')) return invalid({});
      const person = question.body as { emailAddresses: { value: string }[] };
      const bad = person.emailAddresses[0]?.value === 'ann4@example.com';
      return bad ? failure(400, 'INVALID_ARGUMENT', 'No.') : { body: aPerson('1', person) };
    });
    const outcomes = await writeAll(
      side,
      seven.map((at) => create(at)),
    );
    expect(asked).toHaveLength(8);
    expect(outcomes.get('k4')?.kind).toBe('refused');
    expect(kinds(outcomes).filter((kind) => kind === 'written')).toHaveLength(6);
  });

  it('of updates tells stale and vanished contacts from bad ones', async () => {
    let batches = 0;
    const { side } = await google((question) => {
      if (question.line.includes('batchGet')) {
        const ids = question.query.getAll('resourceNames');
        const gone = batches > 0 ? 'people/c2' : '';
        const responses = ids.map((id) =>
          id === gone
            ? { requestedResourceName: id, httpStatusCode: 404 }
            : { requestedResourceName: id, person: aPerson(id.slice(8)) },
        );
        return { body: { responses } };
      }
      batches += 1;
      if (batches === 1) {
        return invalid({
          'people/c1': { code: 9, message: 'Request person.etag is different …' },
          'people/c2': { code: 5, message: 'Requested entity was not found.' },
          'people/c3': { code: 3, message: 'Bad.' },
        });
      }
      const { contacts } = question.body as { contacts: Record<string, object> };
      const updateResult = Object.fromEntries(
        Object.entries(contacts).map(([id, person]) => [
          id,
          { person: aPerson(id === 'people/c5' ? '55' : id.slice(8), person), status: {} },
        ]),
      );
      return { body: { updateResult } };
    });
    const writes = Array.from({ length: 10 }, (_, at): Write => {
      const contact = ann({ name: { given: `Person ${at}` }, emails: [] });
      const expected = { id: `people/c${at}`, etag: '', contact, groups: [], owned: true };
      return update(expected, { notes: 'x' });
    });
    const outcomes = await writeAll(side, writes);
    expect(outcomes.get('people/c1')).toMatchObject({
      kind: 'moved',
      finding: { kind: 'present' },
    });
    expect(outcomes.get('people/c2')).toMatchObject({ kind: 'moved', finding: { kind: 'absent' } });
    expect(outcomes.get('people/c3')?.kind).toBe('refused');
    expect(outcomes.get('people/c4')).toMatchObject({
      kind: 'written',
      revision: { contact: { notes: 'x' } },
    });
    expect(kinds(outcomes)).toHaveLength(10);
  });
});

describe('a write', () => {
  it('carries both etags, the mask, and nothing that only Google writes', async () => {
    const { side, asked } = await google((question) => {
      if (question.line.includes('batchGet')) {
        const person = aPerson('1', {
          phoneNumbers: [{ value: '030 1', canonicalForm: '+49301', formattedType: 'Home' }],
        });
        return { body: { responses: [{ requestedResourceName: 'people/c1', person }] } };
      }
      return { body: aPerson('1') };
    });
    const contact = ann({ name: { given: 'Person 1' }, emails: [], phones: [{ value: '030 1' }] });
    const expected = { id: 'people/c1', etag: '', contact, groups: [], owned: true };
    await writeAll(side, [update(expected, { phones: [{ value: '030 1' }, { value: '030 2' }] })]);
    const write = asked[1];
    expect(write?.line).toBe('PATCH /v1/people/c1:updateContact');
    expect(write?.query.get('updatePersonFields')).toBe('phoneNumbers');
    expect(write?.headers).toMatchObject({
      'accept-language': 'en',
      'content-type': 'application/json',
    });
    expect(Object.keys(write?.headers ?? {}).filter((name) => name.includes('cost'))).toEqual([]);
    expect(write?.body).toEqual({
      resourceName: 'people/c1',
      etag: '%1',
      metadata: { sources: [{ type: 'CONTACT', id: '1', etag: '#1' }] },
      phoneNumbers: [{ value: '030 1' }, { value: '030 2' }],
    });
  });

  it('that raced with a user is answered with a stale etag: moved, never sent again', async () => {
    const { side, asked } = await google((question) =>
      question.line.includes('batchGet')
        ? { body: { responses: [{ requestedResourceName: 'people/c1', person: aPerson('1') }] } }
        : failure(400, 'FAILED_PRECONDITION', 'Request person.etag is different than …'),
    );
    const contact = ann({ name: { given: 'Person 1' }, emails: [] });
    const expected = { id: 'people/c1', etag: '', contact, groups: [], owned: true };
    const outcomes = await writeAll(side, [update(expected, { notes: 'x' })]);
    expect(outcomes.get('people/c1')).toMatchObject({
      kind: 'moved',
      finding: { kind: 'present', revision: { id: 'people/c1' } },
    });
    expect(asked.map(({ line }) => line.slice(0, 5))).toEqual(['GET /', 'PATCH', 'GET /']);
  });

  it('that renames the contact tells its old name', async () => {
    const { side } = await google((question) =>
      question.line.includes('batchGet')
        ? {
            body: {
              responses: [{ requestedResourceName: 'people/c1', person: aPerson('1') }],
            },
          }
        : { body: aPerson('2') },
    );
    const contact = ann({ name: { given: 'Person 1' }, emails: [] });
    const expected = { id: 'people/c1', etag: '', contact, groups: [], owned: true };
    const outcomes = await writeAll(side, [update(expected, { notes: 'x' })]);
    expect(outcomes.get('people/c1')).toMatchObject({
      kind: 'written',
      revision: { id: 'people/c2', formerIds: ['people/c1'] },
    });
  });

  it.each([
    ['401', failure(401, 'UNAUTHENTICATED'), SignInNeeded],
    ['403', failure(403, 'PERMISSION_DENIED'), Forbidden],
  ])('ends all writing on a %s', async (_what, answer, error) => {
    const { side, asked } = await google(() => answer);
    await expect(writeAll(side, [create(1), create(2)])).rejects.toThrow(error);
    expect(asked).toHaveLength(1);
  });

  it('ends all writing where nobody answers, with nothing in doubt', async () => {
    const server = await scripted(() => ({ body: {} }));
    await server.close();
    const { side, close } = sideAt('http://127.0.0.1:9');
    await expect(writeAll(side, [create(1)])).rejects.toThrow(Unreachable);
    close();
  });

  it('stops with the signal’s reason', async () => {
    const { side } = await google(() => ({ body: aPerson('1') }));
    const stopped = AbortSignal.abort(new Error('stopped by the test'));
    const writing = async () => {
      for await (const outcome of side.write([create(1)], stopped)) void outcome;
    };
    await expect(writing()).rejects.toThrow('stopped by the test');
  });
});
