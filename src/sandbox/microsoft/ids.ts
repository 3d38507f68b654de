import { randomHex } from '../core.ts';
import type { SandboxSeed } from '../core.ts';

/** Makes what Exchange makes: ids that end in `=`, change keys, GUIDs. */
export interface Mint {
  folderId(): string;
  /** Changes when the item moves. */
  itemId(): string;
  /** Stays, for as long as the item stays in the mailbox. */
  immutableId(): string;
  /** Moves with every change; holds `+`, `/` and `=`. */
  changeKey(): string;
  guid(): string;
  /** Opaque: part of a link. */
  token(): string;
}

export function createMint({ random }: SandboxSeed): Mint {
  const bytes = (digits: number) => Buffer.from(randomHex(random, digits), 'hex');
  const mailbox = bytes(36).toString('base64url');
  return {
    folderId: () => `AAMk${mailbox}-${bytes(24).toString('base64url')}AAA=`,
    itemId: () => `AAMk${mailbox}-${bytes(36).toString('base64url')}AAA=`,
    immutableId: () => `AAkA${mailbox}-${bytes(36).toString('base64url')}AAA=`,
    changeKey: () => `EQAAABYAAAB${bytes(40).toString('base64')}`,
    guid: () => guidOf(randomHex(random, 32)),
    token: () => bytes(64).toString('base64url'),
  };
}

/** 32 hex digits as a GUID. */
export function guidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/u, '$1-$2-$3-$4-$5');
}
