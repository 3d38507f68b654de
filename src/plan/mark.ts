/**
 * Our private mark on what we create, where the vendor keeps one that users do not see: which
 * installation made it, for which record of the other side, and when. So a lost answer is found
 * again, a lost database joins what it joined before, and a second installation is noticed.
 */
export interface Mark {
  /** A random name, without dots. */
  readonly installation: string;
  /** The id of the record that it was made for. */
  readonly counterpart?: string;
  /** Milliseconds, by the clock of the machine that made it. */
  readonly at: number;
  /** Told apart by this from any other. Without dots. */
  readonly nonce: string;
}

const RADIX = 36;

export function printMark({ installation, counterpart = '', at, nonce }: Mark): string {
  return [installation, at.toString(RADIX), nonce, counterpart].join('.');
}

/** `undefined` for what is no mark of ours. */
export function parseMark(text: string): Mark | undefined {
  const match = /^([^.]+)\.([0-9a-z]{1,11})\.([^.]+)\.(.*)$/su.exec(text);
  if (match === null) return undefined;
  const [, installation = '', time = '', nonce = '', counterpart = ''] = match;
  const at = Number.parseInt(time, RADIX);
  return { installation, at, nonce, ...(counterpart === '' ? {} : { counterpart }) };
}
