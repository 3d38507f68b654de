import { GrantEnded, SignInFailed } from '../../auth/errors.ts';
import { listenOnLoopback } from '../../auth/loopback-listener.ts';
import { createTokenEndpoint } from '../../auth/token-endpoint.ts';
import { clientOf } from '../compose.ts';
import { PROVIDER_KINDS, PROVIDERS, type ProviderKind } from '../providers.ts';
import type { Session } from '../session.ts';
import { fail, inOurWords, pass, warn, type Finding } from './check.ts';
import * as texts from '../texts/doctor.ts';
import { unreachable } from './logins.ts';

/*
 * The user's own registrations of contactsync at the vendors, before anybody has signed in with them.
 */

export async function checkApps(session: Session): Promise<readonly Finding[]> {
  const kinds = PROVIDER_KINDS.filter((kind) => session.env[`${kind}Client`] !== undefined);
  const half = session.env.missingHalves.map((name) => fail(texts.halfAnApp(name)));
  const known = await Promise.all(kinds.map((kind) => checkApp(session, kind)));
  const pipedrive = session.env.pipedriveClient === undefined ? [] : [await checkCallback(session)];
  const none = kinds.length === 0 && half.length === 0;
  return [...half, ...known, ...pipedrive, ...(none ? [warn(texts.NO_APP)] : [])];
}

/** Nobody is owed this token: the app is known where it is the token that the vendor refuses. */
const NO_TOKEN = 'none-from-contactsync-doctor';

async function checkApp(session: Session, kind: ProviderKind): Promise<Finding> {
  const { name, server } = PROVIDERS[kind];
  const client = clientOf(session, kind);
  const endpoint = createTokenEndpoint(server(session, false), client, session.http());
  try {
    await endpoint.refresh(NO_TOKEN);
  } catch (error) {
    if (error instanceof SignInFailed) return fail(texts.appRefused(name, error.message));
    if (!(error instanceof GrantEnded)) return unreachable(name, error) ?? inOurWords(error);
  }
  return pass(texts.appKnown(name));
}

/** Pipedrive tells nothing of an app before somebody signs in; its one callback must be free for it. */
async function checkCallback({ env }: Session): Promise<Finding> {
  const port = env.pipedriveRedirectPort;
  try {
    const listener = await listenOnLoopback(port);
    listener.close();
  } catch (error) {
    return inOurWords(error);
  }
  return pass(texts.callbackFree(port));
}
