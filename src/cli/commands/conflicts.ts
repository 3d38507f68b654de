import { acquireLock } from '../../store/lock.ts';
import { docketOf, openCases, type Answer, type Case, type Docket } from '../conflicts/cases.ts';
import { docketDocument, renderCases, renderConflicts } from '../conflicts/render.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import type { Session } from '../session.ts';
import { tellingLeavers, UsageError } from '../usage-error.ts';
import { accountNamed } from './accounts.ts';
import { asWord } from '../as-word.ts';
import { moreElsewhere, NOTHING_CHANGED } from '../texts/common.ts';
import * as texts from '../texts/conflicts.ts';

export interface ConflictsFlags {
  readonly settle?: string;
  readonly take?: string;
}

/** More than this are for `--json`, or `--verbose`. */
const SHOWN = 20;

/** Lists what both sides changed differently and what else is open, and settles it. */
export async function conflicts(
  session: Session,
  account: string | undefined,
  flags: ConflictsFlags,
): Promise<ExitStatus> {
  const { accounts } = session.store();
  const rows = account === undefined ? accounts.list() : [accountNamed(session, account)];
  const dockets = await Promise.all(rows.map((row) => docketOf(session, row)));
  const cases = dockets.flatMap((docket) => openCases(session, docket));
  if (flags.settle !== undefined || flags.take !== undefined) {
    settleByFlags(session, cases, flags);
    return EXIT.done;
  }
  if (session.flags.json) {
    const documents = dockets.map(docketDocument);
    session.io.result(JSON.stringify({ version: 1, accounts: documents }, undefined, 2));
    return EXIT.done;
  }
  list(session, dockets, cases);
  if (cases.length > 0 && session.io.canAsk && !session.flags.yes) await ask(session, cases);
  return EXIT.done;
}

function list(session: Session, dockets: readonly Docket[], cases: readonly Case[]): void {
  const { io, flags } = session;
  const total = dockets.reduce((sum, docket) => sum + docket.conflicts.length, 0);
  const whole = flags.verbose || !io.forPeople;
  const shown = whole ? total : Math.min(total, SHOWN);
  if (shown > 0) io.result(renderConflicts(io, dockets, shown));
  if (total > shown) io.note(moreElsewhere(total - shown));
  if (cases.length === 0) return io.note(texts.NOTHING_OPEN);
  const asking = io.canAsk && !flags.yes;
  if (asking) return;
  io.note(renderCases(io, cases));
  io.note(texts.HOW_TO_SETTLE);
}

/** @throws {UsageError} for what is not open, or no answer to it */
function settleByFlags(
  session: Session,
  cases: readonly Case[],
  { settle, take }: ConflictsFlags,
): void {
  if (settle === undefined || take === undefined) throw new UsageError(texts.TOGETHER);
  const one = cases.find(({ id }) => id === settle);
  if (one === undefined) throw new UsageError(texts.notOpen(neutralise(settle)));
  const answer = one.answers.find((possible) => possible.take === take);
  if (answer === undefined) {
    const possible = one.answers.map((each) => each.take);
    throw new UsageError(texts.noAnswer(neutralise(take), possible));
  }
  carryOut(session, one, answer);
  const { io, flags } = session;
  if (flags.json) {
    const document = { version: 1, settled: one.id, take, account: one.account.name };
    io.result(JSON.stringify(document, undefined, 2));
  } else io.result(texts.settled(neutralise(one.contact), neutralise(answer.words)));
  sayWhatIsNext(session, [one]);
}

function carryOut(session: Session, { contact }: Case, answer: Answer): void {
  const lock = acquireLock(session.home);
  try {
    if (answer.carryOut()) return;
  } finally {
    lock.release();
  }
  throw new UsageError(texts.changedMeanwhile(neutralise(contact)));
}

function sayWhatIsNext({ io }: Session, settled: readonly Case[]): void {
  io.note(texts.nextSyncCarriesOut(accountsOf(settled)));
}

function accountsOf(settled: readonly Case[]): readonly string[] {
  return [...new Set(settled.map(({ account }) => asWord(neutralise(account.name))))];
}

type Reaction = Answer | 'skip' | 'stop';

/** One by one; nothing is asked twice. What was decided is kept, however the user leaves. */
async function ask(session: Session, cases: readonly Case[]): Promise<void> {
  const settled: Case[] = [];
  session.io.note(texts.decisionsOpen(cases.length));
  const told = (): string =>
    settled.length === 0 ? NOTHING_CHANGED : texts.leftAfter(settled.length, accountsOf(settled));
  await tellingLeavers(told, async () => {
    for await (const one of decisions(session, cases)) settled.push(one);
  });
  if (settled.length > 0) sayWhatIsNext(session, settled);
}

/** What is decided, as soon as it is carried out. */
async function* decisions(session: Session, cases: readonly Case[]): AsyncGenerator<Case> {
  const prompter = await session.prompter();
  for (const one of cases) {
    const choices = [
      ...one.answers.map((answer) => ({
        value: answer as Reaction,
        name: neutralise(answer.words),
      })),
      { value: 'skip' as const, name: texts.LATER },
      { value: 'stop' as const, name: texts.STOP },
    ];
    const question = texts.question(neutralise(one.contact), one.question);
    const reaction = await prompter.select<Reaction>(question, choices);
    if (reaction === 'stop') return;
    if (reaction === 'skip') continue;
    carryOut(session, one, reaction);
    yield one;
  }
}
