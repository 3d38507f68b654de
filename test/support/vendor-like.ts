import { BUILT_IN_CODES } from '../../src/crm/pipedrive/field-codes.ts';
import { holds as heldByPipedrive } from '../../src/crm/pipedrive/holds.ts';
import { holds as heldByGoogle } from '../../src/providers/google/patch.ts';
import { holds as heldByOutlook } from '../../src/providers/microsoft/patch.ts';
import type { Rules } from '../../src/plan/model.ts';
import type { MemorySideOptions } from './memory-side.ts';

/** What the real sides hold, so that sides in memory lose what those lose. */
export const GOOGLE_AND_PIPEDRIVE: Rules['holds'] = {
  provider: heldByGoogle,
  crm: (contact) => heldByPipedrive(contact, BUILT_IN_CODES),
};

/** Three e-mails without labels, slots for phones and addresses, no notes, no word of former ids. */
export const LIKE_OUTLOOK = {
  holds: heldByOutlook,
  tellsFormerIds: false,
} as const satisfies Partial<MemorySideOptions>;
