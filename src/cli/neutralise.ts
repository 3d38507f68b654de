/** C0 and C1 controls, with which a text could steer a terminal. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/gu;
/** Marks that turn the direction of what follows, or make separate lines of one. */
const BIDI_AND_SEPARATORS = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Untrusted text, such as a name, as one harmless line for a terminal, a table or a log. */
export function neutralise(text: string): string {
  return text
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/gu, '')
    .replace(BIDI_AND_SEPARATORS, '')
    .replace(CONTROLS, ' ')
    .trim();
}
