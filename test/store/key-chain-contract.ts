import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KeyChainLocked } from '../../src/store/errors.ts';
import type { KeyChain } from '../../src/store/key-chain.ts';

/** A key chain in memory, with a lock on it. */
export interface MemoryKeyChain extends KeyChain {
  lock(locked: boolean): void;
  entries(): number;
}

export function memoryKeyChain(): MemoryKeyChain {
  const kept = new Map<string, string>();
  let locked = false;
  const open = (): void => {
    if (locked) throw new KeyChainLocked('The key chain is locked.');
  };
  return {
    read: (id) => {
      open();
      return kept.get(id);
    },
    write: (id, text) => {
      open();
      kept.set(id, text);
    },
    remove: (id) => {
      open();
      kept.delete(id);
    },
    lock: (wanted) => {
      locked = wanted;
    },
    entries: () => kept.size,
  };
}

/** What every key chain does, the platform's and the one in memory. */
export function keyChainContract(name: string, open: () => KeyChain): void {
  describe(`${name} keeps entries`, () => {
    const id = `test-${randomUUID()}`;
    afterEach(() => open().remove(id));

    it('that are not there until they are written, and gives them back as they were', () => {
      expect(open().read(id)).toBeUndefined();
      open().write(id, 'zażółć+/=');
      expect(open().read(id)).toBe('zażółć+/=');
    });

    it('that can be written over', () => {
      open().write(id, 'one');
      open().write(id, 'two');
      expect(open().read(id)).toBe('two');
    });

    it('that can be removed, also twice', () => {
      open().write(id, 'one');
      open().remove(id);
      open().remove(id);
      expect(open().read(id)).toBeUndefined();
    });
  });
}
