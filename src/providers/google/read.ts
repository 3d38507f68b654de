import type { Api } from '../../http/api.ts';
import { BadAnswer } from '../../sync/errors.ts';
import type { Finding } from '../../sync/ports.ts';
import { ask, isSuccess, listIn, textIn } from './ask.ts';
import { questionError, type Reply, replyOfStatus } from './errors.ts';
import { BATCH_SIZE, COST } from './limits.ts';
import { observe } from './map.ts';
import { CONTACT_SOURCE, isRecord, PERSON_FIELDS } from './wire.ts';
import type { Person } from './wire.ts';

/** A finding, with the person as Google sent it: what an update must be applied to. */
export interface Found {
  readonly finding: Finding;
  readonly person?: Person;
}

/** Reads people by id. The answer has an entry for every id that was asked for. */
export async function readPeople(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  for (const batch of chunks([...new Set(ids)], BATCH_SIZE)) {
    const reply = await ask(api, {
      path: '/v1/people:batchGet',
      query: { resourceNames: batch, personFields: PERSON_FIELDS, sources: CONTACT_SOURCE },
      cost: COST.readPeople,
      signal,
    });
    if (!isSuccess(reply)) throw questionError(reply);
    for (const response of listIn(reply.body, 'responses')) collect(response, found);
    const missing = batch.find((id) => !found.has(id));
    if (missing !== undefined) throw new BadAnswer('Google left out contacts that were asked for.');
  }
  return found;
}

function collect(response: unknown, found: Map<string, Found>): void {
  if (!isRecord(response)) throw new BadAnswer('Google sent a contact that is no object.');
  const id =
    textIn(response, 'requestedResourceName') ?? textIn(response['person'], 'resourceName');
  if (id === undefined) throw new BadAnswer('Google sent a contact without its id.');
  found.set(id, foundIn(response));
}

/** What a `PersonResponse` says: https://developers.google.com/people/api/rest/v1/PersonResponse */
function foundIn(response: Readonly<Record<string, unknown>>): Found {
  const reply = replyIn(response);
  if (reply.status === 404) return ABSENT;
  if (!isSuccess(reply)) throw questionError(reply);
  return foundPerson(response['person']);
}

/** The status of one item of a batch's answer; `status` has replaced `httpStatusCode`. */
export function replyIn(response: Readonly<Record<string, unknown>>): Reply {
  if (isRecord(response['status'])) return replyOfStatus(response['status']);
  const code = response['httpStatusCode'];
  return { status: typeof code === 'number' ? code : 200, body: undefined };
}

/** A person of an answer as a finding. */
export function foundPerson(value: unknown): Found {
  const observed = observe(value);
  switch (observed.kind) {
    case 'revision':
      return {
        finding: { kind: 'present', revision: observed.revision },
        person: observed.person,
      };
    case 'tombstone':
      return ABSENT;
    case 'malformed':
      return { finding: { kind: 'malformed', reason: observed.reason } };
  }
}

const ABSENT: Found = { finding: { kind: 'absent', how: 'deleted' } };

export function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, at) => list.slice(at * size, (at + 1) * size));
}
