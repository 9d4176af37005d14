/** Rows of coverage that came with the file of a source, as the lists show them: those of the versions that count now. Checks read them through coverage-at-place-store.ts. */
import type { Sql } from '../../platform/database/sql.ts'
import { offerColumns, type OfferRow } from './coverage-at-place-store.ts'
import type { CoverageFilter, StoredCoverage } from './coverage-store.ts'
import type { LatencyClass } from './qualification.ts'

interface Row extends OfferRow {
  version: number
  n: number
  source: string
  as_of: Date | null
  updated_at: Date
}

/** Such a row is called by the version and its number in it, in checks too. */
const ID = /^(\d{1,9})-(\d{1,9})$/
export const isImportedId = (id: string): boolean => ID.test(id)

const SELECT = `SELECT r.version, r.n, ${offerColumns('r')}, s.name AS source, s.as_of, s.updated_at
  FROM coverage_source s JOIN coverage_imported r ON r.version = s.current_version`

const numberOrNull = (value: string | null): number | null => (value === null ? null : Number(value))

const fromRow = (row: Row): StoredCoverage => ({
  id: `${row.version}-${row.n}`,
  provider: row.provider,
  technology: row.technology,
  maxDownload: numberOrNull(row.max_download),
  maxUpload: numberOrNull(row.max_upload),
  latencyClass: row.latency_class as LatencyClass,
  marketSegment: row.market_segment as StoredCoverage['marketSegment'],
  placeKind: row.place_kind as StoredCoverage['placeKind'],
  placeId: row.place_id,
  since: row.since,
  until: row.until,
  capacity: row.capacity,
  source: row.source,
  asOf: row.as_of ?? row.updated_at,
  updatedAt: row.updated_at,
})

/** All that imported sources say of these places, which is little: the versions are indexed by place and by nothing else. */
export const importedAt = async (sql: Sql, brand: string, { placeId, provider, technology, source }: CoverageFilter & { placeId: readonly string[] }): Promise<StoredCoverage[]> => {
  const rows = await sql.query<Row>(
    {
      name: 'coverage-imported-at',
      text: `${SELECT} AND r.place_id = ANY($2::text[]) WHERE s.brand = $1 AND ($3::text IS NULL OR r.provider = $3) AND ($4::text IS NULL OR r.technology = $4) AND ($5::text IS NULL OR s.name = $5) ORDER BY r.version, r.n LIMIT 5000`,
    },
    [brand, placeId, provider ?? null, technology ?? null, source ?? null],
  )
  return rows.map(fromRow)
}

/** What of a list comes behind the row with this id. */
export const behind = (rows: readonly StoredCoverage[], id: string | undefined): readonly StoredCoverage[] => {
  const key = (given: string): number[] => (ID.exec(given) ?? []).slice(1).map(Number)
  const [version = -1, n = -1] = id === undefined ? [] : key(id)
  return rows.filter(row => {
    const [ofRow = 0, number = 0] = key(row.id)
    return ofRow > version || (ofRow === version && number > n)
  })
}

export const getImported = async (sql: Sql, brand: string, id: string): Promise<StoredCoverage | undefined> => {
  const [, version, n] = ID.exec(id) ?? []
  const rows = version === undefined ? [] : await sql.query<Row>(`${SELECT} WHERE s.brand = $1 AND r.version = $2 AND r.n = $3`, [brand, Number(version), Number(n)])
  return rows[0] === undefined ? undefined : fromRow(rows[0])
}
