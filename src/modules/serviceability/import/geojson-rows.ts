/** Features of GeoJSON, one after another: of a document, or one a line. Their properties say what a coverage row says. */
import { rowReader, type RowDefaults } from './own-rows.ts'
import { cellsOf } from './polygon-cells.ts'
import type { StagedRow } from './staged-row.ts'
import { UnusableFile, type Block } from './unpack.ts'

/** A document is parsed at once, which the event loop feels; a feature a line has no such limit. */
const LONGEST_DOCUMENT = 32 * 1024 ** 2

const RECORD_SEPARATOR = '\u001E'

export interface Feature {
  at: { line: number } | { feature: number }
  /** Undefined where the line could not be read. */
  value: unknown
  wrong?: string
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const typeOf = (value: unknown): unknown => (typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined)
const isFeature = (value: unknown): boolean => ['Feature', 'Polygon', 'MultiPolygon'].includes(String(typeOf(value)))

const ofDocument = (text: string): Feature[] => {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new UnusableFile(`The file is not JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  if (isFeature(document)) return [{ at: { feature: 1 }, value: document }]
  const features = (document as { features?: unknown } | null)?.features
  if (typeOf(document) !== 'FeatureCollection' || !Array.isArray(features)) throw new UnusableFile('The file is no GeoJSON FeatureCollection, Feature, Polygon or MultiPolygon')
  const crs = (document as { crs?: { properties?: { name?: unknown } } }).crs?.properties?.name
  if (typeof crs === 'string' && !/CRS:?84|4326/i.test(crs)) throw new UnusableFile(`The file has coordinates of ${crs.slice(0, 60)}: GeoJSON is WGS 84`)
  return features.map((value: unknown, index) => ({ at: { feature: index + 1 }, value }))
}

/** The features of a file. */
export async function* featuresOf(blocks: AsyncIterable<Block>): AsyncGenerator<Feature> {
  let isLines: boolean | undefined
  const document: string[] = []
  let length = 0
  for await (const { first, lines } of blocks) {
    for (const [index, given] of lines.entries()) {
      // A GeoJSON text sequence (RFC 8142) begins each with a record separator.
      const line = given?.startsWith(RECORD_SEPARATOR) ? given.slice(1) : given
      if (isLines === undefined && line?.trim() === '') continue
      isLines ??= line !== undefined && isFeature(parsed(line))
      if (!isLines) {
        if (line === undefined) throw new UnusableFile(`Line ${first + index} is not UTF-8`)
        length += line.length
        if (length > LONGEST_DOCUMENT) throw new UnusableFile(`The document is longer than ${LONGEST_DOCUMENT} bytes: send a feature a line`)
        document.push(line)
        continue
      }
      if (line?.trim() === '') continue
      const at = { line: first + index }
      const value = line === undefined ? undefined : parsed(line)
      yield value === undefined ? { at, value, wrong: line === undefined ? 'is not UTF-8' : 'is not JSON' } : { at, value }
    }
  }
  if (isLines !== true) yield* ofDocument(document.join('\n'))
}

/** The rows of a feature: one for each cell of its polygon. */
export const featureReader = (defaults: RowDefaults, sourceName: string, resolution: number, now: Date): ((value: unknown) => StagedRow[] | string) => {
  const read = rowReader(defaults, sourceName, now)
  return value => {
    if (!isFeature(value)) return 'is no Feature'
    const { geometry, properties } = typeOf(value) === 'Feature' ? (value as { geometry?: unknown; properties?: unknown }) : { geometry: value, properties: {} }
    const cells = cellsOf(geometry, resolution)
    if (typeof cells === 'string') return `the geometry ${cells}`
    const known = Object.fromEntries(Object.entries((properties ?? {}) as object).filter(([name]) => KNOWN.has(name)))
    const row = read({ ...known, cell: cells[0] })
    if (typeof row === 'string') return row
    return cells.map(cell => ({ ...row, placeId: cell }))
  }
}

/** Properties that say what a row says; maps carry many others. */
const KNOWN = new Set(['provider', 'technology', 'maxDownload', 'maxUpload', 'latencyClass', 'marketSegment', 'since', 'until', 'capacity'])
