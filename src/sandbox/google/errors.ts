import type { SandboxAnswer } from '../core.ts';

/** Statuses of google.rpc.Code that the People API answers with, and their numbers. */
const RPC_CODES = {
  INVALID_ARGUMENT: { rpc: 3, http: 400 },
  NOT_FOUND: { rpc: 5, http: 404 },
  ALREADY_EXISTS: { rpc: 6, http: 409 },
  PERMISSION_DENIED: { rpc: 7, http: 403 },
  RESOURCE_EXHAUSTED: { rpc: 8, http: 429 },
  FAILED_PRECONDITION: { rpc: 9, http: 400 },
  ABORTED: { rpc: 10, http: 409 },
  UNAUTHENTICATED: { rpc: 16, http: 401 },
} as const;

export type RpcStatus = keyof typeof RPC_CODES;

interface FailureExtras {
  readonly details?: readonly object[];
  /** Of the older error format, `error.errors[].reason`. */
  readonly reason?: string;
}

/** A refusal in Google's shape. */
export class GoogleFailure extends Error {
  readonly status: RpcStatus;
  readonly extras: FailureExtras;

  constructor(status: RpcStatus, message: string, extras: FailureExtras = {}) {
    super(message);
    this.name = 'GoogleFailure';
    this.status = status;
    this.extras = extras;
  }

  /** As `google.rpc.Status`, inside an answer. */
  rpcStatus(): { readonly code: number; readonly message: string } {
    return { code: RPC_CODES[this.status].rpc, message: this.message };
  }

  answer(): SandboxAnswer {
    const code = RPC_CODES[this.status].http;
    const { details, reason } = this.extras;
    const { message, status } = this;
    return {
      status: code,
      body: {
        error: {
          code,
          message,
          ...(reason === undefined ? {} : { errors: [{ message, domain: 'global', reason }] }),
          status,
          ...(details === undefined ? {} : { details }),
        },
      },
    };
  }
}

export function invalidArgument(
  message = 'Request contains an invalid argument.',
  extras?: FailureExtras,
): GoogleFailure {
  return new GoogleFailure('INVALID_ARGUMENT', message, extras);
}

export function notFound(): GoogleFailure {
  return new GoogleFailure('NOT_FOUND', 'Requested entity was not found.');
}

/** Seen in the wild, twice: with `person.etag` and with `person.metadata.sources.etag`. */
export function staleEtag(where: string): GoogleFailure {
  return new GoogleFailure(
    'FAILED_PRECONDITION',
    `Request ${where} is different than the current ${where}. Clear local cache and get the latest person.`,
    { reason: 'failedPrecondition' },
  );
}

export function expiredSyncToken(): GoogleFailure {
  return new GoogleFailure(
    'FAILED_PRECONDITION',
    'Sync token is expired. Clear local cache and retry call without the sync token.',
    { details: [errorInfo('EXPIRED_SYNC_TOKEN', 'people.googleapis.com')] },
  );
}

export function unauthenticated(): GoogleFailure {
  return new GoogleFailure(
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
  );
}

export function missingScope(): GoogleFailure {
  return new GoogleFailure('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
    details: [
      {
        ...errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'googleapis.com'),
        metadata: { service: 'people.googleapis.com' },
      },
    ],
  });
}

export function errorInfo(reason: string, domain: string) {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain };
}
