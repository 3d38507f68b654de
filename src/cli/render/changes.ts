import type { FieldChange, PastChange } from '../../store/history.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { HEADINGS, type SideNames } from '../texts/names.ts';
import { ACTION_WORDS, causeWords } from '../texts/reasons.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import { isField } from '../fields.ts';
import { clip, table } from './table.ts';
import { valueText } from './values.ts';
import { NOT_KEPT } from '../texts/history.ts';
import { clockTime, dayAndTime } from '../texts/language.ts';

interface ChangeLine {
  readonly change: PastChange;
  readonly field?: FieldChange;
}

/** Contact by contact, field by field: what it was, what it is, and why. */
export function renderChanges(io: Io, changes: readonly PastChange[], names: SideNames): string {
  if (!io.forPeople || io.accessible) return plainChanges(io, changes, names);
  return [...grouped(changes).values()]
    .map((some) =>
      [
        io.paint.bold(neutralise(whose(some[0]))),
        ...some.flatMap((change) => changeLines(io, change, names)),
      ].join('\n'),
    )
    .join('\n');
}

function grouped(changes: readonly PastChange[]): Map<string, PastChange[]> {
  const groups = new Map<string, PastChange[]>();
  for (const change of changes) {
    groups.set(keyOf(change), [...(groups.get(keyOf(change)) ?? []), change]);
  }
  return groups;
}

/** What a change is about: a contact, an organization, or a field of the CRM. */
function whose(change: PastChange | undefined): string {
  const { action, contact = '', valuesKept = true } = change ?? {};
  if (!valuesKept) return NOT_KEPT;
  return action === 'field-made' && isField(contact) ? FIELD_WORDS[contact] : contact;
}

function keyOf({ providerId, crmId, contact }: PastChange): string {
  return providerId ?? crmId ?? contact;
}

function changeLines(io: Io, change: PastChange, names: SideNames): readonly string[] {
  const sign = change.setAside === undefined ? ' ' : io.paint.yellow('!');
  const clock = clockTime(new Date(change.at));
  const head = `${sign} ${names[change.side]}  ${ACTION_WORDS[change.action]}`;
  const cause = causeWords(change, names);
  const lines = change.fields.map(
    ({ field, before, after, decidedBy }) =>
      `    ${FIELD_WORDS[field]}: ${valueText(field, before)} → ${valueText(field, after)}${
        decidedBy === undefined ? '' : io.paint.dim(`  (${causeWords(change, names, decidedBy)})`)
      }`,
  );
  const why = cause === '' ? '' : `: ${neutralise(cause)}`;
  return [`${head}${why}  ${io.paint.dim(clock)}`, ...lines].map((line) => clip(line, io.width));
}

function plainChanges(io: Io, changes: readonly PastChange[], names: SideNames): string {
  const lines = changes.flatMap((change): ChangeLine[] =>
    change.fields.length === 0 ? [{ change }] : change.fields.map((field) => ({ change, field })),
  );
  return table(io, lines, [
    {
      title: HEADINGS.at,
      text: ({ change }) => dayAndTime(new Date(change.at)),
      plain: ({ change }) => change.at,
    },
    { title: HEADINGS.contact, text: ({ change }) => whose(change) },
    {
      title: HEADINGS.side,
      text: ({ change }) => names[change.side],
      plain: ({ change }) => change.side,
    },
    { title: HEADINGS.action, text: ({ change }) => ACTION_WORDS[change.action] },
    {
      title: HEADINGS.field,
      text: ({ field }) => (field === undefined ? '' : FIELD_WORDS[field.field]),
    },
    {
      title: HEADINGS.before,
      text: ({ field }) => (field ? valueText(field.field, field.before) : ''),
    },
    {
      title: HEADINGS.after,
      text: ({ field }) => (field ? valueText(field.field, field.after) : ''),
    },
    {
      title: HEADINGS.why,
      text: ({ change, field }) => causeWords(change, names, field?.decidedBy),
    },
  ]);
}

export function changeDocument(change: PastChange): Record<string, unknown> {
  const { providerId, crmId, released, setAside, fields, run: _run, ...rest } = change;
  return {
    ...rest,
    providerId: providerId ?? null,
    crmId: crmId ?? null,
    fields: fields.map(({ decidedBy, ...field }) => ({ ...field, decidedBy: decidedBy ?? null })),
    released: released ?? null,
    setAside: setAside ?? null,
  };
}
