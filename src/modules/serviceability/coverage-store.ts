/** Rows of coverage that are kept one by one: loaded in bulk by arrays, listed by key. Checks read them through coverage-at-place-store.ts. */
import { changesCoverage } from './coverage-changed.ts'
import type { Sql } from '../../platform/database/sql.ts'
import type { LatencyClass, MarketSegment } from './qualification.ts'

/** A row to be stored; what is left out is open or unknown. */
export interface CoverageInput {
  id: string
  provider: string
  technology: string
  maxDownload: number | null
  maxUpload: number | null
  latencyClass: LatencyClass
  marketSegment: MarketSegment | 'both'
  placeKind: 'address' | 'cell'
  placeId: string
  since: string | null
  until: string | null
  capacity: number | null
  source: string
  asOf: string
}

export interface StoredCoverage extends Omit<CoverageInput, 'since' | 'until' | 'asOf'> {
  since: Date | null
  until: Date | null
  asOf: Date
  updatedAt: Date
}

type Row = Record<string, unknown>

const COLUMNS = `id, provider, technology, max_download, max_upload, latency_class, market_segment, place_kind, place_id, since, until, capacity, source, as_of, updated_at`
const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value))

const fromRow = (row: Row): StoredCoverage => ({
  id: row['id'] as string,
  provider: row['provider'] as string,
  technology: row['technology'] as string,
  maxDownload: numberOrNull(row['max_download']),
  maxUpload: numberOrNull(row['max_upload']),
  latencyClass: row['latency_class'] as LatencyClass,
  marketSegment: row['market_segment'] as StoredCoverage['marketSegment'],
  placeKind: row['place_kind'] as StoredCoverage['placeKind'],
  placeId: row['place_id'] as string,
  since: row['since'] as Date | null,
  until: row['until'] as Date | null,
  capacity: numberOrNull(row['capacity']),
  source: row['source'] as string,
  asOf: row['as_of'] as Date,
  updatedAt: row['updated_at'] as Date,
})

/** One statement's worth: beyond it the arrays cost more memory than the round trips they save. */
const CHUNK = 5000

const INSERT = `
  INSERT INTO coverage (brand, id, provider, technology, max_download, max_upload, latency_class, market_segment, place_kind, place_id, since, until, capacity, source, as_of)
  SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::int[], $14::text[], $15::timestamptz[])
  ON CONFLICT (brand, place_id, place_kind, provider, technology, market_segment, since)`

const UPSERT = `${INSERT} DO UPDATE SET
    max_download = excluded.max_download, max_upload = excluded.max_upload, latency_class = excluded.latency_class,
    until = excluded.until, capacity = excluded.capacity, source = excluded.source, as_of = excluded.as_of, updated_at = now()
  RETURNING (xmax = 0) AS inserted`

const valuesOf = (brand: string, rows: readonly CoverageInput[]): unknown[] => {
  const column = <K extends keyof CoverageInput>(name: K): CoverageInput[K][] => rows.map(row => row[name])
  return [
    brand, column('id'), column('provider'), column('technology'), column('maxDownload'), column('maxUpload'), column('latencyClass'), column('marketSegment'),
    column('placeKind'), column('placeId'), column('since'), column('until'), column('capacity'), column('source'), column('asOf'),
  ]
}

/** Adds a row; false when one already says this of the same place and start. One statement decides, so of two at once one is refused. */
export const insertCoverage = async (sql: Sql, brand: string, row: CoverageInput): Promise<boolean> => {
  const rows = await sql.query({ name: 'coverage-insert', text: `${INSERT} DO NOTHING RETURNING id` }, valuesOf(brand, [row]))
  return rows.length > 0
}

const keyOf = (row: CoverageInput): string => JSON.stringify([row.placeKind, row.placeId, row.provider, row.technology, row.marketSegment, row.since === null ? null : Date.parse(row.since)])

