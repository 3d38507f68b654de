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
    title: 'Group',
    now: ({ groupName }) => groupName,
    isGiven: ({ group }) => group !== undefined,
    change: async (session, row, flags) => {
      const store = session.store();
      const side = storedProvider(session, store, connectionOf(store, row.providerConnection));
      const { id, name } = await chooseGroup(session, flags, { side });
      return { ...row, group: id, groupName: name };
    },
  },
  {
    title: 'Direction',
    now: ({ direction }) => direction,
    isGiven: ({ direction }) => direction !== undefined,
    change: async (session, row, flags) => {
      const direction = await chooseDirection(session, flags, { kind: kindOf(session, row) });
      return { ...row, direction };
    },
  },
  {
    title: 'Visibility',
    now: ({ visibility }) => visibility,
    isGiven: ({ visibility }) => visibility !== undefined,
    change: changeVisibility,
  },
  {
    title: 'Conflicts',
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
    title: 'Match',
    now: ({ match }) => match,
    isGiven: ({ match }) => match !== undefined,
    change: async (session, row, flags) => ({
      ...row,
      match: await chooseMatchRule(session, flags),
    }),
  },
  {
    title: 'Paused',
    now: ({ paused }) => (paused ? 'yes' : 'no'),
    isGiven: ({ pause, resume }) => pause === true || resume === true,
    change: async (_, row, { pause, resume }) => {
      if (pause === true && resume === true)
        throw new UsageError('--pause and --resume cannot go together.', 'Leave one of them out.');
      // Who is asked has chosen to have it the other way.
      const asked = pause !== true && resume !== true;
      return { ...row, paused: asked ? !row.paused : pause === true };
    },
  },
  {
    title: 'Name',
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
    if (verdict !== true) throw new UsageError(verdict, 'Give it another name with --name.');
    return { ...row, name: name.trim() };
  }
  const prompter = await session.prompter();
  const typed = await prompter.input('Its new name', { initial: row.name, check });
  return { ...row, name: typed.trim() };
}

function checkName(session: Session, { id }: AccountRow, text: string): string | true {
  const name = text.trim();
  if (name === '' || name !== neutralise(name)) return 'A name is a line of text.';
  if (/^\d+$/u.test(name)) return 'A number would be taken for an id.';
  const other = session.store().accounts.byNameOrId(name);
  return other === undefined || other.id === id ? true : 'Another account has this name.';
}
