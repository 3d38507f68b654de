import type { AccountRow } from '../../store/accounts.ts';
import type { Connection } from '../../store/connections.ts';
import type { Store } from '../../store/open.ts';
import { saveTokens } from '../compose.ts';
import { connectionOf } from '../connection-of.ts';
import type { Draft } from './draft.ts';
import type { Session } from '../session.ts';

/** Everything at once, or nothing. */
export function saveAccount(session: Session, draft: Draft): AccountRow {
  const store = session.store();
  return store.transaction(() => {
    const row = insertDraft(store, draft);
    saveSignIns(store, row, draft);
    return row;
  });
}

/** Without the sign-ins: also how a rehearsal puts the account into its throw-away copy. */
export function insertDraft(store: Store, { provider, crm, rules }: Draft): AccountRow {
  const mailbox = provider.connection ?? insertMailbox(store, provider);
  const login = crm.connection ?? insertLogin(store, crm);
  const byDefault = crm.visibilities.find(({ isDefault }) => isDefault);
  const row = store.accounts.insert({
    name: freeName(store, provider.name),
    email: provider.email,
    providerConnection: mailbox.id,
    crmConnection: login.id,
    group: rules.group.id,
    groupName: rules.group.name,
    direction: rules.direction,
    visibility: rules.visibility?.name ?? byDefault?.name ?? 'default',
    ...(rules.visibility === undefined ? {} : { visibilityValue: rules.visibility.value }),
    onConflict: rules.onConflict,
    match: rules.match,
    paused: false,
  });
  const accountStore = store.account(row.id);
  for (const field of rules.customFields) accountStore.saveCustomField(field);
  return row;
}

function insertMailbox(store: Store, { kind, identity, email }: Draft['provider']): Connection {
  return store.connections.insert({ kind, identity, details: { email } });
}

function insertLogin(store: Store, { identity, company, user, secret }: Draft['crm']): Connection {
  const fresh = secret?.();
  const domain = fresh?.kind === 'tokens' ? fresh.tokens.apiDomain : undefined;
  return store.connections.insert({
    kind: 'pipedrive',
    identity,
    details: {
      company,
      user,
      signIn: fresh?.kind === 'tokens' ? 'oauth' : 'token',
      ...(domain === undefined ? {} : { apiDomain: domain }),
    },
  });
}

/** A fresh sign-in goes before the one that was stored. */
function saveSignIns(store: Store, row: AccountRow, { provider, crm }: Draft): void {
  const { connections } = store;
  const tokens = provider.tokens?.();
  if (tokens !== undefined) saveTokens(connections, row.providerConnection, tokens);
  if (crm.secret !== undefined)
    saveSecret(store, connectionOf(store, row.crmConnection), crm.secret());
}

function saveSecret(
  store: Store,
  { id, details }: Connection,
  secret: ReturnType<NonNullable<Draft['crm']['secret']>>,
): void {
  const oauth = secret.kind === 'tokens';
  if (details['signIn'] !== (oauth ? 'oauth' : 'token')) {
    store.connections.updateDetails(id, { ...details, signIn: oauth ? 'oauth' : 'token' });
  }
  if (oauth) saveTokens(store.connections, id, secret.tokens);
  else store.connections.saveSecret(id, 'api-token', secret.token);
}

/** The address, with a number where several CRM logins sync the same mailbox. */
function freeName(store: Store, email: string): string {
  let name = email;
  for (let at = 2; store.accounts.byNameOrId(name) !== undefined; at += 1)
    name = `${email} (${at})`;
  return name;
}
