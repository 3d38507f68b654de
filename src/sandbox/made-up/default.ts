import { readFileSync } from 'node:fs';
import type { SandboxContact } from '../seed-contact.ts';
import { readVCards } from '../vcard/read-vcards.ts';

/** From here and from the compiled file alike, the package's root is three levels up. */
const ADDRESS_BOOK = new URL('../../../fixtures/contacts/address-book.vcf', import.meta.url);

/** The address book that the sandbox starts with: ordinary people and every hard case we know. */
export function defaultContacts(): SandboxContact[] {
  return readVCards(readFileSync(ADDRESS_BOOK)).contacts;
}
