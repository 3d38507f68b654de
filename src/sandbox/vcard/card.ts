import { labelOfApple, labelOfTypes } from './labels.ts';
import type { Property } from './property.ts';
import { parseProperty, preference, text, types } from './property.ts';

/** A card's properties, and the labels that stand beside them in their item groups. */
export interface Card {
  readonly properties: readonly Property[];
  readonly labels: ReadonlyMap<string, string>;
}

export function cardOf(lines: readonly string[]): Card {
  const properties = lines.map(parseProperty).filter((property) => property !== undefined);
  const labels = new Map<string, string>();
  for (const property of properties) {
    if (property.name !== 'X-ABLABEL' || property.group === undefined) continue;
    const label = labelOfApple(text(property));
    if (label !== undefined) labels.set(property.group, label);
  }
  return { properties, labels };
}

/** The properties of a name, the preferred ones first, otherwise in the order in which they stand. */
export function named(card: Card, name: string): readonly Property[] {
  return card.properties
    .filter((property) => property.name === name)
    .toSorted((one, another) => rank(one) - rank(another));
}

/** The text of the first such property that is not blank. */
export function firstText(card: Card, name: string): string | undefined {
  return named(card, name)
    .map((property) => text(property).trim())
    .find((value) => value !== '');
}

/** A free label wins over the types. */
export function labelOf(card: Card, property: Property): string | undefined {
  const free = property.group === undefined ? undefined : card.labels.get(property.group);
  return free ?? labelOfTypes(types(property));
}

function rank(property: Property): number {
  return preference(property) ?? Number.POSITIVE_INFINITY;
}
