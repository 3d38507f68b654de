import type { Side } from '../../plan/model.ts';
import type { ConflictRecord } from '../../store/decisions.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { arbiterWords, choiceWords } from '../texts/reasons.ts';
import { clip, table, type Column } from '../render/table.ts';
import { valueText } from '../render/values.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import { ago } from '../texts/language.ts';
import { conflictId, unclearId, vanishedId, type Case, type Docket } from './cases.ts';
import * as texts from '../texts/conflicts.ts';
import { HEADINGS } from '../texts/names.ts';

/** Of a value in a table for people; the whole of it is asked about, and in `--json`. */
const LONGEST_VALUE = 24;

interface Line {
  readonly one: ConflictRecord;
  readonly docket: Docket;
}

/** Conflicts as a table: both values, when each changed, and who decided or is to decide. */
export function renderConflicts(io: Io, dockets: readonly Docket[], shown: number): string {
  const lines = dockets
    .flatMap((docket) => docket.conflicts.map((one): Line => ({ one, docket })))
    .toSorted((a, b) => Number(b.one.state === 'open') - Number(a.one.state === 'open'))
    .slice(0, shown);
  return table(io, lines, columns(new Date()));
}

function columns(now: Date): readonly Column<Line>[] {
  const side = (title: string, name: Side): readonly Column<Line>[] => [
    {
      title,
      text: ({ one }) => clip(valueText(one.field, one.values[name]), LONGEST_VALUE),
      plain: ({ one }) => valueText(one.field, one.values[name]),
    },
    {
      title: HEADINGS.changed,
      text: ({ one }) => (one.changedAt[name] === undefined ? '' : ago(one.changedAt[name], now)),
      plain: ({ one }) => one.changedAt[name] ?? '',
      priority: 3,
    },
  ];
  return [
    { title: HEADINGS.id, text: ({ one }) => conflictId(one) },
    { title: HEADINGS.account, text: ({ docket }) => docket.account.name, priority: 4 },
    { title: HEADINGS.contact, text: ({ one }) => one.contact },
    { title: HEADINGS.field, text: ({ one }) => FIELD_WORDS[one.field] },
    ...side(HEADINGS.addressBook, 'provider'),
    ...side(HEADINGS.crm, 'crm'),
    { title: HEADINGS.state, text: stateText },
    {
      title: HEADINGS.found,
      text: ({ one }) => ago(one.foundAt, now),
      plain: ({ one }) => one.foundAt,
      priority: 2,
    },
  ];
}

/** `open: you are asked`, `Google (the newer value wins)`. */
function stateText({ one, docket: { names } }: Line): string {
  const by = arbiterWords(one.decidedBy, names);
  if (one.state === 'overtaken') return texts.OVERTAKEN;
  if (one.winner === undefined) {
    return texts.open(one.decidedBy === 'newest' ? texts.TIMES_DO_NOT_TELL : by);
  }
  return texts.decided(choiceWords(one.winner, names), by);
}

/** What waits for a decision, with what may be said about it. */
export function renderCases(io: Io, cases: readonly Case[]): string {
  return cases
    .map(({ id, contact, question, answers }) =>
      [
        `${io.paint.yellow('?')} ${neutralise(id)}  ${io.paint.bold(neutralise(contact))}: ${question}`,
        ...answers.map(({ take, words }) => `    --take ${neutralise(take)}  ${neutralise(words)}`),
      ].join('\n'),
    )
    .join('\n');
}

export function docketDocument(docket: Docket): Record<string, unknown> {
  const { account, conflicts, unclear, vanished } = docket;
  return {
    account: account.name,
    conflicts: conflicts.map(conflictDocument),
    unclear: unclear.map((one) => ({
      id: unclearId(one),
      contact: one.contact,
      providerId: one.providerId,
      reason: one.reason,
      at: one.at,
      candidates: one.candidates.map((candidate) => ({
        ...candidate,
        organization: candidate.organization ?? null,
      })),
    })),
    vanished: vanished.map((one) => ({
      id: vanishedId(one),
      contact: one.contact,
      providerId: one.providerId,
      crmId: one.crmId,
      side: one.side,
      at: one.at,
    })),
  };
}

export function conflictDocument(one: ConflictRecord): Record<string, unknown> {
  const side = (name: Side) => ({
    value: one.values[name],
    changedAt: one.changedAt[name] ?? null,
  });
  return {
    id: conflictId(one),
    contact: one.contact,
    providerId: one.providerId,
    crmId: one.crmId,
    field: one.field,
    provider: side('provider'),
    crm: side('crm'),
    state: one.state,
    decidedBy: one.decidedBy,
    winner: one.winner ?? null,
    foundAt: one.foundAt,
    settledAt: one.settledAt ?? null,
  };
}
