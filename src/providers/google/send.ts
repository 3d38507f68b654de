import { AnswerLost, type ContactSyncError, Rejected } from '../../sync/errors.ts';
import type { Outcome } from '../../sync/ports.ts';
import { isSuccess } from './ask.ts';
import { contactErrors, errorOf, type Reply } from './errors.ts';
import { BATCH_FROM } from './limits.ts';

/** One kind of write: how it is sent, singly or as a batch, and what its answers mean. */
export interface Kind<W> {
  one(write: W): Promise<Reply>;
  many(writes: readonly W[]): Promise<Reply>;
  /** The name under which a refused batch speaks of this write. */
  nameInErrors(write: W, at: number): string;
  /** What a success says. */
  done(write: W, body: unknown): Outcome;
  doneMany(writes: readonly W[], body: unknown): Promise<readonly Outcome[]>;
  /** What a refusal of this one write says (400, 404, 409, …). */
  refused(write: W, reply: Reply): Promise<Outcome>;
}

interface Keyed {
  readonly key: string;
}

/** Sends writes, as a batch where that is cheaper. @throws when nothing more can be written at all */
export async function* send<W extends Keyed>(
  kind: Kind<W>,
  writes: readonly W[],
): AsyncGenerator<Outcome> {
  if (writes.length < BATCH_FROM) {
    yield* sendSingly(kind, writes);
    return;
  }
  const reply = await answered(() => kind.many(writes));
  if (reply instanceof AnswerLost) {
    yield* writes.map(({ key }) => lost(key, reply));
  } else if (isSuccess(reply)) {
    yield* await kind.doneMany(writes, reply.body);
  } else {
    stopIfHopeless(reply);
    yield* sendWithoutRefused(kind, writes, reply);
  }
}

/** A batch is carried out wholly or not at all: those it names are taken out, the rest is sent again. */
async function* sendWithoutRefused<W extends Keyed>(
  kind: Kind<W>,
  writes: readonly W[],
  reply: Reply,
): AsyncGenerator<Outcome> {
  const errors = contactErrors(reply);
  const rest: W[] = [];
  for (const [at, write] of writes.entries()) {
    const error = errors.get(kind.nameInErrors(write, at));
    if (error === undefined) rest.push(write);
    else yield await kind.refused(write, error);
  }
  if (rest.length < writes.length) yield* send(kind, rest);
  else yield* sendSingly(kind, rest);
}

async function* sendSingly<W extends Keyed>(
  kind: Kind<W>,
  writes: readonly W[],
): AsyncGenerator<Outcome> {
  for (const write of writes) {
    const reply = await answered(() => kind.one(write));
    if (reply instanceof AnswerLost) {
      yield lost(write.key, reply);
    } else if (isSuccess(reply)) {
      yield kind.done(write, reply.body);
    } else {
      stopIfHopeless(reply);
      yield await kind.refused(write, reply);
    }
  }
}

/** A server that fails while it writes leaves open whether it has written. */
async function answered(call: () => Promise<Reply>): Promise<Reply | AnswerLost> {
  try {
    const reply = await call();
    if (reply.status < 500) return reply;
    return new AnswerLost(`Google failed while it was writing (HTTP ${reply.status}).`);
  } catch (error) {
    if (error instanceof AnswerLost) return error;
    throw error;
  }
}

/** Sign-in, rights and quotas are about all writes; the rest of the refusals are about one. */
function stopIfHopeless(reply: Reply): void {
  const error = errorOf(reply);
  if (!(error instanceof Rejected)) throw error;
}

function lost(key: string, error: ContactSyncError): Outcome {
  return { kind: 'lost', key, error };
}
