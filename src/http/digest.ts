import { hash } from 'node:crypto';

/** 22 characters that stand for all of `parts`: plain data, in the order in which its keys came. */
export function digestOf(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);
}
