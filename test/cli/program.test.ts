import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import type { CommonFlags } from '../../src/cli/grammar.ts';
import { createProgram } from '../../src/cli/program.ts';

interface Parsed {
  /** What reached the command; nothing where the line was not understood. */
  readonly flags: CommonFlags | undefined;
  /** The arguments of the command that ran. */
  readonly args: readonly unknown[];
  readonly error: CommanderError | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads a command line as the program does, and performs nothing. */
async function parse(...line: readonly string[]): Promise<Parsed> {
  let flags: CommonFlags | undefined;
  let stdout = '';
  let stderr = '';
  let error: CommanderError | undefined;
  const program = createProgram('1.2.3', async (given) => {
    flags = given;
  });
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    });
  }
  try {
    await program.parseAsync(['node', 'contactsync', ...line]);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    error = thrown;
  }
  const named = program.commands.find((one) => one.name() === line[0]);
  const command = named?.commands.find((one) => one.name() === line[1]) ?? named;
  return { flags, args: command?.processedArgs ?? [], error, stdout, stderr };
}

const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ['add-account'],
  ['accounts'],
  ['login', 'ann'],
  ['remove-account', 'ann'],
  ['sync'],
  ['status'],
  ['edit-account', 'ann'],
  ['export'],
  ['doctor'],
  ['completion', 'bash'],
  ['schedule', 'install'],
  ['schedule', 'status'],
  ['schedule', 'remove'],
  ['history'],
  ['conflicts'],
  ['explain', 'ann'],
  ['undo', '1a2b'],
  ['verify'],
  ['forget', 'ann'],
  ['sandbox'],
];

describe.each(COMMANDS)('%s', (...line) => {
  it('takes the flags that every command takes', async () => {
    const all = ['--json', '--yes', '--quiet', '--verbose', '--accessible', '--no-color'];
    const { flags, error } = await parse(...line, ...all);
    expect(error).toBeUndefined();
    expect(flags).toMatchObject({
      json: true,
      yes: true,
      quiet: true,
      verbose: true,
      accessible: true,
      color: false,
    });
  });

  it('has none of them by itself', async () => {
    const { flags } = await parse(...line);
    expect(flags?.color).toBe(true);
    for (const name of ['json', 'yes', 'quiet', 'verbose', 'accessible'])
      expect(flags).not.toHaveProperty(name);
  });

  it('prints its help', async () => {
    const { error, stdout, flags } = await parse(...line, '--help');
    expect(error?.exitCode).toBe(0);
    expect(stdout).toContain(`contactsync ${line[0]}`);
    expect(stdout).toContain('--json');
    expect(flags).toBeUndefined();
  });

  it('prints the version', async () => {
    const { error, stdout } = await parse(...line, '--version');
    expect(error?.exitCode).toBe(0);
    expect(stdout).toBe('1.2.3\n');
  });

  it('does not guess what an unknown flag means', async () => {
    const { error, stderr, flags } = await parse(...line, '--nonsense');
    expect(error?.code).toBe('commander.unknownOption');
    expect(stderr).toContain("unknown option '--nonsense'");
    expect(flags).toBeUndefined();
  });
});

describe('sync', () => {
  it('takes no account, or several', async () => {
    expect((await parse('sync')).args).toEqual([[]]);
    expect((await parse('sync', 'ann', '2')).args).toEqual([['ann', '2']]);
  });

  it('takes --refresh and --dry-run', async () => {
    expect((await parse('sync', '--refresh', '--dry-run')).flags).toMatchObject({
      refresh: true,
      dryRun: true,
    });
  });

  it.each([
    ['20', { kind: 'count', count: 20 }],
    ['0', { kind: 'count', count: 0 }],
    ['30%', { kind: 'percent', percent: 30 }],
    ['100%', { kind: 'percent', percent: 100 }],
  ])('reads --max-delete %s', async (text, maxDelete) => {
    expect((await parse('sync', '--max-delete', text)).flags).toMatchObject({ maxDelete });
  });

  it('has no --max-delete by itself', async () => {
    expect((await parse('sync')).flags).not.toHaveProperty('maxDelete');
  });

  it.each(['nonsense', '-5', '1.5', '30 %', '%', '30%%', '1e3', ''])(
    'refuses --max-delete %j',
    async (text) => {
      const { error, stderr, flags } = await parse('sync', '--max-delete', text);
      expect(error?.code).toBe('commander.invalidArgument');
      expect(stderr).toContain('It must be a number such as 20, or a share such as 30%.');
      expect(flags).toBeUndefined();
    },
  );

  it('misses what --max-delete should be', async () => {
    const { error } = await parse('sync', '--max-delete');
    expect(error?.code).toBe('commander.optionMissingArgument');
  });
});

