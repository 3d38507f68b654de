import { FIELD_WORDS } from '../../contact/contact.ts';
import type { PlanEntry, RunReport, Unheld } from '../../sync/account.ts';
import { other } from '../../plan/model.ts';
import type { Io } from '../io.ts';
import type { Prediction } from '../prediction.ts';
import { neutralise } from '../neutralise.ts';
import { lasted, listed } from '../texts/language.ts';
import { clip } from './table.ts';
import { moreElsewhere } from '../texts/common.ts';
import { PLACES, SIDE_WORDS } from '../texts/names.ts';
import * as texts from '../texts/sync.ts';
import { mark } from './marks.ts';

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

function headline(io: Io, account: string, report: RunReport): string {
  const { paint } = io;
  const name = paint.bold(neutralise(account));
  const time = paint.dim(lasted(report.durationMs));
  const what = changes(report);
  if (report.error !== undefined) {
    const done = what === texts.NOTHING_TO_DO ? texts.NOTHING_CHANGED : what;
    return `${mark(io, 'bad')} ${name}  ${done}  ${time}`;
  }
  const sign = mark(io, report.setAside.length > 0 ? 'warn' : 'good');
  return `${sign} ${name}  ${report.dryRun ? texts.NOTHING_WRITTEN : what}  ${time}`;
}

/** `CRM: 3 added, 7 updated` */
function changes(report: RunReport): string {
  const parts = (['crm', 'provider'] as const).flatMap((side) => {
    const some = texts.countedChanges(report[side]);
    return some.length === 0 ? [] : [texts.onSide(side, some)];
  });
  const more = [
    [report.linked, texts.joined],
    [report.unlinked, texts.letGo],
    [report.conflicts, texts.differing],
    [report.setAside.length, texts.setAside],
  ] as const;
  const rest = more.filter(([count]) => count > 0).map(([count, inWords]) => inWords(count));
  const all = [...parts, ...rest];
  return all.length === 0 ? texts.NOTHING_TO_DO : all.join(' · ');
}

/** What a run would do, before it is asked about. */
export function renderPlan(
  io: Io,
  title: string,
  { plan = [], ...report }: RunReport,
  verbose: boolean,
): string {
  const lines = [...planLines(io, plan, verbose), ...setAsideLines(io, report, verbose)];
  return [io.paint.bold(title), ...lines].join('\n');
}

const SIGNS = { create: '+', update: '~', delete: '-', link: '=', unlink: 'x' } as const;

/** Done to pairs, not to records of one side. */
const OF_PAIRS: readonly PlanEntry['action'][] = ['link', 'unlink'];

/** The plan in numbers: how many of each; and where, if anything is done to the address book, too. */
export function planNumbers(plan: readonly PlanEntry[], places = PLACES): readonly string[] {
  const ofRecords = plan.filter(({ action }) => !OF_PAIRS.includes(action));
  const bothSides = ofRecords.some(({ side }) => side === 'provider');
  return (Object.keys(SIGNS) as PlanEntry['action'][]).flatMap((action) => {
    const entries = plan.filter((entry) => entry.action === action);
    if (!bothSides || OF_PAIRS.includes(action)) return numberOf(entries, action);
    return (['crm', 'provider'] as const).flatMap((where) =>
      numberOf(
        entries.filter(({ side }) => side === where),
        action,
        places[where],
      ),
    );
  });
}

function numberOf(
  entries: readonly PlanEntry[],
  action: PlanEntry['action'],
  where?: string,
): readonly string[] {
  const count = entries.length;
  if (count === 0) return [];
  return [
    where === undefined ? texts.planned(action, count) : texts.plannedIn(action, count, where),
  ];
}

function planLines(io: Io, plan: readonly PlanEntry[], verbose: boolean): readonly string[] {
  const numbers = planNumbers(plan);
  const shown = verbose ? plan : plan.slice(0, SHOWN);
  const rest = plan.length - shown.length;
  return [
    texts.plan(numbers),
    ...shown.map((entry) => clip(`  ${planLine(io, entry)}`, io.width)),
    ...(rest > 0 ? [`  ${moreElsewhere(rest)}`] : []),
  ];
}

function planLine({ accessible }: Io, { action, side, contact, fields }: PlanEntry): string {
  const sign = accessible ? `${texts.PLAN_WORDS[action]}:` : SIGNS[action];
  const words = fields.map((field) => FIELD_WORDS[field]);
  const detail = words.length === 0 ? '' : `: ${listed(words)}`;
  return `${sign} ${SIDE_WORDS[side]}  ${neutralise(contact)}${detail}`;
}

/** What stays on one side because the other cannot hold it. */
export function unheldLines(unheld: readonly Unheld[]): readonly string[] {
  return (['crm', 'provider'] as const).flatMap((side) => {
    const parts = unheld
      .filter((one) => one.side === side)
      .map(({ field, contacts }) => texts.fieldOf(FIELD_WORDS[field], contacts));
    return parts.length === 0 ? [] : [texts.unheld(other(side), parts, side)];
  });
}

function setAsideLines(
  io: Io,
  { setAside }: Pick<RunReport, 'setAside'>,
  verbose: boolean,
): readonly string[] {
  const shown = verbose ? setAside : setAside.slice(0, SHOWN);
  const rest = setAside.length - shown.length;
  return [
    ...shown.map(({ contact, id, reason }) => {
      const who = neutralise(contact) || id;
      return `  ${mark(io, 'warn')} ${who}: ${neutralise(reason)}`;
    }),
    ...(rest > 0 ? [`  ${moreElsewhere(rest)}`] : []),
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
