import type { SandboxAnswer } from '../core.ts';
import {
  createCategory,
  deleteCategory,
  getCategory,
  listCategories,
  recolourCategory,
} from './category-calls.ts';
import {
  countContacts,
  createContact,
  deleteContact,
  getContact,
  listContacts,
  updateContact,
} from './contact-calls.ts';
import { trackContacts } from './delta-calls.ts';
import {
  createFolder,
  deleteFolder,
  getFolder,
  listChildFolders,
  listFolders,
  renameFolder,
} from './folder-calls.ts';
import { deletePhoto, describePhoto, getPhoto, putPhoto } from './photo-calls.ts';
import { getMe, translateIds } from './user-calls.ts';
import type { Call, MicrosoftWorld } from './world.ts';

export interface Route {
  readonly method: string;
  /** Its named groups become `Call.names`. */
  readonly path: RegExp;
  /** Any of these lets it through. */
  readonly scopes: readonly string[];
  readonly answer: (world: MicrosoftWorld, call: Call) => SandboxAnswer;
}

const READ = ['contacts.read', 'contacts.readwrite'];
const WRITE = ['contacts.readwrite'];
const SETTINGS = ['mailboxsettings.read', 'mailboxsettings.readwrite'];
const SETTINGS_WRITE = ['mailboxsettings.readwrite'];
const USER = ['user.read', 'user.readwrite'];

/** In the default folder, in one that is named, or anywhere by the contact's id. */
const CONTACTS = '/me(?:/contactFolders/(?<folder>[^/]+))?/contacts';
const CONTACT = `${CONTACTS}/(?<id>[^/$]+)`;
const FOLDER = '/me/contactFolders/(?<folder>[^/]+)';
const CATEGORIES = '/me/outlook/masterCategories';

export const ROUTES: readonly Route[] = [
  route('GET', '/me', USER, getMe),
  route('POST', '/me/translateExchangeIds', USER, translateIds),

  // The most particular paths first: delta is no id.
  route('GET', `${CONTACTS}/delta(?:\\(\\))?`, READ, trackContacts),
  route('GET', `${CONTACTS}/\\$count`, READ, countContacts),
  route('GET', CONTACTS, READ, listContacts),
  route('POST', CONTACTS, WRITE, createContact),
  route('GET', CONTACT, READ, getContact),
  route('PATCH', CONTACT, WRITE, updateContact),
  route('DELETE', CONTACT, WRITE, deleteContact),
  route('POST', `${CONTACT}/permanentDelete`, WRITE, deleteContact),
  route('GET', `${CONTACT}/photo`, READ, describePhoto),
  route('GET', `${CONTACT}/photo/\\$value`, READ, getPhoto),
  route('PUT', `${CONTACT}/photo/\\$value`, WRITE, putPhoto),
  route('PATCH', `${CONTACT}/photo/\\$value`, WRITE, putPhoto),
  route('DELETE', `${CONTACT}/photo/\\$value`, WRITE, deletePhoto),

  route('GET', '/me/contactFolders', READ, listFolders),
  route('POST', '/me/contactFolders', WRITE, createFolder),
  route('GET', FOLDER, READ, getFolder),
  route('PATCH', FOLDER, WRITE, renameFolder),
  route('DELETE', FOLDER, WRITE, deleteFolder),
  route('POST', `${FOLDER}/permanentDelete`, WRITE, deleteFolder),
  route('GET', `${FOLDER}/childFolders`, READ, listChildFolders),
  route('POST', `${FOLDER}/childFolders`, WRITE, createFolder),

  route('GET', CATEGORIES, SETTINGS, listCategories),
  route('POST', CATEGORIES, SETTINGS_WRITE, createCategory),
  route('GET', `${CATEGORIES}/(?<id>[^/]+)`, SETTINGS, getCategory),
  route('PATCH', `${CATEGORIES}/(?<id>[^/]+)`, SETTINGS_WRITE, recolourCategory),
  route('DELETE', `${CATEGORIES}/(?<id>[^/]+)`, SETTINGS_WRITE, deleteCategory),
];

function route(
  method: string,
  path: string,
  scopes: readonly string[],
  answer: Route['answer'],
): Route {
  return { method, path: new RegExp(`^/v1\\.0${path}$`, 'u'), scopes, answer };
}
