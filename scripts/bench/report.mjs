import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->'];

/** A table in Markdown; what misses its goal is marked. */
export function tableOf(rows) {
  const lines = rows.map(({ what, value, must, stretch }) => {
    const goals = must === undefined ? '– | –' : `${figure(must)} | ${figure(stretch)}`;
    return `| ${what} | ${figure(value)} | ${goals} | ${reached(value, must, stretch)} |`;
  });
  return [
    '| what | measured | must | stretch | |',
    '| --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

function reached(value, must, stretch) {
  if (must === undefined) return 'no goal';
  if (value <= stretch) return 'stretch';
  return value <= must ? 'must' : '**missed**';
}

/** What the ratios are made of: seconds of CPU of each tool in each case. */
export function secondsOf(count, tools) {
  const cases = Object.entries(CASES).map(([phase, title]) => {
    const cells = tools.map(({ life }) => (life[phase] ? figure(life[phase].cpu) : '–'));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  return [
    `| CPU in seconds, ${count} | ${tools.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(tools.length)}`,
    ...cases,
  ].join('\n');
}

/** The same as bars. */
export function picturesOf(count, tools) {
  return ['first', 'none', 'changes'].map((phase) => ({
    title: `${CASES[phase]}, ${count.toLocaleString('en')} contacts: CPU`,
    bars: tools.map(({ name, life }) => ({ name, value: life[phase].cpu })),
  }));
}

const CASES = {
  first: 'First sync',
  none: 'No change',
  changes: '1 % changed on each side',
  whole: 'Whole read',
};

function machine() {
  const [major, minor] = process.versions.node.split('.');
  return `${cpus().length} cores, Node ${major}.${minor}`;
}

/** Puts the tables and the picture into docs/performance.md. */
export async function writeReport(tables, bars) {
  const file = path.join(DOCS, 'performance.md');
  const text = await readFile(file, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest.split(END);
  const date = new Date().toISOString().slice(0, 10);
  const measured = [
    BEGIN,
    '',
    `Measured on ${date}; ${machine()}.`,
    '',
    ...tables.flatMap((table) => [table, '']),
    END,
  ].join('\n');
  const page = `${before}${measured}${after}`;
  await writeFile(file, await format(page, { parser: 'markdown' }));
  await writeFile(path.join(DOCS, 'performance.svg'), pictureOf(bars, `${machine()}, ${date}`));
}

const [WIDTH, LABEL, HEIGHT] = [640, 250, 22];

/** Bars of seconds: the floor, contactsync, and peers, one group for each case. */
function pictureOf(groups, caption) {
  const parts = [];
  let y = 28;
  for (const { title, bars } of groups) {
    parts.push(`<text x="8" y="${y}" font-weight="bold">${escaped(title)}</text>`);
    const longest = Math.max(...bars.map(({ value }) => value));
    for (const { name, value } of bars) {
      y += HEIGHT;
      const width = Math.max(2, (value / longest) * (WIDTH - LABEL - 80));
      const colour = name === 'contactsync' ? '#1a7f64' : '#9aa5b1';
      parts.push(
        `<text x="24" y="${y}">${escaped(name)}</text>`,
        `<rect x="${LABEL}" y="${y - 12}" width="${width.toFixed(0)}" height="14" fill="${colour}"/>`,
        `<text x="${(LABEL + width + 6).toFixed(0)}" y="${y}">${figure(value)} s</text>`,
      );
    }
    y += HEIGHT + 14;
  }
  parts.push(`<text x="8" y="${y}" fill="#666">${escaped(caption)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 16}" font-family="sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function figure(value) {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
