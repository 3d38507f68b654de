import { createHash } from 'node:crypto';

/** PKCE with S256: whether this verifier belongs to that challenge (RFC 7636, 4.6). */
export function isVerified(challenge: string, verifier: string): boolean {
  return createHash('sha256').update(verifier).digest('base64url') === challenge;
}

/** Shaped as a signed token; its signature is none, since a client that got it over TLS need not look. */
export function unsignedJwt(claims: object): string {
  const header = { alg: 'RS256', kid: 'sandbox', typ: 'JWT' };
  const parts = [header, claims].map((part) => JSON.stringify(part));
  return [...parts, 'unsigned'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}
