import { FIELD_WORDS } from '../../contact/contact.ts';
import type { FieldSurvey, Group } from '../../sync/ports.ts';
import { ALL_CONTACTS } from '../../sync/account.ts';
import type { ConflictRule, Direction, MatchRule } from '../../plan/model.ts';
import type { Visibility } from '../../crm/pipedrive/set-up.ts';
import type { CustomField } from '../../sync/records.ts';
import { pipedriveSide } from '../compose.ts';
import { PROVIDERS } from '../providers.ts';
import { neutralise } from '../neutralise.ts';
import type { Session } from '../session.ts';
import { Refused, UsageError } from '../usage-error.ts';
import type { AddAccountFlags, ChosenRules, ConnectedCrm, ConnectedProvider } from './draft.ts';
import * as texts from '../texts/set-up.ts';

interface Connected {
  readonly provider: ConnectedProvider;
  readonly crm: ConnectedCrm;
}

export async function chooseRules(
  session: Session,
  flags: AddAccountFlags,
  { provider, crm }: Connected,
): Promise<ChosenRules> {
  const group = await chooseGroup(session, flags, provider);
  const direction = await chooseDirection(session, flags, provider);
  const visibility = await chooseVisibility(session, flags, crm);
  const match = await chooseMatchRule(session, flags);
  const onConflict = await chooseConflictRule(session, flags, provider, direction);
  const survey = await pipedriveSide(session, crm.login, { customFields: [] }).customFields.survey(
    session.signal,
  );
  tellLimits(session, crm, survey);
  return {
    group,
    direction,
    visibility,
    onConflict,
    match,
    customFields: survey.map(toCustomField),
    survey,
  };
}

function toCustomField(one: FieldSurvey): CustomField {
  switch (one.kind) {
    case 'found':
      return { field: one.field, state: 'found', code: one.code };
    case 'makeable':
      return { field: one.field, state: 'wanted' };
    case 'impossible':
      return { field: one.field, state: 'left-out' };
  }
}

export async function chooseGroup(
  session: Session,
  { group: wanted }: AddAccountFlags,
  { side }: Pick<ConnectedProvider, 'side'>,
): Promise<Group> {
  const { everything = ALL_CONTACTS } = side.groups;
  if (wanted === 'all' || (asksNothing(session) && wanted === undefined)) return everything;
  const listed = await side.groups.list(session.signal);
  // Outlook's own "all contacts" is in its list.
  const groups = everything === ALL_CONTACTS ? [ALL_CONTACTS, ...listed] : listed;
  if (wanted !== undefined) return groupNamed(wanted, groups);
  const total = await side.groups.total?.(session.signal);
  const prompter = await session.prompter();
  return prompter.select(
    texts.GROUP_QUESTION,
    groups.map((group) => ({ value: group, name: groupLine(group, total) })),
  );
}

function groupLine(group: Group, total: number | undefined): string {
  if (group.id === 'all') {
    return total === undefined ? group.name : texts.groupWith(group.name, total);
  }
  return texts.groupWith(neutralise(group.name), group.count, group.kind);
}

/** By id, or by name whatever its case. @throws {UsageError} for none, or for several */
function groupNamed(wanted: string, groups: readonly Group[]): Group {
  const byId = groups.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const named = groups.filter(({ name }) => name.toLowerCase() === wanted.trim().toLowerCase());
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  const names = groups.map(({ id, name }) => (id === 'all' ? 'all' : neutralise(name)));
  throw new UsageError(
    first === undefined ? texts.noGroup(wanted, names) : texts.severalGroups(wanted, names),
  );
}

export async function chooseDirection(
  session: Session,
  { direction }: AddAccountFlags,
  { kind }: Pick<ConnectedProvider, 'kind'>,
): Promise<Direction> {
  if (direction !== undefined || asksNothing(session)) return direction ?? 'one-way';
  const answers = texts.directionAnswers(PROVIDERS[kind].name);
  const prompter = await session.prompter();
  return prompter.select<Direction>(texts.DIRECTION_QUESTION, [
    { value: 'one-way', name: answers['one-way'] },
    { value: 'two-way', name: answers['two-way'] },
  ]);
}

export async function chooseVisibility(
  session: Session,
  { visibility: wanted }: AddAccountFlags,
  { visibilities }: Pick<ConnectedCrm, 'visibilities'>,
): Promise<Visibility | undefined> {
  if (wanted !== undefined) return visibilityNamed(wanted, visibilities);
  if (asksNothing(session) || visibilities.length < 2) return undefined;
  const prompter = await session.prompter();
  return prompter.select<Visibility | undefined>(
    texts.VISIBILITY_QUESTION,
    visibilities.map((one) => ({
      value: one,
      name: texts.visibilityAnswer(neutralise(one.label), one.name, one.isDefault),
    })),
    visibilities.find(({ isDefault }) => isDefault),
  );
}

function visibilityNamed(wanted: string, visibilities: readonly Visibility[]): Visibility {
  const found = visibilities.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  if (visibilities.length === 0) throw new Refused(texts.NO_VISIBILITIES);
  throw new UsageError(texts.noVisibility(wanted, visibilities));
}

export async function chooseMatchRule(
  session: Session,
  { match }: AddAccountFlags,
): Promise<MatchRule> {
  if (match !== undefined || asksNothing(session)) return match ?? 'email';
  const prompter = await session.prompter();
  return prompter.select<MatchRule>(texts.MATCH_QUESTION, [
    { value: 'email', name: texts.MATCH_ANSWERS.email },
    { value: 'none', name: texts.MATCH_ANSWERS.none },
  ]);
}

export async function chooseConflictRule(
  session: Session,
  { onConflict }: AddAccountFlags,
  { kind }: Pick<ConnectedProvider, 'kind'>,
  direction: Direction,
): Promise<ConflictRule> {
  if (onConflict !== undefined || asksNothing(session)) return onConflict ?? 'newest';
  const { name } = PROVIDERS[kind];
  const prompter = await session.prompter();
  if (direction === 'two-way') {
    const answers = texts.conflictAnswers(name);
    return prompter.select<ConflictRule>(texts.CONFLICT_QUESTION, [
      { value: 'newest', name: answers.newest },
      { value: 'provider', name: answers.provider },
      { value: 'crm', name: answers.crm },
      { value: 'ask', name: answers.ask },
    ]);
  }
  const answers = texts.oneWayAnswers(name);
  return prompter.select<ConflictRule>(texts.ONE_WAY_QUESTION, [
    { value: 'newest', name: answers.newest },
    { value: 'provider', name: answers.provider },
  ]);
}

function asksNothing({ flags, io }: Session): boolean {
  return flags.yes || !io.canAsk;
}

/** What a missing right means, before anything is decided. */
function tellLimits(
  { io }: Session,
  { rights }: ConnectedCrm,
  survey: readonly FieldSurvey[],
): void {
  if (rights.changeVisibility === 'no') {
    io.note(texts.VISIBILITY_FIXED);
  }
  const impossible = survey.filter(({ kind }) => kind === 'impossible');
  const [first] = impossible;
  if (first?.kind !== 'impossible') return;
  const words = impossible.map(({ field }) => FIELD_WORDS[field]);
  io.note(texts.fieldsLeftOut(words, neutralise(first.reason)));
}
