import { describe, expect, it } from '@jest/globals';
import { complete, type Known } from '../../src/cli/completion/complete.ts';
import { createProgram } from '../../src/cli/program.ts';

/* What a shell is offered, by what stands on the line before its cursor. */

const program = createProgram('1.2.3', async () => undefined);
const NAMES = {
  accounts: ['ann@example.com', 'bob@example.com'],
  groups: ['all', 'My Clients'],
  runs: ['1a2b', '3c4d'],
};
const known: Known = (what) => NAMES[what].map((value) => ({ value }));

function offered(...words: readonly string[]): readonly string[] {
  return complete(program, words, known).map(({ value }) => value);
}

describe('a shell is offered', () => {
  it('the commands, and none that are not for people', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['sync', 'status', 'doctor', 'schedule']));
    expect(offered('')).not.toContain('complete');
  });

  it('those that begin as what was typed', () => {
    expect(offered('sta')).toEqual(['status']);
    expect(offered('nonsense')).toEqual([]);
  });

  it('the commands below a command', () => {
    expect(offered('schedule', '')).toEqual(['install', 'status', 'remove']);
  });

  it('the flags of the command, with what they are about', () => {
    expect(offered('sync', '--re')).toEqual(['--refresh']);
    expect(offered('schedule', 'install', '--p')).toEqual(['--print']);
    expect(complete(program, ['sync', '--watch'], known)).toMatchObject([
      { value: '--watch', about: expect.stringContaining('again and again') },
    ]);
  });

  it('what a flag may be, after it and behind a sign', () => {
    expect(offered('export', '--format', '')).toEqual(['vcard', 'json']);
    expect(offered('edit-account', '--direction=t')).toEqual(['--direction=two-way']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('accounts where a command takes one, or several', () => {
    expect(offered('login', '')).toEqual(NAMES.accounts);
    expect(offered('login', 'ann@example.com', '')).toEqual([]);
    expect(offered('sync', 'ann@example.com', 'b')).toEqual(['bob@example.com']);
    expect(offered('sync', '--refresh', '')).toEqual(NAMES.accounts);
    expect(offered('sync', '--max-delete', '10', 'a')).toEqual(['ann@example.com']);
  });

  it('groups where a flag takes one', () => {
    expect(offered('edit-account', 'ann@example.com', '--group', 'My')).toEqual(['My Clients']);
  });

  it('nothing where nobody knows', () => {
    expect(offered('add-account', '--email', '')).toEqual([]);
    expect(offered('sandbox', '')).toEqual([]);
  });
});
