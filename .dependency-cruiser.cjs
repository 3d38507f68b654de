/** The layer rule of ARCHITECTURE.md: contact ← plan ← sync ← (providers, crm, store, auth) ← cli. */
const pure = '^src/(contact|plan)/';

module.exports = {
  forbidden: [
    {
      name: 'pure-rooms-import-only-themselves',
      comment: 'No I/O, no clock, no randomness: not even Node or npm.',
      severity: 'error',
      from: { path: pure },
      to: { pathNot: pure },
    },
    {
      name: 'contact-knows-nobody',
      severity: 'error',
      from: { path: '^src/contact/' },
      to: { path: '^src/', pathNot: '^src/contact/' },
    },
    {
      name: 'the-engine-knows-no-adapter',
      severity: 'error',
      from: { path: '^src/sync/' },
      to: { pathNot: '^src/(contact|plan|sync)/' },
    },
    {
      name: 'http-knows-only-node',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/', pathNot: '^src/http/' },
    },
    {
      name: 'auth-knows-http-and-ports',
      severity: 'error',
      from: { path: '^src/auth/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(auth|http)/|^src/plan/model\\.ts$|^src/sync/(ports|store-port|journal|records|errors)\\.ts$',
      },
    },
    {
      name: 'adapters-know-only-the-ports-of-the-engine',
      severity: 'error',
      from: { path: '^src/(providers|crm|store)/' },
      to: {
        path: '^src/sync/',
        pathNot: '^src/sync/(ports|store-port|journal|records|errors)\\.ts$',
      },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^src/(providers|crm)/([^/]+)/' },
      to: { path: '^src/(providers|crm)/', pathNot: '^src/$1/$2/' },
    },
    {
      name: 'adapters-do-not-touch-the-store',
      severity: 'error',
      from: { path: '^src/(providers|crm)/' },
      to: { path: '^src/(store|auth|sandbox)/' },
    },
    {
      name: 'the-store-touches-no-network',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^src/(http|auth|providers|crm|sandbox)/' },
    },
    {
      name: 'the-sandbox-is-a-stranger-to-the-product',
      comment: 'It speaks the vendors’ wire formats by itself, or it would prove nothing.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/(sandbox|contact)/' },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
