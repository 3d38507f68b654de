import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { factsOf } from '../explain/facts.ts';
import { factsDocument, renderFacts } from '../explain/render.ts';
import { onePerson } from '../find-person.ts';
import { sideNames } from '../side-names.ts';
import type { Session } from '../session.ts';
import { accountNamed } from './accounts.ts';

export interface ExplainFlags {
  readonly account?: string;
}

/** Why a contact looks the way it does. It reads the database and asks nobody. */
export async function explainContact(
  session: Session,
  contact: string,
  flags: ExplainFlags,
): Promise<ExitStatus> {
  const { io } = session;
  const store = session.store();
  const accounts =
    flags.account === undefined ? store.accounts.list() : [accountNamed(session, flags.account)];
  const facts = await factsOf(session, onePerson(session, contact, accounts));
  io.result(
    session.flags.json
      ? JSON.stringify({ version: 1, ...factsDocument(facts) }, undefined, 2)
      : renderFacts(io, facts, sideNames(store, facts.account)),
  );
  return EXIT.done;
}
