import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ann } from '../support/contacts.ts';
import { counts, createWorld, type World } from '../support/world.ts';
import { atSandbox, type AtSandbox } from './microsoft-support.ts';

/* The engine between an Outlook mailbox and a CRM in memory, both ways. */

let mailbox: AtSandbox;
let world: World;
beforeEach(async () => {
  mailbox = await atSandbox();
  const { side } = mailbox;
  world = createWorld({
    rules: { direction: 'two-way' },
    wrapSide: (one) => (one.side === 'provider' ? side : one),
  });
});
afterEach(() => mailbox.close());

const people = () => mailbox.outlook.people('contacts');

/** A second sync writes nothing, on either side. */
async function expectQuiet(): Promise<void> {
  mailbox.sandbox.clearRequests();
  await world.expectQuiet();
  expect(mailbox.sandbox.requests().filter(({ write }) => write)).toEqual([]);
}

describe('Outlook and a CRM, both ways', () => {
  it('carry what each of them adds, changes and deletes', async () => {
    const there = mailbox.outlook.create({ contact: ann({ organization: 'Acme' }) });
    const here = world.crm.person.add({
      name: { given: 'Bob', family: 'Doe' },
      emails: [{ value: 'bob@example.com', label: 'work' }],
      phones: [
        { value: '1', label: 'work' },
        { value: '2', label: 'work' },
        { value: '3', label: 'work' },
      ],
    });
    await world.sync();
    expect(people().map(({ displayName }) => displayName)).toEqual(['Ann Lee', 'Bob Doe']);
    await expectQuiet();

    mailbox.outlook.update(there, { jobTitle: 'Chief' });
    world.crm.person.edit(here, { jobTitle: 'Head' });
    expect(counts(await world.sync())).toBe('provider ~1, crm ~1');
    await expectQuiet();

    mailbox.outlook.remove(there);
    world.crm.person.remove(here);
    world.advance(25 * 60 * 60 * 1000);
    await world.sync();
    expect(people()).toEqual([]);
    expect(world.people()).toEqual([]);
    await expectQuiet();
  });

  it('keep on each side what the other cannot hold', async () => {
    const here = world.crm.person.add({
      name: { given: 'Bob', family: 'Doe' },
      emails: [1, 2, 3, 4, 5].map((at) => ({ value: `bob${at}@example.com`, label: 'work' })),
      notes: 'only here',
      birthday: { year: 1960, month: 2, day: 29 },
    });
    await world.sync();
    const [bob] = people();
    expect(bob).toMatchObject({ birthday: '1960-02-29T11:59:00Z' });
    mailbox.outlook.edit(bob?.id ?? '', { personalNotes: 'only there', nickName: 'Bobby' });
    mailbox.outlook.update(bob?.id ?? '', { jobTitle: 'Chief' });
    await world.sync();
    const [person] = world.people();
    expect(person?.emails).toHaveLength(5);
    expect(person).toMatchObject({ notes: 'only here', jobTitle: 'Chief' });
    world.crm.person.edit(here, { jobTitle: 'Head' });
    await world.sync();
    expect(people()[0]).toMatchObject({
      jobTitle: 'Head',
      personalNotes: 'only there',
      nickName: 'Bobby',
    });
    await expectQuiet();
  });

  it('never make anybody twice when an answer is lost', async () => {
    for (let at = 0; at < 5; at += 1) {
      world.crm.person.add(ann({ emails: [{ value: `ann${at}@example.com`, label: 'work' }] }));
    }
    mailbox.sandbox.faults.add({ vendor: 'microsoft', write: true, times: 1, kind: 'cut-after' });
    await world.sync();
    await world.sync();
    expect(people()).toHaveLength(5);
    await expectQuiet();
  });

  it('make nobody anew when a contact moves to another folder and back', async () => {
    mailbox.outlook.setOption('movedBack', 'lost');
    const club = mailbox.outlook.createFolder('Club');
    const id = mailbox.outlook.create({ contact: ann() });
    await world.sync();
    for (const folder of [club, 'contacts']) {
      mailbox.outlook.move(id, folder);
      expect(counts(await world.sync())).toBe('nothing');
    }
    expect(world.people()).toHaveLength(1);
    await expectQuiet();
  });
});
