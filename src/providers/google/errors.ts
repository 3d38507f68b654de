import { httpFailureIn } from '../../http/fetch-face.ts';
import {
  AnswerLost,
  BadAnswer,
  BudgetSpent,
  type ContactSyncError,
  Forbidden,
  Rejected,
  SignInNeeded,
  Unreachable,
} from '../../sync/errors.ts';
import { isRecord } from './wire.ts';

/** An answer's status and JSON body; the body is whatever came where it was no JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What Google says about a failure, in the shape of https://google.aip.dev/193. */
export interface GoogleError {
  readonly message: string;
  /** `INVALID_ARGUMENT`, …; not reliable where `reasons` says more. */
  readonly status: string;
  /** `EXPIRED_SYNC_TOKEN`, `RATE_LIMIT_EXCEEDED`, … */
  readonly reasons: readonly string[];
  readonly details: readonly Readonly<Record<string, unknown>>[];
}

/** Reads the error in an answer's body; an empty one where the body has none. */
export function googleError(body: unknown): GoogleError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const details = records(error['details']);
  return {
    message: text(error['message']),
    status: text(error['status']),
    // `errors` is the older form, still sent beside `details`.
    reasons: [...details, ...records(error['errors'])]
      .map((detail) => text(detail['reason']))
      .filter((reason) => reason !== ''),
    details,
  };
}

/** Turns an answer that is no success into the engine's error. */
export function errorOf({ status, body }: Reply): ContactSyncError {
  const error = googleError(body);
  if (status === 401) return new SignInNeeded('provider', 'The Google sign-in is no longer valid.');
  if (status === 403) return forbidden(error);
  if (status === 429) return new BudgetSpent('Google’s quota for this account is used up for now.');
  if (status >= 500) return new Unreachable(`Google is out of order (HTTP ${status}).`);
  if (error.message.includes('MY_CONTACTS_OVERFLOW_COUNT')) {
    return new Rejected('The Google address book is full (25,000 contacts with those in the bin).');
  }
  if (status >= 400) return new Rejected(`Google refused this contact: ${brief(error, status)}`);
  return new BadAnswer(`Google sent an answer that is none (HTTP ${status}).`);
}

/** As {@link errorOf}, for questions that are about no single contact. */
export function questionError(reply: Reply): ContactSyncError {
  const error = errorOf(reply);
  if (!(error instanceof Rejected)) return error;
  const said = brief(googleError(reply.body), reply.status);
  return new BadAnswer(`Google did not understand a request: ${said}`);
}

/** Turns what a call threw into the engine's error; an abort's reason and our own errors stay. */
export function thrown(error: unknown): unknown {
  const failure = httpFailureIn(error);
  if (failure === undefined) return error;
  const options = { cause: failure };
  switch (failure.kind) {
    case 'unreachable':
      return new Unreachable(`Google cannot be reached: ${failure.message}`, options);
    case 'lost':
      return new AnswerLost(`Google’s answer was lost: ${failure.message}`, options);
    case 'spent':
      return new BudgetSpent('Google’s quota for this account is used up for now.', {
        ...options,
        ...(failure.resumeAt && { resumeAt: failure.resumeAt.toISOString() }),
      });
    case 'malformed':
    case 'too-large':
    case 'refused':
      return new BadAnswer(`Google’s answer cannot be used: ${failure.message}`, options);
  }
}

/** The sync token, or the page token of a listing with one, is too old. */
export function isExpiredToken({ status, body }: Reply): boolean {
  if (status !== 400 && status !== 410) return false;
  const { message, reasons } = googleError(body);
  // Google's documents said 410 at first; the service answers 400, with changing `status` words.
  return (
    status === 410 || reasons.includes('EXPIRED_SYNC_TOKEN') || /token is expired/i.test(message)
  );
}

/** The etag that was sent is not the contact's present one. */
export function isStaleEtag({ status, body }: Reply): boolean {
  if (status === 409) return true;
  const { message, reasons, status: word } = googleError(body);
  return (
    status === 400 &&
    (word === 'FAILED_PRECONDITION' ||
      reasons.includes('failedPrecondition') ||
      /etag/i.test(message))
  );
}

/** What a batch that was refused says about single entries: by index (creates) or resource name (updates). */
export function contactErrors(reply: Reply): ReadonlyMap<string, Reply> {
  const found = new Map<string, Reply>();
  for (const detail of googleError(reply.body).details) {
    const errors = detail['contactErrors'];
    if (!isRecord(errors)) continue;
    for (const [key, status] of Object.entries(errors)) found.set(key, replyOfStatus(status));
  }
  return found;
}

/** The HTTP status and body that a `google.rpc.Status` inside another answer stands for. */
export function replyOfStatus(value: unknown): Reply {
  const status = isRecord(value) ? value : {};
  const code = typeof status['code'] === 'number' ? status['code'] : 0;
  const [http, word] = RPC_CODES[code] ?? [500, 'UNKNOWN'];
  const error = { message: status['message'], status: word, details: status['details'] };
  return { status: http, body: { error } };
}

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const RPC_CODES: Readonly<Record<number, readonly [http: number, word: string]>> = {
  0: [200, 'OK'],
  3: [400, 'INVALID_ARGUMENT'],
  5: [404, 'NOT_FOUND'],
  6: [409, 'ALREADY_EXISTS'],
  7: [403, 'PERMISSION_DENIED'],
  8: [429, 'RESOURCE_EXHAUSTED'],
  9: [400, 'FAILED_PRECONDITION'],
  10: [409, 'ABORTED'],
  11: [400, 'OUT_OF_RANGE'],
  16: [401, 'UNAUTHENTICATED'],
};

function forbidden({ message, reasons }: GoogleError): ContactSyncError {
  if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT') || /\bscopes?\b/i.test(message)) {
    return new SignInNeeded('provider', 'The Google sign-in does not cover contacts.');
  }
  const off =
    reasons.some((reason) => reason === 'SERVICE_DISABLED' || reason === 'accessNotConfigured') ||
    /has not been used in project|is disabled/i.test(message);
  return new Forbidden(
    off
      ? 'The People API is switched off in the Google Cloud project of this program’s client id; switch it on there.'
      : 'Google does not let this account use its contacts; its administrator may have switched that off.',
  );
}

function brief({ message, reasons, status: word }: GoogleError, status: number): string {
  const said = [message, reasons[0], word].find((one) => one !== undefined && one !== '');
  return (said ?? `HTTP ${status}`).slice(0, 200);
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
