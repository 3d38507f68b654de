import { describe, expect, it } from '@jest/globals';
import { platformKeyChain } from '../../src/store/key-chain.ts';
import { keyChainContract, memoryKeyChain } from './key-chain-contract.ts';

const inMemory = memoryKeyChain();
keyChainContract('a key chain in memory', () => inMemory);

/* On a desktop, by choice: it writes entries into the developer's own key chain, and removes them. */
if (process.env['CONTACTSYNC_TEST_KEY_CHAIN'] === '1') {
  keyChainContract('the platform’s key chain', platformKeyChain);
}

const headless = process.platform === 'linux' && !process.env['DBUS_SESSION_BUS_ADDRESS'];
(headless ? describe : describe.skip)(
  'the platform’s key chain on a machine without a session',
  () => {
    it('says at once that it cannot be reached, and never falls back to the kernel’s keyring', () => {
      const chain = platformKeyChain();
      const out = expect.objectContaining({ code: 'key-chain-locked' });
      expect(() => chain.read('test')).toThrow(out);
      expect(() => chain.write('test', 'x')).toThrow(out);
      expect(() => chain.remove('test')).toThrow(out);
    });
  },
);
