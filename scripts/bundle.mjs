/**
 * Few files instead of hundreds: looking modules up and reading them was most of what a run without
 * changes cost (docs/performance.md). What is loaded late stays in files of its own.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Compiled code; a package of which one folder in hundreds is wanted; and packages in the older
 * format that are loaded late: of such a one a bundle exports nothing but its default.
 */
const LEFT_OUT = [
  'better-sqlite3',
  '@napi-rs/keyring',
  'googleapis',
  '@microsoft/microsoft-graph-client',
  'https-proxy-agent',
];

/** Nobody waits for the sandbox's start; it finds its address book from where it is. */
const sandboxStaysOut = {
  name: 'sandbox-stays-out',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/\.\.\/sandbox\// }, ({ path }) => ({
      path: path.replace(/^\.\.\//u, '').replace(/\.ts$/u, '.js'),
      external: true,
    }));
  },
};

await rm('dist/bundle', { recursive: true, force: true });
await build({
  entryPoints: ['src/cli/main.ts'],
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  external: LEFT_OUT,
  plugins: [sandboxStaysOut],
  // Packages in the older format ask for Node's own modules this way.
  banner: {
    js: "import { createRequire as forBundle } from 'node:module'; const require = forBundle(import.meta.url);",
  },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'eof',
  logLevel: 'warning',
});

for (const file of await readdir('dist/bundle')) {
  const code = await readFile(`dist/bundle/${file}`, 'utf8');
  if (!/export default require_\w+\(\)/u.test(code)) continue;
  throw new Error(`${file} exports nothing by name: leave its package out of the bundle.`);
}
