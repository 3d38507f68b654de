import { Option } from 'commander';
import { FLAG } from './texts/grammar.ts';

/* Options that several commands take. */

export function groupOption(): Option {
  return new Option('--group <name-or-id>', FLAG.group);
}

export function directionOption(): Option {
  return new Option('--direction <direction>', FLAG.direction).choices(['one-way', 'two-way']);
}

export function visibilityOption(): Option {
  return new Option('--visibility <level>', FLAG.visibility).choices([
    'owner',
    'owner-followers',
    'owner-group',
    'owner-group-and-sub',
    'company',
  ]);
}

export function conflictOption(): Option {
  return new Option('--on-conflict <rule>', FLAG.onConflict).choices([
    'newest',
    'provider',
    'crm',
    'ask',
  ]);
}

export function matchOption(): Option {
  return new Option('--match <rule>', FLAG.match).choices(['none', 'email']);
}
