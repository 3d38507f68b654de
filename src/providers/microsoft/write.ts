import { FIELDS, type FieldName } from '../../contact/contact.ts';
import { sameField } from '../../contact/fields.ts';
import type { Revision } from '../../plan/model.ts';
import { AnswerLost, type ContactSyncError, Rejected } from '../../sync/errors.ts';
import type { Finding, Outcome, Write } from '../../sync/ports.ts';
import { type BatchItem, chunks, type Post, sendBatch } from './batch.ts';
import { errorOf, isStale, type Reply } from './errors.ts';
import { contactsPath, type Directory, type Folders } from './folders.ts';
import { BATCH_SIZE } from './limits.ts';
import { isSuccess, type Mailbox } from './mailbox.ts';
import { observe } from './map.ts';
import { newContact, patched, type WireFields } from './patch.ts';
import { type Found, readContacts } from './read.ts';
import { createBatchWriter } from './sdk.ts';
import { categoryOf, contactPath, DEFAULT_FOLDER, type Extras, extrasOf, MARK } from './wire.ts';

type Create = Extract<Write, { kind: 'create' }>;
type Change = Exclude<Write, Create>;

/** Everything that writing takes. */
interface Writer {
  readonly mailbox: Mailbox;
  readonly directory: Directory;
  readonly folders: Folders;
  readonly post: Post;
  readonly signal: AbortSignal;
}

/** A write as it is sent, and what its answer means. */
interface Sent {
  readonly key: string;
  readonly item: BatchItem;
  /** Of a success. */
  done(body: unknown): Outcome;
  /** Of a refusal of this write alone; `undefined` where it is the plain one. */
  refused(reply: Reply): Promise<Outcome | undefined>;
}

