import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import { Chalk } from 'chalk';
import type { Io } from '../../src/cli/io.ts';
import { planNumbers, renderReport, reportDocument } from '../../src/cli/render/report.ts';
import type { PlanEntry, RunReport } from '../../src/sync/account.ts';
import { BudgetSpent, Guarded } from '../../src/sync/errors.ts';

const isSyncDocument = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('docs/schema/sync.json', 'utf8')) as AnySchema,
);

function fakeIo(more: Partial<Io> = {}): Io {
  const paint = new Chalk({ level: 0 });
  return {
    result: () => undefined,
    note: () => undefined,
    warn: () => undefined,
    canAsk: false,
    lively: false,
    forPeople: true,
    accessible: false,
    width: 80,
    paint,
    paintErr: paint,
    ...more,
  };
}

const NONE = { created: 0, updated: 0, deleted: 0 };

function aReport(more: Partial<RunReport> = {}): RunReport {
  return {
    run: 'run-1',
    dryRun: false,
    status: 'ok',
    full: false,
    crm: NONE,
    provider: NONE,
    linked: 0,
    unlinked: 0,
    conflicts: 0,
    setAside: [],
    requests: { provider: 3, crm: 4 },
    durationMs: 4100,
    ...more,
  };
}

function anEntry(more: Partial<PlanEntry> = {}): PlanEntry {
  return {
    action: 'update',
    side: 'crm',
    contact: 'Bob Example',
    id: 'people/1',
    fields: ['phones'],
    ...more,
  };
}

const ASIDE = { contact: 'Bob', id: '7', side: 'crm', reason: 'The e-mail is no e-mail.' } as const;
const MANY = Array.from({ length: 23 }, (_, at) => anEntry({ contact: `Contact ${at}` }));

function shown(more: Partial<RunReport>, verbose = false, io = fakeIo()): string {
  return renderReport(io, 'ann@example.com', aReport(more), verbose);
}

