import { matchKeys } from '../plan/match.ts';
import type { Revision, Side } from '../plan/model.ts';
import type { Pass } from './pass.ts';
import type { Keyed } from './records.ts';

/** The revision with the keys by which it can be matched, both sides seen as the CRM holds them. */
export function keyed({ rules, store }: Pass, side: Side, revision: Revision): Keyed {
  if (side === 'provider') return { revision, keys: matchKeys(rules.holds.crm(revision.contact)) };
  const organization =
    revision.organizationId === undefined
      ? undefined
      : store.organizationById(revision.organizationId)?.name;
  const contact =
    organization === undefined ? revision.contact : { ...revision.contact, organization };
  return { revision, keys: matchKeys(contact) };
}
