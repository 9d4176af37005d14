/** SQL between two Prisma schemas, computed by Prisma's own engine compiled to WebAssembly: no binary to download. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

export interface SchemaFile {
  path: string
  content: string
}

/** The part of the WebAssembly API used here: TypeScript keeps its types with the browser's. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: Record<string, object>): Promise<{ instance: { exports: { __wbindgen_start: () => void } } }>
}

let instantiated: Promise<void> | undefined

/** The package's own entry imports the .wasm as a module, which Node 20 cannot. */
const instantiate = async (): Promise<void> => {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm').replace(/schema_engine\.js$/, 'schema_engine_bg.wasm')
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi }
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': engine })
  engine.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
}

/** Asks any PostgreSQL (empty or not, nothing is written) for its version, then answers the statements that lead from one schema (nothing, when undefined) to another; empty when they are the same. */
export const diffSchemas = async (databaseUrl: string, from: SchemaFile[] | undefined, to: SchemaFile[]): Promise<string> => {
  await (instantiated ??= instantiate())
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(databaseUrl))
  const schemaEngine = await engine.SchemaEngine.new({ datamodels: to.map(file => [file.path, file.content]) }, () => undefined, adapter)
  const { stdout } = await schemaEngine.diff({
    from: from ? { tag: 'schemaDatamodel', files: from } : { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: to },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  const sql = stdout ?? ''
  return sql.includes('-- This is an empty migration.') ? '' : sql
}
