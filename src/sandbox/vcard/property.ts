import { decodeText } from './bytes.ts';
import { splitUnescaped, unescape } from './text.ts';

/** One line of a card: `group.NAME;PARAM=value:value`. */
export interface Property {
  readonly group: string | undefined;
  /** Upper case. */
  readonly name: string;
  /** Names in upper case; vCard 2.1's bare words are under `TYPE` and `ENCODING`. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** A byte string as it stands in the file, without folding. */
  readonly value: string;
}

/** Longer ones are garbage; a formatted address in a parameter may need as much. */
const LONGEST_HEADER = 20_000;

/** @returns `undefined` for a line that is no property */
export function parseProperty(line: string): Property | undefined {
  const colon = headerEnd(line);
  if (colon === undefined) return undefined;
  if (colon > LONGEST_HEADER) return undefined;
  const [head = '', ...params] = splitOutsideQuotes(line.slice(0, colon), ';');
  const match = /^(?:([\w-]+)\.)?([\w-]+)$/.exec(head.trim());
  if (match?.[2] === undefined) return undefined;
  return {
    group: match[1]?.toUpperCase(),
    name: match[2].toUpperCase(),
    params: parseParams(params),
    value: line.slice(colon + 1),
  };
}

/** The values of a parameter, in the order in which they stand. */
export function param(property: Property, name: string): readonly string[] {
  return property.params.get(name) ?? [];
}

/** The types in lower case, without `pref`. */
export function types(property: Property): readonly string[] {
  return param(property, 'TYPE').filter((type) => type.toLowerCase() !== 'pref');
}

/** How much the property is preferred: 1 is most, `undefined` not at all. */
export function preference(property: Property): number | undefined {
  const [level] = param(property, 'PREF').map(Number);
  if (level !== undefined && level >= 1 && level <= 100) return level;
  return param(property, 'TYPE').some((type) => type.toLowerCase() === 'pref') ? 1 : undefined;
}

/** The value as one text. */
export function text(property: Property): string {
  return unescape(decoded(property), !isQuotedPrintable(property));
}

/** The components of a structured value. */
export function components(property: Property): readonly string[] {
  return pieces(property, ';');
}

/** The items of a list. */
export function list(property: Property): readonly string[] {
  return pieces(property, ',');
}

/** The components before their backslashes are taken away. */
export function rawComponents(property: Property): readonly string[] {
  return splitUnescaped(decoded(property), ';');
}

export function isBase64(property: Property): boolean {
  return hasEncoding(property, ['base64', 'b']);
}

function pieces(property: Property, separator: ';' | ','): readonly string[] {
  const lineEnds = !isQuotedPrintable(property);
  return splitUnescaped(decoded(property), separator).map((piece) => unescape(piece, lineEnds));
}

function isQuotedPrintable(property: Property): boolean {
  return hasEncoding(property, ['quoted-printable']);
}

function hasEncoding(property: Property, names: readonly string[]): boolean {
  return param(property, 'ENCODING').some((encoding) => names.includes(encoding.toLowerCase()));
}

/** Transfer encoding first, then the charset; backslashes are the text's own and come last. */
function decoded(property: Property): string {
  const [charset] = param(property, 'CHARSET');
  const bytes = isQuotedPrintable(property) ? unquote(property.value) : property.value;
  return decodeText(bytes, charset);
}

function unquote(value: string): string {
  return value.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

/** The first colon outside quotes; where a quote never ends, the first colon. */
function headerEnd(line: string): number | undefined {
  let quoted = false;
  for (let position = 0; position < line.length; position += 1) {
    if (line[position] === '"') quoted = !quoted;
    else if (line[position] === ':' && !quoted) return position;
  }
  const first = line.indexOf(':');
  return first === -1 ? undefined : first;
}

function splitOutsideQuotes(header: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let position = 0; position < header.length; position += 1) {
    if (header[position] === '"') quoted = !quoted;
    else if (header[position] === separator && !quoted) {
      parts.push(header.slice(start, position));
      start = position + 1;
    }
  }
  return [...parts, header.slice(start)];
}

function parseParams(parts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const params = new Map<string, readonly string[]>();
  for (const part of parts) {
    const [name, values] = parseParam(part.trim());
    params.set(name, [...(params.get(name) ?? []), ...values]);
  }
  return params;
}

function parseParam(part: string): readonly [name: string, values: readonly string[]] {
  const custom = androidLabel(part);
  if (custom !== undefined) return ['TYPE', [custom]];
  const equals = part.indexOf('=');
  if (equals === -1) return [bareWordIsEncoding(part) ? 'ENCODING' : 'TYPE', [decodeText(part)]];
  const name = part.slice(0, equals).trim().toUpperCase();
  const values = splitOutsideQuotes(part.slice(equals + 1), ',').map(paramText);
  return [name, name === 'TYPE' ? values.flatMap((value) => value.split(',')) : values];
}

function bareWordIsEncoding(word: string): boolean {
  return /^(?:QUOTED-PRINTABLE|BASE64|B|7BIT|8BIT)$/i.test(word);
}

/** Android's way to write a free label in vCard 2.1: `X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3…)`. */
function androidLabel(part: string): string | undefined {
  const [, inner] = /^X-CUSTOM\((.{0,1000})\)$/i.exec(part) ?? [];
  if (inner === undefined) return undefined;
  const [, charset] = /CHARSET=([^,]*),/i.exec(inner) ?? [];
  return decodeText(unquote(inner.slice(inner.lastIndexOf(',') + 1)), charset);
}

/** RFC 6868, and the quotes. */
function paramText(value: string): string {
  const bare = value.trim().replaceAll(/^"|"$/g, '');
  return decodeText(bare).replaceAll(/\^([n'^])/g, (_, character: string) => {
    if (character === 'n') return '\n';
    return character === "'" ? '"' : '^';
  });
}
