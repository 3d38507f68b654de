import type { ContactFolder } from '@microsoft/microsoft-graph-types';
import { isRecord } from '../core.ts';
import type { SandboxAnswer } from '../core.ts';
import { contextOf, found } from './answers.ts';
import { GraphFailure, badRequest, itemNotFound } from './errors.ts';
import type { StoredFolder } from './folder-book.ts';
import { preferencesOf, refuseQuery, windowOf } from './query.ts';
import type { Call, MicrosoftWorld } from './world.ts';

/** `GET /me/contactFolders`: what lies below the default folder, which is not in it itself. */
export function listFolders(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const { folders, behaviour } = world;
  const siblings = folders.under(folders.root).filter(({ id }) => id !== folders.defaultId);
  const beside = behaviour.siblingFolders === 'listed' ? siblings : [];
  return folderPage(call, [...folders.under(folders.defaultId), ...beside]);
}

/** `GET …/childFolders`: one level. */
export function listChildFolders(world: MicrosoftWorld, call: Call): SandboxAnswer {
  return folderPage(call, world.folders.under(folderOf(world, call).id));
}

/** `GET /me/contactFolders/{id}` */
export function getFolder(world: MicrosoftWorld, call: Call): SandboxAnswer {
  return folderEntity(call, folderOf(world, call));
}

/** `POST /me/contactFolders` and `POST …/childFolders` */
export function createFolder(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const parent = folderOf(world, call);
  const folder = world.folders.add(displayNameIn(call), parent.id);
  return { ...folderEntity(call, folder), status: 201 };
}

/** `PATCH /me/contactFolders/{id}` */
export function renameFolder(world: MicrosoftWorld, call: Call): SandboxAnswer {
  return folderEntity(call, world.folders.rename(folderOf(world, call), displayNameIn(call)));
}

/** `DELETE /me/contactFolders/{id}` and `POST …/permanentDelete`: with all that is in it. */
export function deleteFolder(world: MicrosoftWorld, call: Call): SandboxAnswer {
  const folder = folderOf(world, call);
  if (folder.id === world.folders.defaultId) {
    throw new GraphFailure(
      403,
      'ErrorDeleteDistinguishedFolder',
      'Distinguished folders cannot be deleted.',
    );
  }
  removeFolder(world, folder);
  return { status: 204 };
}

export function removeFolder(world: MicrosoftWorld, folder: StoredFolder): void {
  for (const child of world.folders.under(folder.id)) removeFolder(world, child);
  for (const contact of world.contacts.inFolder(folder.id)) world.contacts.remove(contact);
  world.folders.remove(folder);
}

/** The folder that the path names, the default one where it names none. @throws {GraphFailure} 404 */
export function folderOf({ folders }: MicrosoftWorld, { names }: Call): StoredFolder {
  const folder = folders.find(names['folder'] ?? 'contacts');
  if (folder === undefined) throw itemNotFound();
  return folder;
}

function folderPage(call: Call, folders: readonly StoredFolder[]): SandboxAnswer {
  const { query, origin, rawPath } = call.request;
  refuseQuery(query, ['$select', '$top', '$skip']);
  const { top, skip } = windowOf(query, preferencesOf(call.request));
  const next = new URLSearchParams(query);
  next.set('$skip', String(skip + top));
  return found({
    '@odata.context': contextOf(call, 'contactFolders'),
    value: folders.slice(skip, skip + top) satisfies readonly ContactFolder[],
    ...(skip + top < folders.length
      ? { '@odata.nextLink': `${origin}${rawPath}?${next.toString()}` }
      : {}),
  });
}

function folderEntity(call: Call, folder: StoredFolder): SandboxAnswer {
  return found({ '@odata.context': contextOf(call, 'contactFolders/$entity'), ...folder });
}

function displayNameIn(call: Call): string {
  const body = call.request.json();
  const name = isRecord(body) ? body['displayName'] : undefined;
  if (typeof name !== 'string' || name.trim() === '') {
    throw badRequest("The required property 'displayName' is missing.", 'ErrorInvalidRequest');
  }
  return name;
}
