/**
 * `npm run migration`: composes migrations from what the code declares: the Prisma schema, the resources' generated columns and the
 * modules' own SQL. Without a name it writes the initial migration anew, which is right until something is released;
 * `npm run migration -- <name>` adds a migration that leads from the last state to this one. `-- --check` only says whether they agree.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { modules } from '../modules/index.ts'
import { openDatabase } from '../platform/database/database.ts'
import { migrate, migrationsFolder, readMigrations } from '../platform/database/migrate.ts'
import { projectRoot } from '../platform/database/project-root.ts'
import { kitDdl, resourceDdl } from '../tmf/storage/ddl.ts'
import { diffSchemas, type SchemaFile } from './prisma-diff.ts'
import { withScratchDatabase } from './scratch-database.ts'

/** All that the migrations together amount to, kept beside them so that the next one can be computed. */
interface State {
  prisma: SchemaFile[]
  statements: string[]
}

const INIT = '20261122000000_init'
const stateFile = path.join(migrationsFolder, 'state.json')
const schemaFolder = path.join(projectRoot, 'prisma/schema')

/** Statements of an SQL file: one ends with a line that ends with a semicolon, outside a $$ body. */
const statementsOf = (sql: string): string[] => {
  const statements: string[] = []
  let current: string[] = []
  let dollars = 0
  for (const line of sql.split('\n')) {
    current.push(line)
    dollars += line.split('$$').length - 1
    if (dollars % 2 === 0 && !line.startsWith('--') && line.trimEnd().endsWith(';')) {
      statements.push(current.join('\n').trim())
      current = []
    }
  }
  const rest = current.join('\n').trim()
  return rest ? [...statements, rest] : statements
}

const filesOf = (extension: string): SchemaFile[] =>
  readdirSync(schemaFolder)
    .filter(file => file.endsWith(extension))
    .sort()
    .map(file => ({ path: `prisma/schema/${file}`, content: readFileSync(path.join(schemaFolder, file), 'utf8') }))

const declared = (): State => ({
  prisma: filesOf('.prisma'),
  statements: [
    ...kitDdl,
    ...modules.flatMap(module => module.resources ?? []).flatMap(resource => resourceDdl(resource)),
    ...filesOf('.sql').flatMap(file => statementsOf(file.content)),
  ],
})

/** In which order modules declare things is nothing that a migration could change. */
const inAnyOrder = ({ prisma, statements }: State): unknown => [new Map(prisma.map(file => [file.path, file.content])), new Set(statements)]

const compose = (prismaSql: string, statements: readonly string[]): string =>
  ['-- Composed by `npm run migration`.', prismaSql.trim(), ...statements].filter(Boolean).join('\n\n') + '\n'

const write = (name: string, sql: string, state: State): void => {
  mkdirSync(path.join(migrationsFolder, name), { recursive: true })
  writeFileSync(path.join(migrationsFolder, name, 'migration.sql'), sql)
  writeFileSync(stateFile, `${JSON.stringify(state, null, 2)}\n`)
}

/** Applies all migrations to an empty database, so that one that cannot run is noticed here. */
const tryOut = async (url: string): Promise<void> => {
  const database = openDatabase({ url })
  try {
    await migrate(database.pool)
  } finally {
    await database.close()
  }
}

const main = async (): Promise<number> => {
  const [argument] = process.argv.slice(2)
  const now = declared()
  const last = existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as State) : undefined
  if (argument === '--check') {
    if (last && isDeepStrictEqual(inAnyOrder(last), inAnyOrder(now))) return 0
    console.error('prisma/migrations does not say what the code declares: run `npm run migration`')
    return 1
  }
  return withScratchDatabase(async url => {
    if (argument === undefined) {
      if (existsSync(migrationsFolder) && readMigrations().some(migration => migration.name !== INIT)) {
        console.error('There are migrations after the initial one: name the next, `npm run migration -- <name>`')
        return 1
      }
      write(INIT, compose(await diffSchemas(url, undefined, now.prisma), now.statements), now)
      await tryOut(url)
      console.log(`prisma/migrations/${INIT} is written and runs on an empty database`)
      return 0
    }
    const before = last ?? { prisma: [], statements: [] }
    const added = now.statements.filter(statement => !before.statements.includes(statement))
    const gone = before.statements.filter(statement => !now.statements.includes(statement))
    const prismaSql = await diffSchemas(url, before.prisma, now.prisma)
    if (!prismaSql && added.length === 0 && gone.length === 0) {
      console.log('Nothing to migrate')
      return 0
    }
    const name = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${argument.replace(/\W+/g, '_')}`
    const toUndo = gone.map(statement => `-- No longer declared; undo it here by hand, or leave it:\n${statement.replace(/^/gm, '-- ')}`)
    write(name, compose(prismaSql, [...added, ...toUndo]), now)
    console.log(`prisma/migrations/${name} is written: read it, it runs on databases that hold data`)
    if (toUndo.length > 0) console.log(`${toUndo.length} statements are no longer declared: they are in it as comments`)
    await tryOut(url)
    return 0
  })
}

process.exitCode = await main()
