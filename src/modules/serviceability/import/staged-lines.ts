/** From a file's text to COPY lines of staged rows, whatever its format; what cannot be taken is told to the rejections. */
import type { CoverageFormat, ImportSettings } from '../coverage-source.ts'
import { fieldsOf, fieldsOfLines, separatorOf } from './csv.ts'
import { fccReader } from './fcc-rows.ts'
import { featureReader, featuresOf } from './geojson-rows.ts'
import { ownCsvReader, rowReader, type RowDefaults } from './own-rows.ts'
import { DEFAULT_RESOLUTION } from './polygon-cells.ts'
import type { Rejections } from './rejected.ts'
import { copyLine, offerText, type LocatedOffer, type StagedOffer, type StagedRow } from './staged-row.ts'
import { UnusableFile, type Block } from './unpack.ts'

/** Rows of one version; n is an integer, and nobody has as many. */
const MOST_ROWS = 1_000_000_000

export interface Reading {
  format: CoverageFormat
  settings: ImportSettings
  /** What the source is called; rows may not say another. */
  sourceName: string
  /** Who delivers where a row does not say. */
  provider: string
  /** Business time. */
  now: Date
  rejected: Rejections
  /** Ids of addresses that are known elsewhere under these ids; missing where there is none at all. */
  addressesOf: ((locations: readonly string[]) => Promise<ReadonlyMap<string, string>>) | undefined
  /** Told as it goes on. */
  counts: { linesRead: number; rowsAccepted: number }
}

type RowOf = ((fields: readonly string[]) => StagedRow | string) | ((fields: readonly string[]) => LocatedOffer | string)

const counted = (reading: Reading): number => {
  const n = reading.counts.rowsAccepted
  if (n >= MOST_ROWS) throw new UnusableFile(`The file has more than ${MOST_ROWS} rows`)
  reading.counts.rowsAccepted = n + 1
  return n
}

const textOf = (reading: Reading, rows: readonly StagedRow[]): string => rows.map(row => copyLine(counted(reading), row)).join('')

/** Offers at cells that need not be written again: of many locations in a cell one row is left in the end. */
const MOST_SEEN = 500_000
const MOST_OFFERS = 50_000

/** Writes rows of locations: of their addresses where these are known, else of their cells, each of which is written once for an offer. */
const locatedWriter = (reading: Reading): ((rows: readonly LocatedOffer[]) => Promise<string>) => {
  const texts = new Map<StagedOffer, { text: string; seen: Set<string> }>()
  let seen = 0
  return async rows => {
    const { addressesOf } = reading
    const addresses = await addressesOf?.([...new Set(rows.map(row => row.location))].filter(location => location !== ''))
    let lines = ''
    for (const { cell, location, offer } of rows) {
      const n = counted(reading)
      if (seen > MOST_SEEN || texts.size > MOST_OFFERS) {
        texts.clear()
        seen = 0
      }
      let of = texts.get(offer)
      if (of === undefined) texts.set(offer, (of = { text: offerText(offer), seen: new Set() }))
      const address = addresses?.get(location)
      if (address !== undefined) {
        lines += copyLine(n, { ...offer, placeKind: 'address', placeId: address })
        continue
      }
      if (of.seen.has(cell)) continue
      of.seen.add(cell)
      seen += 1
      lines += `${n}\tcell\t${cell}\t${of.text}`
    }
    return lines
  }
}

