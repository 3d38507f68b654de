import type { Revision } from '../../plan/model.ts';
import { AnswerLost } from '../../sync/errors.ts';
import type { Finding, Outcome, Write } from '../../sync/ports.ts';
import { errorOf, isStaleEtag, type Reply } from './errors.ts';
import { personOf, type WireFields } from './patch.ts';
import { foundPerson, replyIn } from './read.ts';
import type { PeopleWriter } from './sdk.ts';
import type { Kind } from './send.ts';
import { contactSource, isRecord, MARK_KEY, MY_CONTACTS } from './wire.ts';
import type { Person } from './wire.ts';

type Create = Extract<Write, { kind: 'create' }>;

/** A patch, worked out against the person as it is now. */
export interface Update {
  readonly key: string;
  readonly id: string;
  readonly person: Person;
  readonly content: WireFields;
  readonly mask: string;
}

interface Deletion {
  readonly key: string;
  readonly id: string;
}

type LookAgain = (id: string) => Promise<Finding>;

export function creating(writer: PeopleWriter): Kind<Create> {
  return {
    one: (write) => writer.create(newPerson(write)),
    many: (writes) => writer.createMany(writes.map(newPerson)),
    nameInErrors: (_write, at) => String(at),
    done: ({ key }, body) => written(key, body),
    refused: async ({ key }, reply) => ({ kind: 'refused', key, error: errorOf(reply) }),
    // The order of the answers is not documented; the marks tell which is which.
    doneMany: async (writes, body) => {
      const outcomes = new Map<string, Outcome>();
      const created = isRecord(body) ? body['createdPeople'] : [];
      for (const response of Array.isArray(created) ? (created as unknown[]) : []) {
        const person = isRecord(response) ? response['person'] : undefined;
        const { finding } = foundPerson(person);
        const key = finding.kind === 'present' ? finding.revision.mark : undefined;
        if (key !== undefined) outcomes.set(key, written(key, person));
      }
      return writes.map(({ key }) => outcomes.get(key) ?? unreadable(key));
    },
  };
}

export function updating(writer: PeopleWriter, lookAgain: LookAgain): Kind<Update> {
  const refused = async ({ key, id }: Update, reply: Reply): Promise<Outcome> =>
    reply.status === 404 || isStaleEtag(reply)
      ? { kind: 'moved', key, finding: await lookAgain(id) }
      : { kind: 'refused', key, error: errorOf(reply) };
  return {
    one: (update) => writer.update(personWith(update), update.mask),
    many: (updates) => {
      const people = updates.map((update) => [update.id, personWith(update)] as const);
      return writer.updateMany(Object.fromEntries(people), updates[0]?.mask ?? '');
    },
    nameInErrors: ({ id }) => id,
    done: ({ key, id }, body) => renamed(written(key, body), id),
    refused,
    doneMany: (updates, body) => {
      const results = isRecord(body) && isRecord(body['updateResult']) ? body['updateResult'] : {};
      const outcomes = updates.map(async (update) => {
        const result = results[update.id];
        if (!isRecord(result)) return unreadable(update.key);
        const reply = replyIn(result);
        if (reply.status >= 400) return refused(update, reply);
        return renamed(written(update.key, result['person']), update.id);
      });
      return Promise.all(outcomes);
    },
  };
}

export function deleting(writer: PeopleWriter, lookAgain: LookAgain): Kind<Deletion> {
  const deleted = ({ key }: Deletion): Outcome => ({ kind: 'deleted', key });
  return {
    one: ({ id }) => writer.remove(id),
    many: (deletions) => writer.removeMany(deletions.map(({ id }) => id)),
    nameInErrors: ({ id }) => id,
    done: deleted,
    doneMany: async (deletions) => deletions.map(deleted),
    refused: async (deletion, reply) => {
      if (reply.status === 404) return deleted(deletion);
      const { key, id } = deletion;
      if (isStaleEtag(reply)) return { kind: 'moved', key, finding: await lookAgain(id) };
      return { kind: 'refused', key, error: errorOf(reply) };
    },
  };
}

/** A label alone would keep the contact out of the user's main list (seen in the wild). */
function newPerson({ contact, key, group }: Create): Person {
  const groups = new Set([MY_CONTACTS, ...(group === undefined ? [] : [group])]);
  return {
    ...personOf(contact),
    clientData: [{ key: MARK_KEY, value: key }],
    memberships: [...groups].map((name) => ({
      contactGroupMembership: { contactGroupResourceName: name },
    })),
  };
}

/** Google compares both etags with the contact's present ones. */
function personWith({ id, person, content }: Update): Person {
  const source = contactSource(person);
  return {
    resourceName: id,
    ...(typeof person.etag === 'string' && { etag: person.etag }),
    ...(source !== undefined && { metadata: { sources: [source] } }),
    ...content,
  };
}

function written(key: string, person: unknown): Outcome {
  const { finding } = foundPerson(person);
  if (finding.kind !== 'present') return unreadable(key);
  return { kind: 'written', key, revision: finding.revision };
}

/** A contact's id changes when an edit joins it to a profile, or parts them (documented). */
function renamed(outcome: Outcome, id: string): Outcome {
  if (outcome.kind !== 'written' || outcome.revision.id === id) return outcome;
  const formerIds = [...new Set([...(outcome.revision.formerIds ?? []), id])];
  const revision: Revision = { ...outcome.revision, formerIds };
  return { ...outcome, revision };
}

/** Google said yes, but not to what. */
function unreadable(key: string): Outcome {
  const error = new AnswerLost('Google’s answer does not show what became of this contact.');
  return { kind: 'lost', key, error };
}
