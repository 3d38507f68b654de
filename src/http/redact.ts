const MASK = '[redacted]';

/** Headers, fields and parameters whose values are secrets, in any spelling that reaches a text. */
const SECRETS: readonly RegExp[] = [
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/:=-]{8,}/giu,
  /(?<=\b(?:x-api-token|authorization|cookie)["']?\s*[:=]\s*["']?)[^"'\s,;]+/giu,
  /(?<=\b(?:api_token|access_token|refresh_token|id_token|client_secret|code|code_verifier|token)["']?\s*[:=]\s*["']?)[^"'&\s,;}]+/giu,
];

/** The text without anything that signs anybody in. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== '');
  const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return SECRETS.reduce((rest, pattern) => rest.replace(pattern, MASK), withoutKnown);
}
