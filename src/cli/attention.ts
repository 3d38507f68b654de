import { FIELD_WORDS } from '../contact/contact.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { Store } from '../store/open.ts';
import { connectionOf } from './connection-of.ts';
import { neutralise } from './neutralise.ts';
import { asWord } from './as-word.ts';
import { isField } from './fields.ts';
import { until } from './texts/language.ts';
import { vendorName } from './texts/names.ts';
import * as texts from './texts/status.ts';

export interface Attention {
  readonly code: string;
  readonly message: string;
  /** The command that mends it, or what else is to be done. */
  readonly next: string;
}

/** More contacts than these are counted only. */
const SHOWN = 3;

/** What the user should look at, each with what mends it. */
export function attention(store: Store, row: AccountRow): readonly Attention[] {
  return [
    ...ofLastRun(store, row),
    ...signInsThatEnd(store, [row], new Date()),
    ...ofSetAside(store, row),
    ...ofConflicts(store, row),
    ...ofVanished(store, row),
    ...ofFields(store, row),
  ];
}

function ofLastRun({ dashboard }: Store, { id, name }: AccountRow): readonly Attention[] {
  const summary = dashboard.lastRun(id)?.summary;
  if (summary === undefined) return [];
  const step = texts.afterRun(summary.status, asWord(name));
  return step === undefined
    ? []
    : [{ code: summary.status, message: summary.message ?? '', next: step }];
}

function ofSetAside({ dashboard }: Store, { id, name }: AccountRow): readonly Attention[] {
  const parked = dashboard.setAside(id);
  const code = 'set-aside';
  const shown = parked.slice(0, SHOWN).map((one): Attention => ({
    code,
    ...texts.setAside(neutralise(one.contact) || one.id, neutralise(one.reason), asWord(name)),
  }));
  const rest = parked.length - shown.length;
  return rest === 0 ? shown : [...shown, { code, ...texts.moreSetAside(rest) }];
}

function ofConflicts(store: Store, { id, name }: AccountRow): readonly Attention[] {
  const open = store.decisions(id).openConflicts();
  if (open === 0) return [];
  return [{ code: 'open-conflicts', ...texts.openConflicts(open, asWord(name)) }];
}

function ofVanished({ dashboard }: Store, { id, name }: AccountRow): readonly Attention[] {
  const count = dashboard.released(id).find(({ reason }) => reason === 'vanished')?.count ?? 0;
  if (count === 0) return [];
  return [{ code: 'vanished', ...texts.vanished(count, asWord(name)) }];
}

function ofFields({ dashboard }: Store, { name, crmConnection }: AccountRow): readonly Attention[] {
  const leftOut = dashboard.fieldsLeftOut(crmConnection).filter(isField);
  if (leftOut.length === 0) return [];
  const words = leftOut.map((field) => FIELD_WORDS[field]);
  return [{ code: 'fields-left-out', ...texts.fieldsLeftOut(words, asWord(name)) }];
}

/** Early enough to sign in again at leisure, and not for weeks. */
const WARN_BEFORE_MS = 3 * 86_400_000;

/**
 * Sign-ins whose end is known and near: of Google's apps in testing, or unused for long. Each once,
 * for the first of the accounts that use it.
 */
export function signInsThatEnd(
  store: Store,
  rows: readonly AccountRow[],
  now: Date,
): readonly Attention[] {
  const uses = rows.flatMap(({ name, providerConnection, crmConnection }) => [
    { name, side: 'provider', id: providerConnection },
    { name, side: 'crm', id: crmConnection },
  ]);
  const logins = uses.filter((use, at) => uses.findIndex(({ id }) => id === use.id) === at);
  return logins.flatMap(({ name, side, id }): Attention[] => {
    const { kind, details } = connectionOf(store, id);
    const ends = Date.parse(String(details['signInEnds'] ?? ''));
    const left = ends - now.getTime();
    if (!(left <= WARN_BEFORE_MS)) return [];
    const when = left <= 0 ? undefined : until(left);
    const login = `${asWord(name)} --${side}`;
    return [{ code: 'sign-in-ends', ...texts.signInEnds(vendorName(kind), when, login) }];
  });
}
