import { FIELD_WORDS } from '../../contact/contact.ts';
import type { Account, RunReport } from '../../sync/account.ts';
import type { MatchRule } from '../../plan/model.ts';
import type { Draft } from './draft.ts';
import type { AccountStore } from '../../sync/store-port.ts';
import { pipedriveSide } from '../compose.ts';
import { PROVIDERS } from '../providers.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { predictionLine, predictionOf, type Prediction } from '../prediction.ts';
import { planNumbers, unheldLines } from '../render/report.ts';
import { runComposed } from '../run-account.ts';
import type { Session } from '../session.ts';
import { insertDraft } from './save.ts';
import { VENDORS } from '../texts/names.ts';
import * as texts from '../texts/set-up.ts';

export interface Rehearsal {
  readonly report: RunReport;
  /** With matching switched off: how many people that doubles. */
  readonly doubled: number;
  /** How many people in the CRM are the user's own: the others never leave it. */
  readonly owned: number;
  readonly prediction: Prediction | undefined;
}

/** What the first sync will do, by doing all but its writes on a throw-away copy. */
export async function rehearse(session: Session, draft: Draft): Promise<Rehearsal> {
  const rehearsed = await dryRun(session, draft, draft.rules.match);
  const { error, status } = rehearsed.report;
  if (error !== undefined && status !== 'stopped') throw error;
  if (draft.rules.match !== 'none') return { ...rehearsed, doubled: 0 };
  const { report: matched } = await dryRun(session, draft, 'email');
  const joined = matched.plan?.filter(({ action }) => action === 'link') ?? [];
  return { ...rehearsed, doubled: joined.length };
}

async function dryRun(
  session: Session,
  draft: Draft,
  match: MatchRule,
): Promise<Omit<Rehearsal, 'doubled'>> {
  const copy = session.store().copy();
  try {
    const row = insertDraft(copy, draft);
    const store = copy.account(row.id);
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
      store,
    };
    const report = await runComposed(session, account, { refresh: false, dryRun: true });
    const connection = draft.crm.connection?.id;
    const prediction = predictionOf(session, connection, report.demand);
    return { report, owned: countOwned(store), prediction };
  } finally {
    copy.close();
  }
}

function countOwned(store: AccountStore): number {
  let owned = 0;
  for (const revision of store.eachPresent('crm')) owned += revision.owned ? 1 : 0;
  return owned;
}

/** The summary before the last question: the choices, and the first sync in numbers. */
export function renderRehearsal(
  io: Io,
  draft: Draft,
  { report, doubled, owned, prediction }: Rehearsal,
): string {
  const { provider, crm, rules } = draft;
  const { group, visibility, customFields, direction } = rules;
  const twoWay = direction === 'two-way';
  const wanted = customFields
    .filter(({ state }) => state === 'wanted')
    .map(({ field }) => FIELD_WORDS[field]);
  const places = { provider: PROVIDERS[provider.kind].name, crm: VENDORS.pipedrive };
  const numbers = planNumbers(report.plan ?? [], places);
  const lines = [
    io.paintErr.bold(
      `${neutralise(provider.email)} ${twoWay ? '⇄' : '→'} ${neutralise(crm.company)}`,
    ),
    texts.contactsAndReaders(neutralise(group.name), visibility && neutralise(visibility.label)),
    ...(twoWay ? [texts.owned(owned)] : []),
    '',
    io.paintErr.bold(texts.FIRST_SYNC),
    ...(numbers.length === 0 ? [texts.FIRST_SYNC_IDLE] : numbers.map((line) => `  ${line}`)),
    ...(report.conflicts > 0 ? [texts.differing(report.conflicts)] : []),
    ...(doubled > 0 ? [texts.doubled(doubled)] : []),
    ...(report.setAside.length > 0 ? [texts.leftAlone(report.setAside.length)] : []),
    ...(wanted.length > 0 ? [texts.makesFields(wanted)] : []),
    ...unheldLines(report.unheld ?? []),
    ...(prediction === undefined ? [] : [`  ${predictionLine(prediction)}`]),
    texts.BACKUP_FIRST,
  ];
  return lines.join('\n');
}
