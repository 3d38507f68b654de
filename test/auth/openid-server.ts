import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OAuthClient, OAuthServer } from '../../src/auth/servers.ts';

/* A certified OpenID provider, as strict as real ones: exact redirects, PKCE, rotation, reuse detection. */

export interface OpenIdServer {
  readonly server: OAuthServer;
  readonly client: OAuthClient;
  /** What a person does in a browser: signs in, allows, and is sent back. */
  visit(address: string): Promise<Response>;
  close(): Promise<void>;
}

export async function startOpenIdServer(): Promise<OpenIdServer> {
  const { Provider } = await import('oidc-provider');
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const http = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const client = { id: 'contactsync', secret: 'a-secret-of-the-app' };
  handle = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['for tests'] },
    features: { revocation: { enabled: true } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access', 'contacts.readonly'],
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id }),
    }),
  }).callback();
  return {
    client,
    server: {
      name: 'OpenID',
      issuer,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      revocationEndpoint: `${issuer}/token/revocation`,
      pkce: true,
      openId: true,
      clientAuth: 'post',
      scopes: ['openid', 'offline_access', 'contacts.readonly'],
      extraParameters: { prompt: 'consent' },
    },
    visit: (address) => visit(issuer, address),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
}

/** Follows redirects with cookies and sends the forms on the way, until it is sent somewhere else. */
async function visit(issuer: string, first: string): Promise<Response> {
  const cookies = new Map<string, string>();
  let address = first;
  let form: string | undefined;
  for (let steps = 0; steps < 15; steps += 1) {
    const answer: Response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined
        ? {}
        : {
            method: 'POST',
            body: new URLSearchParams({ prompt: form, login: 'ann', password: 'x' }),
          }),
    });
    form = undefined;
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location !== null) {
      address = new URL(location, address).href;
      if (!address.startsWith(issuer)) return fetch(address);
      continue;
    }
    const page = await answer.text();
    const prompt = /name="prompt" value="(\w+)"/u.exec(page)?.[1];
    if (prompt === undefined) return answer;
    form = prompt;
  }
  throw new Error(`never came back from ${first}`);
}
