/** A vendor's sign-in, as data. */
export interface OAuthServer {
  /** For people. */
  readonly name: string;
  /** Of its id tokens; `{tenantid}` stands for the tenant that a token names. */
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Absent where the vendor has none. */
  readonly revocationEndpoint?: string;
  /** For machines without a browser (RFC 8628), where the vendor has it. */
  readonly deviceEndpoint?: string;
  readonly pkce: boolean;
  /** Answers with an id token, to which our nonce is bound. Asks for the scope `openid`. */
  readonly openId?: boolean;
  /** A sign-in that is not used for so long ends. */
  readonly idleDays?: number;
  /** Where the browser comes back to, as registered; the port aside. Default: `127.0.0.1/callback`. */
  readonly redirect?: { readonly host: '127.0.0.1' | 'localhost'; readonly path: string };
  /** How the client says who it is at the token endpoint; a public client has nothing to prove it by. */
  readonly clientAuth: 'basic' | 'post' | 'none';
  /** Empty where the app's registration decides. */
  readonly scopes: readonly string[];
  readonly extraParameters: Readonly<Record<string, string>>;
}

/** The user's own registration of contactsync at the vendor. */
export interface OAuthClient {
  readonly id: string;
  /** A public client has none. */
  readonly secret?: string;
}

const GOOGLE_CONTACTS = 'https://www.googleapis.com/auth/contacts';
const GOOGLE_CONTACTS_READ = 'https://www.googleapis.com/auth/contacts.readonly';
const GOOGLE_EMAIL = 'https://www.googleapis.com/auth/userinfo.email';

export interface GoogleSignIn {
  /** Of `CONTACTSYNC_GOOGLE_AUTH_URL`; default: Google's own addresses. */
  readonly base?: string | undefined;
  /** One-way asks for no more than to read. */
  readonly write: boolean;
  /** Preselects the account on Google's page. */
  readonly email?: string;
}

/**
 * Google's installed-app flow: loopback redirect, PKCE; offline access and a consent page each
 * time, or no refresh token comes back.
 * https://developers.google.com/identity/protocols/oauth2/native-app
 */
export function googleServer({ base, write, email }: GoogleSignIn): OAuthServer {
  const tokens = base ?? 'https://oauth2.googleapis.com';
  return {
    name: 'Google',
    // Also of the id tokens that a sandbox gives out.
    issuer: 'https://accounts.google.com',
    authorizationEndpoint: `${base ?? 'https://accounts.google.com'}/o/oauth2/v2/auth`,
    tokenEndpoint: `${tokens}/token`,
    revocationEndpoint: `${tokens}/revoke`,
    pkce: true,
    openId: true,
    // "has not been used for six months": https://developers.google.com/identity/protocols/oauth2#expiration
    idleDays: 180,
    clientAuth: 'post',
    scopes: ['openid', write ? GOOGLE_CONTACTS : GOOGLE_CONTACTS_READ, GOOGLE_EMAIL],
    extraParameters: {
      access_type: 'offline',
      prompt: 'consent',
      ...(email === undefined ? {} : { login_hint: email }),
    },
  };
}

const MICROSOFT = 'https://login.microsoftonline.com';

export interface MicrosoftSignIn {
  /** Of `CONTACTSYNC_MICROSOFT_AUTH_URL`; default: Microsoft's own address. */
  readonly base?: string | undefined;
  /** One-way asks for no more than to read. */
  readonly write: boolean;
  /** Preselects the account on Microsoft's page. */
  readonly email?: string;
}

/**
 * Microsoft's, for personal, work and school accounts alike: a public client without a secret. Of
 * redirects on this machine any port is accepted, but only under the name `localhost` (documented).
 * Pictures come with the contacts; the names of categories are among the mailbox's settings.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function microsoftServer({ base, write, email }: MicrosoftSignIn): OAuthServer {
  const flow = `${base ?? MICROSOFT}/common/oauth2/v2.0`;
  return {
    name: 'Microsoft',
    // As Microsoft's own metadata for `common` has it; also of the id tokens that a sandbox gives out.
    issuer: `${MICROSOFT}/{tenantid}/v2.0`,
    authorizationEndpoint: `${flow}/authorize`,
    tokenEndpoint: `${flow}/token`,
    deviceEndpoint: `${flow}/devicecode`,
    pkce: true,
    openId: true,
    // https://learn.microsoft.com/entra/identity-platform/refresh-tokens: "90 days"
    idleDays: 90,
    redirect: { host: 'localhost', path: '' },
    clientAuth: 'none',
    scopes: [
      'openid',
      write ? 'Contacts.ReadWrite' : 'Contacts.Read',
      'MailboxSettings.Read',
      'User.Read',
      'offline_access',
    ],
    extraParameters: {
      response_mode: 'query',
      prompt: 'select_account',
      ...(email === undefined ? {} : { login_hint: email }),
    },
  };
}

/**
 * Pipedrive's: a confidential client, no PKCE, no scopes in the request, and a sign-in that ends
 * when it is not used for 60 days.
 * https://pipedrive.readme.io/docs/marketplace-oauth-authorization
 */
export function pipedriveServer(base = 'https://oauth.pipedrive.com'): OAuthServer {
  return {
    name: 'Pipedrive',
    issuer: base,
    authorizationEndpoint: `${base}/oauth/authorize`,
    tokenEndpoint: `${base}/oauth/token`,
    revocationEndpoint: `${base}/oauth/revoke`,
    pkce: false,
    idleDays: 60,
    clientAuth: 'basic',
    scopes: [],
    extraParameters: {},
  };
}
