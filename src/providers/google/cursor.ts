import { createHash } from 'node:crypto';
import { CursorExpired } from '../../sync/errors.ts';
import { textIn } from './ask.ts';
import { FULL_SYNC_LIFE_MS, PAGE_SIZE } from './limits.ts';
import { CONTACT_SOURCE, PERSON_FIELDS } from './wire.ts';

/** The one question of every listing. Google compares it with the one that made the token. */
export const QUESTION = {
  personFields: PERSON_FIELDS,
  sources: CONTACT_SOURCE,
  pageSize: PAGE_SIZE,
  requestSyncToken: true,
} as const;

/** Where the next read starts. */
export interface GoogleCursor {
  readonly token: string;
  /** ISO 8601, by Google's clock: when the full listing was read that the token descends from. */
  readonly fullAt: string;
}

export function writeCursor({ token, fullAt }: GoogleCursor): string {
  return JSON.stringify({ token, fullAt, question: fingerprint() });
}

/**
 * @throws {CursorExpired} before any request, when Google would refuse the token or is about to:
 *   a planned full read costs less than one that a dying token forces.
 */
export function readCursor(cursor: string, now: Date): GoogleCursor {
  const saved = parsed(cursor);
  const token = textIn(saved, 'token');
  const fullAt = textIn(saved, 'fullAt');
  if (token === undefined || fullAt === undefined || textIn(saved, 'question') !== fingerprint()) {
    throw new CursorExpired('The saved position was made by another version of this program.');
  }
  if (!(now.getTime() - Date.parse(fullAt) < FULL_SYNC_LIFE_MS)) {
    throw new CursorExpired('The last full read of Google Contacts is more than 6 days old.');
  }
  return { token, fullAt };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(cursor);
  } catch {
    return undefined;
  }
}

function fingerprint(): string {
  return createHash('sha256').update(JSON.stringify(QUESTION)).digest('hex').slice(0, 16);
}
