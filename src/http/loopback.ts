import { HttpFailure } from './api.ts';

/** Whether a host name of a URL is this machine and no other. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/gu, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(name);
}

/** @throws {HttpFailure} of kind `refused`: in the open, a token could be read by anybody on the way */
export function assertSafe(url: URL): void {
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return;
  throw new HttpFailure('refused', `${url.origin} is neither https nor this machine.`);
}
