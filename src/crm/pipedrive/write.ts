import { isDeepStrictEqual } from 'node:util';
import { EMPTY_CONTACT, type Contact, type FieldName, type Patch } from '../../contact/contact.ts';
import { applyPatch } from '../../contact/fields.ts';
import type { Api, ApiAnswer, ApiCall } from '../../http/api.ts';
import type { Revision } from '../../plan/model.ts';
import { AnswerLost, Forbidden, Rejected, Unreachable } from '../../sync/errors.ts';
import type { Outcome, Write } from '../../sync/ports.ts';
import { send, writtenOf } from './call.ts';
import { CompanyClosed, FieldRejected, lost } from './errors.ts';
import { PERSONS, type PersonReader } from './feed.ts';
import { fieldOf, type FieldCodes } from './field-codes.ts';
import { holds } from './holds.ts';
import { inParallel } from './in-parallel.ts';
import { COSTS, MOST_AT_ONCE } from './limits.ts';
import { creationBody, patchBody, type Body } from './map.ts';
import { personPath, readPerson, readPersons, toFinding, type PersonFinding } from './read.ts';
import { PersonSchema, reading, type Person } from './wire.ts';

type Create = Extract<Write, { kind: 'create' }>;
type Update = Extract<Write, { kind: 'update' }>;
type Delete = Extract<Write, { kind: 'delete' }>;

export interface Writer extends PersonReader {
  readonly api: Api;
  readonly codes: () => FieldCodes;
  readonly userId: number;
  /** `undefined` leaves it to the CRM. */
  readonly visibility: number | undefined;
}

/**
 * Pipedrive has no conditional write and replaces whole lists, so what is to be changed is read
 * again just before. A request that is under way is let finish when `signal` aborts.
 */
