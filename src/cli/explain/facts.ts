import { FIELDS, type Contact, type FieldName } from '../../contact/contact.ts';
import { sameField } from '../../contact/fields.ts';
import {
  SIDES,
  other,
  type Action,
  type Conflict,
  type Pair,
  type ReleaseReason,
  type Rules,
  type Side,
  type Sighting,
} from '../../plan/model.ts';
import { inScope, reconcile } from '../../plan/reconcile.ts';
import type { ParkedContact } from '../../store/dashboard.ts';
import type { ConflictRecord } from '../../store/decisions.ts';
import type { PastChange } from '../../store/history.ts';
import type { FoundPerson } from '../find-person.ts';
import { offlineRules } from '../offline.ts';
import type { Session } from '../session.ts';

/** All that is known about one contact, and what follows from it. Nobody is asked. */
export interface Facts extends FoundPerson {
  readonly rules: Rules;
  readonly sightings: { readonly [S in Side]?: Sighting };
  /** Of the mapping that syncs, if there is one. */
  readonly pair?: Pair;
  readonly released?: ReleaseReason;
  /** What the next run would do, as things stand in the database. */
  readonly next?: Action;
  /** There is no mapping, and why there will be none: it is out of scope. */
  readonly outOfScope: boolean;
  readonly fields: readonly FieldFacts[];
  readonly parked?: ParkedContact;
  readonly open: readonly ConflictRecord[];
  readonly changes: readonly PastChange[];
}

export interface FieldFacts {
  readonly field: FieldName;
  readonly base: { readonly [S in Side]: Contact[FieldName] | null };
  readonly value: { readonly [S in Side]: Contact[FieldName] | null };
  readonly next: NextForField;
}

/** What the next run does about one field. */
export type NextForField =
  | { readonly kind: 'nothing' }
  /** Both sides agree that it stays as it is: what differs stays where it is. */
  | { readonly kind: 'agree' }
  /** One side cannot hold all of the other's value. */
  | { readonly kind: 'one-side-only'; readonly side: Side }
  | { readonly kind: 'write'; readonly side: Side; readonly conflict?: Conflict }
  | { readonly kind: 'open'; readonly conflict: Conflict };

const LATEST_CHANGES = 10;

export async function factsOf(session: Session, found: FoundPerson): Promise<Facts> {
  const { account, person } = found;
  const store = session.store();
  const mine = store.account(account.id);
  const rules = await offlineRules(session, account);
  const idOf = { provider: person.providerId, crm: person.crmId };
  const sightings = Object.fromEntries(
    SIDES.flatMap((side) => {
      const sighting = idOf[side] === undefined ? undefined : mine.sighting(side, idOf[side]);
      return sighting === undefined ? [] : [[side, sighting]];
    }),
  ) as Facts['sightings'];
  const live = person.mapping !== undefined && person.mapping.released === undefined;
  const pair = live ? mine.pairOf('provider', person.providerId ?? '') : undefined;
  const next = pair && reconcile(pair, rules);
  const parked = store.dashboard.setAside(account.id).find(({ side, id }) => id === idOf[side]);
  const released = person.mapping?.released;
  return {
    ...found,
    rules,
    sightings,
    ...(pair === undefined ? {} : { pair }),
    ...(next === undefined ? {} : { next }),
    ...(released === undefined ? {} : { released }),
    outOfScope: isOutOfScope(sightings, rules),
    fields: fieldFacts(sightings, rules, pair, next),
    ...(parked === undefined ? {} : { parked }),
    open: store
      .decisions(account.id)
      .conflicts()
      .filter((one) => one.state === 'open' && one.providerId === person.providerId),
    changes: store.history.changesOf({ ...person, accountId: account.id }, LATEST_CHANGES),
  };
}

function isOutOfScope(sightings: Facts['sightings'], rules: Rules): boolean {
  return SIDES.some((side) => {
    const sighting = sightings[side];
    return sighting?.kind === 'present' && !inScope(side, sighting.revision, rules);
  });
}

function fieldFacts(
  sightings: Facts['sightings'],
  rules: Rules,
  pair: Pair | undefined,
  action: Action | undefined,
): readonly FieldFacts[] {
  const held = (side: Side, field: FieldName): Contact[FieldName] | null => {
    const sighting = pair?.[side] ?? sightings[side];
    return sighting?.kind === 'present' ? (sighting.revision.contact[field] ?? null) : null;
  };
  const facts = FIELDS.map((field): FieldFacts => ({
    field,
    base: {
      provider: pair?.mapping.bases.provider[field] ?? null,
      crm: pair?.mapping.bases.crm[field] ?? null,
    },
    value: { provider: held('provider', field), crm: held('crm', field) },
    next: nextFor(field, rules, pair, action),
  }));
  return facts.filter(({ base, value }) =>
    SIDES.some((side) => !isEmpty(base[side]) || !isEmpty(value[side])),
  );
}

function isEmpty(value: Contact[FieldName] | null): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function nextFor(
  field: FieldName,
  rules: Rules,
  pair: Pair | undefined,
  action: Action | undefined,
): NextForField {
  if (action?.kind === 'merge') {
    const conflict = action.conflicts.find((one) => one.field === field);
    const write = action.writes.find(({ patch }) => field in patch);
    if (write !== undefined) {
      return { kind: 'write', side: write.side, ...(conflict === undefined ? {} : { conflict }) };
    }
    if (conflict !== undefined && conflict.winner === undefined) return { kind: 'open', conflict };
  }
  return (pair && unheldBy(field, pair, rules)) ?? { kind: 'nothing' };
}

/** Where the sides differ in what one of them cannot hold, or what nobody has carried over. */
function unheldBy(field: FieldName, pair: Pair, rules: Rules): NextForField | undefined {
  const { provider, crm } = pair;
  if (provider.kind !== 'present' || crm.kind !== 'present') return undefined;
  const contacts = { provider: provider.revision.contact, crm: crm.revision.contact };
  if (sameField(field, contacts.provider, contacts.crm)) return undefined;
  const lossy = SIDES.find(
    (side) => !sameField(field, rules.holds[other(side)](contacts[side]), contacts[side]),
  );
  return lossy === undefined ? { kind: 'agree' } : { kind: 'one-side-only', side: lossy };
}
