import { BadControl } from '../core.ts';
import { withChangedEntry, withoutEntry } from '../list-edits.ts';
import { checked } from './answers.ts';
import { personBody } from './bodies.ts';
import { byHand, writePerson } from './changes.ts';
import type { DealStatus } from './deals.ts';
import type { Entry, Person } from './items.ts';
import { mergePersons } from './merges.ts';
import { changePerson, makePerson } from './person-calls.ts';
import { dropPicture, keepPicture } from './picture-calls.ts';
import type { User } from './users.ts';
import { defaultVisibility } from './visibility.ts';
import { userNamed, type World } from './world.ts';

type EntryList = 'emails' | 'phones' | 'im';

/** Persons. Bodies are as in the API; without a user it is the person's owner who acts. */
export interface PersonHands {
  /** By the first user, unless another is named. */
  createPerson(body: object, asUser?: number): Person;
  updatePerson(id: number, patch: object, asUser?: number): Person;
  addEntry(id: number, list: EntryList, entry: object): Person;
  /** The entry is found by its value. */
  changeEntry(id: number, list: EntryList, value: string, patch: object): Person;
  removeEntry(id: number, list: EntryList, value: string): Person;
  deletePerson(id: number): void;
  /** Within 30 days, and only what was deleted, not merged. The id is the same. */
  restorePerson(id: number): Person;
  /** Gone for good, as 30 days after a deletion. */
  purgePerson(id: number): void;
  /** The survivor takes over what it lacks; the loser's id vanishes. */
  mergePersons(loser: number, survivor: number): void;
  changeOwner(id: number, user: number): void;
  /** Gives the person to the colleague, for the owner's eyes only. */
  hidePerson(id: number): void;
  /** Back to the first user, for everybody's eyes. */
  revealPerson(id: number): void;
  /** `update_time` moves without content. */
  touchPerson(id: number): void;
  /** Moves `update_time` of the person and of the organization, as seen in the wild. */
  addDeal(id: number, status?: DealStatus): void;
  addPicture(id: number, bytes: Uint8Array): void;
  removePicture(id: number): void;
}

export function createPersonHands(world: World): PersonHands {
  const person = (id: number): Person => {
    world.persons.settle();
    const found = world.persons.get(id);
    if (found === undefined) throw new BadControl(`There is no person ${id}.`);
    return found;
  };
  const owner = (id: number): User => userNamed(world, person(id).owner_id);
  const write = (id: number, patch: Partial<Person>): Person =>
    writePerson(world, byHand(owner(id)), id, patch);
  const update = (id: number, patch: object, asUser?: number): Person => {
    const user = asUser === undefined ? owner(id) : userNamed(world, asUser);
    return changePerson(world, byHand(user), person(id), checked(personBody, patch));
  };

  return {
    createPerson: (body, asUser) =>
      makePerson(world, userNamed(world, asUser), checked(personBody, body)),
    updatePerson: update,
    ...entryHands(person, update),
    deletePerson: (id) => void write(id, { is_deleted: true }),
    restorePerson: (id) => {
      const { is_deleted, mergedInto } = person(id);
      if (!is_deleted || mergedInto !== undefined) {
        throw new BadControl(`Person ${id} is not among the deleted ones.`);
      }
      return write(id, { is_deleted: false });
    },
    purgePerson: (id) => world.persons.purge(person(id).id),
    mergePersons: (loser, survivor) => {
      const pair = { loser: person(loser), survivor: person(survivor) };
      mergePersons(world, byHand(owner(survivor)), pair);
    },
    changeOwner: (id, user) => void write(id, { owner_id: userNamed(world, user).id }),
    hidePerson: (id) => void write(id, { owner_id: world.users[1]?.id ?? 0, visible_to: 1 }),
    revealPerson: (id) =>
      void write(id, {
        owner_id: userNamed(world).id,
        visible_to: defaultVisibility(world.plan),
      }),
    touchPerson: (id) => void write(id, {}),
    addDeal: (id, status = 'open') => {
      const { org_id } = person(id);
      world.deals.push({ personId: id, status });
      write(id, {});
      if (org_id !== null) world.organizations.change(org_id, {});
    },
    ...pictureHands(world, person),
  };
}

function entryHands(
  person: (id: number) => Person,
  update: (id: number, patch: object) => Person,
): Pick<PersonHands, 'addEntry' | 'changeEntry' | 'removeEntry'> {
  const edit = (
    id: number,
    list: EntryList,
    change: (old: readonly Entry[]) => readonly object[],
  ) => update(id, { [list]: change(person(id)[list]) });
  return {
    addEntry: (id, list, entry) => edit(id, list, (old) => [...old, entry]),
    changeEntry: (id, list, value, patch) =>
      edit(id, list, (old) => withChangedEntry(old, value, patch)),
    removeEntry: (id, list, value) => edit(id, list, (old) => withoutEntry(old, value)),
  };
}

function pictureHands(
  world: World,
  person: (id: number) => Person,
): Pick<PersonHands, 'addPicture' | 'removePicture'> {
  return {
    addPicture: (id, bytes) => {
      const user = userNamed(world, person(id).owner_id);
      keepPicture(world, byHand(user), id, { bytes, type: 'image/png' });
    },
    removePicture: (id) => {
      const { picture_id, owner_id } = person(id);
      const picture = picture_id === null ? undefined : world.pictures.get(picture_id);
      if (picture === undefined) throw new BadControl(`Person ${id} has no picture.`);
      dropPicture(world, byHand(userNamed(world, owner_id)), picture);
    },
  };
}
