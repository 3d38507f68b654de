/**
 * Few files instead of hundreds: looking modules up and reading them was most of what a run without
 * changes cost (docs/performance.md). What is loaded late stays in files of its own. They are in the
 * older module format, which Node loads faster.
 */
import { rolldown } from 'rolldown';

/** Compiled code, and what few users load. */
const LEFT_OUT = [/^better-sqlite3$/u, /^@napi-rs\/keyring$/u, /^https-proxy-agent$/u];

/** Nobody waits for the sandbox's start; it finds its address book from where it is. */
const sandboxStaysOut = {
  name: 'sandbox-stays-out',
  resolveId: (id) =>
    id.startsWith('../../sandbox/')
      ? { id: id.replace(/^\.\.\//u, '').replace(/\.ts$/u, '.js'), external: true }
      : undefined,
};

/** What is loaded together lies together: what comes before the program, its start, and so on. */
const GROUPS = [
  { name: 'begin', test: /\/src\/cli\/(?:begin|code-cache|home)\.ts|\/env-paths\//u },
  { name: 'start', tags: ['$initial'] },
  { name: 'session', test: /\/src\/(?:store\/|cli\/(?:session|io|environment|preferences)\.ts)/u },
  {
    name: 'looking',
    test: /\/src\/cli\/(?:attention|error-table|render\/(?:dashboard|screen|marks)|next-run|commands\/accounts)\b/u,
  },
  {
    name: 'engine',
    test: /\/src\/(?:sync|plan|crm|cli\/(?:compose|run-account|commands\/sync))\b/u,
  },
  { name: 'set-up', test: /\/src\/(?:auth|cli)\//u, minShareCount: 2 },
].map((group, at) => ({ ...group, priority: 9 - at }));

const bundle = await rolldown({
  input: { begin: 'src/cli/begin.ts', main: 'src/cli/main.ts' },
  platform: 'node',
  external: LEFT_OUT,
  plugins: [sandboxStaysOut],
});
await bundle.write({
  dir: 'dist/bundle',
  cleanDir: true,
  format: 'cjs',
  // All but the first have names that change with what is in them (src/cli/code-cache.ts).
  entryFileNames: ({ name }) => (name === 'begin' ? '[name].cjs' : '[name]-[hash].cjs'),
  chunkFileNames: '[name]-[hash].cjs',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: { groups: GROUPS },
});
