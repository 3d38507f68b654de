import type { Pair, Rules } from './model.ts';

/**
 * The picture that the CRM should get: one-way only, only where the person has none, and only once
 * for each picture, so that one deleted in the CRM stays deleted.
 */
export function photoWanted(pair: Pair, rules: Pick<Rules, 'direction'>): string | undefined {
  if (rules.direction !== 'one-way') return undefined;
  if (pair.provider.kind !== 'present' || pair.crm.kind !== 'present') return undefined;
  const { photo } = pair.provider.revision;
  if (photo === undefined || pair.crm.revision.photo !== undefined) return undefined;
  return photo === pair.mapping.photo?.ref ? undefined : photo;
}
