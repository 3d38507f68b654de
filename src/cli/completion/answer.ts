import type { Command } from 'commander';
import { peek } from '../../store/peek.ts';
import { platformHome } from '../home.ts';
import { neutralise } from '../neutralise.ts';
import { complete, type Known, type Suggestion } from './complete.ts';

/** What a shell asks for: one suggestion a line, what it is about after a tab. Never an error. */
export function answer(
  program: Command,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const home = env['CONTACTSYNC_HOME']?.trim();
  const known = knownIn(home === undefined || home === '' ? platformHome() : home);
  return complete(program, words, known)
    .filter(({ value }) => value === neutralise(value))
    .map(({ value, about }) => `${value}\t${neutralise(about ?? '')}\n`)
    .join('');
}

function knownIn(home: string): Known {
  return (what): readonly Suggestion[] => {
    const names = peek(home);
    switch (what) {
      case 'accounts':
        return names.accounts.map((value) => ({ value }));
      case 'groups':
        return ['all', ...names.groups].map((value) => ({ value }));
      case 'runs':
        return names.runs.map(({ id, account, at }) => ({ value: id, about: `${account}, ${at}` }));
    }
  };
}
