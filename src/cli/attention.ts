import { FIELD_WORDS } from '../contact/contact.ts';
import type { AccountRow } from '../store/accounts.ts';
import type { Store } from '../store/open.ts';
import { connectionOf } from './connection-of.ts';
import { neutralise } from './neutralise.ts';
import { asWord, counted, isField, listed, until, vendorName } from './words.ts';

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
  const next: { readonly [S in typeof summary.status]?: string } = {
    'sign-in-needed': `Sign in again: contactsync login ${asWord(name)}`,
    stopped: `Look at it: contactsync sync ${asWord(name)} --dry-run`,
    failed: `Try again: contactsync sync ${asWord(name)}`,
    interrupted: `Go on: contactsync sync ${asWord(name)}`,
    waiting: 'The next run goes on by itself.',
  };
  const step = next[summary.status];
  return step === undefined
    ? []
    : [{ code: summary.status, message: summary.message ?? '', next: step }];
}

function ofSetAside({ dashboard }: Store, { id, name }: AccountRow): readonly Attention[] {
  const parked = dashboard.setAside(id);
  const code = 'set-aside';
  const shown = parked.slice(0, SHOWN).map((one): Attention => ({
    code,
    message: `${neutralise(one.contact) || one.id}: ${neutralise(one.reason)}`,
    next: `When it is mended: contactsync sync ${asWord(name)}`,
  }));
  const rest = parked.length - shown.length;
  if (rest === 0) return shown;
  const more = counted(rest, 'more contact is', 'more contacts are');
  return [
    ...shown,
    { code, message: `${more} set aside.`, next: 'See them: contactsync status --json' },
  ];
}

function ofConflicts(store: Store, { id, name }: AccountRow): readonly Attention[] {
  const open = store.decisions(id).openConflicts();
  if (open === 0) return [];
  return [
    {
      code: 'open-conflicts',
      message: `${counted(open, 'conflict waits', 'conflicts wait')} for your decision.`,
      next: `Decide: contactsync conflicts ${asWord(name)}`,
    },
  ];
}

function ofVanished({ dashboard }: Store, { id, name }: AccountRow): readonly Attention[] {
  const count = dashboard.released(id).find(({ reason }) => reason === 'vanished')?.count ?? 0;
  if (count === 0) return [];
  const were = `${counted(count, 'person', 'people')} could not be found in the CRM any more, deleted or hidden, and ${count === 1 ? 'was' : 'were'} let go.`;
  return [
    {
      code: 'vanished',
      message: were,
      next: `Say what became of them: contactsync conflicts ${asWord(name)}`,
    },
  ];
}

function ofFields({ dashboard }: Store, { name, crmConnection }: AccountRow): readonly Attention[] {
  const leftOut = dashboard.fieldsLeftOut(crmConnection).filter(isField);
  if (leftOut.length === 0) return [];
  const words = listed(leftOut.map((field) => FIELD_WORDS[field]));
  return [
    {
      code: 'fields-left-out',
      message: `The CRM has no field for ${words}, and contactsync may not make one.`,
      next: `See which right is missing: contactsync doctor   Once it is there: contactsync sync ${asWord(name)} --refresh`,
    },
  ];
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
    const when = left <= 0 ? 'has ended' : `ends ${until(left)}`;
    return [
      {
        code: 'sign-in-ends',
        message: `The sign-in to ${vendorName(kind)} ${when}.`,
        next: `Sign in again: contactsync login ${asWord(name)} --${side}`,
      },
    ];
  });
}
