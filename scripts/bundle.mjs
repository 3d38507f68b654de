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

/** What is loaded together lies together, the start first. */
const GROUPS = [
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
  input: { main: 'src/cli/main.ts' },
  platform: 'node',
  external: LEFT_OUT,
  plugins: [sandboxStaysOut],
});
await bundle.write({
  dir: 'dist/bundle',
  cleanDir: true,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: { groups: GROUPS },
});
