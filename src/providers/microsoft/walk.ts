import * as v from 'valibot';
import { CursorExpired } from '../../sync/errors.ts';
import type { Observation, Walk, WalkPage } from '../../sync/ports.ts';
import { questionError } from './errors.ts';
import { contactsPath, type Directory, folderKeys } from './folders.ts';
import { ask, isSuccess, type Mailbox, nextLink, rowsIn } from './mailbox.ts';
import { EVERY_CONTACT, observation } from './read.ts';

const positionSchema = v.object({ folder: v.string(), link: v.optional(v.string()) });
type Position = v.InferOutput<typeof positionSchema>;

/**
 * A walk over all folders by plain lists: it finds what a change feed has lost, such as a contact
 * that was moved to another folder and back (seen in the wild with immutable ids).
 */
export function contactWalk(mailbox: Mailbox, directory: Directory): Walk {
  return {
    daily: true,
    page: async (position, signal) => {
      const folders = await directory.current(signal);
      const keys = folderKeys(folders);
      const at = position === undefined ? { folder: keys[0] ?? '' } : readPosition(position);
      const path = at.link ?? `${contactsPath(at.folder, folders)}${EVERY_CONTACT}`;
      const reply = await ask(mailbox, path, signal);
      // A folder that was deleted meanwhile has no contacts; a link that has died is begun anew.
      if (reply.status === 404) return pageOf([], followingFolder(keys, at));
      if (at.link !== undefined && [400, 410].includes(reply.status)) throw outdated();
      if (!isSuccess(reply)) throw questionError(reply);
      const items = rowsIn(reply.body).map((row) => observation(row, folders));
      const link = nextLink(reply.body, path);
      return pageOf(
        items,
        link === undefined ? followingFolder(keys, at) : { folder: at.folder, link },
      );
    },
  };
}

function pageOf(items: readonly Observation[], next: Position | undefined): WalkPage {
  return { items, ...(next !== undefined && { position: JSON.stringify(next) }) };
}

function followingFolder(keys: readonly string[], { folder }: Position): Position | undefined {
  const at = keys.indexOf(folder);
  if (at === -1) throw outdated();
  const next = keys[at + 1];
  return next === undefined ? undefined : { folder: next };
}

function readPosition(position: string): Position {
  try {
    return v.parse(positionSchema, JSON.parse(position));
  } catch (error) {
    throw outdated(error);
  }
}

function outdated(cause?: unknown): CursorExpired {
  return new CursorExpired('A walk over Microsoft’s folders has to begin anew.', { cause });
}
