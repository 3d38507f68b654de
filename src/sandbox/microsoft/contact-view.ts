import type { Contact } from '@microsoft/microsoft-graph-types';
import type { StoredContact } from './contact-book.ts';
import { extendedValue } from './extended.ts';
import type { FolderBook } from './folder-book.ts';
import { ADDRESSES, EMAIL_SLOTS, PROPERTIES, TEXTS, TEXT_LISTS } from './properties.ts';
import type { PropertyName } from './properties.ts';
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
  const view: Record<string, unknown> = {
    '@odata.etag': etagOf(contact),
    id: look.immutable ? contact.immutableId : contact.id,
  };
  for (const name of look.select ?? NAMES) {
    const value = valueOf(world, contact, name);
    if (value !== undefined) view[name] = value;
  }
  return { ...view, ...expanded(contact, look.expand) };
}

export function etagOf({ changeKey }: Pick<StoredContact, 'changeKey'>): string {
  return `W/"${changeKey}"`;
}

/** What every contact has, without being asked. */
const MARKS: Readonly<Record<string, (contact: StoredContact) => unknown>> = {
  createdDateTime: ({ createdAt }) => timeOf(createdAt),
  lastModifiedDateTime: ({ modifiedAt }) => timeOf(modifiedAt),
  changeKey: ({ changeKey }) => changeKey,
  parentFolderId: ({ folderId }) => folderId,
  // The new names of the e-mail slots, beside the list.
  ...Object.fromEntries(
    EMAIL_SLOTS.map((name, at) => [
      name,
      ({ properties }: StoredContact) => properties.emailAddresses?.[at] ?? null,
    ]),
  ),
};

const NAMES: readonly string[] = [...Object.keys(MARKS), ...PROPERTIES];

/** Whole seconds. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function valueOf(
  { behaviour, folders }: Pick<MicrosoftWorld, 'behaviour' | 'folders'>,
  contact: StoredContact,
  name: string,
): unknown {
  const mark = MARKS[name];
  if (mark !== undefined) return mark(contact);
  const held = contact.properties[name as PropertyName];
  if (name === 'categories' && behaviour.folderNameCategory) {
    return withFolderName(folders, contact, contact.properties.categories ?? []);
  }
  if (held !== undefined) return held;
  return behaviour.empties === 'mixed' ? mixedEmpty(contact, name) : documentedEmpty(name);
}

function withFolderName(
  folders: FolderBook,
  { folderId }: StoredContact,
  categories: readonly string[],
): readonly string[] {
  const folder = folderId === folders.defaultId ? undefined : folders.find(folderId);
  return folder === undefined ? categories : [...categories, folder.displayName];
}

function expanded(contact: StoredContact, ids: readonly string[]): Contact {
  const singleValueExtendedProperties = ids.flatMap((id) => {
    const value = extendedValue(contact, id);
    return value === undefined ? [] : [{ id, value }];
  });
  return singleValueExtendedProperties.length === 0 ? {} : { singleValueExtendedProperties };
}

/**
 * Empty values as seen in answers of real mailboxes: null, empty, a list of one empty text, year 1,
 * or not there at all. The first is the one of the documents' example.
 */
const EMPTIES: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(TEXTS.map((name) => [name, ['', null, undefined]])),
  ...Object.fromEntries(TEXT_LISTS.map((name) => [name, [[]]])),
  ...Object.fromEntries(ADDRESSES.map((name) => [name, [{}, null]])),
  emailAddresses: [[]],
  imAddresses: [[], ['']],
  birthday: [null, undefined, '0001-01-01T08:00:00Z'],
  spouseName: [null, '', undefined],
};

const PLACES: ReadonlyMap<string, number> = new Map(PROPERTIES.map((name, at) => [name, at]));
/** Where a change key begins to differ from others. */
const VARYING = 11;

function documentedEmpty(name: string): unknown {
  return EMPTIES[name]?.[0];
}

/** Without a rule that a client could see: by the change key, so that each version has its own. */
function mixedEmpty({ changeKey }: StoredContact, name: string): unknown {
  const choices = EMPTIES[name] ?? [];
  const at = VARYING + ((PLACES.get(name) ?? 0) % (changeKey.length - VARYING));
  return choices[changeKey.charCodeAt(at) % choices.length];
}
