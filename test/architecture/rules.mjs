/**
 * Who may import whom (the map of the house is in README). Each rule has a folder of that name in fixtures/ that must fail it,
 * so that a check that stopped reading the code is noticed.
 */

/** Files of a module that touch the outside: its entry, its routes, its stores, and what speaks to foreign systems. */
const outward = '/(index|[^/]*routes|[^/]*store)\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'platform-knows-no-telecom',
      comment: 'platform/ works for any product: it imports npm and itself',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/platform/' },
    },
    {
      name: 'kit-knows-no-module',
      comment: 'tmf/ serves what is declared: it imports the platform, and the shape of the settings',
      severity: 'error',
      from: { path: '^src/tmf/' },
      to: { path: '^src/', pathNot: '^src/(tmf|platform)/|^src/config\\.ts$' },
    },
    {
      name: 'modules-meet-at-their-index',
      comment: "a module uses another one's index.ts; its tables and inner files may change any day",
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/[^/]+/', pathNot: '^src/modules/$1/|^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'modules-stay-below-the-app',
      comment: 'what puts the house together knows the modules, not the other way round',
      severity: 'error',
      from: { path: '^src/modules/[^/]+/' },
      to: { path: '^src/(app|main|modules/index)\\.ts$|^src/(demo|tools|console)/' },
    },
    {
      name: 'domain-files-are-plain',
      comment: 'resources and domain logic are tested and read without a server, an ORM or a queue in mind',
      severity: 'error',
      from: { path: '^src/modules/[^/]+/', pathNot: outward },
      to: { path: '^(fastify|@fastify/|@prisma/|bullmq|ioredis|pg)|node_modules/(fastify|@fastify|@prisma|bullmq|ioredis|pg)/|^src/platform/database/(prisma|generated)' },
    },
    {
      name: 'app-is-for-entries',
      comment: 'only the entry, tests and tools build an app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main\\.ts$|^src/tools/' },
      to: { path: '^src/(app|main)\\.ts$' },
    },
    {
      name: 'sample-is-not-the-product',
      comment: 'Tandem works without the sample provider: only the entry starts it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/|^src/main\\.ts$|^src/tools/' },
      to: { path: '^src/demo/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-needs-no-development-packages',
      comment: 'a production install has no devDependencies; tools run in development only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle has no first file to read; types alone may point both ways',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(src/platform/database/generated|test/architecture/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.mjs', '.json'] },
    skipAnalysisNotInRules: true,
  },
}
