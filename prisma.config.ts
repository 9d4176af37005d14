/** Where the Prisma CLI finds the schema. The CLI is used for one thing, generating the client, and must do that without internet. */
import { defineConfig } from 'prisma/config'

// The CLI downloads an engine that `generate` never runs, and fails where it cannot. Any existing executable keeps it from trying.
// `prisma migrate` would silently do nothing so: migrations are composed by `npm run migration` and applied by the app at start.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

export default defineConfig({ schema: 'prisma/schema' })
