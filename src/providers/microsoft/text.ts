/**
 * A vendor's text, unless it is missing or blank: Graph sends `null`, `""` or nothing at all for
 * what is empty, and CRLF for line ends (seen in the wild).
 */
export function given(text: string | null | undefined): string | undefined {
  const tidy = text?.replace(/\r\n?/gu, '\n').trim();
  return tidy === '' ? undefined : tidy;
}

/** The texts of a list that say something; an empty list may come as `[""]` (seen in the wild). */
export function givenTexts(
  texts: readonly (string | null | undefined)[] | null | undefined,
): readonly string[] {
  return (texts ?? []).flatMap((text) => given(text) ?? []);
}
