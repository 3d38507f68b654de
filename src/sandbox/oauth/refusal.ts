import type { SandboxAnswer } from '../core.ts';

/** What an OAuth endpoint refuses, by the words of RFC 6749. */
export class OAuthRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The endpoint's answer, or its refusal as one. */
export function refusing(endpoint: () => SandboxAnswer): SandboxAnswer {
  try {
    return endpoint();
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    return oauthAnswer(error.status, { error: error.code, error_description: error.message });
  }
}

export function oauthAnswer(status: number, body: object): SandboxAnswer {
  return { status, headers: { 'cache-control': 'no-store' }, body };
}
