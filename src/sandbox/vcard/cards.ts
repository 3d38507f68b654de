/** A card as it stands in a file: its logical lines without `BEGIN` and `END`. */
export type RawCard =
  | { readonly kind: 'whole'; readonly lines: readonly string[] }
  /** Another card, or the end of the file, came before this one's end. */
  | { readonly kind: 'cut-off' };

/**
 * The cards among logical lines. What stands between cards is garbage and passed over, and so are
 * cards within a card (vCard 2.1's `AGENT`).
 */
export function* rawCards(lines: Iterable<string>): Generator<RawCard> {
  let card: string[] | undefined;
  let nested = 0;
  let afterAgent = false;
  for (const line of lines) {
    const edge = edgeOf(line);
    if (edge === 'begin' && card !== undefined && afterAgent) {
      nested += 1;
    } else if (edge === 'begin') {
      if (card !== undefined) yield { kind: 'cut-off' };
      card = [];
      nested = 0;
    } else if (edge === 'end' && nested > 0) {
      nested -= 1;
    } else if (edge === 'end') {
      if (card !== undefined) yield { kind: 'whole', lines: card };
      card = undefined;
    } else if (nested === 0) {
      card?.push(line);
    }
    if (OPENED_AGENT.test(line)) nested += 1;
    afterAgent = EMPTY_AGENT.test(line);
  }
  if (card !== undefined) yield { kind: 'cut-off' };
}

const EDGE = /^(?:\u00EF\u00BB\u00BF)?[ \t]*(BEGIN|END)[ \t]*:[ \t]*VCARD[ \t]*$/i;
const LONGEST_EDGE = 100;
const EMPTY_AGENT = /^AGENT(?:;[^:]{0,100})?:[ \t]*$/i;
const OPENED_AGENT = /^AGENT(?:;[^:]{0,100})?:[ \t]*BEGIN:VCARD[ \t]*$/i;

function edgeOf(line: string): 'begin' | 'end' | undefined {
  if (line.length > LONGEST_EDGE) return undefined;
  const word = EDGE.exec(line)?.[1]?.toLowerCase();
  return word === 'begin' || word === 'end' ? word : undefined;
}
