import path from 'node:path';
import type { Connection, SecretPurpose } from '../../store/connections.ts';
import { KeyWrong } from '../../store/errors.ts';
import type { Store } from '../../store/open.ts';
import { attention } from '../attention.ts';
import type { Environment } from '../environment.ts';
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

const PURPOSES: readonly SecretPurpose[] = ['tokens', 'api-token'];

/** Where the key lies, and whether it fits what is stored. */
export function checkKey(
  { connections }: Store,
  place: { readonly home: string; readonly fromEnvironment: boolean },
): readonly Finding[] {
  const where = place.fromEnvironment ? 'CONTACTSYNC_KEY' : path.join(place.home, 'key');
  const wrong = connections.list().some((connection) => !opens(connections, connection));
  if (wrong)
    return [
      fail(
        `The key in ${where} does not fit the stored sign-ins.`,
        'Put the right key back, or sign in again with contactsync login.',
      ),
    ];
  return [pass(`In ${where}; it fits.`)];
}

function opens(connections: Store['connections'], { id }: Connection): boolean {
  try {
    for (const purpose of PURPOSES) connections.loadSecret(id, purpose);
    return true;
  } catch (error) {
    if (error instanceof KeyWrong) return false;
    throw error;
  }
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