async function* csvText(reading: Reading, blocks: AsyncIterable<Block>): AsyncGenerator<string> {
  let rowOf: RowOf | undefined
  const located = locatedWriter(reading)
  let separator = ','
  for await (const { first, lines } of blocks) {
    const numbers: number[] = []
    const texts: string[] = []
    for (const [index, line] of lines.entries()) {
      const number = first + index
      if (line?.trim() === '') continue
      if (rowOf === undefined) {
        if (line === undefined) throw new UnusableFile(`Line ${number} is not UTF-8: save the file as UTF-8`)
        separator = separatorOf(line)
        const header = fieldsOf(line, separator)
        if (typeof header === 'string') throw new UnusableFile(`Line ${number}, which names the columns, ${header}`)
        rowOf = reading.format === 'fcc' ? fccReader(header, reading.settings, reading.provider) : ownCsvReader(header, rowReader(defaultsOf(reading), reading.sourceName, reading.now))
        continue
      }
      reading.counts.linesRead += 1
      if (line === undefined) {
        reading.rejected.add({ line: number }, 'is not UTF-8')
        continue
      }
      if (line.includes('\0')) {
        reading.rejected.add({ line: number }, 'must not contain the character U+0000')
        continue
      }
      numbers.push(number)
      texts.push(line)
    }
    if (rowOf === undefined || texts.length === 0) continue
    const rows: StagedRow[] = []
    const offers: LocatedOffer[] = []
    for (const [index, fields] of fieldsOfLines(texts, separator).entries()) {
      const row = typeof fields === 'string' ? fields : rowOf(fields)
      if (typeof row === 'string') reading.rejected.add({ line: numbers[index] ?? 0 }, row)
      else if ('offer' in row) offers.push(row)
      else rows.push(row)
    }
    if (rows.length > 0) yield textOf(reading, rows)
    if (offers.length > 0) yield await located(offers)
  }
  if (rowOf === undefined) throw new UnusableFile('The file has no line')
}

const defaultsOf = ({ settings, provider }: Reading): RowDefaults => {
  const { technology, marketSegment, latencyClass, maxDownload, maxUpload } = settings
  return {
    provider,
    ...(technology !== undefined && { technology }),
    ...(marketSegment !== undefined && { marketSegment }),
    ...(latencyClass !== undefined && { latencyClass }),
    ...(maxDownload !== undefined && { maxDownload }),
    ...(maxUpload !== undefined && { maxUpload }),
  }
}

async function* jsonLinesText(reading: Reading, blocks: AsyncIterable<Block>): AsyncGenerator<string> {
  const read = rowReader(defaultsOf(reading), reading.sourceName, reading.now)
  for await (const { first, lines } of blocks) {
    const rows: StagedRow[] = []
    for (const [index, line] of lines.entries()) {
      if (line?.trim() === '') continue
      reading.counts.linesRead += 1
      let row: StagedRow | string
      try {
        row = line === undefined ? 'is not UTF-8' : read(JSON.parse(line))
      } catch {
        row = 'is not JSON'
      }
      if (typeof row === 'string') reading.rejected.add({ line: first + index }, row)
      else rows.push(row)
    }
    if (rows.length > 0) yield textOf(reading, rows)
  }
}

const ROWS_AT_ONCE = 5000

async function* featureText(reading: Reading, blocks: AsyncIterable<Block>): AsyncGenerator<string> {
  const read = featureReader(defaultsOf(reading), reading.sourceName, reading.settings.resolution ?? DEFAULT_RESOLUTION, reading.now)
  for await (const { at, value, wrong } of featuresOf(blocks)) {
    reading.counts.linesRead += 1
    const rows = wrong ?? read(value)
    if (typeof rows === 'string') reading.rejected.add(at, rows)
    else for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) yield textOf(reading, rows.slice(start, start + ROWS_AT_ONCE))
    // Cells are computed in one go for each feature: others get their turn in between.
    await new Promise(resolve => setImmediate(resolve))
  }
}

async function* startingWith(head: Block, rest: AsyncIterator<Block>): AsyncGenerator<Block> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** The COPY lines of a file, as they are read. Throws UnusableFile when the file as a whole is of no use. */
export async function* stagedLines(reading: Reading, blocks: AsyncGenerator<Block>): AsyncGenerator<string> {
  if (reading.format === 'geojson') {
    yield* featureText(reading, blocks)
    return
  }
  const first = await blocks.next()
  if (first.done === true) throw new UnusableFile('The file has no line')
  const all = startingWith(first.value, blocks)
  const isJson = reading.format === 'rows' && first.value.lines.find(line => line?.trim() !== '')?.trimStart().startsWith('{') === true
  yield* isJson ? jsonLinesText(reading, all) : csvText(reading, all)
}
