/** One part of a multipart/form-data body. */
export interface Part {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The parts, or none where the body is not what its type says. RFC 7578. */
export function readMultipart(contentType: string, body: Uint8Array): readonly Part[] {
  const boundary = /boundary="?([^";]+)"?/iu.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const buffer = Buffer.from(body);
  const mark = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let at = buffer.indexOf(mark);
  while (at !== -1) {
    const next = buffer.indexOf(mark, at + mark.length);
    if (next === -1) break;
    const part = readPart(buffer.subarray(at + mark.length + 2, next - 2));
    if (part !== undefined) parts.push(part);
    at = next;
  }
  return parts;
}

function readPart(part: Buffer): Part | undefined {
  const end = part.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = part.subarray(0, end).toString('utf8');
  const name = /name="([^"]*)"/iu.exec(head)?.[1];
  const type = /content-type:\s*([^\r\n;]+)/iu.exec(head)?.[1] ?? 'text/plain';
  return name === undefined ? undefined : { name, type, bytes: part.subarray(end + 4) };
}
