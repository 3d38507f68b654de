import type { Birthday, Contact, Entry } from '../contact/contact.ts';

/** A contact that a sandbox starts with, or that its user adds by hand. */
export interface SandboxContact {
  readonly contact: Contact;
  /** Names of labels, or of categories; those that are missing are made. */
  readonly groups?: readonly string[];
  readonly photo?: SandboxPhoto;
  readonly extras?: SandboxExtras;
  /** As in a vCard; no vendor keeps it. */
  readonly uid?: string;
}

/** What an address book holds beyond the neutral contact; no sync may touch it. */
export interface SandboxExtras {
  readonly nicknames?: readonly string[];
  readonly urls?: readonly Entry[];
  readonly sips?: readonly Entry[];
  /** The value is the person, the label what the person is: `spouse`. */
  readonly relations?: readonly Entry[];
  readonly events?: readonly { readonly date: Birthday; readonly label?: string }[];
  readonly occupation?: string;
  /** Of the contact's organization. */
  readonly department?: string;
  /** Those after the first. */
  readonly organizations?: readonly SandboxOrganization[];
  readonly phonetic?: {
    readonly given?: string;
    readonly middle?: string;
    readonly family?: string;
  };
}

export interface SandboxOrganization {
  readonly name?: string;
  readonly title?: string;
  readonly department?: string;
}

export interface SandboxPhoto {
  readonly bytes: Uint8Array;
  readonly type: 'image/jpeg' | 'image/png';
}
