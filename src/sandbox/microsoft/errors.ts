import { BadJson } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';

/** A refusal in the shape of Graph: https://learn.microsoft.com/graph/errors */
export class GraphFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'GraphFailure';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  answer(trace: Trace): SandboxAnswer {
    const innerError = {
      date: trace.at.toISOString().slice(0, 19),
      'request-id': trace.requestId,
      'client-request-id': trace.clientRequestId,
    };
    const { status, code, message, headers } = this;
    return { status, headers, body: { error: { code, message, innerError } } };
  }
}

/** By what Microsoft finds a request in its logs. */
export interface Trace {
  readonly at: Date;
  readonly requestId: string;
  readonly clientRequestId: string;
}

/** The call's answer, or its refusal as one. */
export function refusing(trace: Trace, call: () => SandboxAnswer): SandboxAnswer {
  try {
    return call();
  } catch (error) {
    if (error instanceof GraphFailure) return error.answer(trace);
    if (error instanceof BadJson) return unreadableBody().answer(trace);
    throw error;
  }
}

export function badRequest(message: string, code = 'BadRequest'): GraphFailure {
  return new GraphFailure(400, code, message);
}

function unreadableBody(): GraphFailure {
  return badRequest(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

export function invalidQuery(message: string): GraphFailure {
  return badRequest(message, 'ErrorInvalidUrlQuery');
}

export function invalidFilter(): GraphFailure {
  return badRequest(
    'The query filter contains one or more invalid nodes.',
    'ErrorInvalidUrlQueryFilter',
  );
}

/** The wording of public reports. */
export function unknownProperty(name: string): GraphFailure {
  return badRequest(
    `Could not find a property named '${name}' on type 'Microsoft.OutlookServices.Contact'.`,
    'RequestBroker--ParseUri',
  );
}

export function itemNotFound(): GraphFailure {
  return new GraphFailure(
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store.',
  );
}

export function accessDenied(): GraphFailure {
  return new GraphFailure(
    403,
    'ErrorAccessDenied',
    'Access is denied. Check credentials and try again.',
  );
}

export function unauthenticated(): GraphFailure {
  return new GraphFailure(
    401,
    'InvalidAuthenticationToken',
    'Access token has expired or is not yet valid.',
    {
      'www-authenticate':
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    },
  );
}
