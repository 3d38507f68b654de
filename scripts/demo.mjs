/**
 * Shows contactsync at work, from an empty folder to a second sync: a sandbox instead of the
 * vendors, the real program, its real sign-in. This script plays the user's browser and the user.
 */
import { parseArgs } from 'node:util';
import { defaultContacts } from '../dist/sandbox/made-up/default.js';
import { annAt } from './ann-at.mjs';
import { playTwoWay, TWO_WAY_CONTACTS } from './demo-two-way.mjs';
import { onStage, say } from './stage.mjs';

const { provider, 'two-way': twoWay } = parseArgs({
  options: {
    provider: { type: 'string', default: 'google' },
    'two-way': { type: 'boolean', default: false },
  },
}).values;

if (twoWay) await onStage(TWO_WAY_CONTACTS, (stage) => playTwoWay(stage, provider));
else await onStage(defaultContacts(), playOneWay);

async function playOneWay({ sandbox, contactsync }) {
  const ann = annAt(provider, sandbox);
  say(`A sandbox plays ${ann.provider} and Pipedrive on this machine`, sandbox.url);
  const who = `--email ${ann.email} --provider ${provider} --crm pipedrive --crm-auth token`;
  await contactsync(['add-account', ...who.split(' '), '--no-browser', '--yes', '--start']);

  say(`Ann changes one contact at ${ann.provider}, adds one, and deletes one`);
  const changes = playAnn(ann);
  for (const change of changes) process.stdout.write(`  ${change}\n`);

  await contactsync(['sync']);
  await contactsync(['status']);
}

function playAnn({ hands, people }) {
  const [edited, removed] = people().filter(({ whole }) => whole);
  hands.update(edited.id, { jobTitle: 'Head of Sales' });
  hands.remove(removed.id);
  hands.create({
    contact: {
      name: { given: 'Grace', family: 'Newcomer' },
      emails: [{ value: 'grace.newcomer@example.com', label: 'work' }],
      phones: [{ value: '+44 20 7946 0999', label: 'mobile' }],
      ims: [],
      addresses: [],
      organization: 'Newcomer & Daughters',
    },
  });
  return [`~ ${edited.name}: is Head of Sales now`, `+ Grace Newcomer`, `- ${removed.name}`];
}
