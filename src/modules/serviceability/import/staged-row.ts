/** A row on its way into a version, and its text for COPY. */
import type { LatencyClass, MarketSegment } from '../qualification.ts'

export interface StagedRow {
  placeKind: 'address' | 'cell'
  placeId: string
  /** Id of the place elsewhere, under which an address may be known that is closer than the cell; looked up before the row is stored. */
  location?: string
  provider: string
  technology: string
  maxDownload: number | string | undefined
  maxUpload: number | string | undefined
  latencyClass: LatencyClass
  marketSegment: MarketSegment | 'both'
  since?: string | undefined
  until?: string | undefined
  capacity?: number | undefined
}

export const STAGED_COLUMNS = 'n, place_kind, place_id, provider, technology, max_download, max_upload, latency_class, market_segment, since, until, capacity'

const SPECIAL = /[\\\t\n\r]/g
const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (text: string): string => (SPECIAL.test(text) ? text.replaceAll(SPECIAL, char => NAMED[char] ?? char) : text)
const orNull = (value: number | string | undefined): string => (value === undefined ? '\\N' : String(value))

export const copyLine = (n: number, row: StagedRow): string =>
  `${n}\t${row.placeKind}\t${escaped(row.placeId)}\t${escaped(row.provider)}\t${row.technology}\t${orNull(row.maxDownload)}\t${orNull(row.maxUpload)}\t${row.latencyClass}\t${row.marketSegment}\t${orNull(row.since)}\t${orNull(row.until)}\t${orNull(row.capacity)}\n`
