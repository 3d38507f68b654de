import { createHash } from 'node:crypto';
import { guidOf } from './ids.ts';

/** Who signs in: a Microsoft account of one's own, or one of an organization. */
export interface Account {
  readonly kind: 'personal' | 'work';
  readonly email: string;
  /** Graph's id of the user: 16 hex digits, or a GUID. */
  readonly id: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string;
}

/** Documented: every personal account's tenant. */
const PERSONAL_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';
const PERSONAL_DOMAIN = /@(?:outlook|hotmail|live|msn)\.[a-z.]+$/iu;

/** The same account for the same address; its domain says of which kind. */
export function accountOf(email: string): Account {
  const kind = PERSONAL_DOMAIN.test(email) ? 'personal' : 'work';
  const digits = hexOf(email.toLowerCase());
  const personal = digits.slice(0, 16);
  const name = email.replace(/@.*$/u, '');
  const givenName = name.charAt(0).toUpperCase() + name.slice(1);
  return {
    kind,
    email,
    id: kind === 'personal' ? personal : guidOf(digits),
    objectId: kind === 'personal' ? guidOf(`${'0'.repeat(16)}${personal}`) : guidOf(digits),
    tenantId: kind === 'personal' ? PERSONAL_TENANT : guidOf(hexOf(domainOf(email))),
    displayName: `${givenName} Example`,
    givenName,
    surname: 'Example',
  };
}

function domainOf(email: string): string {
  return email.replace(/^.*@/u, '').toLowerCase();
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
