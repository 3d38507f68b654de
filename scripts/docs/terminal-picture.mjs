/* Rows of a terminal's cells as an SVG that follows the reader's light or dark. */

const FONT_SIZE = 14;
/** Of a monospaced letter; `textLength` makes it so whatever font is there. */
const CELL = { width: 8.4, height: 19 };
const PAD = 18;
const BAR = 34;

/** The eight colours of a terminal as classes; only those that are used need a rule. */
const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

const STYLE = `
  text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #24292f; }
  .panel { fill: #f6f8fa; stroke: #d0d7de; } .dot { fill: #d0d7de; } .title, .dim { fill: #59636e; } .bold { font-weight: 600; }
  .red { fill: #b3261e; } .green { fill: #17693a; } .yellow { fill: #7a5200; } .cyan { fill: #0b5f78; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .panel { fill: #161b22; stroke: #3d444d; } .dot { fill: #3d444d; } .title, .dim { fill: #9198a1; }
    .red { fill: #ff7b72; } .green { fill: #56d364; } .yellow { fill: #e3b341; } .cyan { fill: #6cd5ef; }
  }`;

/** @param rows of cells: `text`, `width` in columns, and their style */
export function terminalPicture(rows, { title, columns }) {
  const width = Math.ceil(columns * CELL.width + 2 * PAD);
  const height = rows.length * CELL.height + BAR + PAD;
  const lines = rows.flatMap((row, at) => lineOf(row, BAR + at * CELL.height + FONT_SIZE));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<rect class="panel" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${[20, 36, 52].map((x) => `<circle class="dot" cx="${x}" cy="17" r="5"/>`).join('')}
<text class="title" x="${width / 2}" y="22" text-anchor="middle">${escaped(title)}</text>
${lines.join('\n')}
</svg>
`;
}

function lineOf(row, y) {
  const runs = runsOf(row).filter(({ text }) => text.trim() !== '');
  return runs.map(({ text, column, width, style }) => {
    const names = style === '' ? '' : ` class="${style}"`;
    const x = (PAD + column * CELL.width).toFixed(1);
    const long = (width * CELL.width).toFixed(1);
    return `<text${names} x="${x}" y="${y}" textLength="${long}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escaped(text)}</text>`;
  });
}

/** Neighbours of one style together; a wide gap parts them, so that columns stand where they stood. */
function runsOf(row) {
  const runs = [];
  let column = 0;
  for (const cell of row) {
    const style = styleOf(cell);
    const run = runs.at(-1);
    if (run !== undefined && run.style === style) {
      run.text += cell.text;
      run.width += cell.width;
    } else runs.push({ text: cell.text, column, width: cell.width, style });
    column += cell.width;
  }
  return runs.map(withoutEnds);
}

function withoutEnds({ text, column, width, style }) {
  const begin = text.length - text.trimStart().length;
  const end = text.length - text.trimEnd().length;
  return { text: text.trim(), column: column + begin, width: width - begin - end, style };
}

function styleOf({ colour, bold, dim }) {
  const name = colour === undefined ? undefined : COLOURS[colour % COLOURS.length];
  return [name, bold && 'bold', dim && 'dim'].filter(Boolean).join(' ');
}

function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
