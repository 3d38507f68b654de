import type { Api } from '../../http/api.ts';
import { COST_HEADER, httpFailureIn } from '../../http/fetch-face.ts';
import { AnswerLost } from '../../sync/errors.ts';
import type { Post } from './batch.ts';
import { type Reply, thrown } from './errors.ts';
import { isSuccess } from './mailbox.ts';

/**
 * Posts batches of writes through Microsoft's own client, which is loaded with the first write: a
 * run without changes does without it. Of its middleware nothing is used: its retries would repeat
 * a create that took effect (503, 504), and sign-in, pacing and time-outs are the Api's.
 */
export function createBatchWriter(api: Api): Post {
  return async (requests, signal) => {
    const { Client, ResponseType } = await loadClient();
    let failure: unknown;
    const client = Client.initWithMiddleware({
      middleware: {
        execute: async (context) => {
          try {
            context.response = await api.fetch(context.request, { ...context.options, signal });
          } catch (error) {
            failure = error;
            throw error;
          }
        },
      },
    });
    try {
      const answer = (await client
        .api('/$batch')
        .header(COST_HEADER, `requests=${requests.length}`)
        .responseType(ResponseType.RAW)
        .post({ requests })) as Response;
      return await replyIn(answer);
    } catch (error) {
      signal.throwIfAborted();
      // What the client throws in place of the transport's failure does not lead back to it.
      throw lostOr(failure ?? error);
    }
  };
}

/** An answer that cannot be read is an answer to something that was carried out. */
function lostOr(error: unknown): unknown {
  const failure = httpFailureIn(error);
  if (failure?.kind === 'too-large' || failure?.kind === 'malformed') {
    return new AnswerLost(failure.message, { cause: failure });
  }
  return thrown(error);
}

async function loadClient() {
  // The package as a whole also loads its sign-in and upload helpers.
  const [{ Client }, { ResponseType }] = await Promise.all([
    import('@microsoft/microsoft-graph-client/lib/src/Client.js'),
    import('@microsoft/microsoft-graph-client/lib/src/ResponseType.js'),
  ]);
  return { Client, ResponseType };
}

async function replyIn(answer: Response): Promise<Reply> {
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) as unknown };
  } catch (error) {
    if (!isSuccess(answer)) return { status: answer.status, body: undefined };
    throw new AnswerLost('Microsoft’s answer to a write cannot be read.', { cause: error });
  }
}
