import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inOurWords, KeyWrong } from './errors.ts';
import { secureFile } from './files.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts and decrypts what must not lie readable on a disk. */
export interface Vault {
  /** `label` is bound to the value: under another label it cannot be opened. */
  seal(text: string, label: string): Buffer;
  /** @throws {KeyWrong} */
  open(sealed: Buffer, label: string): string;
  /** The same for the same text; without the key it cannot be told what text it was. */
  digest(text: string): string;
}

export interface KeySource {
  /** `CONTACTSYNC_KEY`: 32 bytes, base64. Goes before the file. */
  readonly fromEnvironment: string | undefined;
  /** Where the key file lies; made on first need. `undefined` keeps the key in memory. */
  readonly home: string | undefined;
}

export function createVault(source: KeySource): Vault {
  let key: Buffer | undefined;
  const ready = (): Buffer => (key ??= readKey(source));
  return {
    seal: (text, label) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', ready(), nonce).setAAD(Buffer.from(label));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, label) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', ready(), nonce, {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
      try {
        const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new KeyWrong('The key does not fit the tokens that are stored.', { cause: error });
      }
    },
    digest: (text) => {
      // A key of its own, so that nothing can be learnt about the one that encrypts.
      const own = Buffer.from(hkdfSync('sha256', ready(), '', 'forgotten', KEY_BYTES));
      return createHmac('sha256', own).update(text).digest('base64');
    },
  };
}

function readKey({ fromEnvironment, home }: KeySource): Buffer {
  if (fromEnvironment !== undefined) return checked(fromEnvironment, 'CONTACTSYNC_KEY');
  if (home === undefined) return randomBytes(KEY_BYTES);
  const file = path.join(home, 'key');
  return inOurWords(() => {
    if (!existsSync(file)) makeKeyFile(file);
    secureFile(file);
    return checked(readFileSync(file, 'utf8'), 'The key file');
  });
}

/** Another process may make it at the same moment: then its key is the one. */
function makeKeyFile(file: string): void {
  try {
    const key = randomBytes(KEY_BYTES).toString('base64');
    writeFileSync(file, `${key}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
}

function checked(text: string, what: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new KeyWrong(`${what} must hold ${KEY_BYTES} bytes in base64.`);
  return key;
}
