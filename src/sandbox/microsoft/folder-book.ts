import { GraphFailure } from './errors.ts';
import type { Mint } from './ids.ts';

export interface StoredFolder {
  readonly id: string;
  readonly displayName: string;
  readonly parentFolderId: string;
}

/** Folders of contacts. The default one lies in the mailbox's root, and so may others. */
export interface FolderBook {
  readonly root: string;
  readonly defaultId: string;
  readonly deletedItems: string;
  all(): readonly StoredFolder[];
  /** By id, or by the well-known name of the default one. */
  find(idOrName: string): StoredFolder | undefined;
  under(parentId: string): readonly StoredFolder[];
  /** @throws {GraphFailure} 409 when the parent has one of that name */
  add(displayName: string, parentId: string): StoredFolder;
  rename(folder: StoredFolder, displayName: string): StoredFolder;
  remove(folder: StoredFolder): void;
}

export function createFolderBook(mint: Mint): FolderBook {
  const [root, defaultId, deletedItems] = [mint.folderId(), mint.folderId(), mint.folderId()];
  const folders = new Map<string, StoredFolder>();
  folders.set(defaultId, { id: defaultId, displayName: 'Contacts', parentFolderId: root });

  function under(parentId: string): readonly StoredFolder[] {
    return [...folders.values()].filter(({ parentFolderId }) => parentFolderId === parentId);
  }

  return {
    root,
    defaultId,
    deletedItems,
    all: () => [...folders.values()],
    find: (idOrName) => folders.get(idOrName === 'contacts' ? defaultId : idOrName),
    under,
    add(displayName, parentId) {
      if (under(parentId).some((folder) => folder.displayName === displayName)) {
        throw new GraphFailure(
          409,
          'ErrorFolderExists',
          'A folder with the specified name already exists.',
        );
      }
      const folder = { id: mint.folderId(), displayName, parentFolderId: parentId };
      folders.set(folder.id, folder);
      return folder;
    },
    rename(folder, displayName) {
      const renamed = { ...folder, displayName };
      folders.set(folder.id, renamed);
      return renamed;
    },
    remove: (folder) => void folders.delete(folder.id),
  };
}
