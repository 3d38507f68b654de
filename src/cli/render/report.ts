import { FIELD_WORDS } from '../../contact/contact.ts';
import type { PlanEntry, RunReport, Unheld } from '../../sync/account.ts';
import { other, type Side } from '../../plan/model.ts';
import type { Io } from '../io.ts';
import type { Prediction } from '../prediction.ts';
import { neutralise } from '../neutralise.ts';
import { counted, lasted, listed } from '../words.ts';
import { clip } from './table.ts';

const SIDE_WORDS: { readonly [S in Side]: string } = { provider: 'address book', crm: 'CRM' };
const PLACES: typeof SIDE_WORDS = { provider: 'the address book', crm: 'the CRM' };
/** More contacts than this are for `--json`, or `--verbose`. */
const SHOWN = 20;

/** A run's outcome in a line or a few, for people. */
export function renderReport(io: Io, account: string, report: RunReport, verbose: boolean): string {
  const lines = [headline(io, account, report)];
  if (report.plan !== undefined) lines.push(...planLines(io, report.plan, verbose));
  lines.push(...unheldLines(report.unheld ?? []));
  lines.push(...setAsideLines(io, report, verbose));
  return lines.join('\n');
}

const NOTHING = 'nothing to do';

function headline(io: Io, account: string, report: RunReport): string {
  const { paint } = io;
  const name = paint.bold(neutralise(account));
  const time = paint.dim(lasted(report.durationMs));
  const what = changes(report);
  if (report.error !== undefined) {
    const done = what === NOTHING ? 'nothing was changed' : what;
    return `${paint.red('✖')} ${name}  ${done}  ${time}`;
  }
  const mark = report.setAside.length > 0 ? paint.yellow('!') : paint.green('✔');
  return `${mark} ${name}  ${report.dryRun ? 'nothing was written' : what}  ${time}`;
}

/** `CRM: 3 added, 7 updated` */
function changes(report: RunReport): string {
  const parts = (['crm', 'provider'] as const).flatMap((side) => {
    const { created, updated, deleted } = report[side];
    const words = [
      [created, 'added'],
      [updated, 'updated'],
      [deleted, 'deleted'],
    ] as const;
    const some = words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    return some.length === 0 ? [] : [`${SIDE_WORDS[side]}: ${some.join(', ')}`];
  });
  const more = [
    [report.linked, 'joined'],
    [report.unlinked, 'let go'],
    [report.conflicts, 'with differing values'],
    [report.setAside.length, 'set aside'],
  ] as const;
  const rest = more.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const all = [...parts, ...rest];
  return all.length === 0 ? NOTHING : all.join(' · ');
}

const SIGNS = { create: '+', update: '~', delete: '-', link: '=', unlink: 'x' } as const;
const PLAN_WORDS = {
  create: ['to create', 'to create'],
  update: ['to update', 'to update'],
  delete: ['to delete', 'to delete'],
  link: ['to join with somebody who is there', 'to join with people who are there'],
  unlink: ['to let go', 'to let go'],
} as const;

/** Done to pairs, not to records of one side. */
const OF_PAIRS: readonly PlanEntry['action'][] = ['link', 'unlink'];

/** The plan in numbers: how many of each; and where, if anything is done to the address book, too. */
export function planNumbers(plan: readonly PlanEntry[], places = PLACES): readonly string[] {
  const ofRecords = plan.filter(({ action }) => !OF_PAIRS.includes(action));
  const bothSides = ofRecords.some(({ side }) => side === 'provider');
  return (Object.keys(PLAN_WORDS) as PlanEntry['action'][]).flatMap((action) => {
    const entries = plan.filter((entry) => entry.action === action);
    if (!bothSides || OF_PAIRS.includes(action)) return numberOf(entries, action);
    return (['crm', 'provider'] as const).flatMap((where) =>
      numberOf(
        entries.filter(({ side }) => side === where),
        action,
        ` in ${places[where]}`,
      ),
    );
  });
}

function numberOf(
  entries: readonly PlanEntry[],
  action: PlanEntry['action'],
  where = '',
): readonly string[] {
  const [one, many] = PLAN_WORDS[action];
  return entries.length === 0 ? [] : [`${counted(entries.length, one, many)}${where}`];
}

function planLines(io: Io, plan: readonly PlanEntry[], verbose: boolean): readonly string[] {
  const numbers = planNumbers(plan);
  const shown = verbose ? plan : plan.slice(0, SHOWN);
  const rest = plan.length - shown.length;
  return [
    `  ${numbers.length === 0 ? 'Nothing to do.' : listed(numbers)}`,
    ...shown.map((entry) => clip(`  ${planLine(entry)}`, io.width)),
    ...(rest > 0 ? [`  … and ${rest} more: --verbose, or --json`] : []),
  ];
}

function planLine({ action, side, contact, fields }: PlanEntry): string {
  const words = fields.map((field) => FIELD_WORDS[field]);
  const detail = words.length === 0 ? '' : `: ${listed(words)}`;
  return `${SIGNS[action]} ${SIDE_WORDS[side]}  ${neutralise(contact)}${detail}`;
}

/** What stays on one side because the other cannot hold it. */
export function unheldLines(unheld: readonly Unheld[]): readonly string[] {
  return (['crm', 'provider'] as const).flatMap((side) => {
    const parts = unheld
      .filter((one) => one.side === side)
      .map(
        ({ field, contacts }) =>
          `${FIELD_WORDS[field]} (${counted(contacts, 'contact', 'contacts')})`,
      );
    if (parts.length === 0) return [];
    const [home, elsewhere] = [SIDE_WORDS[other(side)], SIDE_WORDS[side]];
    return [
      `  Kept in the ${home} only, where the ${elsewhere} cannot hold all of it: ${parts.join(', ')}`,
    ];
  });
}

function setAsideLines(io: Io, { setAside }: RunReport, verbose: boolean): readonly string[] {
  const shown = verbose ? setAside : setAside.slice(0, SHOWN);
  const rest = setAside.length - shown.length;
  return [
    ...shown.map(({ contact, id, reason }) => {
      const who = neutralise(contact) || id;
      return `  ${io.paint.yellow('!')} ${who}: ${neutralise(reason)}`;
    }),
    ...(rest > 0 ? [`  … and ${rest} more: --verbose, or --json`] : []),
  ];
}

/** The document of `sync --json`, one for each account. */
export function reportDocument(
  account: string,
  report: RunReport,
  prediction?: Prediction,
): Record<string, unknown> {
  return {
    run: report.run,
    account,
    status: report.status,
    dryRun: report.dryRun,
    full: report.full,
    crm: report.crm,
    provider: report.provider,
    linked: report.linked,
    unlinked: report.unlinked,
    conflicts: report.conflicts,
    setAside: report.setAside,
    requests: report.requests,
    durationMs: report.durationMs,
    message: report.message ?? null,
    resumeAt: report.resumeAt ?? null,
    ...(report.plan === undefined ? {} : { plan: report.plan }),
    ...(report.unheld === undefined ? {} : { unheld: report.unheld }),
    ...(prediction === undefined ? {} : { prediction }),
  };
}
