import type { Contact } from '@microsoft/microsoft-graph-types';
import type { StoredContact } from './contact-book.ts';
import { extendedValue } from './extended.ts';
import { ADDRESSES, EMAIL_SLOTS, TEXTS, TEXT_LISTS } from './properties.ts';
import type { Properties } from './properties.ts';
import type { MicrosoftWorld } from './world.ts';

/** A contact as Graph sends it. */
export type ContactView = Contact & Readonly<Record<`@odata.${string}`, string>>;

/** How a request wants to see contacts. */
export interface Look {
  readonly immutable: boolean;
  /** Names of properties; everything when absent. */
  readonly select: readonly string[] | undefined;
  /** Ids of extended properties. */
  readonly expand: readonly string[];
}

export const WHOLE: Look = { immutable: true, select: undefined, expand: [] };

export function contactView(
  world: Pick<MicrosoftWorld, 'behaviour' | 'folders'>,
  contact: StoredContact,
  look: Look,
): ContactView {
  const everything = { ...marksOf(contact), ...propertiesOf(world, contact) };
  const selected =
    look.select === undefined
      ? everything
      : Object.fromEntries(
          Object.entries(everything).filter(([name]) => look.select?.includes(name) === true),
        );
  return {
    '@odata.etag': etagOf(contact),
    id: look.immutable ? contact.immutableId : contact.id,
    ...selected,
    ...expanded(contact, look.expand),
  };
}

export function etagOf({ changeKey }: Pick<StoredContact, 'changeKey'>): string {
  return `W/"${changeKey}"`;
}

function marksOf(contact: StoredContact): Contact {
  return {
    createdDateTime: timeOf(contact.createdAt),
    lastModifiedDateTime: timeOf(contact.modifiedAt),
    changeKey: contact.changeKey,
    parentFolderId: contact.folderId,
  };
}

/** Whole seconds. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function propertiesOf(
  { behaviour, folders }: Pick<MicrosoftWorld, 'behaviour' | 'folders'>,
  contact: StoredContact,
): Contact {
  const { properties, folderId } = contact;
  const empties = behaviour.empties === 'mixed' ? mixedEmpties(contact) : DOCUMENTED_EMPTIES;
  const folder = folders.find(folderId);
  const unasked =
    behaviour.folderNameCategory && folder !== undefined && folderId !== folders.defaultId
      ? { categories: [...(properties.categories ?? []), folder.displayName] }
      : {};
  return { ...empties, ...slotsOf(properties), ...copied(properties), ...unasked };
}

/** The new names of the e-mail slots, beside the list. */
function slotsOf({ emailAddresses = [] }: Properties): Contact {
  return Object.fromEntries(EMAIL_SLOTS.map((name, at) => [name, emailAddresses[at] ?? null]));
}

function copied(properties: Properties): Contact {
  return structuredClone(properties) as Contact;
}

function expanded(contact: StoredContact, ids: readonly string[]): Contact {
  const singleValueExtendedProperties = ids.flatMap((id) => {
    const value = extendedValue(contact, id);
    return value === undefined ? [] : [{ id, value }];
  });
  return singleValueExtendedProperties.length === 0 ? {} : { singleValueExtendedProperties };
}

/** Empty values as in the documents' example. */
const DOCUMENTED_EMPTIES: Contact = {
  ...Object.fromEntries(TEXTS.map((name) => [name, ''])),
  ...Object.fromEntries(TEXT_LISTS.map((name) => [name, []])),
  ...Object.fromEntries(ADDRESSES.map((name) => [name, {}])),
  emailAddresses: [],
  birthday: null,
  spouseName: null,
};

/**
 * The same as seen in answers of real mailboxes: null, empty, a list of one empty text, year 1, or
 * not there at all, without a rule; here by the change key, so that each version has its own.
 */
function mixedEmpties({ changeKey }: StoredContact): Contact {
  const dice = [...Buffer.from(changeKey)];
  const throwDie = (at: number, sides: number) => (dice[at % dice.length] ?? 0) % sides;
  const texts = TEXTS.map((name, at) => [name, ['', null, undefined][throwDie(at + 11, 3)]]);
  const addresses = ADDRESSES.map((name, at) => [name, [{}, null][throwDie(at + 20, 2)]]);
  const all = {
    ...Object.fromEntries(texts),
    ...Object.fromEntries(TEXT_LISTS.map((name) => [name, []])),
    ...Object.fromEntries(addresses),
    emailAddresses: [],
    imAddresses: [[], ['']][throwDie(25, 2)],
    birthday: [null, undefined, '0001-01-01T08:00:00Z'][throwDie(30, 3)],
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
