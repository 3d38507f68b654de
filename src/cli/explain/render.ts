import { displayName } from '../../contact/contact.ts';
import type { Side } from '../../plan/model.ts';
import { conflictDocument } from '../conflicts/render.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { arbiterWords, releaseWords, type SideNames } from '../reasons.ts';
import { changeDocument, renderChanges } from '../render/changes.ts';
import { clip, table } from '../render/table.ts';
import { valueText } from '../render/values.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import { asWord, listed } from '../words.ts';
import type { Facts, FieldFacts, NextForField } from './facts.ts';

/** Why a contact looks the way it does, for people. */
export function renderFacts(io: Io, facts: Facts, names: SideNames): string {
  const { account, person } = facts;
  const ids = [person.providerId, person.crmId].filter((id) => id !== undefined && id !== '');
  return [
    `${io.paint.bold(neutralise(person.name))}  ${neutralise(account.name)}  ${io.paint.dim(neutralise(ids.join('  ')))}`,
    `  ${stateText(facts, names)}`,
    ...(facts.parked === undefined ? [] : [`  Set aside: ${neutralise(facts.parked.reason)}`]),
    `  Next run: ${nextText(facts, names)}`,
    '',
    fieldLines(io, facts, names),
    ...openLines(facts, names),
    ...(facts.changes.length === 0
      ? []
      : ['', 'What was last done:', renderChanges(io, facts.changes, names)]),
  ].join('\n');
}

function stateText(facts: Facts, names: SideNames): string {
  if (facts.pair !== undefined) return `Synced: in ${names.provider} and in ${names.crm}.`;
  if (facts.released !== undefined) return `Not synced: ${releaseWords(facts.released, names)}.`;
  const where = listed(sidesOf(facts).map((side) => names[side]));
  if (where === '') return 'Not there any more.';
  if (facts.outOfScope) return `Only in ${where}: it is not in what this account syncs.`;
  return `Only in ${where}: not synced yet.`;
}

function sidesOf({ sightings }: Facts): readonly Side[] {
  return (['provider', 'crm'] as const).filter((side) => sightings[side]?.kind === 'present');
}

function nextText(facts: Facts, names: SideNames): string {
  const { next } = facts;
  if (next === undefined) return nextForStranger(facts);
  switch (next.kind) {
    case 'nothing':
      return 'nothing to do';
    case 'create':
      return `creates ${neutralise(displayName(next.contact))} in ${names[next.side]} again: deleted there, edited on the other side`;
    case 'delete':
      return `deletes it in ${names[next.side]}: it was deleted on the other side`;
    case 'release':
      return `lets it go: ${releaseWords(next.reason, names)}`;
    case 'forget':
      return 'lets it go: it is gone on both sides';
    case 'merge': {
      const sides = next.writes.map(({ side }) => names[side]);
      return sides.length === 0 ? 'nothing to write' : `writes to ${listed(sides)}`;
    }
  }
}

/** Somebody in no mapping that syncs. */
function nextForStranger(facts: Facts): string {
  if (facts.parked?.kind === 'ambiguous') {
    return `waits for your decision: contactsync conflicts ${asWord(neutralise(facts.account.name))}`;
  }
  const [only] = sidesOf(facts);
  const oneWay = facts.rules.direction === 'one-way' && only === 'crm';
  if (facts.released !== undefined || facts.outOfScope || only === undefined || oneWay) {
    return 'nothing to do';
  }
  return 'looks for the same person on the other side, else creates it there';
}

/** Aligned for people, each side on a line of its own where they differ; a table for everybody else. */
function fieldLines(io: Io, facts: Facts, names: SideNames): string {
  const next = (one: FieldFacts): string =>
    facts.pair === undefined ? '' : fieldNext(one.next, names, facts.rules.direction);
  if (io.forPeople && !io.accessible) {
    const width = Math.max(...facts.fields.map(({ field }) => FIELD_WORDS[field].length));
    const lines = facts.fields.flatMap((one) => {
      const title = FIELD_WORDS[one.field].padEnd(width);
      const [first = '', ...rest] = valueLines(one, next(one), names);
      return [`${title}  ${first}`, ...rest.map((line) => `${' '.repeat(width)}  ${line}`)];
    });
    return lines.map((line) => clip(line, io.width)).join('\n');
  }
  return table(io, facts.fields, [
    { title: 'Field', text: ({ field }) => FIELD_WORDS[field] },
    { title: 'Agreed', text: baseText },
    { title: names.provider, text: ({ field, value }) => valueText(field, value.provider) },
    { title: names.crm, text: ({ field, value }) => valueText(field, value.crm) },
    { title: 'Next', text: next },
  ]);
}

