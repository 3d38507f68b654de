/**
 * Address books mix encodings, even within a file and within a character (a line folded in the
 * middle of one). So a file is first taken apart byte by byte: a *byte string* has one character,
 * U+0000 to U+00FF, for each byte. Only a whole value is decoded.
 */
export function byteString(bytes: Uint8Array): string {
  const encoding = wideEncoding(bytes);
  const buffer =
    encoding === undefined
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : Buffer.from(new TextDecoder(encoding).decode(bytes), 'utf8');
  return buffer.toString('latin1');
}

/** The text of a byte string: in the declared charset, else UTF-8, else Windows' western one. */
export function decodeText(value: string, charset?: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return (
    (charset !== undefined && !/^utf-?16/i.test(charset) ? decodeAs(charset, bytes) : undefined) ??
    decodeAs('utf-8', bytes) ??
    new TextDecoder('windows-1252').decode(bytes)
  );
}

function decodeAs(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-16, by its mark or, since a card begins with an ASCII letter, by the zero in the first two bytes. */
function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return undefined;
}
