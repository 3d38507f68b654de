import path from 'node:path';
import type { KeyPlace } from '../../store/key-store.ts';
import type { KeyKeeper } from '../../store/key-keeper.ts';
import { acquireLock } from '../../store/lock.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Refused } from '../usage-error.ts';
import { asWord, counted } from '../words.ts';
import { confirm } from './remove-account.ts';

/** Where the key lies. Fails as everything else would where it does not fit. */
export async function showKey(session: Session): Promise<ExitStatus> {
  return told(session, (place, signIns) =>
    place === undefined
      ? 'There is no key yet; the first sign-in makes one.'
      : `The key lies in ${placeName(session, place)}. ${counted(signIns, 'sign-in is', 'sign-ins are')} stored under it.`,
  );
}

/** @throws {Refused} to move the key to a variable that is not set */
export async function moveKey(session: Session, place: KeyPlace): Promise<ExitStatus> {
  if (place === 'environment' && session.env.key === undefined) {
    throw new Refused(
      'CONTACTSYNC_KEY is not set, so the key cannot move there.',
      'Set it to 32 random bytes in base64, as from "openssl rand -base64 32", then run the command again.',
    );
  }
  underLock(session, (keys) => {
    if (place === 'environment') keys.moveToEnvironment();
    else keys.moveTo(place);
  });
  if (place !== 'environment' && session.env.key !== undefined) {
    session.io.warn('From now on leave CONTACTSYNC_KEY unset: while it is set, it goes first.');
  }
  return told(session, () => `The key lies in ${placeName(session, place)} now.`);
}

export async function rotateKey(session: Session): Promise<ExitStatus> {
  underLock(session, (keys) => keys.rotate());
  return told(
    session,
    (_, signIns) =>
      `There is a new key, and ${counted(signIns, 'sign-in is', 'sign-ins are')} stored under it.`,
  );
}

/** For a key that is lost for good: without it nobody can read the sign-ins. */
export async function resetKey(session: Session): Promise<ExitStatus> {
  session.io.warn(
    'This deletes the stored sign-ins, and their key. Accounts and what they have synced stay.',
  );
  await confirm(session, 'Give up the stored sign-ins?');
  underLock(session, (keys) => keys.reset());
  const names = session
    .store()
    .accounts.list()
    .map(({ name }) => name);
  return told(session, () =>
    [
      'The sign-ins are gone.',
      ...names.map((name) => `Sign in again: contactsync login ${asWord(name)}`),
    ].join('\n'),
  );
}

/** No run may hold the former key. */
function underLock(session: Session, work: (keys: KeyKeeper) => void): void {
  const { keys } = session.store();
  const lock = acquireLock(session.home);
  try {
    work(keys);
  } finally {
    lock.release();
  }
}

function told(
  session: Session,
  sentence: (place: KeyPlace | undefined, signIns: number) => string,
): ExitStatus {
  const { place, signIns } = session.store().keys.state();
  const document = { version: 1, place: place ?? null, signIns };
  session.io.result(
    session.flags.json ? JSON.stringify(document, undefined, 2) : sentence(place, signIns),
  );
  return EXIT.done;
}

/** For people: where that is. */
export function placeName({ home }: Session, place: KeyPlace): string {
  const names: Readonly<Record<KeyPlace, string>> = {
    environment: 'CONTACTSYNC_KEY',
    'key-chain': 'this computer’s key chain',
    file: `the file ${path.join(home, 'key')}`,
  };
  return names[place];
}