/** What is the same everywhere takes one line; else what comes of it, and who holds what. */
function valueLines(one: FieldFacts, next: string, names: SideNames): readonly string[] {
  const { field, value } = one;
  const [provider, crm, agreed] = [
    valueText(field, value.provider),
    valueText(field, value.crm),
    baseText(one),
  ];
  if (provider === crm && one.next.kind === 'nothing') return [provider];
  const width = Math.max(names.provider.length, names.crm.length, 'agreed'.length);
  const line = (who: string, what: string): string => `  ${who.padEnd(width)}  ${what}`;
  const sides = [line(names.provider, provider), line(names.crm, crm)];
  const known = agreed === '–' || one.next.kind === 'one-side-only';
  return [next, ...sides, ...(known ? [] : [line('agreed', agreed)])];
}

/** What both sides held when they last agreed; both values where they are not the same. */
function baseText({ field, base }: FieldFacts): string {
  const [provider, crm] = [valueText(field, base.provider), valueText(field, base.crm)];
  return provider === crm ? provider : `${provider} | ${crm}`;
}

function fieldNext(next: NextForField, names: SideNames, direction: string): string {
  switch (next.kind) {
    case 'nothing':
      return 'in step';
    case 'agree':
      return direction === 'one-way'
        ? `kept: ${names.crm}’s changes are not carried over`
        : 'differs, and is kept';
    case 'one-side-only':
      return `kept in ${names[next.side]} only: the other side cannot hold it`;
    case 'write': {
      const from = names[next.side === 'crm' ? 'provider' : 'crm'];
      const by = next.conflict === undefined ? '' : `; ${arbiterWords(next.conflict.by, names)}`;
      return `${from} → ${names[next.side]}${by}`;
    }
    case 'open':
      return next.conflict.by === 'newest' && !next.conflict.known
        ? 'changed on both sides; the vendors’ times decide'
        : `open: ${next.conflict.by === 'newest' ? 'the times do not tell' : arbiterWords(next.conflict.by, names)}`;
  }
}

function openLines({ open, account }: Facts, names: SideNames): readonly string[] {
  if (open.length === 0) return [];
  const lines = open.map(
    ({ id, field, values }) =>
      `  c${id}  ${FIELD_WORDS[field]}: ${names.provider} ${valueText(field, values.provider)}, ${names.crm} ${valueText(field, values.crm)}`,
  );
  const command = `Settle them: contactsync conflicts ${asWord(neutralise(account.name))}`;
  return ['', 'Open conflicts:', ...lines, `  ${command}`];
}

export function factsDocument(facts: Facts): Record<string, unknown> {
  const { account, person, pair, released, parked, next, fields, open, changes } = facts;
  return {
    account: account.name,
    contact: person.name,
    providerId: person.providerId ?? null,
    crmId: person.crmId === '' ? null : (person.crmId ?? null),
    state: pair === undefined ? (released === undefined ? 'unmapped' : 'released') : 'synced',
    released: released ?? null,
    inScope: !facts.outOfScope,
    setAside: parked === undefined ? null : { kind: parked.kind, reason: parked.reason },
    next: next === undefined ? null : nextDocument(next),
    fields: fields.map(fieldDocument),
    conflicts: open.map(conflictDocument),
    changes: changes.map((change) => ({ run: change.run, ...changeDocument(change) })),
  };
}

function nextDocument(next: NonNullable<Facts['next']>): Record<string, unknown> {
  const reason = next.kind === 'release' ? next.reason : null;
  const side = next.kind === 'create' || next.kind === 'delete' ? [next.side] : [];
  const sides = next.kind === 'merge' ? next.writes.map((write) => write.side) : side;
  return { action: next.kind, sides, reason };
}

function fieldDocument({ field, base, value, next }: FieldFacts): Record<string, unknown> {
  const conflict = 'conflict' in next ? next.conflict : undefined;
  return {
    field,
    base,
    provider: value.provider,
    crm: value.crm,
    next: {
      kind: next.kind,
      side: 'side' in next ? next.side : null,
      decidedBy: conflict?.by ?? null,
      winner: conflict?.winner ?? null,
    },
  };
}
