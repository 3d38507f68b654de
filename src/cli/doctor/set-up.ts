import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import { placeName } from '../commands/key.ts';
import type { Environment } from '../environment.ts';
import type { Session } from '../session.ts';
import { fail, inOurWords, pass, warn, type Finding } from './check.ts';
import { NO_ACCOUNT } from '../texts/common.ts';
import * as texts from '../texts/doctor.ts';
import { NEXT } from '../texts/errors.ts';

const LEAST_NODE: readonly [number, number] = [20, 17];

export function checkNode(version: string): readonly Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = LEAST_NODE;
  return major > least || (major === least && minor >= leastMinor)
    ? [pass(texts.node(version))]
    : [fail(texts.nodeTooOld(version, LEAST_NODE.join('.')))];
}

/** Settings that change whom contactsync talks to, and how. */
export function checkSettings(
  env: Environment,
  variables: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const elsewhere = [
    ['CONTACTSYNC_GOOGLE_URL', env.googleUrl],
    ['CONTACTSYNC_MICROSOFT_URL', env.microsoftUrl],
    ['CONTACTSYNC_PIPEDRIVE_URL', env.pipedriveUrl],
  ].flatMap(([name = '', url]) => (url === undefined ? [] : [pass(texts.leadsTo(name, url))]));
  const proxy = Object.keys(variables).find((name) => /^https?_proxy$/iu.test(name));
  return [
    pass(texts.UNDERSTOOD),
    ...elsewhere,
    ...(proxy === undefined ? [] : [pass(texts.namesProxy(proxy))]),
    ...(env.paced ? [] : [warn(texts.NO_BUDGET)]),
  ];
}

export function checkDatabase({ health }: Store): readonly Finding[] {
  const faults = health.faults();
  if (faults.length === 0) return [pass(texts.sound(health.schema()))];
  return [fail(texts.damaged(faults, NEXT['database-damaged']))];
}

/** Where the key lies. Fails where it does not open what is stored. */
export function checkKey(session: Session, { keys }: Store): readonly Finding[] {
  const { place, signIns } = keys.state();
  if (place === undefined) return [pass(texts.NO_KEY)];
  return [pass(texts.key(placeName(session, place), signIns))];
}

/** What the dashboard says of each account. */
export function checkAccounts(store: Store): readonly Finding[] {
  const rows = store.accounts.list();
  if (rows.length === 0) return [warn({ message: NO_ACCOUNT.message, repair: NO_ACCOUNT.next })];
  const found = rows.flatMap((row) =>
    attention(store, row).map(({ message, next }) =>
      warn({ message: texts.ofAccount(row.name, message), repair: next }),
    ),
  );
  return found.length > 0 ? found : [pass(texts.accountsWell(rows.length))];
}

/** A database that cannot be opened is all that can be said of it. */
export function unopened(error: unknown): readonly Finding[] {
  return [inOurWords(error)];
}
