import { organizationKey } from '../contact/normalize.ts';
import type { FieldName } from '../contact/contact.ts';
import type { Organization } from '../sync/ports.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { CustomField } from '../sync/records.ts';
import type { Marks } from './marks.ts';
import type { Scope } from './scope.ts';

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly owned: number;
  readonly has_address: number;
  readonly created_at: string | null;
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    owned: row.owned === 1,
    hasAddress: row.has_address === 1,
    ...(row.created_at === null ? {} : { createdAt: row.created_at }),
  };
}

export type Organizations = Pick<
  AccountStore,
  | 'organizationCursor'
  | 'observeOrganizations'
  | 'organizationNamed'
  | 'organizationById'
  | 'dropOrganization'
  | 'customFields'
  | 'saveCustomField'
  | 'saveGroups'
> & {
  /** Inside the caller's transaction. */
  putOrganization(organization: Organization): void;
  putCustomField(field: CustomField): void;
};

export function createOrganizations(scope: Scope, marks: Marks): Organizations {
  const { db, turns, accountId, connections } = scope;
  const nameOf = db
    .prepare<[number, string], string>(
      'SELECT name FROM organization WHERE connection_id = ? AND id = ?',
    )
    .pluck();
  const upsert = db.prepare(`
    INSERT INTO organization (connection_id, id, name, key, owned, has_address, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (connection_id, id) DO UPDATE SET name = excluded.name, key = excluded.key,
      owned = excluded.owned, has_address = excluded.has_address,
      created_at = coalesce(excluded.created_at, created_at)`);
  const members = db
    .prepare<[number, string], string>(
      'SELECT id FROM mirror WHERE connection_id = ? AND organization_id = ?',
    )
    .pluck();
  const byKey = db.prepare<[number, string], OrganizationRow>(`
    SELECT * FROM organization WHERE connection_id = ? AND key = ?
    ORDER BY owned DESC, CAST(id AS INTEGER), id LIMIT 1`);
  const byId = db.prepare<[number, string], OrganizationRow>(
    'SELECT * FROM organization WHERE connection_id = ? AND id = ?',
  );
  const drop = db.prepare('DELETE FROM organization WHERE connection_id = ? AND id = ?');
  const cursor = db
    .prepare<[number], string | null>(
      'SELECT organization_cursor FROM reading WHERE connection_id = ?',
    )
    .pluck();
  const setCursor = db.prepare(
    'UPDATE reading SET organization_cursor = ? WHERE connection_id = ?',
  );
  const fields = db.prepare<
    [number],
    { field: FieldName; state: CustomField['state']; code: string | null }
  >('SELECT field, state, code FROM custom_field WHERE connection_id = ? ORDER BY rowid');
  const saveField = db.prepare(`
    INSERT INTO custom_field (connection_id, field, state, code) VALUES (?, ?, ?, ?)
    ON CONFLICT (connection_id, field) DO UPDATE SET state = excluded.state, code = excluded.code`);
  const group = db.prepare('UPDATE account SET group_name = ? WHERE id = ? AND group_id = ?');

  const putOrganization = (organization: Organization): void => {
    const { id, name, owned, hasAddress, createdAt } = organization;
    const before = nameOf.get(connections.crm, id);
    const flags = [owned ? 1 : 0, hasAddress ? 1 : 0];
    upsert.run(connections.crm, id, name, organizationKey(name), ...flags, createdAt ?? null);
    if (before === name) return;
    for (const member of members.all(connections.crm, id)) marks.mark('crm', member);
  };
  const putCustomField = ({ field, state, code }: CustomField): void => {
    saveField.run(connections.crm, field, state, code ?? null);
  };

  return {
    putOrganization,
    putCustomField,
    organizationCursor: () => cursor.get(connections.crm) ?? undefined,
    observeOrganizations: (items, next) =>
      turns.join(() => {
        for (const item of items) putOrganization(item);
        if (next !== undefined) setCursor.run(next, connections.crm);
      }),
    organizationNamed: (name) => {
      const row = byKey.get(connections.crm, organizationKey(name));
      return row && toOrganization(row);
    },
    organizationById: (id) => {
      const row = byId.get(connections.crm, id);
      return row && toOrganization(row);
    },
    dropOrganization: (id) => {
      drop.run(connections.crm, id);
    },
    customFields: () =>
      fields.all(connections.crm).map(({ field, state, code }) => ({
        field,
        state,
        ...(code === null ? {} : { code }),
      })),
    saveCustomField: putCustomField,
    saveGroups: (groups) => {
      for (const { id, name } of groups) group.run(name, accountId, id);
    },
  };
}
