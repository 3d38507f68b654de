import { displayName } from '../../contact/contact.ts';
import { other, type Conflict, type Side } from '../../plan/model.ts';
import { conflictDocument } from '../conflicts/render.ts';
import type { Io } from '../io.ts';
import { neutralise } from '../neutralise.ts';
import { HEADINGS, type SideNames } from '../texts/names.ts';
import { arbiterWords } from '../texts/reasons.ts';
import { changeDocument, renderChanges } from '../render/changes.ts';
import { clip, table } from '../render/table.ts';
import { valueText } from '../render/values.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import type { Facts, FieldFacts, NextForField } from './facts.ts';
import { asWord } from '../as-word.ts';
import { conflictId } from '../conflicts/cases.ts';
import { open, TIMES_DO_NOT_TELL } from '../texts/conflicts.ts';
import * as texts from '../texts/explain.ts';

/** Why a contact looks the way it does, for people. */
export function renderFacts(io: Io, facts: Facts, names: SideNames): string {
  const { account, person } = facts;
  const ids = [person.providerId, person.crmId].filter((id) => id !== undefined && id !== '');
  return [
    `${io.paint.bold(neutralise(person.name))}  ${neutralise(account.name)}  ${io.paint.dim(neutralise(ids.join('  ')))}`,
    `  ${stateText(facts, names)}`,
    ...(facts.parked === undefined ? [] : [`  ${texts.setAside(neutralise(facts.parked.reason))}`]),
    `  ${texts.nextRun(nextText(facts, names))}`,
    '',
    fieldLines(io, facts, names),
    ...openLines(facts, names),
    ...(facts.changes.length === 0
      ? []
      : ['', texts.LAST_DONE, renderChanges(io, facts.changes, names)]),
  ].join('\n');
}

function stateText(facts: Facts, names: SideNames): string {
  if (facts.pair !== undefined) return texts.synced(names);
  if (facts.released !== undefined) return texts.notSynced(facts.released, names);
  const where = sidesOf(facts).map((side) => names[side]);
  if (where.length === 0) return texts.NOT_THERE;
  return facts.outOfScope ? texts.outOfScope(where) : texts.notYet(where);
}

function sidesOf({ sightings }: Facts): readonly Side[] {
  return (['provider', 'crm'] as const).filter((side) => sightings[side]?.kind === 'present');
}

function nextText(facts: Facts, names: SideNames): string {
  const { next } = facts;
  if (next === undefined) return nextForStranger(facts);
  switch (next.kind) {
    case 'nothing':
      return texts.NEXT.nothing;
    case 'create':
      return texts.NEXT.create(neutralise(displayName(next.contact)), names[next.side]);
    case 'delete':
      return texts.NEXT.delete(names[next.side]);
    case 'release':
      return texts.NEXT.release(next.reason, names);
    case 'forget':
      return texts.NEXT.forget;
    case 'merge': {
      const sides = next.writes.map(({ side }) => names[side]);
      return sides.length === 0 ? texts.NEXT.nothingToWrite : texts.NEXT.write(sides);
    }
  }
}

/** Somebody in no mapping that syncs. */
function nextForStranger(facts: Facts): string {
  if (facts.parked?.kind === 'ambiguous') {
    return texts.NEXT.waits(asWord(neutralise(facts.account.name)));
  }
  const [only] = sidesOf(facts);
  const oneWay = facts.rules.direction === 'one-way' && only === 'crm';
  if (facts.released !== undefined || facts.outOfScope || only === undefined || oneWay) {
    return texts.NEXT.nothing;
  }
  return texts.NEXT.join;
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
    { title: HEADINGS.field, text: ({ field }) => FIELD_WORDS[field] },
    { title: HEADINGS.agreed, text: baseText },
    { title: names.provider, text: ({ field, value }) => valueText(field, value.provider) },
    { title: names.crm, text: ({ field, value }) => valueText(field, value.crm) },
    { title: HEADINGS.next, text: next },
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
  const width = Math.max(names.provider.length, names.crm.length, texts.AGREED.length);
  const line = (who: string, what: string): string => `  ${who.padEnd(width)}  ${what}`;
  const sides = [line(names.provider, provider), line(names.crm, crm)];
  const known = agreed === '–' || one.next.kind === 'one-side-only';
  return [next, ...sides, ...(known ? [] : [line(texts.AGREED, agreed)])];
}

/** What both sides held when they last agreed; both values where they are not the same. */
function baseText({ field, base }: FieldFacts): string {
  const [provider, crm] = [valueText(field, base.provider), valueText(field, base.crm)];
  return provider === crm ? provider : `${provider} | ${crm}`;
}

function fieldNext(next: NextForField, names: SideNames, direction: string): string {
  switch (next.kind) {
    case 'nothing':
      return texts.FIELD.inStep;
    case 'agree':
      return direction === 'one-way' ? texts.FIELD.notCarried(names.crm) : texts.FIELD.differs;
    case 'one-side-only':
      return texts.FIELD.oneSideOnly(names[next.side], names[other(next.side)]);
    case 'write': {
      const from = names[next.side === 'crm' ? 'provider' : 'crm'];
      const by = next.conflict && arbiterWords(next.conflict.by, names);
      return texts.FIELD.write(from, names[next.side], by);
    }
    case 'open':
      return openNext(next.conflict, names);
  }
}

function openNext({ by, known }: Conflict, names: SideNames): string {
  if (by !== 'newest') return open(arbiterWords(by, names));
  return known ? open(TIMES_DO_NOT_TELL) : texts.FIELD.timesDecide;
}

function openLines(facts: Facts, names: SideNames): readonly string[] {
  if (facts.open.length === 0) return [];
  const lines = facts.open.map(({ id, field, values }) => {
    const [provider, crm] = [valueText(field, values.provider), valueText(field, values.crm)];
    return texts.openConflict(conflictId({ id }), FIELD_WORDS[field], { provider, crm }, names);
  });
  const account = asWord(neutralise(facts.account.name));
  return ['', texts.OPEN_CONFLICTS, ...lines, texts.settleThem(account)];
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
