import { OAuthRefusal } from '../oauth/refusal.ts';
import type { Trace } from './errors.ts';

/** What the identity platform says, by its own number: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
export class EntraRefusal extends OAuthRefusal {
  readonly number: number;

  constructor(code: string, number: number, message: string, status = 400) {
    super(code, `AADSTS${number}: ${message}`, status);
    this.number = number;
  }

  body(trace: Trace): object {
    const timestamp = `${trace.at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
    const { requestId, clientRequestId } = trace;
    return {
      error: this.code,
      error_description: `${this.message} Trace ID: ${requestId} Correlation ID: ${clientRequestId} Timestamp: ${timestamp}`,
      error_codes: [this.number],
      timestamp,
      trace_id: requestId,
      correlation_id: clientRequestId,
      error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
    };
  }
}

export function missingParameter(name: string): EntraRefusal {
  return new EntraRefusal(
    'invalid_request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}

export function unknownApp(id: string): EntraRefusal {
  return new EntraRefusal(
    'unauthorized_client',
    700016,
    `Application with identifier '${id}' was not found in the directory.`,
  );
}

export function declinedConsent(): EntraRefusal {
  return new EntraRefusal('access_denied', 65004, 'User declined to consent to access the app.');
}

export function adminConsentNeeded(): EntraRefusal {
  return new EntraRefusal(
    'access_denied',
    90094,
    'An administrator of your organization needs to grant the permissions that this app asks for.',
  );
}

export function blockedByPolicy(): EntraRefusal {
  return new EntraRefusal(
    'invalid_grant',
    53003,
    'Access has been blocked by Conditional Access policies.',
  );
}
