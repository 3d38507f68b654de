import { createTokenCredentials } from '../../src/auth/credentials.ts';
import { googleServer, microsoftServer, type OAuthServer } from '../../src/auth/servers.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import { createTokenEndpoint } from '../../src/auth/token-endpoint.ts';
import type { Credentials } from '../../src/http/api.ts';
import type { Http } from '../../src/http/client.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

/** Through the real sign-in, with a plain request in the place of a browser. */
export async function signInToGoogle(sandbox: Sandbox, http: Http): Promise<Credentials> {
  const server = googleServer({ base: sandbox.url, write: true });
  return signInTo(server, sandbox, http);
}

export async function signInToMicrosoft(sandbox: Sandbox, http: Http): Promise<Credentials> {
  const server = microsoftServer({ base: sandbox.url, write: true });
  return signInTo(server, sandbox, http);
}

async function signInTo(server: OAuthServer, sandbox: Sandbox, http: Http): Promise<Credentials> {
  const vendor = server.name.toUpperCase();
  const client = {
    id: sandbox.env[`CONTACTSYNC_${vendor}_CLIENT_ID`] ?? '',
    secret: sandbox.env[`CONTACTSYNC_${vendor}_CLIENT_SECRET`] ?? '',
  };
  let tokens = await signIn({
    server,
    client,
    http,
    signal: new AbortController().signal,
    onAddress: (address) => void fetch(address).then((answer) => answer.text()),
  });
  return createTokenCredentials({
    side: 'provider',
    server,
    endpoint: createTokenEndpoint(server, client, http),
    store: {
      load: () => tokens,
      save: (fresh) => {
        tokens = fresh;
      },
      exclusively: (work) => work(),
    },
  });
}
