import { readRights, readVisibilities } from '../../crm/pipedrive/set-up.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { storedLogin, storedProvider } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import { neutralise } from '../neutralise.ts';
import { isProvider, type ProviderKind } from '../providers.ts';
import type { Session } from '../session.ts';
import {
  chooseConflictRule,
  chooseDirection,
  chooseGroup,
  chooseMatchRule,
  chooseVisibility,
} from '../set-up/choose.ts';
import type { AddAccountFlags } from '../set-up/draft.ts';
import { UsageError } from '../usage-error.ts';
import * as texts from '../texts/edit.ts';
import { HEADINGS } from '../texts/names.ts';

/** What was answered by flags. */
export type EditFlags = Pick<
  AddAccountFlags,
  'group' | 'direction' | 'visibility' | 'onConflict' | 'match' | 'browser'
> & {
  readonly name?: string;
  readonly pause?: boolean;
  readonly resume?: boolean;
};

/** One thing of an account that can be changed. */
export interface Setting {
  readonly title: string;
  /** As it is. */
  readonly now: (row: AccountRow) => string;
  /** Whether the flags answer it. */
  readonly isGiven: (flags: EditFlags) => boolean;
  /** The account with the answer, from the flags or from whoever is asked. */
  readonly change: (session: Session, row: AccountRow, flags: EditFlags) => Promise<AccountRow>;
}

export const SETTINGS: readonly Setting[] = [
  {
    title: HEADINGS.group,
    now: ({ groupName }) => groupName,
    isGiven: ({ group }) => group !== undefined,
    change: async (session, row, flags) => {
      const store = session.store();
      const side = await storedProvider(
        session,
        store,
        connectionOf(store, row.providerConnection),
      );
      const { id, name } = await chooseGroup(session, flags, { side });
      return { ...row, group: id, groupName: name };
    },
  },
  {
    title: HEADINGS.direction,
    now: ({ direction }) => direction,
    isGiven: ({ direction }) => direction !== undefined,
    change: async (session, row, flags) => {
      const direction = await chooseDirection(session, flags, { kind: kindOf(session, row) });
      return { ...row, direction };
    },
  },
  {
    title: HEADINGS.visibility,
    now: ({ visibility }) => visibility,
    isGiven: ({ visibility }) => visibility !== undefined,
    change: changeVisibility,
  },
  {
    title: HEADINGS.conflicts,
    now: ({ onConflict }) => onConflict,
    isGiven: ({ onConflict }) => onConflict !== undefined,
    change: async (session, row, flags) => {
      const kind = kindOf(session, row);
      return {
        ...row,
        onConflict: await chooseConflictRule(session, flags, { kind }, row.direction),
      };
    },
  },
  {
    title: HEADINGS.match,
    now: ({ match }) => match,
    isGiven: ({ match }) => match !== undefined,
    change: async (session, row, flags) => ({
      ...row,
      match: await chooseMatchRule(session, flags),
    }),
  },
  {
    title: HEADINGS.paused,
    now: ({ paused }) => (paused ? texts.PAUSED.yes : texts.PAUSED.no),
    isGiven: ({ pause, resume }) => pause === true || resume === true,
    change: async (_, row, { pause, resume }) => {
      if (pause === true && resume === true) throw new UsageError(texts.PAUSE_OR_RESUME);
      // Who is asked has chosen to have it the other way.
      const asked = pause !== true && resume !== true;
      return { ...row, paused: asked ? !row.paused : pause === true };
    },
  },
  {
    title: HEADINGS.name,
    now: ({ name }) => name,
    isGiven: ({ name }) => name !== undefined,
    change: changeName,
  },
];

export function kindOf(session: Session, { providerConnection }: AccountRow): ProviderKind {
  const { kind } = connectionOf(session.store(), providerConnection);
  if (!isProvider(kind)) throw new Error(`${kind} is no provider.`);
  return kind;
}

async function changeVisibility(
  session: Session,
  row: AccountRow,
  flags: EditFlags,
): Promise<AccountRow> {
  const store = session.store();
  const { api, userId } = storedLogin(session, store, connectionOf(store, row.crmConnection));
  const rights = await readRights(api, userId, session.signal);
  const visibilities = await readVisibilities(api, rights, session.signal);
  const chosen = await chooseVisibility(session, flags, { visibilities });
  if (chosen === undefined) return row;
  return { ...row, visibility: chosen.name, visibilityValue: chosen.value };
}

async function changeName(
  session: Session,
  row: AccountRow,
  { name }: EditFlags,
): Promise<AccountRow> {
  const check = (text: string): string | true => checkName(session, row, text);
  if (name !== undefined) {
    const verdict = check(name);
    if (verdict !== true) throw new UsageError(texts.notCalled(verdict));
    return { ...row, name: name.trim() };
  }
  const prompter = await session.prompter();
  const typed = await prompter.input(texts.NAME_QUESTION, { initial: row.name, check });
  return { ...row, name: typed.trim() };
}

/** Of an e-mail address, with room for a number behind it. */
const LONGEST_NAME = 260;

function checkName(session: Session, { id }: AccountRow, text: string): string | true {
  const name = text.trim();
  if (name === '' || name !== neutralise(name)) return texts.NAME_NO_LINE;
  if (name.length > LONGEST_NAME) return texts.nameTooLong(LONGEST_NAME);
  if (/^\d+$/u.test(name)) return texts.NAME_A_NUMBER;
  const other = session.store().accounts.byNameOrId(name);
  return other === undefined || other.id === id ? true : texts.NAME_TAKEN;
}
