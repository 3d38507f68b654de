const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

export function escapeXml(text: string): string {
  return ENTITIES.reduce((done, [plain, entity]) => done.replaceAll(plain, entity), text);
}

export function unescapeXml(text: string): string {
  return ENTITIES.reduceRight((done, [plain, entity]) => done.replaceAll(entity, plain), text);
}

/** What stands in the first element of this name. */
export function elementIn(xml: string, name: string): string | undefined {
  const [, body] = new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml) ?? [];
  return body === undefined ? undefined : unescapeXml(body);
}
