import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 controls, with which a text could steer a terminal. */
const CONTROLS = /\p{Cc}+/gu;
const ESC = String.fromCodePoint(0x1b);
const BEL = String.fromCodePoint(0x07);
/**
 * Titles, links and other strings for the terminal, from their introducer to their end (ECMA-48,
 * 5.6; xterm also ends them with BEL). Node's own function leaves those with spaces.
 */
const STRINGS = new RegExp(
  `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${BEL}${ESC}\u009c]*(?:${BEL}|${ESC}\\\\|\u009c)`,
  'gu',
);
/** Marks that turn the direction of what follows, or make separate lines of one. */
const BIDI_AND_SEPARATORS = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Untrusted text, such as a name, as one harmless line for a terminal, a table or a log. */
export function neutralise(text: string): string {
  return stripVTControlCharacters(text.replace(STRINGS, ''))
    .replace(BIDI_AND_SEPARATORS, '')
    .replace(CONTROLS, ' ')
    .trim();
}

/** Marks and C1 controls that JSON lets through. They stand in strings only, where an escape is the same. */
const RAW_IN_JSON =
  /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A JSON text that means the same and steers no terminal. */
export function escapeMarks(json: string): string {
  return json.replace(
    RAW_IN_JSON,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