describe('add-account', () => {
  it('takes an answer to every question', async () => {
    const { flags } = await parse(
      'add-account',
      '--email',
      'ann@example.com',
      '--provider',
      'google',
      '--crm',
      'pipedrive',
      '--crm-auth',
      'token',
      '--crm-token-stdin',
      '--group',
      'all',
      '--direction',
      'two-way',
      '--visibility',
      'company',
      '--on-conflict',
      'newest',
      '--match',
      'email',
      '--no-browser',
      '--no-start',
      '--yes',
    );
    expect(flags).toEqual({
      email: 'ann@example.com',
      provider: 'google',
      crm: 'pipedrive',
      crmAuth: 'token',
      crmTokenStdin: true,
      group: 'all',
      direction: 'two-way',
      visibility: 'company',
      onConflict: 'newest',
      match: 'email',
      browser: false,
      start: false,
      yes: true,
      color: true,
    });
  });

  it('leaves open whether to start, unless it is told', async () => {
    expect((await parse('add-account')).flags).not.toHaveProperty('start');
    expect((await parse('add-account', '--start')).flags).toMatchObject({ start: true });
  });

  it.each([
    ['--provider', ['google', 'microsoft']],
    ['--crm', ['pipedrive']],
    ['--crm-auth', ['token', 'oauth']],
    ['--direction', ['one-way', 'two-way']],
    ['--visibility', ['owner', 'owner-followers', 'owner-group', 'owner-group-and-sub', 'company']],
    ['--on-conflict', ['newest', 'provider', 'crm', 'ask']],
    ['--match', ['none', 'email']],
  ])('takes what %s may be, and nothing else', async (flag, choices) => {
    for (const choice of choices)
      expect((await parse('add-account', flag, choice)).error).toBeUndefined();
    const { error, stderr } = await parse('add-account', flag, 'nonsense');
    expect(error?.code).toBe('commander.invalidArgument');
    expect(stderr).toContain(`Allowed choices are ${choices.join(', ')}.`);
  });

  it('takes no token as an argument', async () => {
    const { error } = await parse('add-account', '--crm-token', 'secret');
    expect(error?.code).toBe('commander.unknownOption');
  });
});

describe('login', () => {
  it('takes the sides and how to sign in', async () => {
    const { flags, args } = await parse(
      'login',
      'ann',
      '--provider',
      '--crm',
      '--crm-token-stdin',
      '--no-browser',
    );
    expect(args).toEqual(['ann']);
    expect(flags).toMatchObject({
      provider: true,
      crm: true,
      crmTokenStdin: true,
      browser: false,
    });
  });
});

describe('remove-account', () => {
  it('leaves open what becomes of the backups, unless it is told', async () => {
    expect((await parse('remove-account', 'ann')).flags).not.toHaveProperty('deleteBackups');
    expect((await parse('remove-account', 'ann', '--delete-backups')).flags).toMatchObject({
      deleteBackups: true,
    });
    expect((await parse('remove-account', 'ann', '--no-delete-backups')).flags).toMatchObject({
      deleteBackups: false,
    });
  });
});

describe.each(['login', 'remove-account'])('%s', (name) => {
  it('needs an account', async () => {
    expect((await parse(name)).error?.code).toBe('commander.missingArgument');
  });

  it('takes one account only', async () => {
    expect((await parse(name, 'ann', 'bob')).error?.code).toBe('commander.excessArguments');
  });
});

describe('sandbox', () => {
  it('takes its settings', async () => {
    const { flags } = await parse(
      'sandbox',
      '--port',
      '4000',
      '--contacts',
      'a.vcf',
      '--count',
      '50',
      '--seed',
      '7',
      '--plan',
      'essential',
    );
    expect(flags).toMatchObject({
      port: 4000,
      contacts: 'a.vcf',
      count: 50,
      seed: 7,
      plan: 'essential',
    });
  });

  it.each(['--port', '--count', '--seed'])('takes whole numbers only for %s', async (flag) => {
    const { error, stderr } = await parse('sandbox', flag, 'many');
    expect(error?.code).toBe('commander.invalidArgument');
    expect(stderr).toContain('It must be a whole number.');
  });
});

describe('the port of the sandbox', () => {
  it('may be any free one', async () => {
    expect((await parse('sandbox', '--port', '0')).flags).toMatchObject({ port: 0 });
  });

  it('is one that there is', async () => {
    const { error, stderr } = await parse('sandbox', '--port', '65536');
    expect(error?.code).toBe('commander.invalidArgument');
    expect(stderr).toContain('The last port is 65535.');
  });
});

describe('a command that is not there', () => {
  it('is an error, with what may have been meant', async () => {
    const { error, stderr, flags } = await parse('snyc');
    expect(error?.code).toBe('commander.unknownCommand');
    expect(error?.exitCode).not.toBe(0);
    expect(stderr).toContain("unknown command 'snyc'");
    expect(stderr).toContain('Did you mean sync?');
    expect(flags).toBeUndefined();
  });
});

describe('the program', () => {
  it('lists its commands in its help', async () => {
    const { stdout, error } = await parse('--help');
    expect(error?.exitCode).toBe(0);
    for (const [name] of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'mu'));
  });
});
