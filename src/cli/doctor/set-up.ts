import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import { placeName } from '../commands/key.ts';
import type { Environment } from '../environment.ts';
import type { Session } from '../session.ts';
import { counted } from '../words.ts';
import { fail, inOurWords, pass, warn, type Finding } from './check.ts';

const LEAST_NODE: readonly [number, number] = [20, 17];

export function checkNode(version: string): readonly Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = LEAST_NODE;
  return major > least || (major === least && minor >= leastMinor)
    ? [pass(`Node ${version}.`)]
    : [fail(`Node ${version} is too old.`, `Install Node ${LEAST_NODE.join('.')} or newer.`)];
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
  ].flatMap(([name, url]) => (url === undefined ? [] : [pass(`${name} leads to ${url}.`)]));
  const proxy = Object.keys(variables).find((name) => /^https?_proxy$/iu.test(name));
  return [
    pass('The environment and the preferences are understood.'),
    ...elsewhere,
    ...(proxy === undefined ? [] : [pass(`${proxy} names a proxy.`)]),
    ...(env.paced
      ? []
      : [warn('CONTACTSYNC_LIMITS=none keeps no budget.', 'Leave it out but for the sandbox.')]),
  ];
}

export function checkDatabase({ health }: Store): readonly Finding[] {
  const faults = health.faults();
  if (faults.length === 0) return [pass(`Sound, schema ${health.schema()}.`)];
  return [
    fail(
      `Damaged: ${faults.join('; ')}.`,
      'Move contactsync.db out of its folder and add the accounts again: existing people are joined, not doubled.',
    ),
  ];
}

/** Where the key lies. Fails where it does not open what is stored. */
export function checkKey(session: Session, { keys }: Store): readonly Finding[] {
  const { place, signIns } = keys.state();
  if (place === undefined) return [pass('None yet; the first sign-in makes one.')];
  const count = counted(signIns, 'sign-in', 'sign-ins');
  return [pass(`In ${placeName(session, place)}; it opens ${count}. To change it: contactsync key`)];
}

/** What the dashboard says of each account. */
export function checkAccounts(store: Store): readonly Finding[] {
  const rows = store.accounts.list();
  if (rows.length === 0)
    return [warn('There is no account yet.', 'Add one: contactsync add-account')];
  const found = rows.flatMap((row) =>
    attention(store, row).map(({ message, next }) => warn(`${row.name}: ${message}`, next)),
  );
  return found.length > 0
    ? found
    : [pass(`${counted(rows.length, 'account', 'accounts')}; nothing needs attention.`)];
}

/** A database that cannot be opened is all that can be said of it. */
export function unopened(error: unknown): readonly Finding[] {
  return [inOurWords(error)];
}
