import type { StoredContact } from './contact-book.ts';

/** PidLidHasPicture (MS-OXOCNTC), kept by Exchange itself. */
const HAS_PICTURE = 'boolean {00062004-0000-0000-c000-000000000046} id 0x8015';

/** A single-value extended property; `undefined` when the contact does not have it. */
export function extendedValue(
  { extended, photo }: Pick<StoredContact, 'extended' | 'photo'>,
  id: string,
): string | undefined {
  if (id.toLowerCase() === HAS_PICTURE) return photo === undefined ? 'false' : 'true';
  return extended[id];
}
