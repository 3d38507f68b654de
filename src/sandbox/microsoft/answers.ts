import type { SandboxAnswer } from '../core.ts';
import { accountOf } from './accounts.ts';
import type { Call } from './world.ts';

/** 200 with Graph's content type. */
export function found(body: object, headers: Readonly<Record<string, string>> = {}): SandboxAnswer {
  return {
    status: 200,
    headers: {
      'content-type':
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      ...headers,
    },
    body,
  };
}

/** `@odata.context` of something that belongs to the user. */
export function contextOf({ request, grant }: Call, what: string): string {
  const { id } = accountOf(grant.email);
  return `${request.origin}/v1.0/$metadata#users('${id}')/${what}`;
}
