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
    const reached = value <= stretch ? 'stretch' : value <= must ? 'must' : '**missed**';
    return `| ${what} | ${figure(value)} | ${figure(must)} | ${figure(stretch)} | ${reached} |`;
  });
  return [
    '| what | measured | must | stretch | |',
    '| --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

function machine() {
  const [major, minor] = process.versions.node.split('.');
  return `${cpus().length} cores, Node ${major}.${minor}`;
}

/** Puts the table and the picture into docs/performance.md. */
export async function writeReport(rows, bars) {
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
    tableOf(rows),
    '',
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