describe('a run’s outcome, for people', () => {
  it('is one line where nothing had to be done', () => {
    expect(shown({})).toBe('✔ ann@example.com  nothing to do  4.1 s');
  });

  it('counts what was done on each side', () => {
    const text = shown({
      crm: { created: 3, updated: 7, deleted: 0 },
      provider: { created: 0, updated: 0, deleted: 1 },
      linked: 2,
      unlinked: 1,
      conflicts: 4,
    });
    expect(text).toBe(
      '✔ ann@example.com  CRM: 3 added, 7 updated · address book: 1 deleted · 2 joined · 1 let go · 4 with differing values  4.1 s',
    );
  });

  it('names whoever was set aside, and why', () => {
    expect(shown({ status: 'partial', setAside: [ASIDE, { ...ASIDE, contact: '' }] })).toBe(
      [
        '! ann@example.com  2 set aside  4.1 s',
        '  ! Bob: The e-mail is no e-mail.',
        '  ! 7: The e-mail is no e-mail.',
      ].join('\n'),
    );
  });

  it('is marked where the run ended early, and still says what was done', () => {
    const error = new BudgetSpent('The budget is used up.');
    expect(shown({ status: 'waiting', error, crm: { ...NONE, created: 5 } })).toBe(
      '✖ ann@example.com  CRM: 5 added  4.1 s',
    );
  });

  it('holds no escape codes without colour, and some with it', () => {
    expect(shown({ setAside: [ASIDE] })).not.toContain('\u001b');
    expect(shown({}, false, fakeIo({ paint: new Chalk({ level: 1 }) }))).toContain('\u001b[32m✔');
  });

  it('does not let a contact, a reason or an account steer the terminal', () => {
    const text = renderReport(
      fakeIo(),
      'ann\u001b[2J',
      aReport({
        dryRun: true,
        plan: [anEntry({ contact: 'Eve\u202e\n\u001b[31m' })],
        setAside: [{ ...ASIDE, contact: 'Bob\u0007', reason: 'No\r\u001b[1A' }],
      }),
      false,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(text.split('\n')).toHaveLength(4);
  });
});

describe('a dry run, for people', () => {
  it('says that nothing was written, then what would be', () => {
    const plan = [
      anEntry({ action: 'create', fields: ['name', 'emails', 'phones'] }),
      anEntry({ side: 'provider', fields: ['jobTitle'] }),
      anEntry({ action: 'delete', fields: [] }),
      anEntry({ action: 'link', fields: [] }),
      anEntry({ action: 'unlink', fields: [] }),
    ];
    expect(shown({ dryRun: true, plan }, false, fakeIo({ width: 200 }))).toBe(
      [
        '✔ ann@example.com  nothing was written  4.1 s',
        '  1 to create in the CRM, 1 to update in the address book, 1 to delete in the CRM, 1 to join with somebody who is there and 1 to let go',
        '  + CRM  Bob Example: name, e-mails and phones',
        '  ~ address book  Bob Example: job title',
        '  - CRM  Bob Example',
        '  = CRM  Bob Example',
        '  x CRM  Bob Example',
      ].join('\n'),
    );
  });

  it('says so where there is nothing to do', () => {
    expect(shown({ dryRun: true, plan: [] }).split('\n')[1]).toBe('  Nothing to do.');
  });

  it('shows twenty contacts, and all of them with --verbose', () => {
    const lines = shown({ dryRun: true, plan: MANY }).split('\n');
    expect(lines).toHaveLength(2 + 20 + 1);
    expect(lines.at(-1)).toBe('  … and 3 more: --verbose, or --json');
    expect(shown({ dryRun: true, plan: MANY }, true).split('\n')).toHaveLength(2 + 23);
  });

  it('cuts a line to the terminal', () => {
    const plan = [anEntry({ contact: '山田'.repeat(20) })];
    expect(shown({ dryRun: true, plan }, false, fakeIo({ width: 20 })).split('\n')[2]).toBe(
      '  ~ CRM  山田山田山…',
    );
  });

  it('says what the CRM cannot hold', () => {
    const unheld = [{ side: 'crm', field: 'birthday', contacts: 3 }] as const;
    expect(shown({ dryRun: true, plan: [], unheld }).split('\n')[2]).toBe(
      '  Kept in the address book only, where the CRM cannot hold all of it: birthday (3 contacts)',
    );
  });
});

describe('a plan in numbers', () => {
  it('has one number for each thing that is to be done', () => {
    expect(planNumbers([...MANY, anEntry({ action: 'create' })])).toEqual([
      '1 to create',
      '23 to update',
    ]);
    expect(planNumbers([])).toEqual([]);
  });
});

describe('a run’s outcome, for programs', () => {
  const reports: readonly (readonly [string, Partial<RunReport>])[] = [
    ['had nothing to do', {}],
    ['set somebody aside', { status: 'partial', setAside: [ASIDE] }],
    ['waits', { status: 'waiting', message: 'Later.', resumeAt: '2026-01-02T00:00:00Z' }],
    ['was stopped', { status: 'stopped', error: new Guarded('Too many.'), message: 'Too many.' }],
    ['was dry', { dryRun: true, full: true, plan: MANY, unheld: [] }],
  ];

  it.each(reports)('is as the schema says where the run %s', (_, more) => {
    const document = { version: 1, runs: [reportDocument('ann@example.com', aReport(more))] };
    const valid = isSyncDocument(JSON.parse(JSON.stringify(document)));
    expect({ valid, errors: isSyncDocument.errors }).toEqual({ valid: true, errors: null });
  });

  it('has every field that the contract names, and no error object', () => {
    const error = new Guarded('Too many.');
    expect(reportDocument('ann@example.com', aReport({ error }))).toEqual({
      run: 'run-1',
      account: 'ann@example.com',
      status: 'ok',
      dryRun: false,
      full: false,
      crm: NONE,
      provider: NONE,
      linked: 0,
      unlinked: 0,
      conflicts: 0,
      setAside: [],
      requests: { provider: 3, crm: 4 },
      durationMs: 4100,
      message: null,
      resumeAt: null,
    });
  });

  it('has the plan with a dry run only, even if it is empty', () => {
    expect(reportDocument('ann', aReport())).not.toHaveProperty('plan');
    expect(reportDocument('ann', aReport({ dryRun: true, plan: [] }))['plan']).toEqual([]);
  });

  it('is refused by the schema where a field is missing or has another type', () => {
    const run = reportDocument('ann', aReport());
    expect(isSyncDocument({ version: 1, runs: [{ ...run, status: 'fine' }] })).toBe(false);
    expect(isSyncDocument({ version: 1, runs: [{ ...run, linked: 'two' }] })).toBe(false);
    expect(isSyncDocument({ version: 2, runs: [run] })).toBe(false);
    expect(isSyncDocument({ version: 1, runs: [{ ...run, requests: undefined }] })).toBe(false);
  });

  it('may have more fields than the schema knows', () => {
    const run = { ...reportDocument('ann', aReport()), later: true };
    expect(isSyncDocument({ version: 1, runs: [run] })).toBe(true);
  });
});
