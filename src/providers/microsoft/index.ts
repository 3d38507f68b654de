import type { Api } from '../../http/api.ts';
import { SignInNeeded } from '../../sync/errors.ts';
import type { ContactSide, Groups, PhotoSource, Walk } from '../../sync/ports.ts';
import { questionError } from './errors.ts';
import { changes } from './feed.ts';
import { demandOf } from './demand.ts';
import { createDirectory } from './folders.ts';
import { contactGroups } from './groups.ts';
import { BATCH_SIZE, VISIBILITY_DELAY_MS } from './limits.ts';
import { ask, isSuccess, type Mailbox, openMailbox, query, textIn, type Wait } from './mailbox.ts';
import { holds } from './patch.ts';
import { fetchPhoto } from './photos.ts';
import { readContacts } from './read.ts';
import { contactWalk } from './walk.ts';
import { writeAll } from './write.ts';
import { idIn, isRecord } from './wire.ts';

export { microsoftLimits } from './limits.ts';

export interface MicrosoftOptions {
  /** At the base of {@link microsoftApiBase}. */
  readonly api: Api;
  /** Milliseconds. Default: 5 minutes. */
  readonly visibilityDelayMs?: number;
  /** Lets time pass before what was told off is sent again. Default: real time. */
  readonly wait?: Wait;
}

export interface MicrosoftSide extends ContactSide {
  readonly groups: Groups;
  readonly photoSource: PhotoSource;
  readonly walk: Walk;
  /** Whose sign-in this is. @throws {SignInNeeded} when it does not say */
  account(signal: AbortSignal): Promise<MicrosoftAccount>;
}

export interface MicrosoftAccount {
  /** Of one person for ever, whatever becomes of their addresses. */
  readonly id: string;
  readonly email: string;
  /** All addresses that are known to lead to the mailbox. */
  readonly aliases: readonly string[];
}

/** Outlook's contacts as a side: Microsoft Graph, https://learn.microsoft.com/graph/api/resources/contact */
export function createMicrosoftSide(options: MicrosoftOptions): MicrosoftSide {
  const { api, visibilityDelayMs = VISIBILITY_DELAY_MS, wait } = options;
  const mailbox = openMailbox(api, wait);
  const directory = createDirectory(mailbox);
  return {
    side: 'provider',
    name: 'Outlook',
    visibilityDelay: visibilityDelayMs,
    writeGroup: BATCH_SIZE,
    holds,
    changes: (cursor, signal) => changes(mailbox, directory, cursor, signal),
    read: async (ids, signal) => {
      const found = await readContacts(mailbox, directory, ids, signal);
      return new Map([...found].map(([id, { finding }]) => [id, finding]));
    },
    write: (writes, signal) => writeAll(mailbox, directory, writes, signal),
    now: () => api.now(),
    requests: () => api.requests(),
    demandOf,
    groups: contactGroups(mailbox, directory),
    photoSource: { fetch: (ref, signal) => fetchPhoto(mailbox, ref, signal) },
    walk: contactWalk(mailbox, directory),
    account: (signal) => account(mailbox, signal),
  };
}

/** The base of Graph; with an address of one's own (`CONTACTSYNC_MICROSOFT_URL`) that. */
export function microsoftApiBase(url?: string): string {
  return url ?? 'https://graph.microsoft.com';
}

/** A mailbox has one address of its own and may have others that lead to it. */
async function account(mailbox: Mailbox, signal: AbortSignal): Promise<MicrosoftAccount> {
  const path = `/me${query({ $select: 'id,mail,userPrincipalName,otherMails,proxyAddresses' })}`;
  const reply = await ask(mailbox, path, signal);
  if (!isSuccess(reply)) throw questionError(reply);
  const { body } = reply;
  const email = textIn(body, 'mail') ?? textIn(body, 'userPrincipalName');
  const id = idIn(body);
  if (id === undefined || email === undefined) {
    throw new SignInNeeded('provider', 'The Microsoft sign-in does not tell its e-mail address.');
  }
  const aliases = ['mail', 'userPrincipalName', 'otherMails', 'proxyAddresses'].flatMap((key) =>
    textsIn(body, key),
  );
  return { id, email, aliases };
}

/** Proxy addresses carry their protocol: `SMTP:ann@example.com`. */
function textsIn(body: unknown, key: string): readonly string[] {
  const value = isRecord(body) ? body[key] : undefined;
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) =>
    typeof text === 'string' && text !== '' ? [text.replace(/^smtp:/iu, '')] : [],
  );
}
