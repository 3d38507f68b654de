import type { FieldName } from '../contact/contact.ts';
import { other, type Pair, type Side } from './model.ts';

/** Vendors' clocks agree with each other to about this; some of their times are whole seconds. */
const CLOCKS_DOUBT_MS = 5_000;

/**
 * The side that changed the field last, by the vendors' own times; `undefined` where a time is
 * missing or within the clocks' doubt. A record's own time may have moved for another reason since
 * the field changed: it proves that the field is older, never that it is newer.
 */
export function newer(field: FieldName, { changedAt }: Pair): Side | undefined {
  const wins = (side: Side): boolean => {
    const changed = changedAt?.[side].fields[field];
    const rival = changedAt?.[other(side)];
    const latest = rival?.fields[field] ?? rival?.record;
    return changed !== undefined && latest !== undefined && changed - latest > CLOCKS_DOUBT_MS;
  };
  if (wins('provider')) return 'provider';
  return wins('crm') ? 'crm' : undefined;
}
