import * as v from 'valibot';
import { addressParts, type Address } from './items.ts';

export const addressBody = v.strictObject({
  value: v.string(),
  formatted_address: v.optional(v.nullable(v.string())),
  ...Object.fromEntries(addressParts.map((part) => [part, v.optional(v.nullable(v.string()))])),
});

/** Parts that are left out become null. */
export function addressOf(
  body: v.InferOutput<typeof addressBody> | null | undefined,
): Address | null {
  if (body === null || body === undefined) return null;
  const given = body as Record<string, string | null | undefined>;
  const parts = addressParts.map((part) => [part, given[part] ?? null]);
  return { value: body.value, ...Object.fromEntries(parts) } as Address;
}
