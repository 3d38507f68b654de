import { createHash } from 'node:crypto';

/** The sandbox's only OAuth app, a desktop one; like Google's, its secret is no secret. */
export const GOOGLE_CLIENT = {
  id: 'sandbox.apps.googleusercontent.com',
  secret: 'GOCSPX-sandbox-google-secret',
} as const;

/** A user's number: the same one for the same address. */
export function subject(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex');
  return `1${BigInt(`0x${digest}`).toString().slice(0, 20)}`;
}
