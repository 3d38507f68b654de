import type { AccountRow } from '../../store/accounts.ts';
import { acquireLock } from '../../store/lock.ts';
import { renameBackups } from '../backup.ts';
import { saveTokens } from '../compose.ts';
import { SETTINGS, type EditFlags, type Setting } from '../edit/changes.ts';
import { consentTo } from '../edit/consent.ts';
import { applyChange, isMigration, preview, renderPreview } from '../edit/preview.ts';
import { EXIT, type ExitStatus } from '../exit-codes.ts';
import { neutralise } from '../neutralise.ts';
import { ofAccount } from '../of-account.ts';
import type { Session } from '../session.ts';
import type { ConnectedProvider } from '../set-up/draft.ts';
import { orTakeBack } from '../sign-ins.ts';
import { beforeAnyChange, Cancelled, UsageError } from '../usage-error.ts';
import { asWord } from '../as-word.ts';
import { accountDocument, accountNamed } from './accounts.ts';
import { NOTHING_CHANGED } from '../texts/common.ts';
import * as texts from '../texts/edit.ts';
import { sign } from '../render/marks.ts';

/**
 * Changes an account's settings. What a change will do is shown in numbers before it is made;
 * whoever is outside of a new group is let go, and nobody is deleted.
 */
export async function editAccount(
  session: Session,
  name: string,
  flags: EditFlags,
): Promise<ExitStatus> {
  const before = accountNamed(session, name);
  const { after, consented } = await beforeAnyChange(NOTHING_CHANGED, () =>
    ofAccount(
      () => before.name,
      () => decideAndShow(session, before, flags),
    ),
  );
  const changed = changedKeys(before, after);
  const letGo = changed.length === 0 ? 0 : save(session, { before, after }, consented);
  conclude(session, after, changed, letGo);
  return EXIT.done;
}

interface Decided {
  readonly after: AccountRow;
  /** A sign-in that the change takes. */
  readonly consented: ConnectedProvider | undefined;
}

async function decideAndShow(
  session: Session,
  before: AccountRow,
  flags: EditFlags,
): Promise<Decided> {
  const after = await decide(session, before, flags);
  const consented = await consentTo(session, { before, after }, flags);
  return orTakeBack(consented?.abandon ?? nothing, async () => {
    if (isMigration(before, after)) await showAndConfirm(session, { before, after }, consented);
    return { after, consented };
  });
}

async function nothing(): Promise<void> {
  // No sign-in was asked for.
}

/** By the flags, else by asking until the user is done. @throws {UsageError, Cancelled} */
async function decide(session: Session, row: AccountRow, flags: EditFlags): Promise<AccountRow> {
  const given = SETTINGS.filter(({ isGiven }) => isGiven(flags));
  if (given.length > 0) {
    let changed = row;
    for (const { change } of given) changed = await change(session, changed, flags);
    return changed;
  }
  if (session.io.canAsk && !session.flags.yes) return ask(session, row);
  throw new UsageError(texts.NOTHING_TOLD);
}

async function ask(session: Session, row: AccountRow): Promise<AccountRow> {
  const prompter = await session.prompter();
  let changed = row;
  for (;;) {
    const choice = await prompter.select<Setting | 'done' | 'cancel'>(
      texts.question(neutralise(row.name)),
      [
        ...SETTINGS.map((setting) => ({
          value: setting,
          name: texts.setting(setting.title, neutralise(setting.now(changed))),
        })),
        { value: 'done', name: texts.DONE },
        { value: 'cancel', name: texts.CANCEL },
      ],
    );
    if (choice === 'cancel') throw new Cancelled(NOTHING_CHANGED);
    if (choice === 'done') return changed;
    changed = await choice.change(session, changed, {});
  }
}

async function showAndConfirm(
  session: Session,
  change: Change,
  consented: ConnectedProvider | undefined,
): Promise<void> {
  const { io, flags, prompter } = session;
  io.note(renderPreview(await preview(session, change, consented)));
  if (flags.yes) return;
  if (!io.canAsk) throw new UsageError(texts.YES_NEEDED);
  if (await (await prompter()).confirm(texts.SURE, true)) return;
  throw new Cancelled(NOTHING_CHANGED);
}

const KEYS = [
  'name',
  'group',
  'direction',
  'visibility',
  'onConflict',
  'match',
  'paused',
] as const satisfies readonly (keyof AccountRow)[];

type Key = (typeof KEYS)[number];

function changedKeys(before: AccountRow, after: AccountRow): readonly Key[] {
  return KEYS.filter((key) => before[key] !== after[key]);
}

interface Change {
  readonly before: AccountRow;
  readonly after: AccountRow;
}

function save(
  session: Session,
  { before, after }: Change,
  consented: ConnectedProvider | undefined,
): number {
  const store = session.store();
  const tokens = consented?.tokens?.();
  const lock = acquireLock(session.home);
  try {
    const letGo = store.transaction(() => {
      if (tokens !== undefined) saveTokens(store.connections, after.providerConnection, tokens);
      return applyChange(store, before, after);
    });
    if (after.name !== before.name) renameBackups(session.home, before.name, after.name);
    return letGo;
  } finally {
    lock.release();
  }
}

function conclude(session: Session, row: AccountRow, changed: readonly Key[], letGo: number): void {
  const { io, flags } = session;
  if (flags.json) {
    const account = accountDocument(session.store(), row);
    io.result(JSON.stringify({ version: 1, account, changed, letGo }, undefined, 2));
    return;
  }
  if (changed.length === 0) return io.result(texts.SO_ALREADY);
  const name = neutralise(row.name);
  const words = changed.map((key) => texts.CHANGED[key]);
  io.result(`${sign(io, 'good')} ${texts.changed(name, words, letGo)}`);
  if (changed.includes('visibility')) io.note(texts.NEW_VISIBILITY);
  if (!row.paused) io.note(texts.nextSyncFollows(asWord(name)));
}
