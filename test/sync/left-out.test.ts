import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FieldName } from '../../src/contact/contact.ts';
import { AnswerLost } from '../../src/sync/errors.ts';
import type { Write } from '../../src/sync/ports.ts';
import { ann } from '../support/contacts.ts';
import type { Refusal } from '../support/memory-side.ts';
import { counts, createWorld, type World } from '../support/world.ts';

/* A CRM that refuses part of a contact gets the rest, and the part is offered again when it may help. */

const GOOD = { value: 'ann@example.com', label: 'work' };
const BAD = { value: 'ann(at)example', label: 'home' };

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.expectQuiet());

const bodyOf = (write: Write) =>
  write.kind === 'create' ? write.contact : write.kind === 'update' ? write.patch : {};

/** As a CRM that looks at the form of an address, and says no more than that. */
const noBadEmails = (write: Write): Refusal | undefined =>
  bodyOf(write).emails?.some(({ value }) => !value.includes('@'))
    ? { reason: 'Invalid input' }
    : undefined;

/** As a CRM that names the field. */
const refusing =
  (field: FieldName) =>
  (write: Write): Refusal | undefined =>
    bodyOf(write)[field] == null ? undefined : { reason: 'Not valid', field };

describe('a contact of which the CRM refuses a part', () => {
  it('B01 is made without the malformed e-mail, and the user is told', async () => {
    world.crm.set({ refuse: noBadEmails });
    world.provider.person.add(ann({ emails: [GOOD, BAD], jobTitle: 'Captain' }));
    const report = await world.sync();
    expect(counts(report)).toBe('crm +1, 1 set aside');
    expect(report.setAside).toMatchObject([
      { contact: 'Ann Lee', side: 'crm', reason: expect.stringContaining('ann(at)example') },
    ]);
    expect(world.people()).toMatchObject([{ emails: [GOOD], jobTitle: 'Captain' }]);
  });

  it('is not offered the part again in every run', async () => {
    world.crm.set({ refuse: noBadEmails });
    world.provider.person.add(ann({ emails: [GOOD, BAD] }));
    await world.sync();
    let offers = 0;
    world.crm.set({
      refuse: (write) => {
        offers += 1;
        return noBadEmails(write);
      },
    });
    expect(counts(await world.sync())).toBe('nothing');
    expect(offers).toBe(0);
  });

  it('is offered the part again on a refresh, and has it when the CRM takes it by then', async () => {
    world.crm.set({ refuse: noBadEmails });
    world.provider.person.add(ann({ emails: [GOOD, BAD] }));
    await world.sync();
    expect(counts(await world.sync({ refresh: true }))).toBe('1 set aside');
    expect(counts(await world.sync())).toBe('nothing');
    world.crm.set({ refuse: () => undefined });
    expect(counts(await world.sync({ refresh: true }))).toBe('crm ~1');
    expect(world.people()).toMatchObject([{ emails: [GOOD, BAD] }]);
  });

  it('gets what else changes', async () => {
    world.crm.set({ refuse: noBadEmails });
    const id = world.provider.person.add(ann({ emails: [GOOD, BAD] }));
    await world.sync();
    world.provider.person.edit(id, { jobTitle: 'Captain' });
    expect(counts(await world.sync())).toBe('crm ~1, 1 set aside');
    expect(world.people()).toMatchObject([{ emails: [GOOD], jobTitle: 'Captain' }]);
  });

  it('gets the e-mail once it is mended', async () => {
    world.crm.set({ refuse: noBadEmails });
    const id = world.provider.person.add(ann({ emails: [GOOD, BAD] }));
    await world.sync();
    const mended = { value: 'ann@example.org', label: 'home' };
    world.provider.person.edit(id, { emails: [GOOD, mended] });
    expect(counts(await world.sync())).toBe('crm ~1');
    expect(world.people()).toMatchObject([{ emails: [GOOD, mended] }]);
  });

  it('keeps its picture out of that: the refusal stands', async () => {
    world.crm.set({ refuse: noBadEmails });
    world.provider.person.add(ann({ emails: [GOOD, BAD] }), { photo: 'picture-1' });
    expect(counts(await world.sync())).toBe('crm +1, 1 set aside');
    expect(world.crm.pictures().size).toBe(1);
    expect(counts(await world.sync())).toBe('nothing');
  });

  it('is made and changed without the field that the CRM names', async () => {
    world.crm.set({ refuse: refusing('birthday') });
    const birthday = { year: 1990, month: 1, day: 2 };
    const id = world.provider.person.add(ann({ birthday }));
    const report = await world.sync();
    expect(counts(report)).toBe('crm +1, 1 set aside');
    expect(report.setAside).toMatchObject([{ reason: expect.stringContaining('birthday') }]);
    world.provider.person.edit(id, { jobTitle: 'Captain' });
    expect(counts(await world.sync())).toBe('crm ~1, 1 set aside');
    const [held] = world.people();
    expect(held).toMatchObject({ jobTitle: 'Captain' });
    expect(held).not.toHaveProperty('birthday');
  });

  it('is set aside whole when the rest is refused too', async () => {
    world.crm.set({ refuse: () => ({ reason: 'No', field: 'notes' }) });
    world.provider.person.add(ann({ notes: 'a note' }));
    expect(counts(await world.sync())).toBe('1 set aside');
    expect(world.crm.records()).toEqual([]);
  });

  it('is set aside whole when nobody can tell what is wrong', async () => {
    world.crm.set({ refuse: () => ({ reason: 'No' }) });
    world.provider.person.add(ann());
    expect(counts(await world.sync())).toBe('1 set aside');
    expect(world.crm.records()).toEqual([]);
  });

  it('is made once when the answer to the second attempt is lost', async () => {
    world.crm.set({ refuse: noBadEmails });
    world.provider.person.add(ann({ emails: [GOOD, BAD] }));
    world.crm.set({
      disturb: ({ when, call }) => {
        if (when === 'after' && call === 'create') throw new AnswerLost('lost');
      },
    });
    expect(counts(await world.sync())).toBe('crm +1, 1 set aside');
    expect(world.people()).toMatchObject([{ emails: [GOOD] }]);
  });
});

describe('under two-way, an address book that refuses a part', () => {
  beforeEach(() => {
    world = createWorld({ rules: { direction: 'two-way' } });
  });

  it('gets the rest, and the part stays in the CRM', async () => {
    world.provider.set({ refuse: noBadEmails });
    world.crm.person.add(ann({ emails: [GOOD, BAD] }));
    expect(counts(await world.sync())).toBe('provider +1, 1 set aside');
    expect(world.provider.records()).toMatchObject([{ contact: { emails: [GOOD] } }]);
    expect(world.people()).toMatchObject([{ emails: [GOOD, BAD] }]);
    expect(counts(await world.sync())).toBe('nothing');
  });
});
