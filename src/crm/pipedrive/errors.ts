import { HttpFailure, type ApiAnswer, type ApiCall } from '../../http/api.ts';
import {
  AnswerLost,
  BadAnswer,
  BudgetSpent,
  ContactSyncError,
  Forbidden,
  Rejected,
  SignInNeeded,
  Unreachable,
} from '../../sync/errors.ts';

/** Nothing at all can be done for this company, whatever the record. */
export class CompanyClosed extends Forbidden {}

/** A record was refused for what one field holds, by Pipedrive's own name for the field. */
export class FieldRejected extends Rejected {
  readonly fieldCode: string;

  constructor(message: string, fieldCode: string) {
    super(message);
    this.fieldCode = fieldCode;
  }
}

/** What went wrong on the way, in the words of the engine. Whatever is no HTTP failure stays itself. */
export function translated(error: unknown, method: ApiCall['method']): unknown {
  if (!(error instanceof HttpFailure)) return error;
  switch (error.kind) {
    case 'unreachable':
      return new Unreachable('Pipedrive cannot be reached.', { cause: error });
    case 'lost':
      return lost(error);
    case 'spent':
      return new BudgetSpent('The company’s Pipedrive API budget is used up for now.', {
        cause: error,
        ...(error.resumeAt !== undefined && { resumeAt: error.resumeAt.toISOString() }),
      });
    case 'malformed':
    case 'too-large':
      // A write whose answer cannot be read may well have been carried out.
      return method === 'GET' ? unreadable(error) : lost(error);
    case 'refused':
      return new BadAnswer('Pipedrive pointed to an address that is not its own.', {
        cause: error,
      });
  }
}

export function lost(cause?: unknown): AnswerLost {
  return new AnswerLost('Pipedrive did not say whether it carried out a change.', { cause });
}

export function unreadable(cause?: unknown): BadAnswer {
  return new BadAnswer('Pipedrive sent an answer that cannot be understood.', { cause });
}

/** What an answer that is no success means. Decided by status; the texts serve only to explain. */
export function refusal(answer: ApiAnswer): ContactSyncError {
  const { status } = answer;
  if (status === 401) return new SignInNeeded('crm', 'Pipedrive no longer accepts this sign-in.');
  if (status === 402) {
    return new CompanyClosed(
      'The Pipedrive company account is not open; its plan may have expired.',
    );
  }
  if (status === 403) return forbidden(answer);
  if (status === 429) return new BudgetSpent('Pipedrive refuses further requests for now.');
  if (status >= 500) return new Unreachable('Pipedrive is out of order.');
  if (status >= 400) return rejected(complaintOf(answer));
  return unreadable();
}

function rejected(complaint: Complaint | undefined): Rejected {
  const message = withReason('Pipedrive refused this', complaint);
  const fieldCode = complaint?.fieldCode ?? quotedCode(complaint?.text);
  return fieldCode === undefined ? new Rejected(message) : new FieldRejected(message, fieldCode);
}

/** Most complaints name the field in quotes, perhaps with a place in it: `"emails.1.value" is …`. */
function quotedCode(text: string | undefined): string | undefined {
  return /["'`]([a-z]+(?:_[a-z]+)*|[0-9a-f]{40})(?:[.[][^"'`]*)?["'`]/u.exec(text ?? '')?.[1];
}

/** As {@link refusal}, for a request that changes something: a broken answer leaves that open. */
export function writeRefusal(answer: ApiAnswer): ContactSyncError {
  return answer.status >= 500 ? lost() : refusal(answer);
}

/** Documented for companies that go on in spite of 429: a page of HTML, no JSON. */
function forbidden(answer: ApiAnswer): ContactSyncError {
  const complaint = complaintOf(answer);
  if (complaint === undefined) {
    return new BudgetSpent('Pipedrive blocks this company’s API access for a while.');
  }
  if (isScopeMismatch(complaint)) {
    return new SignInNeeded('crm', 'The Pipedrive sign-in lacks a scope that this needs.');
  }
  if (complaint.code?.startsWith('feature_capping') === true) {
    return new Forbidden('The Pipedrive plan has no room for more of this.');
  }
  return new Forbidden(withReason('Pipedrive does not permit this', complaint));
}

function isScopeMismatch({ text }: Complaint): boolean {
  return text !== undefined && /\bscope\b/iu.test(text);
}

interface Complaint {
  readonly text?: string;
  readonly code?: string;
  readonly fieldCode?: string;
}

/** `undefined` when the body is no JSON object. */
function complaintOf(answer: ApiAnswer): Complaint | undefined {
  const body = jsonObject(answer);
  if (body === undefined) return undefined;
  const text = textOf(body, 'error') ?? textOf(body, 'message');
  const code = textOf(body, 'code');
  const fieldCode = textOf(body, 'field_code');
  return {
    ...(text !== undefined && { text }),
    ...(code !== undefined && { code }),
    ...(fieldCode !== undefined && { fieldCode }),
  };
}

function jsonObject(answer: ApiAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const body = answer.json();
    return typeof body === 'object' && body !== null
      ? (body as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function textOf(body: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function withReason(what: string, complaint: Complaint | undefined): string {
  const reason = complaint?.text === undefined ? '' : `: ${plain(complaint.text)}`;
  const field = complaint?.fieldCode === undefined ? '' : ` (field ${plain(complaint.fieldCode)})`;
  return `${what}${reason}${field}`;
}

const LONGEST_REASON = 160;

/** A vendor's sentence without what might be somebody's data: addresses, ids, numbers. */
function plain(text: string): string {
  const line = text
    .replace(/\s+/gu, ' ')
    .replace(/\S+@\S+/gu, '…')
    .replace(/\+?\d[\d\s()./-]{3,}\d|\d{4,}/gu, '…')
    .trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
