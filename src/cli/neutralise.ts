/** C0 and C1 controls, with which a text could steer a terminal. */
const CONTROLS = /\p{Cc}+/gu;
/** A whole escape sequence, so that nothing of it is left to read. */
const SEQUENCES = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-?]*[ -/]*[@-~]`, 'gu');
/** Marks that turn the direction of what follows, or make separate lines of one. */
const BIDI_AND_SEPARATORS = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Untrusted text, such as a name, as one harmless line for a terminal, a table or a log. */
export function neutralise(text: string): string {
  return text.replace(SEQUENCES, '').replace(BIDI_AND_SEPARATORS, '').replace(CONTROLS, ' ').trim();
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
