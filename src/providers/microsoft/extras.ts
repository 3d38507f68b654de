import { LIST_PAGE } from './limits.ts';
import { listed, type Mailbox, query } from './mailbox.ts';
import { EXPAND, type Extras, extrasOf, idIn, readContact } from './wire.ts';

const QUESTION = query({ $select: 'id', $top: LIST_PAGE, $expand: EXPAND });

/**
 * What no change feed tells (documented): which contacts of a folder have our mark, and which a
 * picture. One list before a first round, in place of one question for every contact.
 */
export async function readExtras(
  mailbox: Mailbox,
  contacts: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Extras>> {
  const found = new Map<string, Extras>();
  // Without them the contacts themselves are still there to be read.
  for await (const rows of listed(mailbox, `${contacts}${QUESTION}`, signal, [400, 404, 501])) {
    for (const row of rows) {
      const reading = readContact(row);
      const extras = reading.kind === 'contact' ? extrasOf(reading.contact) : {};
      if (Object.keys(extras).length > 0) found.set(idIn(row) ?? '', extras);
    }
  }
  return found;
}
