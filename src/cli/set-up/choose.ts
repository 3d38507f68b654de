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
import { counted, listed } from '../words.ts';
import type { AddAccountFlags, ChosenRules, ConnectedCrm, ConnectedProvider } from './draft.ts';

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
    'Which contacts?',
    groups.map((group) => ({ value: group, name: groupLine(group, total) })),
  );
}

function groupLine(group: Group, total: number | undefined): string {
  if (group.id === 'all') {
    return total === undefined
      ? group.name
      : `${group.name} (${counted(total, 'contact', 'contacts')})`;
  }
  return `${neutralise(group.name)} (${group.kind}, ${counted(group.count, 'contact', 'contacts')})`;
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
    first === undefined
      ? `There is no group "${wanted}".`
      : `Several groups are called "${wanted}"; name its id.`,
    `There are: ${names.join(', ')}`,
  );
}

export async function chooseDirection(
  session: Session,
  { direction }: AddAccountFlags,
  { kind }: Pick<ConnectedProvider, 'kind'>,
): Promise<Direction> {
  if (direction !== undefined || asksNothing(session)) return direction ?? 'one-way';
  const from = PROVIDERS[kind].name;
  const prompter = await session.prompter();
  return prompter.select<Direction>('In which direction?', [
    { value: 'one-way', name: `${from} → Pipedrive` },
    { value: 'two-way', name: `${from} ⇄ Pipedrive: your own people there come to ${from}, too` },
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
    'Who may see the people it creates?',
    visibilities.map((one) => ({
      value: one,
      name: `${neutralise(one.label)} (${one.name})${one.isDefault ? ', the default' : ''}`,
    })),
    visibilities.find(({ isDefault }) => isDefault),
  );
}

function visibilityNamed(wanted: string, visibilities: readonly Visibility[]): Visibility {
  const found = visibilities.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  if (visibilities.length === 0) {
    throw new Refused(
      'Your Pipedrive user may not choose who sees a person.',
      'Leave --visibility out.',
    );
  }
  const names = visibilities.map(({ name, label }) => `${name} (${label})`);
  throw new UsageError(
    `This Pipedrive account has no visibility "${wanted}".`,
    `It has: ${names.join(', ')}`,
  );
}

export async function chooseMatchRule(
  session: Session,
  { match }: AddAccountFlags,
): Promise<MatchRule> {
  if (match !== undefined || asksNothing(session)) return match ?? 'email';
  const prompter = await session.prompter();
  return prompter.select<MatchRule>('What about people who are in Pipedrive already?', [
    { value: 'email', name: 'join them with the contact of the same e-mail address' },
    { value: 'none', name: 'leave them alone: everybody is created anew' },
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
    return prompter.select<ConflictRule>('Where both sides have another value, which counts?', [
      { value: 'newest', name: 'the newer change; what differs already stays' },
      { value: 'provider', name: `${name}’s` },
      { value: 'crm', name: 'Pipedrive’s' },
      { value: 'ask', name: 'neither, until I decide; what differs already stays' },
    ]);
  }
  return prompter.select<ConflictRule>('And where they have another value there?', [
    { value: 'newest', name: 'leave both values as they are' },
    { value: 'provider', name: `${name}’s value goes to Pipedrive` },
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
    io.note('You may not choose who sees people in Pipedrive: they get your default.');
  }
  const impossible = survey.filter(({ kind }) => kind === 'impossible');
  const [first] = impossible;
  if (first?.kind !== 'impossible') return;
  const words = listed(impossible.map(({ field }) => FIELD_WORDS[field]));
  io.note(`Left out, since Pipedrive has no field for it: ${words}. ${neutralise(first.reason)}`);
}
