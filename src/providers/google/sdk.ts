import type { people_v1 } from 'googleapis/build/src/apis/people/v1.js';
import type { Api } from '../../http/api.ts';
import { COST_HEADER, httpFailureIn } from '../../http/fetch-face.ts';
import { AnswerLost } from '../../sync/errors.ts';
import { type Reply, thrown } from './errors.ts';
import { COST } from './limits.ts';
import { CONTACT_SOURCE, HEADERS, PERSON_FIELDS } from './wire.ts';
import type { Person } from './wire.ts';

/** Google's write calls through its own SDK. Each resolves with the answer, whatever its status. */
export interface PeopleWriter {
  create(person: Person): Promise<Reply>;
  createMany(people: readonly Person[]): Promise<Reply>;
  /** `mask` names the fields that are replaced, comma-separated. */
  update(person: Person, mask: string): Promise<Reply>;
  updateMany(people: Readonly<Record<string, Person>>, mask: string): Promise<Reply>;
  remove(id: string): Promise<Reply>;
  removeMany(ids: readonly string[]): Promise<Reply>;
}

type Cost = Readonly<Record<string, number>>;

const ONE = { personFields: PERSON_FIELDS, sources: [CONTACT_SOURCE] };
const MANY = { readMask: PERSON_FIELDS, sources: [CONTACT_SOURCE] };

/** The SDK is loaded with the first write: a run without changes does without it. */
export function createPeopleWriter(api: Api, signal: AbortSignal): PeopleWriter {
  async function call(
    cost: Cost,
    send: (people: people_v1.Resource$People, options: CallOptions) => Promise<Answer>,
  ): Promise<Reply> {
    // The whole package takes a second to load, this part of it a tenth.
    const { people } = await import('googleapis/build/src/apis/people/index.js');
    try {
      const answer = await send(people('v1').people, callOptions(api, cost, signal));
      return { status: answer.status, body: answer.data };
    } catch (error) {
      signal.throwIfAborted();
      // An answer that is too long to be read is an answer to something that was carried out.
      const failure = httpFailureIn(error);
      if (failure?.kind === 'too-large') throw new AnswerLost(failure.message, { cause: failure });
      throw thrown(error);
    }
  }

  return {
    create: (person) =>
      call(COST.writeOne, (people, options) =>
        people.createContact({ ...ONE, requestBody: person }, options),
      ),
    createMany: (persons) =>
      call(COST.writeBatch, (people, options) => {
        const contacts = persons.map((contactPerson) => ({ contactPerson }));
        return people.batchCreateContacts({ requestBody: { ...MANY, contacts } }, options);
      }),
    update: (person, mask) =>
      call(COST.writeOne, (people, options) => {
        const resourceName = person.resourceName ?? '';
        const params = { ...ONE, resourceName, updatePersonFields: mask, requestBody: person };
        return people.updateContact(params, options);
      }),
    updateMany: (persons, mask) =>
      call(COST.writeBatch, (people, options) => {
        const requestBody = { ...MANY, contacts: { ...persons }, updateMask: mask };
        return people.batchUpdateContacts({ requestBody }, options);
      }),
    remove: (resourceName) =>
      call(COST.deleteOne, (people, options) => people.deleteContact({ resourceName }, options)),
    removeMany: (ids) =>
      call(COST.deleteBatch, (people, options) =>
        people.batchDeleteContacts({ requestBody: { resourceNames: [...ids] } }, options),
      ),
  };
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
}

/** Sign-in, retries, time-outs and budgets are the Api's: the SDK only knows the calls. */
function callOptions(api: Api, cost: Cost, signal: AbortSignal) {
  const units = Object.entries(cost).map(([budget, amount]) => `${budget}=${amount}`);
  return {
    fetchImplementation: api.fetch,
    headers: { ...HEADERS, [COST_HEADER]: units.join(',') },
    retry: false,
    validateStatus: () => true,
    signal,
  };
}

type CallOptions = ReturnType<typeof callOptions>;
