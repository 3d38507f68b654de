import { BadControl, isRecord } from './core.ts';

/**
 * `POST /control/<vendor>/<action>` with `{ "args": […] }`: calls the hand of that name.
 * `{ "base64": "…" }` stands for bytes anywhere inside. @throws {BadControl}
 */
export function controlHands(hands: object, action: string, body: unknown): unknown {
  const method: unknown = Object.hasOwn(hands, action)
    ? hands[action as keyof typeof hands]
    : undefined;
  if (typeof method !== 'function') {
    const names = Object.keys(hands).toSorted().join(', ');
    throw new BadControl(`There is no action "${action}", but: ${names}.`);
  }
  const args: unknown = isRecord(body) ? body['args'] : undefined;
  const call = method as (...args: readonly unknown[]) => unknown;
  try {
    return call(...(Array.isArray(args) ? args.map(withBytes) : [])) ?? {};
  } catch (cause) {
    if (cause instanceof BadControl) throw cause;
    throw new BadControl(`"${action}" could not be done: ${String(cause)}`, { cause });
  }
}

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (!isRecord(value)) return value;
  const { base64 } = value;
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withBytes(one)]));
}
