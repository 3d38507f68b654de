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

/** An answer's status and JSON body; the body is `undefined` where it was no JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What Graph says about a failure: https://learn.microsoft.com/graph/errors */
export interface GraphError {
  readonly message: string;
  /** The code and those inside it, outermost first, in lower case: their spelling varies (seen in the wild). */
  readonly codes: readonly string[];
}

/** Reads the error in an answer's body; an empty one where the body has none. */
export function graphError(body: unknown): GraphError {
  const codes: string[] = [];
  let error = isRecord(body) ? body['error'] : undefined;
  const message = isRecord(error) && typeof error['message'] === 'string' ? error['message'] : '';
  // The sign-in's own errors are a word: {"error":"invalid_grant","error_description":"AADSTS…"}.
  if (typeof error === 'string') codes.push(error.toLowerCase());
  for (let depth = 0; depth < 5 && isRecord(error); depth += 1) {
    if (typeof error['code'] === 'string') codes.push(error['code'].toLowerCase());
    error = error['innerError'] ?? error['innererror'];
  }
  return { message, codes };
}

export function hasCode(reply: Reply, ...wanted: readonly string[]): boolean {
  return graphError(reply.body).codes.some((code) => wanted.includes(code));
}

const FULL = 'errorquotaexceeded';
const NO_MAILBOX = ['mailboxnotenabledforrestapi', 'errorinvaliduser', 'mailboxnotfound'];

/** Turns an answer that is no success into the engine's error. */
export function errorOf(reply: Reply): ContactSyncError {
  const { status } = reply;
  if (status === 401)
    return new SignInNeeded('provider', 'The Microsoft sign-in is no longer valid.');
  if (hasCode(reply, ...NO_MAILBOX)) {
    return new Forbidden('This Microsoft account has no Outlook mailbox, and so no contacts.');
  }
  if (status === 403) return forbidden();
  if (status === 507 || hasCode(reply, FULL)) {
    return new Forbidden('The Outlook mailbox is full; it takes no contacts until there is room.');
  }
  if (isTold(reply)) return new BudgetSpent('Microsoft allows no more requests for now.');
  if (status >= 500 || status === 424) {
    return new Unreachable(`Microsoft is out of order (HTTP ${status}).`);
  }
  if (status >= 400) return new Rejected(`Microsoft refused this contact: ${brief(reply)}`);
  return new BadAnswer(`Microsoft sent an answer that is none (HTTP ${status}).`);
}

/** As {@link errorOf}, for questions that are about no single contact. */
export function questionError(reply: Reply): ContactSyncError {
  const error = errorOf(reply);
  if (!(error instanceof Rejected)) return error;
  return new BadAnswer(`Microsoft did not understand a request: ${brief(reply)}`);
}

/** Turns what a call threw into the engine's error; an abort's reason and our own errors stay. */
export function thrown(error: unknown): unknown {
  const failure = httpFailureIn(error);
  if (failure === undefined) return error;
  const options = { cause: failure };
  switch (failure.kind) {
    case 'unreachable':
      return new Unreachable(`Microsoft cannot be reached: ${failure.message}`, options);
    case 'lost':
      return new AnswerLost(`Microsoft’s answer was lost: ${failure.message}`, options);
    case 'spent':
      return new BudgetSpent('Microsoft allows no more requests for now.', {
        ...options,
        ...(failure.resumeAt && { resumeAt: failure.resumeAt.toISOString() }),
      });
    case 'malformed':
    case 'too-large':
    case 'refused':
      return new BadAnswer(`Microsoft’s answer cannot be used: ${failure.message}`, options);
  }
}

/** Told off for too many requests or bytes: nothing was carried out. */
export function isTold({ status }: Reply): boolean {
  return status === 429 || status === 509;
}

/** Passing troubles of the server, or too much of a mailbox open at once (seen in the wild). */
export function isPassing(reply: Reply): boolean {
  if ([500, 502, 503, 504].includes(reply.status)) return true;
  return hasCode(reply, 'errortoomanyobjectsopened', 'errorinternalservertransienterror');
}

const LOST_TOKENS = [
  'syncstatenotfound',
  'syncstateinvalid',
  'resyncrequired',
  'errorinvalididmalformed',
  'errorsyncfoldernotfound',
];

/** The change feed's position is not known any more (410 documented; the codes and 400 seen in the wild). */
export function isLostToken(reply: Reply): boolean {
  return reply.status === 410 || reply.status === 400 || hasCode(reply, ...LOST_TOKENS);
}

/** The contact is not as the write expected it, or another write was under way (seen with both). */
export function isStale(reply: Reply): boolean {
  if (reply.status === 409 || reply.status === 412) return true;
  return hasCode(reply, 'errorirresolvableconflict');
}

/** An id that Graph takes for none says nothing about the contact that had it. */
export function isMalformedId(reply: Reply): boolean {
  return reply.status === 400 && hasCode(reply, 'errorinvalididmalformed');
}

function forbidden(): ContactSyncError {
  return new Forbidden(
    'Microsoft does not let this account use its contacts; sign in again, or ask its administrator to allow contactsync.',
  );
}

/** Never Graph's own message: it may quote the contact. */
function brief(reply: Reply): string {
  const [code] = graphError(reply.body).codes;
  return code === undefined ? `HTTP ${reply.status}` : `${code} (HTTP ${reply.status})`;
}
