import * as v from 'valibot';
import { BadControl } from '../core.ts';

/**
 * What Microsoft's documents leave open, what its service was seen to do besides, and what differs
 * between mailboxes. Each switch has the documented or most likely reading as its default; tests
 * turn them to meet every variant.
 */
export const behaviourSchema = v.object({
  /** Whether 4 requests at a time and 10,000 in 10 minutes are enforced. */
  enforceLimits: v.optional(v.boolean(), false),
  /** A 429's `Retry-After`: whole seconds, a decimal fraction as seen in the wild, or none. */
  retryAfter: v.optional(v.picklist(['seconds', 'decimal', 'missing']), 'seconds'),
  /** The code of a 429. */
  throttleCode: v.optional(
    v.picklist(['ApplicationThrottled', 'TooManyRequests']),
    'ApplicationThrottled',
  ),
  /** Independent items of a batch beyond the fourth: run after the others, or 429 (seen in 2020). */
  batchSurplus: v.optional(v.picklist(['queued', 'refused']), 'queued'),

  /** Whether `If-Match` counts: reports contradict each other, and the documents are silent. */
  ifMatch: v.optional(v.picklist(['patch-only', 'ignored', 'honoured']), 'patch-only'),
  conflictStatus: v.optional(v.picklist([409, 412]), 412),
  /** An explicit null for a field that holds nothing: answered with 500 by one report. */
  nullForEmpty: v.optional(v.picklist(['refused', 'taken']), 'refused'),
  /** Whether a change without `displayName` makes a new one (documented as a may). */
  displayName: v.optional(v.picklist(['rewritten', 'kept']), 'rewritten'),
  /** `parentFolderId` in a PATCH: documented as updatable, its effect is not. */
  parentFolderPatch: v.optional(v.picklist(['ignored', 'moves', 'refused']), 'ignored'),
  /** Extended properties of a new item: stripped from events of personal mailboxes by one report. */
  extendedProperties: v.optional(v.picklist(['kept', 'stripped']), 'kept'),
  /** GET of a contact that lies in Deleted Items, by its immutable id. */
  deletedGet: v.optional(v.picklist(['not-found', 'in-deleted-items']), 'not-found'),
  /** An id whose `=` is written as `%3D`: 404 on a personal mailbox by one report. */
  escapedEquals: v.optional(v.picklist(['not-found', 'found']), 'not-found'),
  /** How fields without a value come: as in the documents' example, or as seen, without a rule. */
  empties: v.optional(v.picklist(['documented', 'mixed']), 'mixed'),
  /** A contact of a user's own folder also shows the folder's name as a category (one report). */
  folderNameCategory: v.optional(v.boolean(), false),
  /** Distribution lists in the default folder: counted by `$count`, never listed. */
  contactLists: v.optional(v.number(), 0),
  /** Whether folders beside the default one, not below it, are listed (missing in reports). */
  siblingFolders: v.optional(v.picklist(['listed', 'hidden']), 'listed'),

  /** `$select` on delta: accepted by the service, named among the refused by its refusal. */
  deltaSelect: v.optional(v.picklist(['accepted', 'refused']), 'accepted'),
  /** Rows of later rounds: whole, or only what changed (seen for messages). */
  deltaRows: v.optional(v.picklist(['full', 'changed-only']), 'full'),
  /** So many changes that an earlier round told already are told again. */
  replays: v.optional(v.number(), 0),
  /** Rows occur twice within a round. */
  repeatedRows: v.optional(v.boolean(), false),
  /** So many `@removed` rows for ids that nobody has seen. */
  strayRemovals: v.optional(v.number(), 0),
  /** A round begins with an empty page that leads on. */
  emptyPages: v.optional(v.boolean(), false),
  /** With immutable ids, what moved away and came back: told, or gone for good (microsoft-graph-docs 21752). */
  movedBack: v.optional(v.picklist(['told', 'lost']), 'told'),
  /** The reason in a row for a contact that was moved away; no promise is made. */
  movedReason: v.optional(v.picklist(['deleted', 'changed']), 'deleted'),
  /** How a lost delta token is answered: 410 by any of these codes, or 400 by the last. */
  lostToken: v.optional(
    v.picklist([
      'SyncStateNotFound',
      'syncStateNotFound',
      'resyncRequired',
      'SyncStateInvalid',
      'ErrorInvalidIdMalformed',
    ]),
    'SyncStateNotFound',
  ),
  /** A token of one id format used with the other: documented to work, refused by one report. */
  otherIdFormat: v.optional(v.picklist(['accepted', 'refused']), 'accepted'),

  /** Whether a new picture moves the contact's change key, and so shows in delta. */
  photoTouches: v.optional(v.boolean(), true),
  /** GET of the photo of a contact that has none. */
  noPhoto: v.optional(v.picklist(['not-found', 'pixel']), 'not-found'),
  photoDelete: v.optional(v.picklist(['refused', 'done']), 'refused'),
  /** The service keeps other bytes than were sent. */
  photoReencoded: v.optional(v.boolean(), false),

  /** The account has no mailbox, or a full one. */
  mailbox: v.optional(v.picklist(['ready', 'missing', 'full']), 'ready'),

  /** Whether a refresh leaves the old refresh token usable (documented) or not. */
  refreshRotation: v.optional(v.picklist(['old-stays', 'old-dies']), 'old-stays'),
  /** Whether the user's organization lets only its administrators consent. */
  adminConsent: v.optional(v.picklist(['not-needed', 'needed']), 'not-needed'),
  /** Whether the user's organization blocks the device code flow. */
  deviceCodeFlow: v.optional(v.picklist(['allowed', 'blocked']), 'allowed'),
  /** The app's registration says "Allow public client flows". */
  publicClient: v.optional(v.boolean(), true),
  /** Seconds between two polls of the device code flow. */
  deviceInterval: v.optional(v.number(), 5),
});

export type Behaviour = v.InferOutput<typeof behaviourSchema>;
export type BehaviourInput = v.InferInput<typeof behaviourSchema>;

/** @throws {BadControl} that names the switch */
export function behaviourOf(input: BehaviourInput): Behaviour {
  const result = v.safeParse(behaviourSchema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new BadControl(`${v.getDotPath(issue) ?? 'The option'}: ${issue.message}`);
}
