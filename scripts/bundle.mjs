/**
 * Few files instead of hundreds: looking modules up and reading them was most of what a run without
 * changes cost (docs/performance.md). What is loaded late stays in files of its own.
 */
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Compiled code, and a package of which one folder in hundreds is wanted. */
const LEFT_OUT = ['better-sqlite3', '@napi-rs/keyring', 'googleapis'];

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
