import type { AuthorizationServer } from 'oauth4webapi';
import * as v from 'valibot';

const TENANT = '{tenantid}';

const answerSchema = v.object({ id_token: v.string() });
const claimsSchema = v.object({ tid: v.string() });

/**
 * The server as the issuer of this answer: where each tenant signs its own id tokens, with the
 * tenant that the token names in the place of `{tenantid}`, as Microsoft has it checked.
 * https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
 */
export async function issuing(
  server: AuthorizationServer,
  answer: Response,
): Promise<AuthorizationServer> {
  if (!server.issuer.includes(TENANT)) return server;
  const tenant = tenantIn(await answer.clone().text());
  return tenant === undefined
    ? server
    : { ...server, issuer: server.issuer.replace(TENANT, () => tenant) };
}

/** `undefined` for anything but an id token with a tenant: what reads it in earnest says what is wrong. */
function tenantIn(body: string): string | undefined {
  try {
    const { id_token: token } = v.parse(answerSchema, JSON.parse(body));
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    return v.parse(claimsSchema, JSON.parse(claims)).tid;
  } catch {
    return undefined;
  }
}
