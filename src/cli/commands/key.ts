import path from 'node:path';
import type { KeyPlace } from '../../store/key-store.ts';
import type { KeyKeeper } from '../../store/key-keeper.ts';
import { acquireLock } from '../../store/lock.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { beforeAnyChange, Refused } from '../usage-error.ts';
import { confirm } from './remove-account.ts';
import { asWord } from '../as-word.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import * as texts from '../texts/key.ts';

/** Where the key lies. Fails as everything else would where it does not fit. */
export async function showKey(session: Session): Promise<ExitStatus> {
  return told(session, (place, signIns) =>
    place === undefined ? texts.NO_KEY : texts.liesIn(placeName(session, place), signIns),
  );
}

/** @throws {Refused} to move the key to a variable that is not set */
export async function moveKey(session: Session, place: KeyPlace): Promise<ExitStatus> {
  if (place === 'environment' && session.env.key === undefined) {
    throw new Refused(texts.VARIABLE_UNSET);
  }
  underLock(session, (keys) => {
    if (place === 'environment') keys.moveToEnvironment();
    else keys.moveTo(place);
  });
  if (place !== 'environment' && session.env.key !== undefined) {
    session.io.warn(texts.LEAVE_UNSET);
  }
  return told(session, () => texts.liesInNow(placeName(session, place)));
}

export async function rotateKey(session: Session): Promise<ExitStatus> {
  underLock(session, (keys) => keys.rotate());
  return told(session, (_, signIns) => texts.newKey(signIns));
}

/** For a key that is lost for good: without it nobody can read the sign-ins. */
export async function resetKey(session: Session): Promise<ExitStatus> {
  session.io.warn(texts.RESETTING);
  await beforeAnyChange(NOTHING_CHANGED, () => confirm(session, texts.RESET_QUESTION));
  underLock(session, (keys) => keys.reset());
  const names = session
    .store()
    .accounts.list()
    .map(({ name }) => name);
  return told(session, () =>
    [texts.GONE, ...names.map((name) => texts.signInAgain(asWord(name)))].join('\n'),
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
    environment: texts.VARIABLE,
    'key-chain': texts.KEY_CHAIN,
    file: texts.keyFile(path.join(home, 'key')),
  };
  return names[place];
}
