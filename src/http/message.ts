import { HttpFailure, type ApiAnswer, type ApiCall } from './api.ts';
import type { RawAnswer } from './exchange.ts';
import { assertSafe } from './loopback.ts';

/* What is sent and what came back, between the words of a call and those of the wire. */

/** @throws {HttpFailure} `refused`: not where this sign-in may be sent, or not safe */
export function addressOf(base: URL, call: ApiCall): URL {
  const absolute = /^https?:\/\//iu.test(call.path);
  const url = new URL(absolute ? call.path : `${base.href.replace(/\/$/u, '')}${call.path}`);
  if (absolute && call.anonymous !== true && url.origin !== base.origin) {
    throw new HttpFailure('refused', `${url.origin} is not ${base.origin}.`);
  }
  assertSafe(url);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value])
      url.searchParams.append(name, String(one));
  }
  return url;
}

export function bodyOf({ json, body }: ApiCall): { body?: string | Uint8Array } {
  if (json !== undefined) return { body: JSON.stringify(json) };
  return body === undefined ? {} : { body };
}

/** Whose answer it is, and what reads its text. */
export interface Teller {
  readonly name: string;
  readonly decoder: InstanceType<typeof TextDecoder>;
}

export function toAnswer({ status, headers, bytes }: RawAnswer, from: Teller): ApiAnswer {
  const text = (): string => from.decoder.decode(bytes);
  return {
    status,
    headers,
    bytes,
    text,
    json: () => {
      try {
        return JSON.parse(text()) as unknown;
      } catch (error) {
        throw new HttpFailure('malformed', `${from.name} answered something that is not JSON.`, {
          cause: error,
        });
      }
    },
  };
}
