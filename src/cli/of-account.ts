import type { Side } from '../plan/model.ts';
import type { Connection } from '../store/connections.ts';
import type { Store } from '../store/open.ts';
import { SignInNeeded } from '../sync/errors.ts';
import { TokenRefused } from './usage-error.ts';

/** A stored sign-in that is needed: whose it is belongs into the command that mends it. */
export class OfAccount extends Error {
  readonly account: string;

  constructor(account: string, cause: SignInNeeded) {
    super(cause.message, { cause });
    this.account = account;
  }
}

/** @param accountAt the account whose stored sign-in is used on that side, if one is */
export async function ofAccount<T>(
  accountAt: (side: Side) => string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isStored = error instanceof SignInNeeded && !(error instanceof TokenRefused);
    const account = isStored ? accountAt(error.side) : undefined;
    throw isStored && account !== undefined ? new OfAccount(account, error) : error;
  }
}

/** The first account that uses the login. */
export function userOf({ accounts }: Store, login: Connection | undefined): string | undefined {
  const uses = [login?.id];
  return accounts
    .list()
    .find((row) => uses.includes(row.providerConnection) || uses.includes(row.crmConnection))?.name;
}
