import type { Name } from '../../contact/contact.ts';
import type { Card } from './card.ts';
import { firstText, named } from './card.ts';
import { rawComponents } from './property.ts';
import { present, splitUnescaped, unescape } from './text.ts';

/**
 * The name by its parts (`N`), else cut out of the shown one (`FN`).
 * @param others what an address book shows for a contact without a name: its company, e-mails and phones
 */
export function nameOf(card: Card, others: readonly string[]): Name | undefined {
  const parts = partsOf(card);
  if (Object.keys(parts).length > 0) return parts;
  const shown = firstText(card, 'FN');
  return shown === undefined || others.includes(shown) ? undefined : cutName(shown);
}

function partsOf(card: Card): Name {
  const [property] = named(card, 'N');
  const parts = property === undefined ? [] : rawComponents(property).map(namePart);
  const [family, given, middle, prefix, suffix] = parts;
  return present<Name>({ given, family, middle, prefix, suffix });
}

/** `Paul,Maria` is a list of two names; in `Smith, Jr.` the comma is the name's own. */
function namePart(raw: string): string {
  return splitUnescaped(raw, ',')
    .reduce((whole, piece) => (/^\s|^$/.test(piece) ? `${whole},${piece}` : `${whole} ${piece}`))
    .replaceAll(/\\./gs, (escaped) => unescape(escaped, true))
    .trim();
}

function cutName(shown: string): Name {
  const [, family, given] = /^([^,]+),([^,]+)$/.exec(shown) ?? [];
  if (family !== undefined && given !== undefined) {
    return { given: given.trim(), family: family.trim() };
  }
  const words = shown.split(/\s+/);
  const last = words.length > 1 ? words.at(-1) : undefined;
  return present<Name>({
    given: words.slice(0, last === undefined ? 1 : -1).join(' '),
    family: last,
  });
}
