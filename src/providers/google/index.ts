import type { Api } from '../../http/api.ts';
import { SignInNeeded } from '../../sync/errors.ts';
import type { ContactSide, Groups, PhotoSource } from '../../sync/ports.ts';
import { ask, isSuccess, textIn } from './ask.ts';
import { demandOf } from './demand.ts';
import { questionError } from './errors.ts';
import { changes, countContacts } from './feed.ts';
import { listGroups } from './groups.ts';
import { BATCH_SIZE, COST, VISIBILITY_DELAY_MS } from './limits.ts';
import { holds } from './patch.ts';
import { fetchPhoto } from './photos.ts';
import { readPeople } from './read.ts';
import { writeAll } from './write.ts';

export { googleLimits } from './limits.ts';

export interface GoogleOptions {
  /** At the base `people` of {@link googleApiBases}. */
  readonly api: Api;
  /** At the base `userinfo`. Default: `api`, which does where both bases are one. */
  readonly userinfo?: Api;
  /** Milliseconds. Default: 5 minutes. */
  readonly visibilityDelayMs?: number;
}

export interface GoogleSide extends ContactSide {
  readonly groups: Groups;
  readonly photoSource: PhotoSource;
  /** Whose sign-in this is. @throws {SignInNeeded} when it does not say */
  account(signal: AbortSignal): Promise<GoogleAccount>;
}

export interface GoogleAccount {
  /** Of one person for ever, however many addresses they have, and whatever becomes of those. */
  readonly id: string;
  /** As Google spells it. */
  readonly email: string;
}

/** Google Contacts as a side: the People API, https://developers.google.com/people */
export function createGoogleSide(options: GoogleOptions): GoogleSide {
  const { api, userinfo = api, visibilityDelayMs = VISIBILITY_DELAY_MS } = options;
  return {
    side: 'provider',
    name: 'Google Contacts',
    visibilityDelay: visibilityDelayMs,
    writeGroup: BATCH_SIZE,
    holds,
    changes: (cursor, signal) => changes(api, cursor, signal),
    read: async (ids, signal) => {
      const found = await readPeople(api, ids, signal);
      return new Map([...found].map(([id, { finding }]) => [id, finding]));
    },
    write: (writes, signal) => writeAll(api, writes, signal),
    now: () => api.now(),
    demandOf,
    requests: () => (userinfo === api ? 0 : userinfo.requests()) + api.requests(),
    groups: {
      list: (signal) => listGroups(api, signal),
      total: (signal) => countContacts(api, signal),
    },
    photoSource: { fetch: (ref, signal) => fetchPhoto(api, ref, signal) },
    account: (signal) => account(userinfo, signal),
  };
}

/** The bases of the APIs; with an address of one's own (`CONTACTSYNC_GOOGLE_URL`) both are that. */
export function googleApiBases(url?: string): { people: string; userinfo: string } {
  return {
    people: url ?? 'https://people.googleapis.com',
    userinfo: url ?? 'https://www.googleapis.com',
  };
}

/** `sub`, since an address may change: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
async function account(api: Api, signal: AbortSignal): Promise<GoogleAccount> {
  const reply = await ask(api, { path: '/oauth2/v3/userinfo', cost: COST.nothing, signal });
  if (!isSuccess(reply)) throw questionError(reply);
  const id = textIn(reply.body, 'sub');
  const email = textIn(reply.body, 'email');
  if (id !== undefined && email !== undefined) return { id, email };
  throw new SignInNeeded('provider', 'The Google sign-in does not tell its e-mail address.');
}