/** Stores rows, replacing those that say the same of the same place and start. Of two such rows in one call the last one counts. */
export const upsertCoverage = async (sql: Sql, brand: string, given: readonly CoverageInput[]): Promise<{ created: number; updated: number }> => {
  const rows = [...new Map(given.map(row => [keyOf(row), row])).values()]
  let created = 0
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK)
    const done = await sql.query<{ inserted: boolean }>({ name: 'coverage-upsert', text: UPSERT }, valuesOf(brand, chunk))
    created += done.filter(row => row.inserted).length
    changesCoverage(sql)
  }
  return { created, updated: rows.length - created }
}

export interface CoverageFilter {
  placeId?: readonly string[]
  provider?: string
  technology?: string
  source?: string
}

const where = (filter: CoverageFilter, values: unknown[]): string => {
  const parts = ['brand = $1']
  const add = (text: string, value: unknown): void => {
    values.push(value)
    parts.push(text.replace('?', `$${values.length}`))
  }
  if (filter.placeId !== undefined) add('place_id = ANY(?::text[])', filter.placeId)
  if (filter.provider !== undefined) add('provider = ?', filter.provider)
  if (filter.technology !== undefined) add('technology = ?', filter.technology)
  if (filter.source !== undefined) add('source = ?', filter.source)
  return parts.join(' AND ')
}

/** A page by key, and how many match in all. */
export const listCoverage = async (sql: Sql, brand: string, filter: CoverageFilter, after: string | undefined, limit: number): Promise<{ rows: StoredCoverage[]; total: number }> => {
  const values: unknown[] = [brand]
  const condition = where(filter, values)
  const [count] = await sql.query<{ total: string }>(`SELECT count(*) AS total FROM coverage WHERE ${condition}`, values)
  const rows = await sql.query(`SELECT ${COLUMNS} FROM coverage WHERE ${condition} AND id > $${values.length + 1} ORDER BY id LIMIT $${values.length + 2}`, [...values, after ?? '', limit])
  return { rows: rows.map(fromRow), total: Number(count?.total ?? 0) }
}

export const getCoverage = async (sql: Sql, brand: string, id: string): Promise<StoredCoverage | undefined> => {
  const rows = await sql.query({ name: 'coverage-get', text: `SELECT ${COLUMNS} FROM coverage WHERE brand = $1 AND id = $2` }, [brand, id])
  return rows[0] === undefined ? undefined : fromRow(rows[0])
}

/** The row that already says the same of the same place and start. */
export const findSame = async (sql: Sql, brand: string, row: CoverageInput): Promise<string | undefined> => {
  const rows = await sql.query<{ id: string }>(
    `SELECT id FROM coverage WHERE brand = $1 AND place_id = $2 AND place_kind = $3 AND provider = $4 AND technology = $5 AND market_segment = $6 AND since IS NOT DISTINCT FROM $7::timestamptz`,
    [brand, row.placeId, row.placeKind, row.provider, row.technology, row.marketSegment, row.since],
  )
  return rows[0]?.id
}

export const removeCoverage = async (sql: Sql, brand: string, id: string): Promise<boolean> => {
  const rows = await sql.query(`DELETE FROM coverage WHERE brand = $1 AND id = $2 RETURNING id`, [brand, id])
  changesCoverage(sql)
  return rows.length > 0
}

/** What a source delivered before its newest file: everything of it whose facts are older than `before`. */
export const removeCoverageOf = async (sql: Sql, brand: string, source: string, before: string | undefined): Promise<number> => {
  const rows = await sql.query<{ removed: string }>(
    `WITH gone AS (DELETE FROM coverage WHERE brand = $1 AND source = $2 AND ($3::timestamptz IS NULL OR as_of < $3::timestamptz) RETURNING 1) SELECT count(*) AS removed FROM gone`,
    [brand, source, before ?? null],
  )
  changesCoverage(sql)
  return Number(rows[0]?.removed ?? 0)
}
