import pMap from 'p-map';
import type { Api } from '../../http/api.ts';
import type { Absence } from '../../plan/model.ts';
import { BadAnswer, BudgetSpent, SignInNeeded } from '../../sync/errors.ts';
import type { Finding } from '../../sync/ports.ts';
import { dataOf, isOk, listPage, send } from './call.ts';
import { refusal } from './errors.ts';
import { PERSONS, type ToRevision } from './feed.ts';
import { COSTS, IDS_AT_ONCE, MOST_AT_ONCE } from './limits.ts';
import { idOf, PersonSchema, reading, type Person } from './wire.ts';

/** What reading a person by id found. */
export type PersonFinding =
  { readonly kind: 'present'; readonly person: Person } | Exclude<Finding, { kind: 'present' }>;

/** Up to so many, single questions are the surest and not much dearer than a list. */
export const SINGLY = 20;

/** @param singly up to how many ids are read one by one; more are listed by 100 first */
export async function readPersons(
  api: Api,
  ids: readonly string[],
  singly: number,
  signal: AbortSignal,
): Promise<Map<string, PersonFinding>> {
  const found = new Map<string, PersonFinding>();
  if (ids.length > singly) {
    for (const chunk of chunks(ids)) {
      for (const item of await listByIds(api, chunk, signal)) addListed(found, item);
    }
  }
  // A list leaves out what is deleted or hidden without a word: those are asked for one by one.
  const missing = ids.filter((id) => !found.has(id));
  await pMap(missing, async (id) => found.set(id, await readPerson(api, id, signal)), {
    concurrency: MOST_AT_ONCE,
  });
  return found;
}

function chunks(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / IDS_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * IDS_AT_ONCE, (index + 1) * IDS_AT_ONCE),
  );
}

async function listByIds(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const query = { ids: ids.join(','), limit: IDS_AT_ONCE };
  return (await listPage(api, PERSONS, query, signal)).items;
}

function addListed(found: Map<string, PersonFinding>, item: unknown): void {
  const id = idOf(item);
  if (id !== undefined) found.set(id, findingOf(item));
}

export async function readPerson(
  api: Api,
  id: string,
  signal: AbortSignal | undefined,
): Promise<PersonFinding> {
  const answer = await send(api, {
    method: 'GET',
    path: personPath(id),
    cost: COSTS.get,
    ...(signal !== undefined && { signal }),
  });
  if (answer.status === 404 || answer.status === 410) return absent('vanished');
  if (answer.status === 403) {
    // Of a 403's many meanings only that of the record itself is about the record.
    const error = refusal(answer);
    if (error instanceof BudgetSpent || error instanceof SignInNeeded) throw error;
    return absent('hidden');
  }
  if (answer.status >= 400 && answer.status < 500 && ![401, 402, 429].includes(answer.status)) {
    throw new BadAnswer('Pipedrive refused a question for a person.');
  }
  const data = dataOf(answer);
  return isOk(answer) && data === null ? absent('vanished') : findingOf(data);
}

export function personPath(id: string): string {
  return `${PERSONS}/${encodeURIComponent(id)}`;
}

function absent(how: Absence): PersonFinding {
  return { kind: 'absent', how };
}

function findingOf(item: unknown): PersonFinding {
  const person = reading(PersonSchema, item);
  if (person.kind === 'malformed') return person;
  return person.record.is_deleted === true
    ? absent('deleted')
    : { kind: 'present', person: person.record };
}

export function toFinding(finding: PersonFinding, toRevision: ToRevision): Finding {
  return finding.kind === 'present'
    ? { kind: 'present', revision: toRevision(finding.person) }
    : finding;
}