/** Carries out writes by twenties. */
export async function* writeAll(
  mailbox: Mailbox,
  directory: Directory,
  writes: readonly Write[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const folders = await directory.current(signal);
  const post = createBatchWriter(mailbox.api);
  const writer = { mailbox, directory, folders, post, signal };
  const creates = writes.filter((write): write is Create => write.kind === 'create');
  const changes = writes.filter((write): write is Change => write.kind !== 'create');
  for (const some of chunks(creates, BATCH_SIZE)) {
    yield* send(
      writer,
      some.map((write) => creating(write, folders)),
    );
  }
  for (const some of chunks(changes, BATCH_SIZE)) yield* change(writer, some);
}

/**
 * Whether Graph minds `If-Match` is not certain, and a list or an address is replaced as a whole:
 * so the contacts are read once more just before, and what has moved since the plan is left alone.
 */
async function* change(writer: Writer, writes: readonly Change[]): AsyncGenerator<Outcome> {
  const { mailbox, directory, signal } = writer;
  const ids = writes.map(({ id }) => id);
  const fresh = await readContacts(mailbox, directory, ids, signal);
  const ready: Sent[] = [];
  for (const write of writes) {
    const verdict = judge(writer, write, fresh.get(write.id) ?? GONE);
    if ('item' in verdict) ready.push(verdict);
    else yield verdict;
  }
  yield* send(writer, ready);
}

const GONE: Found = { finding: { kind: 'absent', how: 'deleted' } };

/** The outcome where nothing is to be sent, else what is. */
function judge(writer: Writer, write: Change, { finding, contact }: Found): Outcome | Sent {
  const { key } = write;
  if (write.kind === 'delete' && finding.kind === 'absent') return { kind: 'deleted', key };
  const fields = write.kind === 'delete' ? FIELDS : (Object.keys(write.patch) as FieldName[]);
  if (finding.kind !== 'present' || !agree(finding.revision, write.expected, fields)) {
    return { kind: 'moved', key, finding };
  }
  if (write.kind === 'delete') return deleting(writer, key, finding.revision);
  const content = patched(contact ?? {}, write.patch);
  if (Object.keys(content).length === 0) {
    return { kind: 'written', key, revision: finding.revision };
  }
  return updating(writer, key, {
    revision: finding.revision,
    content,
    extras: extrasOf(contact ?? {}),
  });
}

function agree(one: Revision, two: Revision, fields: readonly FieldName[]): boolean {
  return fields.every((field) => sameField(field, one.contact, two.contact));
}

function creating({ key, contact, group }: Create, folders: Folders): Sent {
  const category = group === undefined ? undefined : categoryOf(group);
  const folder = category === undefined ? (group ?? DEFAULT_FOLDER) : DEFAULT_FOLDER;
  return {
    key,
    item: {
      method: 'POST',
      path: contactsPath(folder, folders),
      body: {
        ...newContact(contact),
        ...(category !== undefined && { categories: [category] }),
        singleValueExtendedProperties: [{ id: MARK, value: key }],
      },
    },
    done: (body) => written(key, body, folders, { mark: key }),
    refused: async () => undefined,
  };
}

interface Update {
  readonly revision: Revision;
  readonly content: WireFields;
  readonly extras: Extras;
}

function updating(writer: Writer, key: string, { revision, content, extras }: Update): Sent {
  const { id } = revision;
  return {
    key,
    item: { method: 'PATCH', path: contactPath(id), headers: unmoved(revision), body: content },
    done: (body) => written(key, body, writer.folders, extras),
    refused: async (reply) =>
      reply.status === 404 || isStale(reply)
        ? { kind: 'moved', key, finding: await lookAgain(writer, id) }
        : undefined,
  };
}

function deleting(writer: Writer, key: string, revision: Revision): Sent {
  const { id } = revision;
  const deleted: Outcome = { kind: 'deleted', key };
  return {
    key,
    item: { method: 'DELETE', path: contactPath(id), headers: unmoved(revision) },
    done: () => deleted,
    refused: async (reply) => {
      if (reply.status === 404) return deleted;
      if (!isStale(reply)) return undefined;
      return { kind: 'moved', key, finding: await lookAgain(writer, id) };
    },
  };
}

function unmoved({ etag }: Revision): Readonly<Record<string, string>> {
  return { 'If-Match': `W/"${etag}"` };
}

async function lookAgain({ mailbox, directory, signal }: Writer, id: string): Promise<Finding> {
  return ((await readContacts(mailbox, directory, [id], signal)).get(id) ?? GONE).finding;
}

function written(key: string, body: unknown, { defaultId }: Folders, extras: Extras): Outcome {
  const observed = observe(body, { defaultFolder: defaultId, extras });
  if (observed.kind === 'revision') return { kind: 'written', key, revision: observed.revision };
  return unanswered(key);
}

/** @throws when nothing more can be written at all */
async function* send(writer: Writer, sent: readonly Sent[]): AsyncGenerator<Outcome> {
  if (sent.length === 0) return;
  const replies = await answered(writer, sent);
  if (replies instanceof AnswerLost) {
    yield* sent.map(({ key }) => lost(key, replies));
    return;
  }
  let hopeless: ContactSyncError | undefined;
  for (const [at, one] of sent.entries()) {
    const outcome = await outcomeOf(one, replies[at]);
    // What else is in this batch is known, and said, before the end.
    if (outcome instanceof Error) hopeless ??= outcome;
    else yield outcome;
  }
  if (hopeless !== undefined) throw hopeless;
}

async function answered(
  { mailbox, post, signal }: Writer,
  sent: readonly Sent[],
): Promise<readonly (Reply | undefined)[] | AnswerLost> {
  const items = sent.map(({ item }) => item);
  try {
    return await sendBatch(mailbox, post, items, signal);
  } catch (error) {
    if (error instanceof AnswerLost) return error;
    throw error;
  }
}

/** An error where it is about all writes: sign-in, rights, budgets, a full mailbox. */
async function outcomeOf(
  { key, done, refused }: Sent,
  reply: Reply | undefined,
): Promise<Outcome | ContactSyncError> {
  if (reply === undefined) return unanswered(key);
  if (isSuccess(reply)) return done(reply.body);
  // A server that fails while it writes leaves open whether it has written (503 and 504 seen).
  if (reply.status >= 500 && reply.status < 507) return unanswered(key, reply.status);
  const own = await refused(reply);
  if (own !== undefined) return own;
  const error = errorOf(reply);
  return error instanceof Rejected ? { kind: 'refused', key, error } : error;
}

/** Microsoft said something, but not what became of this contact. */
function unanswered(key: string, status?: number): Outcome {
  const how = status === undefined ? '' : ` (HTTP ${status})`;
  return lost(
    key,
    new AnswerLost(`Microsoft’s answer does not show what became of this contact${how}.`),
  );
}

function lost(key: string, error: ContactSyncError): Outcome {
  return { kind: 'lost', key, error };
}
