import { digestOf } from '../../http/digest.ts';
import type { Finding, Observation, Told } from '../../sync/ports.ts';
import { askAll } from './batch.ts';
import { isMalformedId, questionError, type Reply } from './errors.ts';
import { type Directory, type Folders, isContactFolder } from './folders.ts';
import { LIST_PAGE } from './limits.ts';
import { isSuccess, type Mailbox, query } from './mailbox.ts';
import { observe } from './map.ts';
import { contactPath, EXPAND, type GraphContact, idIn, SELECT } from './wire.ts';

/** A finding, with the contact as Graph sent it: what an update must be applied to. */
export interface Found {
  readonly finding: Finding;
  readonly contact?: GraphContact;
}

const QUESTION = query({ $select: SELECT, $expand: EXPAND });

/** A plain list of a folder's contacts, with all that is read. */
export const EVERY_CONTACT = query({ $select: SELECT, $top: LIST_PAGE, $expand: EXPAND });

/** Reads contacts by id. The answer has an entry for every id that was asked for. */
export async function readContacts(
  mailbox: Mailbox,
  directory: Directory,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const asked = [...new Set(ids)];
  const paths = asked.map((id) => `${contactPath(id)}${QUESTION}`);
  const replies = await askAll(mailbox, paths, signal);
  let folders = await directory.current(signal);
  // A folder that was made since is not the bin.
  if (replies.some((reply) => isElsewhere(reply, folders))) {
    folders = await directory.refresh(signal);
  }
  return new Map(replies.map((reply, at) => [asked[at] ?? '', foundIn(reply, folders)]));
}

function isElsewhere({ status, body }: Reply, folders: Folders): boolean {
  const parent = isSuccess({ status }) ? (body as GraphContact | undefined)?.parentFolderId : null;
  return typeof parent === 'string' && !isContactFolder(parent, folders);
}

function foundIn(reply: Reply, folders: Folders): Found {
  if (reply.status === 404) return DELETED;
  // An id that is none says nothing of the contact: that is for the user to settle.
  if (isMalformedId(reply)) return { finding: { kind: 'absent', how: 'vanished' } };
  if (!isSuccess(reply)) throw questionError(reply);
  // By its immutable id, a contact may also be found in the bin.
  if (isElsewhere(reply, folders)) return DELETED;
  return foundContact(reply.body, folders);
}

const DELETED: Found = { finding: { kind: 'absent', how: 'deleted' } };

/** A row of a plain list. */
export function observation(row: unknown, folders: Folders): Observation {
  const id = idIn(row);
  if (id === undefined) return told(row, folders);
  const digest = digestOf(row, folders.defaultId);
  return { kind: 'listed', id, digest, look: () => told(row, folders) };
}

function told(row: unknown, { defaultId }: Folders): Told {
  const observed = observe(row, { defaultFolder: defaultId });
  if (observed.kind === 'malformed') return observed;
  return { kind: 'revision', revision: observed.revision };
}

/** A contact of an answer as a finding. */
function foundContact(value: unknown, { defaultId }: Folders): Found {
  const observed = observe(value, { defaultFolder: defaultId });
  if (observed.kind === 'malformed') {
    return { finding: { kind: 'malformed', reason: observed.reason } };
  }
  return {
    finding: { kind: 'present', revision: observed.revision },
    contact: observed.contact,
  };
}
