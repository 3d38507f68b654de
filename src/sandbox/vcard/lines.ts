/**
 * Puts the lines of a byte string together again: RFC 6350 folding (a line that begins with a
 * space or tab), quoted-printable's soft breaks (a line that ends with `=`), and base64 that goes
 * on without any mark, as some phones write it. Empty lines are left out.
 */
export function* logicalLines(text: string): Generator<string> {
  let open: OpenLine | undefined;
  for (const line of physicalLines(text)) {
    const rest = open === undefined ? undefined : continuation(open, line);
    if (open !== undefined && rest !== undefined) {
      append(open, rest);
    } else if (line !== '') {
      if (open !== undefined) yield open.parts.join('');
      open = begin(line);
    }
  }
  if (open !== undefined) yield open.parts.join('');
}

interface OpenLine {
  readonly encoding: 'quoted-printable' | 'base64' | 'none';
  readonly parts: string[];
  /** The last part ended with a soft break. */
  soft: boolean;
}

const CARD_EDGE = /^(?:BEGIN|END):VCARD/i;
const LONGEST_HEADER = 1000;

function* physicalLines(text: string): Generator<string> {
  const unified = text.replaceAll(/\r\n?/g, '\n');
  let start = 0;
  while (start < unified.length) {
    const found = unified.indexOf('\n', start);
    const end = found === -1 ? unified.length : found;
    yield unified.slice(start, end);
    start = end + 1;
  }
}

function begin(line: string): OpenLine {
  const header = line.slice(0, Math.min(line.indexOf(':') >>> 0, LONGEST_HEADER));
  const open: OpenLine = { encoding: encodingOf(header), parts: [], soft: false };
  append(open, line);
  return open;
}

function encodingOf(header: string): OpenLine['encoding'] {
  if (/QUOTED-PRINTABLE/i.test(header)) return 'quoted-printable';
  return /[;=](?:BASE64|B)(?:;|$)/i.test(header) ? 'base64' : 'none';
}

function append(open: OpenLine, line: string): void {
  const soft = open.encoding === 'quoted-printable' && line.trimEnd().endsWith('=');
  open.parts.push(soft ? line.trimEnd().slice(0, -1) : line);
  open.soft = soft;
}

/** What `line` adds to the open one; `undefined` when it begins a new one. */
function continuation(open: OpenLine, line: string): string | undefined {
  if (open.soft) {
    if (CARD_EDGE.test(line)) return undefined;
    // A space before an encoded character was put there by a writer that folds as well.
    return /^[ \t]=/.test(line) ? line.slice(1) : line;
  }
  if (/^[ \t]/.test(line)) return line.slice(1);
  if (open.encoding === 'base64' && /^[A-Za-z0-9+/]+={0,2}$/.test(line)) return line;
  return undefined;
}
