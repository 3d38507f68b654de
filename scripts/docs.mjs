/**
 * Writes what docs/ has from the program itself: the list of errors, and the pictures of the demo.
 * `--check` writes nothing, and fails where the list is not what it would be. Needs a build.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { ERROR_TABLE } from '../dist/cli/error-table.js';
import { errorsPage } from './docs/errors-page.mjs';
import { demoPictures } from './docs/demo-pictures.mjs';

const ERRORS = 'docs/errors.md';

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;

const style = await resolveConfig(ERRORS);
const page = await format(errorsPage(ERROR_TABLE, 'src'), { ...style, parser: 'markdown' });

if (check) {
  const there = await readFile(ERRORS, 'utf8').catch(() => '');
  if (there !== page) {
    process.stderr.write(`${ERRORS} is not what the program says: npm run docs\n`);
    process.exitCode = 1;
  }
} else {
  await writeFile(ERRORS, page);
  for (const { file, svg } of await demoPictures()) await writeFile(file, svg);
}
