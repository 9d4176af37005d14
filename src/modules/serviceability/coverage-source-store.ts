/** Sources of coverage as they are kept. */
import { changesCoverage } from './coverage-changed.ts'
import type { Sql } from '../../platform/database/sql.ts'
import type { CoverageFormat, CoverageSourceInput, ImportSettings, LiveSettings } from './coverage-source.ts'

export interface StoredSource {
  id: string
  revision: number
  name: string
  provider: string
  kind: 'imported' | 'live'
  format: CoverageFormat | null
  priority: number
  enabled: boolean
  settings: ImportSettings
  live: LiveSettings | null
  currentVersion: number | null
  asOf: Date | null
  rowCount: number | null
  importId: string | null
  breakerOpenUntil: Date | null
  createdAt: Date
  updatedAt: Date
}

const COLUMNS = `id, revision, name, provider, kind, format, priority, enabled, settings, live, current_version AS "currentVersion", as_of AS "asOf", row_count AS "rowCount",
  import_id AS "importId", breaker_open_until AS "breakerOpenUntil", created_at AS "createdAt", updated_at AS "updatedAt"`

const valuesOf = (brand: string, id: string, given: CoverageSourceInput): unknown[] => [
  brand, id, given.name, given.provider, given.kind, given.format ?? null, given.priority ?? 0, given.enabled ?? true, JSON.stringify(given.settings ?? {}), given.live === undefined ? null : JSON.stringify(given.live),
]

/** Adds a source; undefined when another one has the name. */
export const insertSource = async (sql: Sql, brand: string, id: string, given: CoverageSourceInput): Promise<StoredSource | undefined> => {
  const rows = await sql.query<StoredSource>(
    `INSERT INTO coverage_source (brand, id, name, provider, kind, format, priority, enabled, settings, live) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (brand, name) DO NOTHING RETURNING ${COLUMNS}`,
    valuesOf(brand, id, given),
  )
  changesCoverage(sql)
  return rows[0]
}

/** Replaces what operators say of a source, if it is still at this revision; a changed way of asking begins with a closed breaker. */
export const updateSource = async (sql: Sql, brand: string, id: string, revision: number, given: CoverageSourceInput): Promise<StoredSource | undefined> => {
  const rows = await sql.query<StoredSource>(
    `UPDATE coverage_source SET name = $3, provider = $4, kind = $5, format = $6, priority = $7, enabled = $8, settings = $9, live = $10, revision = revision + 1, updated_at = now(),
       breaker_failures = 0, breaker_open_until = NULL
     WHERE brand = $1 AND id = $2 AND revision = $11 RETURNING ${COLUMNS}`,
    [...valuesOf(brand, id, given), revision],
  )
  changesCoverage(sql)
  return rows[0]
}

export const getSource = async (sql: Sql, brand: string, id: string): Promise<StoredSource | undefined> => {
  const rows = await sql.query<StoredSource>(`SELECT ${COLUMNS} FROM coverage_source WHERE brand = $1 AND id = $2`, [brand, id])
  return rows[0]
}

export const sourceNamed = async (sql: Sql, brand: string, name: string): Promise<string | undefined> => {
  const rows = await sql.query<{ id: string }>(`SELECT id FROM coverage_source WHERE brand = $1 AND name = $2`, [brand, name])
  return rows[0]?.id
}

export const listSources = (sql: Sql, brand: string, after: string | undefined, limit: number): Promise<StoredSource[]> =>
  sql.query<StoredSource>(`SELECT ${COLUMNS} FROM coverage_source WHERE brand = $1 AND id > $2 ORDER BY id LIMIT $3`, [brand, after ?? '', limit])

/** Removes a source with its imports and kept answers; the tables of its versions go by themselves. */
export const removeSource = async (sql: Sql, brand: string, id: string): Promise<boolean> => {
  const rows = await sql.query(
    `WITH gone AS (DELETE FROM coverage_source WHERE brand = $1 AND id = $2 RETURNING id),
       pieces AS (DELETE FROM coverage_import_piece WHERE brand = $1 AND import_id IN (SELECT id FROM coverage_import WHERE brand = $1 AND source_id = $2)),
       imports AS (DELETE FROM coverage_import WHERE brand = $1 AND source_id = $2),
       answers AS (DELETE FROM coverage_live_answer WHERE brand = $1 AND source_id = $2)
     SELECT id FROM gone`,
    [brand, id],
  )
  changesCoverage(sql)
  return rows.length > 0
}
