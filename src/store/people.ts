import type { Database } from 'better-sqlite3';
import { displayName, fullName, type Contact } from '../contact/contact.ts';
import { emailKey, folded } from '../contact/normalize.ts';
import { SIDES, type ReleaseReason, type Side } from '../plan/model.ts';
import type { AccountRow } from './accounts.ts';
import { idColumn } from './scope.ts';

/** Finds contacts by what a person knows of them. */
export interface People {
  /** By the id of either record, an e-mail address, or the name: whole before in part. */
  find(text: string, account: AccountRow): readonly Person[];
}

/** Somebody in one account: two records and their mapping, or one record alone. */
export interface Person {
  readonly accountId: number;
  readonly name: string;
  readonly emails: readonly string[];
  readonly organization?: string;
  readonly providerId?: string;
  readonly crmId?: string;
  readonly mapping?: { readonly id: number; readonly released?: ReleaseReason };
  /** At least one record is there. */
  readonly present: boolean;
}

interface RecordRow {
  readonly id: string;
  readonly contact: string;
  readonly organization: string | null;
  readonly absent: string | null;
}

interface MappingRow {
  readonly id: number;
  readonly provider_id: string;
  readonly crm_id: string;
  readonly released: ReleaseReason | null;
}

const SELECT = `
  SELECT mirror.id, mirror.contact, mirror.absent, organization.name AS organization
  FROM mirror LEFT JOIN organization
    ON organization.connection_id = mirror.connection_id AND organization.id = mirror.organization_id`;

export function createPeople(db: Database): People {
  const byId = db.prepare<[number, string], RecordRow>(
    `${SELECT} WHERE mirror.connection_id = ? AND mirror.id = ?`,
  );
  const byKey = db.prepare<[{ connection: number; key: string }], RecordRow>(`
    ${SELECT} WHERE mirror.connection_id = @connection AND (
      mirror.id IN (SELECT record_id FROM match_key WHERE connection_id = @connection AND key = @key)
      OR (mirror.rowid IN (SELECT mirror_row FROM unsorted)
        AND EXISTS (SELECT 1 FROM json_each(mirror.keys) WHERE value = @key)))`);
  const all = db.prepare<[number], RecordRow>(
    `${SELECT} WHERE mirror.connection_id = ? ORDER BY mirror.rowid`,
  );
  const mappingOf = (side: Side) =>
    db.prepare<[number, string], MappingRow>(`
      SELECT id, provider_id, crm_id, released FROM mapping
      WHERE account_id = ? AND ${idColumn(side)} = ?
      ORDER BY released IS NOT NULL, released_at DESC, id DESC LIMIT 1`);
  const mappings = { provider: mappingOf('provider'), crm: mappingOf('crm') };

  /** No index holds names: a look at every record, as rarely as somebody asks for one. */
  const named = (connection: number, text: string): readonly RecordRow[] => {
    const wanted = plain(text);
    const partly: RecordRow[] = [];
    const wholly: RecordRow[] = [];
    for (const row of all.iterate(connection)) {
      const name = plain(fullName((JSON.parse(row.contact) as Contact).name));
      if (name === wanted) wholly.push(row);
      else if (name.includes(wanted)) partly.push(row);
    }
    return wholly.length > 0 ? wholly : partly;
  };

  const records = (connection: number, text: string): readonly RecordRow[] => {
    const row = byId.get(connection, text);
    if (row !== undefined) return [row];
    return text.includes('@')
      ? byKey.all({ connection, key: `e:${emailKey(text)}` })
      : named(connection, text);
  };

  const toPerson = (account: AccountRow, side: Side, row: RecordRow): Person => {
    const mapping = mappings[side].get(account.id, row.id);
    const ids =
      mapping === undefined
        ? { [idName(side)]: row.id }
        : { providerId: mapping.provider_id, crmId: mapping.crm_id };
    const across = mapping && acrossOf(account, side, mapping);
    const shown = side === 'crm' && across?.absent === null ? across : row;
    const contact = JSON.parse(shown.contact) as Contact;
    const organization = contact.organization ?? row.organization ?? undefined;
    return {
      accountId: account.id,
      name: displayName(contact),
      emails: contact.emails.map(({ value }) => value),
      ...(organization === undefined ? {} : { organization }),
      ...ids,
      ...(mapping === undefined ? {} : { mapping: toMapping(mapping) }),
      present: row.absent === null || across?.absent === null,
    };
  };

  const acrossOf = (account: AccountRow, side: Side, mapping: MappingRow): RecordRow | undefined =>
    side === 'provider'
      ? byId.get(account.crmConnection, mapping.crm_id)
      : byId.get(account.providerConnection, mapping.provider_id);

  return {
    find: (text, account) => {
      const people = SIDES.flatMap((side) =>
        records(account[`${side}Connection`], text.trim()).map((row) =>
          toPerson(account, side, row),
        ),
      );
      const unique = new Map(people.map((one) => [`${one.providerId}|${one.crmId}`, one]));
      const found = [...unique.values()];
      const present = found.filter((one) => one.present);
      return present.length > 0 ? present : found;
    },
  };
}

function idName(side: Side): 'providerId' | 'crmId' {
  return side === 'provider' ? 'providerId' : 'crmId';
}

function toMapping({ id, released }: MappingRow): NonNullable<Person['mapping']> {
  return { id, ...(released === null ? {} : { released }) };
}

/** As somebody types it who has no such letters: case and accents aside. */
function plain(text: string): string {
  return folded(text)
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
}
