import type { Contact } from '../contact/contact.ts';

/** A contact that a sandbox starts with, or that its user adds by hand. */
export interface SandboxContact {
  readonly contact: Contact;
  /** Names of labels, or of categories; those that are missing are made. */
  readonly groups?: readonly string[];
  readonly photo?: SandboxPhoto;
  /** As in a vCard; no vendor keeps it. */
  readonly uid?: string;
}

export interface SandboxPhoto {
  readonly bytes: Uint8Array;
  readonly type: 'image/jpeg' | 'image/png';
}
