import type { SandboxContact } from '../seed-contact.ts';
import { named } from './card.ts';
import type { Card } from './card.ts';
import type { Property } from './property.ts';
import { isBase64 } from './property.ts';

/** The picture in a `PHOTO` property; `undefined` for an address on the web and for other kinds of picture. */
export function photoOf(property: Property): SandboxContact['photo'] {
  const base64 = base64Of(property);
  if (base64 === undefined) return undefined;
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return { bytes, type: 'image/jpeg' };
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return { bytes, type: 'image/png' };
  return undefined;
}

/** Whether the card only tells where on the web its picture is. */
export function hasPictureElsewhere(card: Card): boolean {
  return named(card, 'PHOTO').some(({ value }) => /^\s*https?\\?:/i.test(value));
}

/** Some writers put backslashes before the commas and semicolons of a `data:` address. */
function base64Of(property: Property): string | undefined {
  const value = property.value.replaceAll(/[\\\s]/g, '');
  const [address] = /^data:[^,]{0,200};base64,/i.exec(value) ?? [];
  if (address !== undefined) return value.slice(address.length);
  return isBase64(property) ? value : undefined;
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, position) => bytes[position] === byte);
}
