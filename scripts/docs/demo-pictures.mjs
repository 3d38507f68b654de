import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { terminalPicture } from './terminal-picture.mjs';

/* The demo, played in a terminal, as pictures that are the same each time. */

const COLUMNS = 104;
/** More than the demo prints: nothing scrolls away. */
const ROWS = 200;

/** Of a run. */
const ID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gu;
const FIRST_ID = 10_000_001;

/** What differs from run to run, and what stands for it, of the same length. */
const UNSTEADY = [
  [/127\.0\.0\.1:\d{5}/gu, '127.0.0.1:50000'],
  [/\b\d\.\d s\b/gu, '0.3 s'],
  [/contactsync-demo-\w{6}/gu, 'contactsync-demo-abcdef'],
  [/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z/gu, '2026-01-02T09-30-00-000Z'],
];

const PICTURES = [
  {
    file: 'docs/demo.svg',
    title: 'npm run demo -- --two-way',
    from: /^Then both sides change/u,
    to: /^\$ contactsync status/u,
  },
  {
    file: 'docs/status.svg',
    title: 'contactsync status',
    from: /^\$ contactsync status/u,
    to: /^That is all/u,
  },
];

/** @returns each picture's file and text */
export async function demoPictures() {
  const rows = steadied(await played(['scripts/demo.mjs', '--two-way']));
  return PICTURES.map(({ file, title, from, to }) => {
    const first = rows.findIndex((row) => from.test(textOf(row)));
    const last = rows.findIndex((row) => to.test(textOf(row)));
    if (first === -1 || last <= first) throw new Error(`the demo does not show ${file}`);
    return {
      file,
      svg: terminalPicture(trimmed(rows.slice(first, last)), { title, columns: COLUMNS }),
    };
  });
}

/** Runs it to its end; resolves to the screen as rows of runs of equal style. */
async function played(args) {
  const size = { cols: COLUMNS, rows: ROWS };
  const display = new xterm.Terminal({ ...size, allowProposedApi: true });
  const env = {
    ...process.env,
    TERM: 'xterm-256color',
    FORCE_COLOR: '1',
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
  };
  const child = spawn(process.execPath, args, { ...size, env });
  child.onData((text) => display.write(text));
  const status = await new Promise((resolve) => {
    child.onExit(({ exitCode }) => resolve(exitCode));
  });
  if (status !== 0) throw new Error(`the demo ended with status ${status}`);
  await new Promise((resolve) => {
    display.write('', resolve);
  });
  return screenOf(display.buffer.active);
}

function screenOf(buffer) {
  return Array.from({ length: buffer.length }, (_, y) => {
    const line = buffer.getLine(y);
    const cells = Array.from({ length: line.length }, (_unused, x) => line.getCell(x));
    return cells
      .filter((cell) => cell.getWidth() > 0)
      .map((cell) => ({
        text: cell.getChars() || ' ',
        width: cell.getWidth(),
        colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
      }));
  });
}

function textOf(row) {
  return row.map(({ text }) => text).join('');
}

/** The styles stay where they are: only the letters change. */
function steadied(rows) {
  const ids = new Map();
  const steadyId = (id) => {
    if (!ids.has(id)) ids.set(id, `${FIRST_ID + ids.size}`);
    return `${ids.get(id)}${id.slice(8).replaceAll(/[\da-f]/gu, '0')}`;
  };
  return rows.map((row) => {
    const text = UNSTEADY.reduce(
      (steady, [pattern, instead]) => steady.replace(pattern, instead),
      textOf(row).replace(ID, steadyId),
    );
    const letters = [...text];
    return row.map((cell, at) => ({ ...cell, text: letters[at] ?? ' ' }));
  });
}

/** Without empty rows at both ends. */
function trimmed(rows) {
  const full = rows.map((row) => textOf(row).trim() !== '');
  return rows.slice(full.indexOf(true), full.lastIndexOf(true) + 1);
}
