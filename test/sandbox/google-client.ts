import { auth, people } from 'googleapis/build/src/apis/people/index.js';
import type { people_v1 } from 'googleapis/build/src/apis/people/index.js';
import { EMPTY_CONTACT } from '../../src/contact/contact.ts';
import type { Contact } from '../../src/contact/contact.ts';
import type { SandboxContact } from '../../src/sandbox/seed-contact.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const SCOPES = [
  'https://www.googleapis.com/auth/contacts',
  'https://www.googleapis.com/auth/userinfo.email',
];
export const REDIRECT = 'http://127.0.0.1:9/callback';
export const ALL_FIELDS =
  'metadata,names,emailAddresses,phoneNumbers,imClients,addresses,organizations,biographies,birthdays,memberships,photos,clientData';

export type OAuthClient = InstanceType<typeof auth.OAuth2>;

/** Google's own OAuth client, with its addresses turned to the sandbox. */
export function oauthClient(sandbox: Sandbox): OAuthClient {
  return new auth.OAuth2({
    clientId: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_ID'] ?? '',
    clientSecret: sandbox.env['CONTACTSYNC_GOOGLE_CLIENT_SECRET'] ?? '',
    redirectUri: REDIRECT,
    endpoints: {
      oauth2AuthBaseUrl: `${sandbox.url}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${sandbox.url}/token`,
      oauth2RevokeUrl: `${sandbox.url}/revoke`,
    },
  });
}

/** Follows the consent page's redirect and gives what came back with it. */
export async function consent(
  client: OAuthClient,
  options: Parameters<OAuthClient['generateAuthUrl']>[0] = {},
): Promise<URLSearchParams> {
  const address = client.generateAuthUrl({
    access_type: 'offline',
    scope: SCOPES,
    state: 'the-state',
    ...options,
  });
  const answer = await fetch(address, { redirect: 'manual' });
  await answer.text();
  return new URL(answer.headers.get('location') ?? 'about:blank').searchParams;
}

/** A sandbox, and Google's own SDK signed in to it. */
export interface Signed {
  readonly sandbox: Sandbox;
  readonly api: people_v1.People;
  readonly token: string;
}

export async function signedIn(options: SandboxOptions = {}): Promise<Signed> {
  const sandbox = await startSandbox({ autoConsent: true, ...options });
  return { sandbox, ...(await signInto(sandbox)) };
}

export async function signInto(sandbox: Sandbox): Promise<Omit<Signed, 'sandbox'>> {
  const client = oauthClient(sandbox);
  const { tokens } = await client.getToken((await consent(client)).get('code') ?? '');
  client.setCredentials({ access_token: tokens.access_token ?? '' });
  const api = people({ version: 'v1', auth: client, rootUrl: `${sandbox.url}/`, retry: false });
  return { api, token: tokens.access_token ?? '' };
}

export function seedOf(
  parts: Partial<Contact>,
  rest: Omit<SandboxContact, 'contact'> = {},
): SandboxContact {
  return { contact: { ...EMPTY_CONTACT, ...parts }, ...rest };
}

export function named(given: string, family?: string): SandboxContact {
  return seedOf({ name: { given, ...(family === undefined ? {} : { family }) } });
}

/** The vendor's refusal of a call: its status and Google's error object. */
export interface Refusal {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly status: string;
    readonly errors?: readonly { readonly reason: string }[];
    readonly details?: readonly Record<string, unknown>[];
  };
}

export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { response } = error as {
      response: { status: number; data: { error: Refusal['error'] } };
    };
    return { status: response.status, error: response.data.error };
  }
  throw new Error('The call was not refused.');
}
