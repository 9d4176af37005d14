/** A database of its own for a test file: a copy of the migrated template, gone afterwards. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase, type DatabaseOptions, type PooledDatabase } from '../../src/platform/database/database.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import { kitDdl, resourceDdl } from '../../src/tmf/storage/ddl.ts'

const onServer = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const url = new URL(inject('templateUrl'))
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

export interface TestDatabaseUrl {
  url: string
  drop: () => Promise<void>
}

/** Copies the template (or makes an empty database) and answers its URL. */
export const createDatabaseUrl = async (options: { empty?: boolean } = {}): Promise<TestDatabaseUrl> => {
  const template = new URL(inject('templateUrl'))
  const name = `test_${randomBytes(8).toString('hex')}`
  const source = options.empty ? 'template0' : template.pathname.slice(1)
  await onServer(client => client.query(`create database ${name} template ${source} strategy file_copy`))
  const url = new URL(template)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(client => client.query(`drop database if exists ${name} with (force)`)) }
}

export interface TestDatabase extends PooledDatabase {
  /** Closes the connections and drops the database. */
  close(): Promise<void>
}

/** Generated columns and indexes of resources that are not (yet) in modules/index.ts. Running it again changes nothing. */
export const prepareResources = async (database: PooledDatabase, resources: readonly AnyResource[]): Promise<void> => {
  const statements = [...kitDdl, ...resources.flatMap(resource => resourceDdl(resource))]
  if (resources.length > 0) await database.pool.query(statements.join('\n'))
}

/** For tests that need tables but no app. Call `close` in afterAll. */
export const createDatabase = async (options: Partial<DatabaseOptions> & { resources?: readonly AnyResource[]; empty?: boolean } = {}): Promise<TestDatabase> => {
  const { resources = [], empty = false, ...rest } = options
  const { url, drop } = await createDatabaseUrl({ empty })
  const database = openDatabase({ url, connections: 5, ...rest })
  await prepareResources(database, resources)
  return {
    ...database,
    close: async () => {
      await database.close()
      await drop()
    },
  }
}
