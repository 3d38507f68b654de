import { parseMark, type Mark } from '../plan/mark.ts';
import type { Side } from '../plan/model.ts';
import type { AccountStore } from '../sync/store-port.ts';
import type { Scope } from './scope.ts';

/** Other installations, as their marks betray them. */
export function createInstallations(scope: Scope): Pick<AccountStore, 'foreignMarks' | 'takeOver'> {
  const { db, accountId, connections, installation, now } = scope;
  const marks = db
    .prepare<[number], string>(
      'SELECT mark FROM mirror WHERE connection_id = ? AND mark IS NOT NULL AND absent IS NULL',
    )
    .pluck();
  const since = db
    .prepare<[number], string>(
      'SELECT coalesce(taken_over_at, created_at) FROM account WHERE id = ?',
    )
    .pluck();
  const takeOver = db.prepare('UPDATE account SET taken_over_at = ? WHERE id = ?');
  return {
    foreignMarks: (side: Side) => {
      const from = Date.parse(since.get(accountId) ?? '');
      return marks
        .all(connections[side])
        .map(parseMark)
        .filter((mark): mark is Mark => mark !== undefined)
        .filter((mark) => mark.installation !== installation && mark.at > from);
    },
    takeOver: () => {
      takeOver.run(now().toISOString(), accountId);
    },
  };
}
