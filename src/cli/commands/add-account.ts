import type { AccountRow } from '../../store/accounts.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { ofAccount, userOf } from '../of-account.ts';
import type { Session } from '../session.ts';
import { connectCrm, connectProvider, guessedProvider, widened } from '../set-up/connect.ts';
import { chooseRules } from '../set-up/choose.ts';
import type { AddAccountFlags, Draft } from '../set-up/draft.ts';
import { rehearse, renderRehearsal } from '../set-up/rehearse.ts';
import { saveAccount } from '../set-up/save.ts';
import { accountDocument } from './accounts.ts';
import { sync } from './sync.ts';
import { orTakeBack } from '../sign-ins.ts';
import { beforeAnyChange, Cancelled, UsageError } from '../usage-error.ts';
import { asWord } from '../as-word.ts';
import * as texts from '../texts/set-up.ts';

/**
 * Walks the user through connecting an address book to the CRM. Nothing is saved and nothing is
 * written anywhere before the last answer.
 */
export async function addAccount(session: Session, flags: AddAccountFlags): Promise<ExitStatus> {
  const { account, start } = await beforeAnyChange(texts.CANCELLED, () => setUp(session, flags));
  return conclude(session, account, start);
}

interface SetUp {
  readonly account: AccountRow;
  readonly start: boolean;
}

async function setUp(session: Session, flags: AddAccountFlags): Promise<SetUp> {
  checkAnswers(session, flags);
  // Without the key nothing could be kept: that is said before anybody signs in.
  session.store().keys.state();
  const provider = await connectProvider(session, flags);
  return orTakeBack(provider.abandon, async () => {
    const crm = await connectCrm(session, flags, provider);
    const logins = { provider: provider.connection, crm: crm.connection };
    return orTakeBack(crm.abandon, () =>
      ofAccount(
        (side) => userOf(session.store(), logins[side]),
        () => decide(session, flags, { provider, crm }),
      ),
    );
  });
}

async function decide(
  session: Session,
  flags: AddAccountFlags,
  connected: Pick<Draft, 'provider' | 'crm'>,
): Promise<SetUp> {
  const rules = await chooseRules(session, flags, connected);
  const provider = await widened(session, flags, connected.provider, rules.direction);
  return orTakeBack(provider.abandon, async () => {
    const draft: Draft = { ...connected, provider, rules };
    const rehearsal = await rehearse(session, draft);
    session.io.note(`\n${renderRehearsal(session.io, draft, rehearsal)}\n`);
    const start = await shallStart(session, flags);
    return { account: saveAccount(session, draft), start };
  });
}

/** Without anybody to ask, whatever is missing is said at once. */
function checkAnswers(session: Session, flags: AddAccountFlags): void {
  const { io, env } = session;
  const { yes } = session.flags;
  if (io.canAsk && !yes) return;
  const needed: readonly (readonly [string, unknown])[] = [
    ['--email', flags.email],
    ['--provider', flags.provider ?? guessedProvider(flags.email ?? '')],
    // With --yes the rest has defaults.
    ['--group', yes || flags.group],
    ['--direction', yes || flags.direction],
    ['--visibility', yes || flags.visibility],
    ['--match', yes || flags.match],
    ['--on-conflict', yes || flags.onConflict],
    // Writing to somebody's CRM is never a default that nobody was asked about.
    [texts.EITHER_START, yes || flags.start !== undefined],
    [texts.EITHER_TOKEN, !needsToken(session, flags) || env.pipedriveToken],
  ];
  const missing = needed.flatMap(([name, value]) =>
    value === undefined || value === false ? [name] : [],
  );
  if (missing.length === 0) return;
  throw new UsageError(texts.answersMissing(missing, yes));
}

function needsToken({ store }: Session, { crmAuth, crmTokenStdin }: AddAccountFlags): boolean {
  if (crmAuth === 'oauth' || crmTokenStdin === true) return false;
  const known = store()
    .connections.list()
    .filter(({ kind }) => kind === 'pipedrive');
  return crmAuth === 'token' || known.length !== 1;
}

/** @throws {Cancelled} */
async function shallStart(session: Session, { start }: AddAccountFlags): Promise<boolean> {
  if (start !== undefined) return start;
  if (session.flags.yes || !session.io.canAsk) return true;
  const prompter = await session.prompter();
  const choice = await prompter.select<'start' | 'save' | 'cancel'>(texts.START_QUESTION, [
    { value: 'start', name: texts.START_ANSWERS.start },
    { value: 'save', name: texts.START_ANSWERS.save },
    { value: 'cancel', name: texts.START_ANSWERS.cancel },
  ]);
  if (choice === 'cancel') throw new Cancelled(texts.NOTHING_SAVED);
  return choice === 'start';
}

async function conclude(session: Session, row: AccountRow, start: boolean): Promise<ExitStatus> {
  const { io, flags } = session;
  const store = session.store();
  if (!start) {
    if (flags.json)
      io.result(JSON.stringify({ version: 1, account: accountDocument(store, row) }, undefined, 2));
    else io.result(texts.saved(row.name, asWord(row.name)));
    return EXIT.done;
  }
  if (!flags.json) return sync(session, [row.name], {});
  return startAsDocument(session, row.name, accountDocument(store, row));
}

/** One document for both: the account, and what its first run did. */
async function startAsDocument(
  session: Session,
  name: string,
  account: Record<string, unknown>,
): Promise<ExitStatus> {
  let printed = '{}';
  const io = {
    ...session.io,
    result: (text: string) => {
      printed = text;
    },
  };
  const status = await sync({ ...session, io }, [name], {});
  const document = JSON.parse(printed) as Record<string, unknown>;
  session.io.result(JSON.stringify({ ...document, account }, undefined, 2));
  return status;
}
