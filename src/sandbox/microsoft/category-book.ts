import { GraphFailure } from './errors.ts';
import type { Mint } from './ids.ts';

export interface StoredCategory {
  readonly id: string;
  readonly displayName: string;
  /** `none`, `preset0` to `preset24` */
  readonly color: string;
}

/** The mailbox's master list of categories. Contacts carry names, which need not be in it. */
export interface CategoryBook {
  all(): readonly StoredCategory[];
  find(id: string): StoredCategory | undefined;
  byName(name: string): StoredCategory | undefined;
  /** @throws {GraphFailure} 409 for a name that is there: names are unique */
  add(displayName: string, color: string): StoredCategory;
  recolour(category: StoredCategory, color: string): StoredCategory;
  remove(category: StoredCategory): void;
}

export function createCategoryBook(mint: Mint): CategoryBook {
  const categories = new Map<string, StoredCategory>();
  const all = () => [...categories.values()];
  const byName = (name: string) => all().find(({ displayName }) => displayName === name);

  function keep(category: StoredCategory): StoredCategory {
    categories.set(category.id, category);
    return category;
  }

  return {
    all,
    find: (id) => categories.get(id),
    byName,
    add(displayName, color) {
      if (byName(displayName) === undefined) return keep({ id: mint.guid(), displayName, color });
      throw new GraphFailure(
        409,
        'CategoryNameAlreadyExists',
        'The specified category name already exists.',
      );
    },
    recolour: (category, color) => keep({ ...category, color }),
    remove: (category) => void categories.delete(category.id),
  };
}
