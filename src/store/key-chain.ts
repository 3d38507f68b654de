import { createRequire } from 'node:module';
import { KeyChainLocked } from './errors.ts';

/** The platform's own place for secrets: Keychain, Credential Manager, Secret Service. */
export interface KeyChain {
  /** `undefined` where there is no such entry. @throws {KeyChainLocked} */
  read(id: string): string | undefined;
  /** @throws {KeyChainLocked} */
  write(id: string, text: string): void;
  /** Removing what is not there is done already. @throws {KeyChainLocked} */
  remove(id: string): void;
}

const SERVICE = 'contactsync';
/**
 * Without it the package falls back to the kernel's keyring, silently, and a reboot empties that.
 * https://github.com/Brooooooklyn/keyring-node
 */
const OPTIONS = { linux: { store: 'secret-service' as const } };

/** The real one. Its native part is loaded with the first entry that is asked for. */
export function platformKeyChain(): KeyChain {
  const entry = (id: string) => {
    const { Entry } = createRequire(import.meta.url)(
      '@napi-rs/keyring',
    ) as typeof import('@napi-rs/keyring');
    return new Entry(SERVICE, id, OPTIONS);
  };
  return {
    read: (id) => unlocked(() => entry(id).getPassword() ?? undefined),
    write: (id, text) => unlocked(() => entry(id).setPassword(text)),
    remove: (id) => {
      unlocked(() => entry(id).deletePassword());
    },
  };
}

function unlocked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new KeyChainLocked('The key chain of this computer is locked or cannot be reached.', {
      cause: error,
    });
  }
}
