/** A row on its way into a version, and its text for COPY. */
import type { LatencyClass, MarketSegment } from '../qualification.ts'

/** What is offered, apart from where. */
export interface StagedOffer {
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

export interface StagedRow extends StagedOffer {
  placeKind: 'address' | 'cell'
  placeId: string
}

/**
 * A row that names a location beside its cell: it is about the location's address where one is known. Files have few offers and millions
 * of locations: the offer is one object for all that have it.
 */
export interface LocatedOffer {
  cell: string
  /** Id of the place elsewhere; empty where there is none. */
  location: string
  offer: StagedOffer
}

export const STAGED_COLUMNS = 'n, place_kind, place_id, provider, technology, max_download, max_upload, latency_class, market_segment, since, until, capacity'

const SPECIAL = /[\\\t\n\r]/g
const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (text: string): string => (SPECIAL.test(text) ? text.replaceAll(SPECIAL, char => NAMED[char] ?? char) : text)
const orNull = (value: number | string | undefined): string => (value === undefined ? '\\N' : String(value))

/** The part of a COPY line that says what is offered. */
export const offerText = (offer: StagedOffer): string =>
  `${escaped(offer.provider)}\t${offer.technology}\t${orNull(offer.maxDownload)}\t${orNull(offer.maxUpload)}\t${offer.latencyClass}\t${offer.marketSegment}\t${orNull(offer.since)}\t${orNull(offer.until)}\t${orNull(offer.capacity)}\n`

export const copyLine = (n: number, row: StagedRow): string => `${n}\t${row.placeKind}\t${escaped(row.placeId)}\t${offerText(row)}`
