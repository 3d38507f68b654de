import chalk from 'chalk';
import { annAt } from './ann-at.mjs';
import { say } from './stage.mjs';

/* Both sides change: a merge, a conflict, a deletion, and the whole run taken back. */

const MINUTE = 60_000;

const NAMES = ['Ada Bloom', 'Bo Castle', 'Cy Dale', 'Di Ellis', 'Ed Frost', 'Flo Grant'];

export const TWO_WAY_CONTACTS = NAMES.map((name) => {
  const [given, family] = name.split(' ');
  const email = `${given}.${family}@example.com`.toLowerCase();
  return {
    contact: {
      name: { given, family },
      emails: [{ value: email, label: 'work' }],
      phones: [],
      ims: [],
      addresses: [],
      jobTitle: 'Sales',
    },
  };
});

export async function playTwoWay({ sandbox, contactsync, quietly }, vendor) {
  const { pipedrive } = sandbox;
  const ann = annAt(vendor, sandbox);
  const show = () => showBoth(sandbox, ann);
  say(`A sandbox plays ${ann.provider} and Pipedrive on this machine`, sandbox.url);
  pipedrive.createPerson({ name: 'Gus Hale', emails: [{ value: 'gus.hale@example.com' }] });
  const who = `--email ${ann.email} --provider ${vendor} --crm pipedrive --crm-auth token`;
  const how = '--direction two-way --on-conflict newest --no-browser --yes --start';
  await contactsync(['add-account', ...who.split(' '), ...how.split(' ')]);
  show();

  say('Then both sides change');
  sandbox.advance(MINUTE);
  const ada = pipedrivePerson(sandbox, 'Ada Bloom');
  const bo = pipedrivePerson(sandbox, 'Bo Castle');
  tell(ann.provider, 'Ada gets a phone');
  const phones = [{ value: '+49 30 5550101', label: 'work' }];
  ann.hands.update(idOf(ann, 'Ada Bloom'), { phones });
  tell('Pipedrive', 'Ada is promoted', 'another field: the two are merged');
  pipedrive.updatePerson(ada.id, titled(sandbox, 'Chief'));
  tell(ann.provider, 'Bo is promoted');
  ann.hands.update(idOf(ann, 'Bo Castle'), { jobTitle: 'Head' });
  sandbox.advance(MINUTE);
  tell('Pipedrive', 'Bo is promoted, too', 'a minute later: a conflict, and the newer one counts');
  pipedrive.updatePerson(bo.id, titled(sandbox, 'Partner'));
  tell(ann.provider, 'Cy is deleted');
  ann.hands.remove(idOf(ann, 'Cy Dale'));
  show();

  await contactsync(['sync']);
  show();

  const { accounts } = await quietly(['status']);
  const { run } = accounts[0].lastRun;
  say('Ann thinks better of it, and takes that run back');
  await contactsync(['undo', run, '--yes']);
  show();

  say('And nothing does it again');
  await contactsync(['sync']);
  await contactsync(['status']);
}

function tell(where, what, why = '') {
  process.stdout.write(`  ${where.padEnd(10)} ${what.padEnd(22)} ${chalk.dim(why)}\n`);
}

function idOf({ people }, wanted) {
  return people().find(({ name }) => name === wanted).id;
}

function pipedrivePerson({ pipedrive }, wanted) {
  return pipedrive.persons().find(({ name, is_deleted }) => name === wanted && !is_deleted);
}

function titleCode({ pipedrive }) {
  return pipedrive.fields().find(({ field_name }) => field_name === 'Job title').field_code;
}

function titled(sandbox, title) {
  return { custom_fields: { [titleCode(sandbox)]: title } };
}

/** What the two really hold at this moment, side by side. */
function showBoth(sandbox, ann) {
  const code = titleCode(sandbox);
  const rows = [...NAMES.slice(0, 3), 'Gus Hale'].map((name) => {
    const contact = ann.people().find((one) => one.name === name);
    const person = pipedrivePerson(sandbox, name);
    return [
      name,
      contact && holding(contact.title, contact.phone),
      person && holding(person.custom_fields[code], person.phones[0]?.value),
    ];
  });
  process.stdout.write(`\n${chalk.dim(line(['', ann.provider, 'Pipedrive']))}\n`);
  for (const row of rows) process.stdout.write(`${line(row.map((cell) => cell ?? '(gone)'))}\n`);
}

function holding(title, phone) {
  return [title, phone].filter((value) => value).join(', ') || '-';
}

function line([name, ...cells]) {
  return `  ${name.padEnd(12)}${cells.map((cell) => cell.padEnd(28)).join('')}`.trimEnd();
}
