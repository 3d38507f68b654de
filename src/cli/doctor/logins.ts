import { missingScopes, type TokenSet } from '../../auth/tokens.ts';
import { isBuiltIn, isOptionalField } from '../../crm/pipedrive/index.ts';
import { readRights, readUser, type Rights } from '../../crm/pipedrive/set-up.ts';
import type { AccountRow } from '../../store/accounts.ts';
import { FIELD_WORDS } from '../../contact/contact.ts';
import { SignInNeeded } from '../../sync/errors.ts';
import type { FieldSurvey } from '../../sync/ports.ts';
import { pipedriveSide, storedLogin, storedProvider } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import { isProvider, PROVIDERS } from '../providers.ts';
import { asWord } from '../as-word.ts';
import * as texts from '../texts/doctor.ts';
import { VENDORS } from '../texts/names.ts';
import { fail, inOurWords, pass, warn, type Finding, type Patient } from './check.ts';

/*
 * What only the vendors can tell: whether they can be reached, let us in, and what we may do there.
 */

/** Reaches the address book as the account does. */
export async function checkProvider(
  { session, store }: Patient,
  row: AccountRow,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const connection = connectionOf(store, row.providerConnection);
  if (!isProvider(connection.kind)) return [];
  const { name, server } = PROVIDERS[connection.kind];
  try {
    const side = await storedProvider(session, store, connection);
    const { email } = await side.account(signal);
    const tokens = JSON.parse(
      store.connections.loadSecret(connection.id, 'tokens') ?? '{}',
    ) as TokenSet;
    const scopes = missingScopes(server(session, row.direction === 'two-way'), tokens);
    return [
      pass(texts.letsIn(name, email)),
      ...(scopes.length === 0
        ? []
        : [fail({ message: texts.notAllAllowed(name), repair: signInAgain(row, 'provider') })]),
      ...skew(name, side.now().getTime() - Date.now()),
    ];
  } catch (error) {
    return [unreached(name, error, row)];
  }
}

/** Reaches the CRM as the account does. */
export async function checkCrm(
  { session, store }: Patient,
  row: AccountRow,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const login = storedLogin(session, store, connectionOf(store, row.crmConnection));
    const { api, userId } = login;
    const user = await readUser(api, signal);
    const rights = await readRights(api, userId, signal);
    const customFields = store.account(row.id).customFields();
    const side = pipedriveSide(session, login, { customFields });
    const survey = await side.customFields.survey(signal);
    return [
      pass(texts.letsIn(VENDORS.pipedrive, texts.userOf(user.name, user.companyName))),
      ...missingRights(rights),
      ...missingFields(survey),
      ...ownContactSync(survey, row),
      ...skew(VENDORS.pipedrive, side.now().getTime() - Date.now()),
    ];
  } catch (error) {
    return [unreached(VENDORS.pipedrive, error, row)];
  }
}

function missingRights(rights: Rights): readonly Finding[] {
  const lacking = [
    ...(rights.addPeople === 'no' ? [texts.ADD_PEOPLE] : []),
    ...(rights.addOrganizations === 'no' ? [texts.ADD_ORGANIZATIONS] : []),
  ];
  return lacking.length === 0 ? [pass(texts.RIGHTS)] : [fail(texts.rightsMissing(lacking))];
}

function missingFields(survey: readonly FieldSurvey[]): readonly Finding[] {
  const impossible = survey.filter(({ kind }) => kind === 'impossible');
  if (impossible.length === 0) return [];
  return [warn(texts.fieldsMissing(impossible.map(({ field }) => FIELD_WORDS[field])))];
}

/** Its fields are there company-wide once anybody has set it up. */
function ownContactSync(survey: readonly FieldSurvey[], { email }: AccountRow): readonly Finding[] {
  const own = survey.filter(
    (one) => one.kind === 'found' && isOptionalField(one.field) && isBuiltIn(one.field, one.code),
  );
  return own.length === 0 ? [] : [warn(texts.ownContactSync(email))];
}

/** Other installations of contactsync, by the marks that they leave. */
export function checkOthers({ store }: Patient, row: AccountRow): readonly Finding[] {
  const marks = store.account(row.id).foreignMarks('provider');
  if (marks.length === 0) return [pass(texts.ALONE)];
  const latest = new Date(Math.max(...marks.map(({ at }) => at))).toISOString();
  return [fail(texts.otherAtWork(marks.length, latest))];
}

const NOTICED_MS = 60_000;
const TOO_MUCH_MS = 10 * 60_000;

function skew(vendor: string, ms: number): readonly Finding[] {
  const off = Math.abs(ms);
  if (off < NOTICED_MS) return [pass(texts.clockAgrees(vendor))];
  const found = texts.clockOff(vendor, Math.round(off / 60_000), ms > 0);
  return [off < TOO_MUCH_MS ? warn(found) : fail(found)];
}

function signInAgain({ name }: AccountRow, side: 'provider' | 'crm'): string {
  return texts.signInAgain(`${asWord(name)} --${side}`);
}

const REASONS: readonly (readonly [RegExp, texts.Found])[] = [
  [/ENOTFOUND|EAI_AGAIN/u, texts.UNREACHED.name],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u, texts.UNREACHED.certificate],
  [/ECONNREFUSED/u, texts.UNREACHED.refused],
];

function unreached(vendor: string, error: unknown, row: AccountRow): Finding {
  if (error instanceof SignInNeeded)
    return fail({ message: texts.letsNobodyIn(vendor), repair: signInAgain(row, error.side) });
  return unreachable(vendor, error) ?? inOurWords(error, row.name);
}

/** `undefined` where it is not the network. */
export function unreachable(vendor: string, error: unknown): Finding | undefined {
  const found = REASONS.find(([pattern]) => pattern.test(chainOf(error)));
  return found === undefined ? undefined : fail(texts.cannotReach(vendor, found[1]));
}

function chainOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? String(error.code) : '';
  return `${code} ${error.message} ${chainOf(error.cause)}`;
}
