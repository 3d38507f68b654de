import { HttpFailure, type Api, type ApiCall } from './api.ts';

/** Budgets that a call through an SDK uses up, as `name=units,name=units`; taken off before sending. */
export const COST_HEADER = 'x-contactsync-cost';

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

/**
 * The shape of `fetch` for vendors' SDKs. They insist on their own hosts: of whatever address they
 * ask for, path and query are sent below the api's base, and nowhere else.
 */
export function fetchFace(send: Api['send']): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const { [COST_HEADER]: cost, ...headers } = Object.fromEntries(request.headers);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const call: ApiCall = {
      method: METHODS.find((method) => method === request.method) ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers,
      signal: request.signal,
      ...(body === undefined ? {} : { body }),
      ...(cost === undefined ? {} : { cost: parseCost(cost) }),
    };
    const answer = await send(call);
    const { 'content-encoding': _encoding, 'content-length': _length, ...kept } = answer.headers;
    const empty = answer.status === 204 || answer.status === 304;
    return new Response(empty ? null : Buffer.from(answer.bytes), {
      status: answer.status,
      headers: kept,
    });
  };
}

function parseCost(text: string): Record<string, number> {
  const entries = text.split(',').map((part) => part.split('=') as [string, string]);
  return Object.fromEntries(entries.map(([name, units]) => [name.trim(), Number(units)]));
}

/** The failure of ours in what an SDK has thrown: itself, or somewhere down its causes. */
export function httpFailureIn(error: unknown): HttpFailure | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at instanceof HttpFailure) return at;
    at = at.cause;
  }
  return undefined;
}
