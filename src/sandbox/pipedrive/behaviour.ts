import * as v from 'valibot';

/**
 * What Pipedrive's documents leave open, or what differs between accounts. Each switch has the
 * documented or most likely reading as its default; tests turn them to meet every variant.
 */
export const behaviourSchema = v.object({
  /** Whether the burst window and the daily budget are enforced, or only reported. */
  enforceLimits: v.optional(v.boolean(), false),
  /** Answers a 429 with `Retry-After`, which is nowhere promised. */
  retryAfter: v.optional(v.picklist(['absent', 'seconds', 'date']), 'absent'),
  /** Goes past the consent page as if the user had pressed Allow at once. */
  autoConsent: v.optional(v.boolean(), false),
  /** A refresh hands out a new refresh token and kills the old one. */
  rotateRefreshTokens: v.optional(v.boolean(), false),
  /** What the app's registration asks for. */
  scope: v.optional(v.string(), 'base contacts:full users:read contact-fields:full'),
  /** The redirect address of the app's registration; `null` allows any on loopback. */
  redirectUri: v.optional(v.nullable(v.string()), null),
  /** The creator becomes a follower, which moves `update_time` one second after a POST. */
  followUpBump: v.optional(v.boolean(), true),
  /** GET of a deleted record: 200 with `is_deleted`, 404 or 410. */
  deletedGet: v.optional(v.picklist(['flagged', 'not-found', 'gone']), 'flagged'),
  /** GET of a record that was merged away. */
  mergedGet: v.optional(v.picklist(['flagged', 'not-found', 'gone']), 'not-found'),
  /** GET of a record that this user may not see. */
  hiddenGet: v.optional(v.picklist(['not-found', 'forbidden']), 'not-found'),
  /** DELETE of a person: 200, or 410 with the same success body (seen in the wild). */
  deleteStatus: v.optional(v.picklist([200, 410]), 200),
  /** POST of a record: 200 as documented, or 201 (seen in the wild). */
  createStatus: v.optional(v.picklist([200, 201]), 200),
  /** Writing a contact-sync field in a company that has never used the built-in contact sync. */
  contactSyncOff: v.optional(v.picklist(['bad-request', 'forbidden', 'ignored']), 'forbidden'),
  /** More than one primary entry in a list. */
  severalPrimaries: v.optional(v.picklist(['refused', 'first-wins']), 'refused'),
  /** An e-mail without an @; nothing is documented. */
  malformedEmails: v.optional(v.picklist(['taken', 'refused']), 'taken'),
  /** Surrounding spaces of names and entries are cut. */
  trimsValues: v.optional(v.boolean(), false),
  /** A `limit` above the documented maximum. */
  overLimit: v.optional(v.picklist(['refused', 'clamped']), 'refused'),
  /** `next_cursor` on the last page. */
  lastCursor: v.optional(v.picklist(['null', 'absent']), 'null'),
  /** The largest `limit` of the searches within one kind; documented as 500, 100 by one report. */
  searchMaximum: v.optional(v.number(), 500),
  /** How long lists lag behind writes, in milliseconds; nothing is promised. */
  listLag: v.optional(v.number(), 0),
  /** How long the search index lags behind writes, in milliseconds. */
  searchLag: v.optional(v.number(), 2000),
  /** `description` in POST /personFields: part of every answer, but of no documented request. */
  fieldDescription: v.optional(v.picklist(['kept', 'ignored', 'refused']), 'kept'),
  /** `picture_id` after the picture was deleted. */
  deletedPicture: v.optional(v.picklist(['cleared', 'inactive']), 'cleared'),
  /** Whether a new picture moves the person's `update_time`. */
  pictureTouches: v.optional(v.boolean(), true),
});

export type Behaviour = v.InferOutput<typeof behaviourSchema>;
export type BehaviourInput = v.InferInput<typeof behaviourSchema>;
