/**
 * Versions of imported coverage: each a table of its own, built aside in one transaction, attached to the partitioned table that checks
 * read, and switched to by a change of the source's row. The only SQL that makes and drops these tables.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Sql } from '../../../platform/database/sql.ts'
import { STAGED_COLUMNS } from './staged-row.ts'

const PARENT = 'coverage_imported'
const tableOf = (version: number): string => {
  if (!Number.isSafeInteger(version) || version < 1) throw new Error(`${version} is no version`)
  return `coverage_version_${version}`
}

export const nextVersion = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ version: string }>(`SELECT nextval('coverage_version_seq') AS version`)
  return Number(row?.version)
}

/**
 * Of rows that say something of one offer at one place: the last one (our own rows, polygons), or one with the slowest speeds among them
 * (the FCC's file names locations, and a cell holds many: what is promised for the cell is what each of them has).
 */
export type Merge = 'last' | 'slowest'

const KEY = 'place_kind, place_id, provider, technology, market_segment, since'

const merged: Record<Merge, string> = {
  last: `SELECT DISTINCT ON (place_id, place_kind, provider, technology, market_segment, since) n, ${KEY}, max_download, max_upload, latency_class, until, capacity
    FROM coverage_staging ORDER BY place_id, place_kind, provider, technology, market_segment, since, n DESC`,
  slowest: `SELECT min(n) AS n, ${KEY}, min(max_download) AS max_download, min(max_upload) AS max_upload,
      CASE WHEN bool_and(latency_class = 'low') THEN 'low' ELSE 'standard' END AS latency_class, min(until) AS until, min(capacity) AS capacity
    FROM coverage_staging GROUP BY ${KEY} ORDER BY place_id`,
}

const COPY = `COPY coverage_staging (${STAGED_COLUMNS}) FROM STDIN`

/**
 * The columns of what checks read, as a CREATE TABLE has them. LIKE would hold a lock on the partitioned table for as long as the file is read,
 * which others wait for who attach or drop a version meanwhile.
 */
const columnsOf = async (sql: Sql, without: readonly string[] = []): Promise<string> => {
  const rows = await sql.query<{ line: string }>(
    `SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || CASE WHEN a.attcollation <> t.typcollation THEN format(' COLLATE %I', c.collname) ELSE '' END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS line
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
     WHERE a.attrelid = '${PARENT}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL($1::text[]) ORDER BY a.attnum`,
    [without],
  )
  return rows.map(row => row.line).join(', ')
}

/**
 * Builds a version from COPY lines, all or nothing. `lines` is asked anew when the transaction has to be run again.
 * Rows lie in the order of their places, so that a check reads few pages. Answers how many rows there are.
 */
export const buildVersion = (database: Database, version: number, merge: Merge, lines: () => AsyncIterable<string>): Promise<number> =>
  database.transaction(async tx => {
    const table = tableOf(version)
    // A load takes as long as the file is; what it sorts and indexes is worth some memory.
    await tx.query(`SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '128MB'`)
    await tx.query(`CREATE TEMP TABLE coverage_staging (${await columnsOf(tx, ['version'])}) ON COMMIT DROP`)
    await tx.copyFrom(COPY, lines())
    await tx.query(`CREATE TABLE ${table} (${await columnsOf(tx)}, CONSTRAINT ${table}_is CHECK (version = ${version}))`)
    await tx.query(`INSERT INTO ${table} (version, n, ${KEY}, max_download, max_upload, latency_class, until, capacity)
      SELECT ${version}, n, ${KEY}, max_download, max_upload, latency_class, until, capacity FROM (${merged[merge]}) AS merged`)
    await tx.query(`CREATE INDEX ${table}_place_idx ON ${table} (place_id)`)
    await tx.query(`ANALYZE ${table}`)
    const [count] = await tx.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`)
    return Number(count?.rows ?? 0)
  }, { plan: 'custom' })

/** Whether the version's table stands among those that checks read. */
const isAttached = async (sql: Sql, version: number): Promise<boolean> => {
  const rows = await sql.query(`SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1) AND inhparent = to_regclass('${PARENT}')`, [tableOf(version)])
  return rows.length > 0
}

const PATIENCE_MS = 60_000

/** Transactions that hold the partitioned table now, each by its own id: one that begins later is none of them. */
const holders = async (sql: Sql): Promise<string[]> => {
  const rows = await sql.query<{ holder: string }>(
    `SELECT DISTINCT virtualtransaction AS holder FROM pg_locks
     WHERE locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND relation = '${PARENT}'::regclass AND pid <> pg_backend_pid()`,
  )
  return rows.map(row => row.holder)
}

/**
 * Puts a version among the tables that checks read (none reads it yet), and waits for the statements that were planned before: one of them
 * could see the switched source and yet not know the new table, and would find nothing.
 */
export const attachVersion = async (database: Database, version: number): Promise<void> => {
  if (!(await isAttached(database, version))) {
    await database.transaction(async tx => {
      await tx.query(`SET LOCAL statement_timeout = 0; SET LOCAL plan_cache_mode = auto`)
      await tx.query(`ALTER TABLE ${PARENT} ATTACH PARTITION ${tableOf(version)} FOR VALUES IN (${version})`)
    })
  }
  const before = new Set(await holders(database))
  const deadline = Date.now() + PATIENCE_MS
  while (before.size > 0) {
    const now = new Set(await holders(database))
    for (const holder of before) if (!now.has(holder)) before.delete(holder)
    if (before.size === 0) return
    if (Date.now() > deadline) throw new Error('Statements that read coverage do not end: the switch is tried again later')
    await sleep(10)
  }
}

const VERSION_TABLES = `
  SELECT c.relname AS name, i.inhdetachpending AS pending, i.inhrelid IS NOT NULL AS attached
  FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = '${PARENT}'::regclass
  WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = '${PARENT}'::regclass) AND c.relname ~ '^coverage_version_[0-9]+$'
    AND substring(c.relname FROM 18)::int NOT IN (SELECT current_version FROM coverage_source WHERE current_version IS NOT NULL)
    AND substring(c.relname FROM 18)::int NOT IN (SELECT version FROM coverage_import WHERE state = 'running' AND version IS NOT NULL)
  ORDER BY c.oid LIMIT 20`

/**
 * Drops the tables of versions that no source names and no import makes. Detached first, which waits for those who read without
 * keeping new ones out, so that the lock of the drop meets nobody. One process at a time; what it leaves the next run takes.
 */
export const dropOldVersions = async (database: Database): Promise<number> => {
  let dropped = 0
  for (const { name, pending, attached } of await database.query<{ name: string; pending: boolean | null; attached: boolean }>(VERSION_TABLES)) {
    // The statement's own time-out ends a wait for a reader that does not end; a detachment under way is taken up by the next run.
    if (attached) await database.query(`ALTER TABLE ${PARENT} DETACH PARTITION ${name} ${pending === true ? 'FINALIZE' : 'CONCURRENTLY'}`)
    await database.query(`DROP TABLE IF EXISTS ${name}`)
    dropped += 1
  }
  return dropped
}
