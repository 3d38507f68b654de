import type { AccountRow } from '../store/accounts.ts';
import type { Store } from '../store/open.ts';
import { connectionOf } from './connection-of.ts';
import { vendorName, type SideNames } from './texts/names.ts';

export function sideNames(store: Store, row: AccountRow): SideNames {
  return {
    provider: vendorName(connectionOf(store, row.providerConnection).kind),
    crm: vendorName(connectionOf(store, row.crmConnection).kind),
  };
}
