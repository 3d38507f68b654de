import * as v from 'valibot';
import { CursorExpired } from '../../sync/errors.ts';

/** Where the next read of each folder starts: its delta link, by the folder's id. */
export type Positions = Readonly<Record<string, string>>;

const cursorSchema = v.object({ version: v.literal(1), folders: v.record(v.string(), v.string()) });

export function writeCursor(folders: Positions): string {
  return JSON.stringify({ version: 1, folders });
}

/** @throws {CursorExpired} before any request, when it is none of this version's */
export function readCursor(cursor: string): Positions {
  const saved = v.safeParse(cursorSchema, parsed(cursor));
  if (saved.success) return saved.output.folders;
  throw new CursorExpired('The saved position was made by another version of this program.');
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(cursor);
  } catch {
    return undefined;
  }
}
