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
import { asWord, counted, listed } from '../words.ts';
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
    const side = storedProvider(session, store, connection);
    const { email } = await side.account(signal);
    const tokens = JSON.parse(
      store.connections.loadSecret(connection.id, 'tokens') ?? '{}',
    ) as TokenSet;
    const scopes = missingScopes(server(session, row.direction === 'two-way'), tokens);
    return [
      pass(`${name} lets ${email} in.`),
      ...(scopes.length === 0
        ? []
        : [fail(`${name} was not allowed all it takes.`, signInAgain(row, 'provider'))]),
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
      pass(`Pipedrive lets ${user.name} of ${user.companyName} in.`),
      ...missingRights(rights),
      ...missingFields(survey),
      ...ownContactSync(survey, row),
      ...skew('Pipedrive', side.now().getTime() - Date.now()),
    ];
  } catch (error) {
    return [unreached('Pipedrive', error, row)];
  }
}

function missingRights(rights: Rights): readonly Finding[] {
  const lacking = [
    ...(rights.addPeople === 'no' ? ['add people'] : []),
    ...(rights.addOrganizations === 'no' ? ['add organizations'] : []),
  ];
  if (lacking.length === 0) return [pass('Your Pipedrive user has the rights it takes.')];
  return [
    fail(
      `Your Pipedrive user may not ${listed(lacking)}.`,
      'Ask your Pipedrive administrator for the right.',
    ),
  ];
}

function missingFields(survey: readonly FieldSurvey[]): readonly Finding[] {
  const impossible = survey.filter(({ kind }) => kind === 'impossible');
  if (impossible.length === 0) return [];
  const words = listed(impossible.map(({ field }) => FIELD_WORDS[field]));
  return [
    warn(
      `Pipedrive has no field for ${words}; they stay in the address book.`,
      'Ask your Pipedrive administrator for the right to add custom fields, then: contactsync sync --refresh',
    ),
  ];
}

/** Its fields are there company-wide once anybody has set it up. */
function ownContactSync(survey: readonly FieldSurvey[], { email }: AccountRow): readonly Finding[] {
  const own = survey.filter(
    (one) => one.kind === 'found' && isOptionalField(one.field) && isBuiltIn(one.field, one.code),
  );
  if (own.length === 0) return [];
  return [
    warn(
      'Pipedrive’s own contact sync is, or was, set up in this company. On the same address book the two would get into each other’s way.',
      `Look in Pipedrive under Personal preferences › Contact sync, and end it for ${email}.`,
    ),
  ];
}

/** Other installations of contactsync, by the marks that they leave. */
export function checkOthers({ store }: Patient, row: AccountRow): readonly Finding[] {
  const marks = store.account(row.id).foreignMarks('provider');
  if (marks.length === 0) return [pass('No other contactsync is at work on this account.')];
  const latest = new Date(Math.max(...marks.map(({ at }) => at))).toISOString();
  return [
    fail(
      `Another contactsync has made ${counted(marks.length, 'contact', 'contacts')} here, the last one ${latest}.`,
      'Let one of the two go: contactsync remove-account, there or here.',
    ),
  ];
}

const NOTICED_MS = 60_000;
const TOO_MUCH_MS = 10 * 60_000;

function skew(vendor: string, ms: number): readonly Finding[] {
  const off = Math.abs(ms);
  if (off < NOTICED_MS) return [pass(`The clock agrees with ${vendor}’s.`)];
  const said = `This machine’s clock is ${counted(Math.round(off / 60_000), 'minute', 'minutes')} ${ms > 0 ? 'behind' : 'ahead of'} ${vendor}’s.`;
  const repair = 'Set it, best by the network (NTP).';
  return [off < TOO_MUCH_MS ? warn(said, repair) : fail(said, repair)];
}

function signInAgain({ name }: AccountRow, side: 'provider' | 'crm'): string {
  return `Sign in again: contactsync login ${asWord(name)} --${side}`;
}

const REASONS: readonly (readonly [RegExp, string, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/u, 'its name is not found (DNS)', 'Check the network and its name server.'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u,
    'its certificate is not trusted (TLS)',
    'Where a company’s proxy looks into the traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
  ],
  [/ECONNREFUSED/u, 'nobody answers there', 'Check the address, a firewall, and HTTPS_PROXY.'],
];

function unreached(vendor: string, error: unknown, row: AccountRow): Finding {
  if (error instanceof SignInNeeded)
    return fail(`${vendor} lets nobody in with the stored sign-in.`, signInAgain(row, error.side));
  return unreachable(vendor, error) ?? inOurWords(error, row.name);
}

/** `undefined` where it is not the network. */
export function unreachable(vendor: string, error: unknown): Finding | undefined {
  const found = REASONS.find(([pattern]) => pattern.test(chainOf(error)));
  if (found === undefined) return undefined;
  const [, why, repair] = found;
  return fail(`${vendor} cannot be reached: ${why}.`, repair);
}

function chainOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? String(error.code) : '';
  return `${code} ${error.message} ${chainOf(error.cause)}`;
}
