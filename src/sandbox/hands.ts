import { BadControl, isRecord } from './core.ts';

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
