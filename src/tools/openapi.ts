/** `npm run openapi`: writes the document of every API to openapi/. `-- --check` only says which of them the code no longer agrees with. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { projectRoot } from '../platform/database/project-root.ts'
import { withScratchDatabase } from './scratch-database.ts'

const folder = path.join(projectRoot, 'openapi')

/** File name → text, of every document that the app serves when nothing is set. */
const render = (): Promise<Map<string, string>> =>
  withScratchDatabase(async databaseUrl => {
    const app = await buildApp({ ...readConfig({ LOG_LEVEL: 'silent', SEED: 'none' }), databaseUrl })
    try {
      return new Map(app.documents.map(({ file, render: document }) => [file, `${JSON.stringify(document(), null, 2)}\n`]))
    } finally {
      await app.close()
    }
  })

const documents = await render()
const present = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.json')) : []
const isCurrent = (file: string): boolean => present.includes(file) && readFileSync(path.join(folder, file), 'utf8') === documents.get(file)
const stale = [...documents.keys()].filter(file => !isCurrent(file))
const left = present.filter(file => !documents.has(file))

if (process.argv.includes('--check')) {
  for (const file of stale) console.error(`openapi/${file} is not what the code says: run \`npm run openapi\``)
  for (const file of left) console.error(`openapi/${file} belongs to no API that runs: run \`npm run openapi\``)
  process.exitCode = stale.length + left.length > 0 ? 1 : 0
} else {
  mkdirSync(folder, { recursive: true })
  for (const file of stale) writeFileSync(path.join(folder, file), documents.get(file) ?? '')
  for (const file of left) rmSync(path.join(folder, file))
  console.log(`openapi/: ${documents.size} documents, ${stale.length} written, ${left.length} removed`)
}
