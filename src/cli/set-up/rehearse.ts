import { FIELD_WORDS } from '../../contact/contact.ts';
import type { Account, RunReport } from '../../sync/account.ts';
import type { MatchRule } from '../../plan/model.ts';
import type { Draft } from './draft.ts';
import { pipedriveSide } from '../compose.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { planNumbers, unheldLine } from '../render/report.ts';
import { runComposed } from '../run-account.ts';
import type { Session } from '../session.ts';
import { counted, listed } from '../words.ts';
import { insertDraft } from './save.ts';

export interface Rehearsal {
  readonly report: RunReport;
  /** With matching switched off: how many people that doubles. */
  readonly doubled: number;
}

/** What the first sync will do, by doing all but its writes on a throw-away copy. */
export async function rehearse(session: Session, draft: Draft): Promise<Rehearsal> {
  const report = await dryRun(session, draft, draft.rules.match);
  if (report.error !== undefined && report.status !== 'stopped') throw report.error;
  if (draft.rules.match !== 'none') return { report, doubled: 0 };
  const matched = await dryRun(session, draft, 'email');
  const joined = matched.plan?.filter(({ action }) => action === 'link') ?? [];
  return { report, doubled: joined.length };
}

async function dryRun(session: Session, draft: Draft, match: MatchRule): Promise<RunReport> {
  const copy = session.store().copy();
  try {
    const row = insertDraft(copy, draft);
    const account: Account = {
      name: row.name,
      rules: { ...row, match },
      sides: {
        provider: draft.provider.side,
        crm: pipedriveSide(session, draft.crm.login, {
          visibility: row.visibilityValue,
          customFields: draft.rules.customFields,
        }),
      },
      store: copy.account(row.id),
    };
    return await runComposed(session, account, { refresh: false, dryRun: true });
  } finally {
    copy.close();
  }
}

/** The summary before the last question: the choices, and the first sync in numbers. */
export function renderRehearsal(
  io: Io,
  { provider, crm, rules }: Draft,
  { report, doubled }: Rehearsal,
): string {
  const { group, visibility, customFields } = rules;
  const wanted = customFields
    .filter(({ state }) => state === 'wanted')
    .map(({ field }) => FIELD_WORDS[field]);
  const numbers = planNumbers(report.plan ?? []);
  const lines = [
    io.paintErr.bold(`${neutralise(provider.email)} → ${neutralise(crm.company)}`),
    `  Contacts: ${neutralise(group.name)}   Seen by: ${visibility === undefined ? 'the CRM’s default' : neutralise(visibility.label)}`,
    '',
    io.paintErr.bold('The first sync'),
    ...(numbers.length === 0 ? ['  has nothing to do'] : numbers.map((line) => `  ${line}`)),
    ...(report.conflicts > 0
      ? [
          `  ${counted(report.conflicts, 'of them differs', 'of them differ')} in a value, which stays as it is`,
        ]
      : []),
    ...(doubled > 0
      ? [
          `  ${counted(doubled, 'person', 'people')} there already will be doubled, since matching is off`,
        ]
      : []),
    ...(report.setAside.length > 0
      ? [
          `  ${counted(report.setAside.length, 'contact', 'contacts')} left alone: unclear who they are, or unreadable`,
        ]
      : []),
    ...(wanted.length > 0 ? [`  makes fields in Pipedrive for ${listed(wanted)}`] : []),
    ...(report.unheld === undefined || report.unheld.length === 0
      ? []
      : [unheldLine(report.unheld)]),
    '  A backup of both sides is written before the first change.',
  ];
  return lines.join('\n');
}
