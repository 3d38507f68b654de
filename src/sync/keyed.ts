import { matchKeys } from '../plan/match.ts';
import type { Revision, Side } from '../plan/model.ts';
import type { Pass } from './pass.ts';
import type { Answered } from './ports.ts';
import type { Keyed } from './records.ts';

/** The revision with the keys by which it can be matched, both sides seen as the CRM holds them. */
export function keyed(pass: Pass, side: Side, { revision, digest }: Answered): Keyed {
  const keys = keysOf(pass, side, revision);
  return digest === undefined ? { revision, keys } : { revision, digest, keys };
}

function keysOf({ rules, store }: Pass, side: Side, revision: Revision): readonly string[] {
  if (side === 'provider') return matchKeys(rules.holds.crm(revision.contact));
  const organization =
    revision.organizationId === undefined
      ? undefined
      : store.organizationById(revision.organizationId)?.name;
  const contact =
    organization === undefined ? revision.contact : { ...revision.contact, organization };
  return matchKeys(contact);
}
