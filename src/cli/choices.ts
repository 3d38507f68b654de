import { Option } from 'commander';

/* Options that several commands take. */

export function groupOption(): Option {
  return new Option('--group <name-or-id>', 'the group of contacts to sync; all for every contact');
}

export function directionOption(): Option {
  return new Option('--direction <direction>', 'one-way: from the address book to the CRM').choices(
    ['one-way', 'two-way'],
  );
}

export function visibilityOption(): Option {
  return new Option('--visibility <level>', 'who may see the people it creates').choices([
    'owner',
    'owner-followers',
    'owner-group',
    'owner-group-and-sub',
    'company',
  ]);
}

export function conflictOption(): Option {
  return new Option(
    '--on-conflict <rule>',
    'whose value wins where both sides change one field',
  ).choices(['newest', 'provider', 'crm', 'ask']);
}

export function matchOption(): Option {
  return new Option('--match <rule>', 'join people who are there already').choices([
    'none',
    'email',
  ]);
}
