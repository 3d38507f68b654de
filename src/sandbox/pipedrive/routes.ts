import type { SandboxAnswer, SandboxRequest } from '../core.ts';
import { invalid } from './answers.ts';
import type { Actor } from './changes.ts';
import type { User } from './users.ts';

/** One documented operation. */
export interface Route {
  readonly method: string;
  /** Matches the whole path; its groups become `Call.parts`. */
  readonly path: RegExp;
  /** Tokens of the company's daily budget (`x-token-cost` in the documents). */
  readonly cost: number;
  /** Any of these OAuth scopes lets it through. */
  readonly scopes: readonly string[];
  /** Searches have a burst limit of their own. */
  readonly search?: true;
  handle(call: Call): SandboxAnswer;
}

export interface Call {
  readonly request: SandboxRequest;
  readonly user: User;
  readonly parts: readonly string[];
}

export const readsContacts = ['contacts:read', 'contacts:full'] as const;
export const writesContacts = ['contacts:full'] as const;

/** Whoever signed the call. */
export function byApi({ user, request }: Call): Actor {
  const userAgent = request.headers['user-agent'];
  return { user, source: 'api', ...(userAgent === undefined ? {} : { userAgent }) };
}

/** @throws {Refusal} 400 */
export function idIn(call: Call): number {
  const [text = ''] = call.parts;
  if (!/^[1-9]\d*$/.test(text)) throw invalid('"id" must be a positive number');
  return Number(text);
}
