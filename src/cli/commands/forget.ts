import { acquireLock } from '../../store/lock.ts';
import { eraseFromBackups } from '../erase-backups.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { onePerson } from '../find-person.ts';
import { neutralise } from '../neutralise.ts';
import type { Session } from '../session.ts';
import { beforeAnyChange } from '../usage-error.ts';
import { accountNamed } from './accounts.ts';
import { confirm } from './remove-account.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import * as texts from '../texts/removal.ts';

export interface ForgetFlags {
  readonly account?: string;
}

/** Erases what is known of a contact, and keeps it out from now on. */
export async function forget(
  session: Session,
  contact: string,
  flags: ForgetFlags,
): Promise<ExitStatus> {
  const store = session.store();
  const accounts =
    flags.account === undefined ? store.accounts.list() : [accountNamed(session, flags.account)];
  const { account, person } = onePerson(session, contact, accounts);
  const name = neutralise(person.name);
  session.io.warn(texts.forgetting(name));
  await beforeAnyChange(NOTHING_CHANGED, () => confirm(session, texts.forgetQuestion(name)));
  const lock = acquireLock(session.home);
  try {
    const erased = store.erase({ ...person, accountId: account.id });
    const strangers = store.accounts
      .list()
      .map((one) => one.name)
      .filter((one) => !erased.accounts.includes(one));
    const backups = eraseFromBackups(session.home, { ids: erased.ids, strangers });
    done(session, erased.accounts, backups);
  } finally {
    lock.release();
  }
  return EXIT.done;
}

function done({ io, flags }: Session, accounts: readonly string[], backups: number): void {
  if (flags.json) {
    // The name is not in the document: whatever keeps it would keep a trace.
    io.result(JSON.stringify({ version: 1, forgotten: true, accounts, backups }, undefined, 2));
    return;
  }
  io.result(texts.forgotten(backups));
}
