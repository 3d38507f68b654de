import { KeyChangeRefused } from './errors.ts';
import { newKey } from './key.ts';
import type { FoundKey, KeyPlace, KeyStore, OwnPlace } from './key-store.ts';
import type { Secrets } from './secrets.ts';

export interface KeyState {
  /** `undefined` before a key was ever needed. */
  readonly place: KeyPlace | undefined;
  /** Sign-ins that are stored under it. */
  readonly signIns: number;
}

/**
 * Changes the key and its place. Each change lays the new key beside the old one, then encrypts
 * everything anew in one transaction, then lets the new key take the old one's place: ended
 * anywhere, one of the two that are there opens everything.
 */
export interface KeyKeeper {
  /** @throws {KeyWrong, KeyMissing, KeyChainLocked} when what is there does not open what is stored */
  state(): KeyState;
  /** @throws {KeyChangeRefused} with a key from `CONTACTSYNC_KEY`: it is not ours to change */
  rotate(): void;
  moveTo(place: OwnPlace): void;
  /** Everything under `CONTACTSYNC_KEY`; the key that was stored is removed. */
  moveToEnvironment(): void;
  /** Gives up the sign-ins that are stored, and the key that is. Accounts stay. */
  reset(): void;
}

export function createKeyKeeper(keys: KeyStore, secrets: Secrets): KeyKeeper {
  /** The right key, after whatever an earlier change left half-way was settled. */
  const settled = (): FoundKey => {
    const key = secrets.inUse();
    if (key.isNext) keys.promote();
    else keys.discardNext();
    return key;
  };
  return {
    state: () => {
      const signIns = secrets.count();
      const [any] = keys.find();
      if (any === undefined && signIns === 0) return { place: undefined, signIns };
      return { place: secrets.inUse().place, signIns };
    },
    rotate: () => {
      const { key, place } = settled();
      if (place === 'environment') {
        throw new KeyChangeRefused('CONTACTSYNC_KEY holds the key, and is not ours to change.');
      }
      const next = newKey();
      keys.prepare(next, place);
      secrets.reseal(key, next);
      keys.promote();
    },
    moveTo: (place) => {
      const { key } = settled();
      keys.prepare(key, place);
      keys.promote();
    },
    moveToEnvironment: () => {
      const [own] = keys.find();
      if (own?.place !== 'environment') {
        throw new KeyChangeRefused('CONTACTSYNC_KEY is not set, so the key cannot move there.');
      }
      const stored = secrets.fitting([own, ...keys.findStored()]);
      if (stored.place !== 'environment') secrets.reseal(stored.key, own.key);
      keys.removeStored();
    },
    reset: () => {
      secrets.dropAll();
      keys.removeStored();
    },
  };
}
