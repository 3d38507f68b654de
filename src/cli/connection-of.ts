import type { Connection } from '../store/connections.ts';
import type { Store } from '../store/open.ts';

/** A login that an account names. */
export function connectionOf(store: Store, id: number): Connection {
  const connection = store.connections.get(id);
  if (connection === undefined) throw new Error(`There is no connection ${id}.`);
  return connection;
}
