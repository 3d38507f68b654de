import type { FieldName } from '../../contact/contact.ts';
import { FIELDS } from '../../contact/contact.ts';
import { sameField } from '../../contact/fields.ts';
import type { Revision } from '../../plan/model.ts';
import type { Api } from '../../http/api.ts';
import type { Finding, Outcome, Write } from '../../sync/ports.ts';
import { BATCH_SIZE } from './limits.ts';
import { patched, type WireFields } from './patch.ts';
import { chunks, type Found, readPeople } from './read.ts';
import { createPeopleWriter, type PeopleWriter } from './sdk.ts';
import { send } from './send.ts';
import { creating, deleting, type Update, updating } from './writing.ts';
import type { Person } from './wire.ts';

type Create = Extract<Write, { kind: 'create' }>;
type Change = Exclude<Write, Create>;

/**
 * Carries out writes one call after the other: Google asks for that per user, "to avoid increased
 * latency and failures" (documented).
 */
export async function* writeAll(
  api: Api,
  writes: readonly Write[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const writer = createPeopleWriter(api, signal);
  const creates = writes.filter((write): write is Create => write.kind === 'create');
  const changes = writes.filter((write): write is Change => write.kind !== 'create');
  for (const batch of chunks(creates, BATCH_SIZE)) yield* send(creating(writer), batch);
  for (const batch of chunks(changes, BATCH_SIZE)) yield* change(api, writer, batch, signal);
}

/**
 * Google has no conditional delete, and an update replaces whole fields: so the records are read
 * once more just before, and what has moved since the plan is left alone.
 */
async function* change(
  api: Api,
  writer: PeopleWriter,
  writes: readonly Change[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const ids = writes.map(({ id }) => id);
  const fresh = await readPeople(api, ids, signal);
  const deletes: Change[] = [];
  const updates = new Map<string, Update[]>();
  for (const write of writes) {
    const verdict = judge(write, fresh.get(write.id));
    if (verdict.kind === 'over') yield verdict.outcome;
    else if (verdict.kind === 'delete') deletes.push(write);
    else
      updates.set(verdict.update.mask, [
        ...(updates.get(verdict.update.mask) ?? []),
        verdict.update,
      ]);
  }
  const lookAgain = async (id: string): Promise<Finding> =>
    (await readPeople(api, [id], signal)).get(id)?.finding ?? { kind: 'absent', how: 'deleted' };
  // A batch has one mask, and clears whatever field it names and an entry lacks.
  for (const batch of updates.values()) yield* send(updating(writer, lookAgain), batch);
  yield* send(deleting(writer, lookAgain), deletes);
}

type Verdict =
  | { readonly kind: 'over'; readonly outcome: Outcome }
  | { readonly kind: 'delete' }
  | { readonly kind: 'update'; readonly update: Update };

function judge(write: Change, found: Found | undefined): Verdict {
  const finding: Finding = found?.finding ?? { kind: 'absent', how: 'deleted' };
  const { key } = write;
  if (write.kind === 'delete' && finding.kind === 'absent') {
    return { kind: 'over', outcome: { kind: 'deleted', key } };
  }
  const fields = write.kind === 'delete' ? FIELDS : (Object.keys(write.patch) as FieldName[]);
  if (finding.kind !== 'present' || !agree(finding.revision, write.expected, fields)) {
    return { kind: 'over', outcome: { kind: 'moved', key, finding } };
  }
  if (write.kind === 'delete') return { kind: 'delete' };
  const person = found?.person ?? {};
  const content = patched(person, write.patch);
  if (Object.keys(content).length === 0) {
    return { kind: 'over', outcome: { kind: 'written', key, revision: finding.revision } };
  }
  return { kind: 'update', update: updateOf(write, person, content) };
}

function agree(one: Revision, two: Revision, fields: readonly FieldName[]): boolean {
  return fields.every((field) => sameField(field, one.contact, two.contact));
}

function updateOf({ key, id }: Change, person: Person, content: WireFields): Update {
  return { key, id, person, content, mask: Object.keys(content).toSorted().join(',') };
}
