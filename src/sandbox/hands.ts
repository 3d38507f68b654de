import { BadControl, isRecord } from './core.ts';
import type { SandboxPhoto } from './seed-contact.ts';

/**
 * `POST /control/<vendor>/<action>` with `{ "args": […] }`: the in-process methods of that vendor's
 * sandbox, by their names. @throws {BadControl} for a name that is no method
 */
export function controlHands(hands: object, action: string, body: unknown): unknown {
  const method: unknown = Object.hasOwn(hands, action)
    ? hands[action as keyof typeof hands]
    : undefined;
  if (typeof method !== 'function') throw new BadControl(`There is no action "${action}".`);
  const args: unknown = isRecord(body) ? body['args'] : undefined;
  const call = method as (...args: readonly unknown[]) => unknown;
  return call(...(Array.isArray(args) ? args : [])) ?? {};
}

/** A picture as JSON can carry it: its bytes in base64, its type by the first of them. */
export function photoFrom(base64: string): SandboxPhoto {
  const bytes = Buffer.from(base64, 'base64');
  return { bytes, type: bytes[0] === 0xff ? 'image/jpeg' : 'image/png' };
}
