import * as v from 'valibot';
import { isRecord, type SandboxAnswer } from '../core.ts';

/** Thrown by whatever finds a request wanting; `answer` is what Pipedrive says then. */
export class Refusal extends Error {
  readonly answer: SandboxAnswer;
  constructor(answer: SandboxAnswer) {
    super(`The sandbox refuses with ${answer.status}: ${reasonOf(answer)}`);
    this.name = 'Refusal';
    this.answer = answer;
  }
}

function reasonOf({ body }: SandboxAnswer): string {
  return isRecord(body) && typeof body['error'] === 'string' ? body['error'] : 'no reason';
}

export function ok(data: unknown, rest: object = {}, status = 200): SandboxAnswer {
  return { status, body: { success: true, data, ...rest } };
}

/** The shape shared by 400, 403, 404 and 410. */
export function refusal(status: number, error: string, rest: object = {}): Refusal {
  const body = {
    success: false,
    error,
    error_info: 'Please check developers.pipedrive.com',
    ...rest,
    data: null,
    additional_data: null,
  };
  return new Refusal({ status, body });
}

/** v2's answer to a body or a query that it does not understand. */
export function invalid(message: string, rest: object = {}): Refusal {
  return refusal(400, `Invalid input: ${message}`, { code: 'ERR_INVALID_INPUT', ...rest });
}

export function notFound(what: string): Refusal {
  return refusal(404, `${what} not found`, { error_info: 'Object was not found.' });
}

export function noPermission(error = 'You do not have permissions to do this.'): Refusal {
  return refusal(403, error);
}

/** The answer of Pipedrive's gateway to a token that it does not know, or no longer. */
export function unauthorized(): Refusal {
  return new Refusal({
    status: 401,
    headers: { 'x-401-by-gw': '1' },
    body: {
      success: false,
      error: 'unauthorized access',
      errorCode: 401,
      error_info: 'Please check developers.pipedrive.com',
    },
  });
}

export function scopeMismatch(): Refusal {
  return new Refusal({
    status: 403,
    body: {
      success: false,
      error: 'Scope and URL mismatch',
      errorCode: 403,
      error_info: 'Please check developers.pipedrive.com',
    },
  });
}

/** @throws {Refusal} 400 that names the offending key */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  throw invalid(key === null ? issue.message : `"${key}": ${issue.message}`);
}