export async function* writePersons(
  writer: Writer,
  writes: readonly Write[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  signal.throwIfAborted();
  const ids = writes.flatMap((write) => (write.kind === 'create' ? [] : [write.id]));
  const fresh = await readPersons(writer.api, [...new Set(ids)], 1, signal);
  yield* inParallel(writes, MOST_AT_ONCE, async (write) => {
    signal.throwIfAborted();
    try {
      return await writeOne(writer, write, fresh);
    } catch (error) {
      return outcomeOf(write.key, error, writer.codes());
    }
  });
}

async function writeOne(
  writer: Writer,
  write: Write,
  fresh: ReadonlyMap<string, PersonFinding>,
): Promise<Outcome> {
  if (write.kind === 'create') return create(writer, write);
  const found = fresh.get(write.id) ?? { kind: 'absent', how: 'vanished' };
  return write.kind === 'update' ? update(writer, write, found) : remove(writer, write, found);
}

/** What concerns one record is its outcome; whatever else went wrong ends the writing. */
function outcomeOf(key: string, error: unknown, codes: FieldCodes): Outcome {
  if (error instanceof CompanyClosed) throw error;
  if (error instanceof FieldRejected) {
    const field = fieldOf(error.fieldCode, codes);
    return { kind: 'refused', key, error, ...(field !== undefined && { field }) };
  }
  if (error instanceof Rejected || error instanceof Forbidden)
    return { kind: 'refused', key, error };
  if (error instanceof Unreachable) return { kind: 'failed', key, error };
  if (error instanceof AnswerLost) return { kind: 'lost', key, error };
  throw error;
}

async function create(writer: Writer, { key, contact, organizationId }: Create): Promise<Outcome> {
  const codes = writer.codes();
  const json = {
    ...creationBody(holds(contact, codes), codes),
    ...(organizationId !== undefined && { org_id: Number(organizationId) }),
    ...(writer.visibility !== undefined && { visible_to: writer.visibility }),
  };
  const call = { method: 'POST', path: PERSONS, json, cost: COSTS.write } as const;
  const answer = writtenOf(await send(writer.api, call));
  const written = personIn(answer);
  if (written === undefined) throw lost();
  if (tellsAll(written)) return writtenAs(writer, key, written, answer);
  const person = await whole(writer, written);
  return writtenAs(writer, key, { ...person, owner_id: person.owner_id ?? writer.userId });
}

async function update(writer: Writer, write: Update, found: PersonFinding): Promise<Outcome> {
  const codes = writer.codes();
  if (found.kind !== 'present') return moved(writer, write.key, found);
  const now = writer.toRevision(found.person);
  const wanted = holds({ ...EMPTY_CONTACT, ...applyPatch(now.contact, write.patch) }, codes);
  const fields = patchedFields(write.patch);
  if (!asExpected(now, write, fields)) return moved(writer, write.key, found);

  const json: Body = {
    ...patchBody(patchOf(wanted, fields), codes, found.person),
    ...(write.organizationId !== undefined && { org_id: orgId(write.organizationId) }),
  };
  if (Object.keys(json).length === 0) return { kind: 'written', key: write.key, revision: now };
  const answer = await change(writer, write.id, { method: 'PATCH', json, cost: COSTS.write });
  if (isGone(answer))
    return moved(writer, write.key, await readPerson(writer.api, write.id, undefined));
  const data = writtenOf(answer);
  const written = personIn(data) ?? { id: found.person.id };
  if (tellsAll(written)) return writtenAs(writer, write.key, written, data);
  const person = await whole(writer, written);
  return writtenAs(writer, write.key, {
    ...person,
    owner_id: person.owner_id ?? found.person.owner_id,
  });
}

async function remove(writer: Writer, write: Delete, found: PersonFinding): Promise<Outcome> {
  const done = { kind: 'deleted', key: write.key } as const;
  if (found.kind === 'absent' && found.how !== 'hidden') return done;
  if (found.kind !== 'present') return moved(writer, write.key, found);
  const now = writer.toRevision(found.person);
  const sameLink = now.organizationId === write.expected.organizationId;
  if (!sameLink || !asExpected(now, write, [...COMPARED])) return moved(writer, write.key, found);
  const answer = await change(writer, write.id, { method: 'DELETE', cost: COSTS.delete });
  // A person that was just deleted has been answered with 410 (seen in the wild).
  if (!isGone(answer)) writtenOf(answer);
  return done;
}

/** Changes and deletions may be sent twice: the second time does nothing more. */
function change(
  { api }: Writer,
  id: string,
  call: Pick<ApiCall, 'method' | 'json' | 'cost'>,
): Promise<ApiAnswer> {
  return send(api, { ...call, path: personPath(id), repeatable: true });
}

function isGone({ status }: ApiAnswer): boolean {
  return status === 404 || status === 410;
}

function moved(writer: Writer, key: string, found: PersonFinding): Outcome {
  return { kind: 'moved', key, finding: toFinding(found, writer.toRevision) };
}

/** @param answer where it told all of the person, as a list does */
function writtenAs(writer: Writer, key: string, person: Person, answer?: unknown): Outcome {
  const revision = writer.toRevision(person);
  if (answer === undefined) return { kind: 'written', key, revision };
  return { kind: 'written', key, revision, digest: writer.digestOf(answer) };
}

/** Everything of a contact but the organization, which is a link here. */
const COMPARED = [
  'name',
  'emails',
  'phones',
  'ims',
  'addresses',
  'jobTitle',
  'notes',
  'birthday',
] as const satisfies readonly FieldName[];

function patchedFields(patch: Patch): readonly FieldName[] {
  return COMPARED.filter((field) => field in patch);
}

function patchOf(contact: Contact, fields: readonly FieldName[]): Patch {
  return Object.fromEntries(fields.map((field) => [field, contact[field] ?? null]));
}

/** Whether the record is still the user's, and what is about to be written over is as it was. */
function asExpected(now: Revision, write: Update | Delete, fields: readonly FieldName[]): boolean {
  const { expected } = write;
  const relinks = write.kind === 'update' && write.organizationId !== undefined;
  if (now.owned !== expected.owned) return false;
  if (relinks && now.organizationId !== expected.organizationId) return false;
  return fields.every((field) => isDeepStrictEqual(now.contact[field], expected.contact[field]));
}

function orgId(id: string | null): number | null {
  return id === null ? null : Number(id);
}

function personIn(data: unknown): Person | undefined {
  const person = reading(PersonSchema, data);
  return person.kind === 'read' ? person.record : undefined;
}

/** An answer that leaves out the content must not look like a person without any. */
function tellsContent({ name, emails }: Person): boolean {
  return name !== undefined && emails !== undefined;
}

/** As much as a list does, the owner included. */
function tellsAll(person: Person): boolean {
  return tellsContent(person) && typeof person.owner_id === 'number';
}

async function whole({ api }: Writer, person: Person): Promise<Person> {
  if (tellsContent(person)) return person;
  const found = await readPerson(api, String(person.id), undefined);
  if (found.kind !== 'present') throw lost();
  return found.person;
}
