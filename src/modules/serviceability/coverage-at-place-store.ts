/**
 * What all sources say of one place, in one statement and so as of one moment: rows that were loaded one by one or in bulk, rows of the
 * current version of each imported source, and the live sources with what they last said there.
 */
import { getResolution } from 'h3-js'
import type { Sql } from '../../platform/database/sql.ts'
import type { LiveSettings } from './coverage-source.ts'
import type { LiveRow } from './live/mapping.ts'
import type { Coverage, LatencyClass, MarketSegment } from './qualification.ts'

/** An address is closer than any cell; H3 resolutions go up to 15. */
export const ADDRESS_SPECIFICITY = 16

/** No place has more rows than this in earnest; a runaway load must not make a check slow. */
const MAX_ROWS_PER_PLACE = 1000

/** A source to ask, with what it last said of the place. */
export interface LiveSource {
  id: string
  name: string
  provider: string
  priority: number
  live: LiveSettings
  breaker: { failures: number; openUntil: Date | undefined }
  kept: { rows: LiveRow[]; askedAt: Date } | undefined
}

/** Where to look: finest cell first, as cellChain gives them. */
export interface PlaceKeys {
  addressId?: string
  cells: readonly string[]
}

/** What every row of coverage says, imported or loaded one by one. */
export interface OfferRow {
  provider: string
  technology: string
  max_download: string | null
  max_upload: string | null
  latency_class: string
  market_segment: string
  place_kind: string
  place_id: string
  since: Date | null
  until: Date | null
  capacity: number | null
}

interface Row extends OfferRow {
  live: string | null
  id: string
  source: string
  as_of: Date | null
  priority: number
}

interface LiveText {
  live: LiveSettings
  failures: number
  openUntil: string | null
  rows: LiveRow[] | null
}

const FIELDS = 'provider, technology, max_download, max_upload, latency_class, market_segment, place_kind, place_id, since, until, capacity'
/** Its columns. */
export const offerColumns = (alias: string): string => FIELDS.split(', ').map(name => `${alias}.${name}`).join(', ')

const AT_PLACE = `
  (SELECT NULL::text AS live, c.id, ${offerColumns('c')}, c.source, c.as_of, 0 AS priority FROM coverage c WHERE c.brand = $1 AND c.place_id = ANY($2::text[]) LIMIT ${MAX_ROWS_PER_PLACE})
  UNION ALL
  (SELECT NULL, s.current_version || '-' || r.n, ${offerColumns('r')}, s.name, s.as_of, s.priority
   FROM coverage_source s JOIN coverage_imported r ON r.version = s.current_version AND r.place_id = ANY($2::text[]) WHERE s.brand = $1 AND s.enabled LIMIT ${MAX_ROWS_PER_PLACE})
  UNION ALL
  (SELECT json_build_object('live', s.live, 'failures', s.breaker_failures, 'openUntil', s.breaker_open_until, 'rows', a.rows)::text, s.id, s.provider, '', NULL, NULL, '', '', '', '', NULL, NULL, NULL, s.name, a.asked_at, s.priority
   FROM coverage_source s LEFT JOIN coverage_live_answer a ON a.brand = s.brand AND a.source_id = s.id AND a.place_key = $3 WHERE s.brand = $1 AND s.enabled AND s.kind = 'live')`

/** The key under which answers of live sources are kept: the address, else the cell of some ten metres that a point lies in, else the cell. */
export const livePlaceKey = ({ addressId, cells }: PlaceKeys): string => (addressId === undefined ? (cells.find(cell => getResolution(cell) <= LIVE_RESOLUTION) ?? '') : `@${addressId}`)
const LIVE_RESOLUTION = 12

const numberOf = (value: string | null): number | undefined => (value === null ? undefined : Number(value))

const toDomain = (row: Row, specificity: number): Coverage => ({
  id: row.id,
  provider: row.provider,
  technology: row.technology,
  maxDownload: numberOf(row.max_download),
  maxUpload: numberOf(row.max_upload),
  latencyClass: row.latency_class as LatencyClass,
  marketSegment: row.market_segment as MarketSegment | 'both',
  specificity,
  since: row.since ?? undefined,
  until: row.until ?? undefined,
  capacity: row.capacity ?? undefined,
  place: { kind: row.place_kind === 'cell' ? 'cell' : 'address', id: row.place_id },
  source: row.source,
  asOf: row.as_of ?? new Date(0),
  priority: row.priority,
})

const toLive = (row: Row, text: string): LiveSource => {
  const { live, failures, openUntil, rows } = JSON.parse(text) as LiveText
  return {
    id: row.id,
    name: row.source,
    provider: row.provider,
    priority: row.priority,
    live,
    breaker: { failures, openUntil: openUntil === null ? undefined : new Date(openUntil) },
    kept: rows === null || row.as_of === null ? undefined : { rows, askedAt: row.as_of },
  }
}

/** Every row that names the place, whenever it is in force, and the sources that are to be asked. One round trip. */
export const readAtPlace = async (sql: Sql, brand: string, keys: PlaceKeys): Promise<{ rows: Coverage[]; live: LiveSource[] }> => {
  const places = new Map<string, number>()
  for (const cell of keys.cells) places.set(`cell ${cell}`, getResolution(cell))
  if (keys.addressId !== undefined) places.set(`address ${keys.addressId}`, ADDRESS_SPECIFICITY)
  const rows: Coverage[] = []
  const live: LiveSource[] = []
  if (places.size === 0) return { rows, live }
  const ids = keys.addressId === undefined ? [...keys.cells] : [keys.addressId, ...keys.cells]
  for (const row of await sql.query<Row>({ name: 'coverage-at-place', text: AT_PLACE }, [brand, ids, livePlaceKey(keys)])) {
    if (row.live !== null) {
      live.push(toLive(row, row.live))
      continue
    }
    // An address may be called like a cell: the kind decides.
    const specificity = places.get(`${row.place_kind} ${row.place_id}`)
    if (specificity !== undefined) rows.push(toDomain(row, specificity))
  }
  return { rows, live }
}

/** Is there any row at these cells, loaded or of an imported source's current version? */
export const hasCoverageAt = async (sql: Sql, brand: string, cells: readonly string[]): Promise<boolean> => {
  const [row] = await sql.query<{ found: boolean }>(
    {
      name: 'coverage-anywhere',
      text: `SELECT EXISTS (SELECT FROM coverage WHERE brand = $1 AND place_id = ANY($2::text[]))
        OR EXISTS (SELECT FROM coverage_source s JOIN coverage_imported r ON r.version = s.current_version AND r.place_id = ANY($2::text[]) WHERE s.brand = $1 AND s.enabled) AS found`,
    },
    [brand, cells],
  )
  return row?.found === true
}
