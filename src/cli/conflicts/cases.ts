import { displayName } from '../../contact/contact.ts';
import { matchKeys } from '../../plan/match.ts';
import type { Arbiter, Revision, Side } from '../../plan/model.ts';
import { inScope } from '../../plan/reconcile.ts';
import type { AccountRow } from '../../store/accounts.ts';
import type {
  ConflictRecord,
  Decisions,
  UnclearContact,
  VanishedContact,
} from '../../store/decisions.ts';
import { offlineRules } from '../offline.ts';
import { sideNames } from '../side-names.ts';
import type { SideNames } from '../texts/names.ts';
import { arbiterWords } from '../texts/reasons.ts';
import { valueText } from '../render/values.ts';
import type { Session } from '../session.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import * as texts from '../texts/conflicts.ts';

/** Something that waits for the user's decision, whatever kind of thing it is. */
export interface Case {
  /** What `--settle` takes. */
  readonly id: string;
  readonly account: AccountRow;
  readonly contact: string;
  /** One line: what is to be decided. */
  readonly question: string;
  /** What may be answered; the first word is what `--take` takes. */
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly take: string;
  readonly words: string;
  /** @returns false where it cannot be carried out any more */
  readonly carryOut: () => boolean;
}

/** What one account has on record. */
export interface Docket {
  readonly account: AccountRow;
  readonly names: SideNames;
  readonly conflicts: readonly ConflictRecord[];
  readonly unclear: readonly (UnclearContact & { readonly candidates: readonly Candidate[] })[];
  readonly vanished: readonly (VanishedContact & { readonly contact: string })[];
}

/** Somebody who may be the person in question. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly organization?: string;
}

export async function docketOf(session: Session, account: AccountRow): Promise<Docket> {
  const store = session.store();
  const decisions = store.decisions(account.id);
  const unclear = decisions.unclear().map(async (one) => ({
    ...one,
    candidates: await candidatesFor(session, account, one.providerId),
  }));
  return {
    account,
    names: sideNames(store, account),
    conflicts: decisions.conflicts(),
    unclear: await Promise.all(unclear),
    vanished: decisions
      .vanished()
      .map((one) => ({ ...one, contact: nameOf(session, account, one) })),
  };
}

async function candidatesFor(
  session: Session,
  account: AccountRow,
  providerId: string,
): Promise<readonly Candidate[]> {
  const store = session.store().account(account.id);
  const sighting = store.sighting('provider', providerId);
  if (sighting?.kind !== 'present') return [];
  const rules = await offlineRules(session, account);
  const keys = matchKeys(rules.holds.crm(sighting.revision.contact));
  return store
    .candidates('crm', keys)
    .filter((revision) => inScope('crm', revision, rules))
    .map(toCandidate);
}

function toCandidate({ id, contact }: Revision): Candidate {
  const { emails, organization } = contact;
  return {
    id,
    name: displayName(contact),
    emails: emails.map(({ value }) => value),
    ...(organization === undefined ? {} : { organization }),
  };
}

function nameOf(session: Session, account: AccountRow, one: VanishedContact): string {
  const { people } = session.store();
  return people.find(one.providerId, account)[0]?.name ?? one.providerId;
}

/** What is open, in the order in which people are asked. */
export function openCases(session: Session, docket: Docket): readonly Case[] {
  const decisions = session.store().decisions(docket.account.id);
  return [
    ...docket.conflicts
      .filter(({ state }) => state === 'open')
      .map((one) => conflictCase(docket, decisions, one)),
    ...docket.unclear.map((one) => unclearCase(docket, decisions, one)),
    ...docket.vanished.map((one) => vanishedCase(docket, decisions, one)),
  ];
}

export function conflictId({ id }: Pick<ConflictRecord, 'id'>): string {
  return `c${id}`;
}

export function unclearId({ providerId }: Pick<UnclearContact, 'providerId'>): string {
  return `w:${providerId}`;
}

export function vanishedId({ mappingId }: Pick<VanishedContact, 'mappingId'>): string {
  return `v${mappingId}`;
}

function conflictCase({ account, names }: Docket, decisions: Decisions, one: ConflictRecord): Case {
  const { id, contact, field, values } = one;
  const value = (side: Side): Answer => ({
    take: side,
    words: texts.takeFrom(names[side], valueText(field, values[side])),
    carryOut: () => decisions.settleConflict(id, side),
  });
  return {
    id: conflictId(one),
    account,
    contact,
    question: texts.which(FIELD_WORDS[field], whyAsked(one.decidedBy, names)),
    answers: [
      value('provider'),
      value('crm'),
      {
        take: 'keep',
        words: texts.KEEP_BOTH,
        carryOut: () => decisions.settleConflict(id, 'keep'),
      },
    ],
  };
}

function whyAsked(by: Arbiter, names: SideNames): string | undefined {
  if (by === 'ask') return undefined;
  return by === 'newest' ? texts.TIMES_DO_NOT_TELL_WHICH : arbiterWords(by, names);
}

function unclearCase(
  { account, names }: Docket,
  decisions: Decisions,
  { providerId, contact, candidates }: Docket['unclear'][number],
): Case {
  const done = (write: () => void) => (): boolean => {
    write();
    return true;
  };
  return {
    id: unclearId({ providerId }),
    account,
    contact,
    question: texts.whoIsThis(names.crm),
    answers: [
      ...candidates.map(({ id, name, emails, organization }): Answer => ({
        take: id,
        words: [name, ...emails, ...(organization === undefined ? [] : [organization])].join(', '),
        carryOut: done(() => decisions.isSame(providerId, id)),
      })),
      {
        take: 'none',
        words: texts.NONE_OF_THEM,
        carryOut: done(() =>
          decisions.isNobodyOf(
            providerId,
            candidates.map(({ id }) => id),
          ),
        ),
      },
      {
        take: 'leave',
        words: texts.LEAVE_ALONE,
        carryOut: done(() => decisions.leaveAlone(providerId)),
      },
    ],
  };
}

function vanishedCase(
  { account, names }: Docket,
  decisions: Decisions,
  { mappingId, contact, side }: Docket['vanished'][number],
): Case {
  const [gone, left] = [names[side], names[side === 'crm' ? 'provider' : 'crm']];
  const settle = (outcome: 'keep' | 'deleted' | 'again') => (): boolean =>
    decisions.settleVanished(mappingId, outcome);
  const twoWay = account.direction === 'two-way';
  return {
    id: vanishedId({ mappingId }),
    account,
    contact,
    question: texts.notFound(gone),
    answers: [
      { take: 'keep', words: texts.keepIn(left), carryOut: settle('keep') },
      {
        take: 'deleted',
        words: texts.wasDeleted(twoWay || side === 'provider' ? left : undefined),
        carryOut: settle('deleted'),
      },
      ...(twoWay || side === 'crm'
        ? [{ take: 'again', words: texts.makeAgain(gone), carryOut: settle('again') }]
        : []),
    ],
  };
}
