/**
 * Brings a database to this build's schema: every folder of prisma/migrations in its order, each in a transaction of its own,
 * one process at a time, recorded where Prisma records them.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { projectRoot } from './project-root.ts'
import { StartError } from '../start-error.ts'

export interface Migration {
  name: string
  sql: string
  checksum: string
}

export const migrationsFolder = path.join(projectRoot, 'prisma/migrations')

/** Prisma's own checksum: SHA-256 of the file as it is. */
const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex')

/** The migrations of a folder, oldest first. */
export const readMigrations = (folder = migrationsFolder): Migration[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map(entry => entry.name)
    .sort()
    .map(name => {
      const sql = readFileSync(path.join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: checksumOf(sql) }
    })

// As `prisma migrate` makes it, so that Prisma's own tools see the same history.
const HISTORY = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`

/** Any constant that nothing else in the database takes as an advisory lock. */
const MIGRATION_LOCK = 7_263_362

interface Applied {
  migration_name: string
  checksum: string
}

const assertKnown = (applied: readonly Applied[], migrations: readonly Migration[]): void => {
  const known = new Map(migrations.map(migration => [migration.name, migration]))
  const unknown = applied.filter(row => !known.has(row.migration_name)).map(row => row.migration_name)
  if (unknown.length > 0) {
    throw new StartError(`The database is of a newer version: it has ${unknown.join(', ')}, which this build does not know. Start the newer build, or use another database`)
  }
  const changed = applied.filter(row => known.get(row.migration_name)?.checksum !== row.checksum).map(row => row.migration_name)
  if (changed.length > 0) {
    throw new StartError(`The database was made by a different build: ${changed.join(', ')} is not what this build has under that name. Use the build that made it, or an empty database`)
  }
}

/** Applies what is missing. Answers the names of the migrations that were applied now. */
export const migrate = async (pool: pg.Pool, migrations = readMigrations()): Promise<string[]> => {
  const client = await pool.connect()
  try {
    // A migration may take longer than a request may, and so may waiting for another process's.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(HISTORY)
    const { rows } = await client.query<Applied>('select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null')
    assertKnown(rows, migrations)
    const done = new Set(rows.map(row => row.migration_name))
    const missing = migrations.filter(migration => !done.has(migration.name))
    for (const migration of missing) {
      await client.query('begin')
      await client.query(migration.sql)
      await client.query(
        'insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, clock_timestamp(), $3, 1)',
        [randomUUID(), migration.checksum, migration.name],
      )
      await client.query('commit')
    }
    return missing.map(migration => migration.name)
  } finally {
    // The connection is not reused: it ends the lock, and a transaction that failed, whatever happened.
    client.release(true)
  }
}
