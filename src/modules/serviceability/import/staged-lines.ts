/** From a file's text to COPY lines of staged rows, whatever its format; what cannot be taken is told to the rejections. */
import type { CoverageFormat, ImportSettings } from '../coverage-source.ts'
import { fieldsOf, fieldsOfLines, separatorOf } from './csv.ts'
import { fccReader } from './fcc-rows.ts'
import { featureReader, featuresOf } from './geojson-rows.ts'
import { ownCsvReader, rowReader, type RowDefaults } from './own-rows.ts'
import { DEFAULT_RESOLUTION } from './polygon-cells.ts'
import type { Rejections } from './rejected.ts'
import { copyLine, type StagedRow } from './staged-row.ts'
import { UnusableFile, type Block } from './unpack.ts'

/** Rows of one version; n is an integer, and nobody has as many. */
const MOST_ROWS = 1_000_000_000

export interface Reading {
  format: CoverageFormat
  settings: ImportSettings
  /** Who delivers where a row does not say. */
  provider: string
  /** Business time. */
  now: Date
  rejected: Rejections
  /** Ids of addresses that are known elsewhere under these ids. */
  addressesOf: (locations: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Told as it goes on. */
  counts: { linesRead: number; rowsAccepted: number }
}

type RowOf = (fields: readonly string[]) => StagedRow | string

/** A batch of rows as text. Rows that name a location become rows of its address, where one is known. */
const textOf = async (reading: Reading, rows: readonly StagedRow[]): Promise<string> => {
  const locations = [...new Set(rows.flatMap(row => (row.location === undefined ? [] : [row.location])))]
  const addresses = locations.length === 0 ? new Map<string, string>() : await reading.addressesOf(locations)
  const lines: string[] = []
  for (const row of rows) {
    const address = row.location === undefined ? undefined : addresses.get(row.location)
    lines.push(copyLine(reading.counts.rowsAccepted, address === undefined ? row : { ...row, placeKind: 'address', placeId: address }))
    reading.counts.rowsAccepted += 1
  }
  if (reading.counts.rowsAccepted > MOST_ROWS) throw new UnusableFile(`The file has more than ${MOST_ROWS} rows`)
  return lines.join('')
}

async function* csvText(reading: Reading, blocks: AsyncIterable<Block>): AsyncGenerator<string> {
  let rowOf: RowOf | undefined
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
        rowOf = reading.format === 'fcc' ? fccReader(header, reading.settings, reading.provider) : ownCsvReader(header, rowReader(defaultsOf(reading), reading.now))
        continue
      }
      reading.counts.linesRead += 1
      if (line === undefined) {
        reading.rejected.add({ line: number }, 'is not UTF-8')
        continue
      }
      numbers.push(number)
      texts.push(line)
    }
    if (rowOf === undefined || texts.length === 0) continue
    const rows: StagedRow[] = []
    for (const [index, fields] of fieldsOfLines(texts, separator).entries()) {
      const row = typeof fields === 'string' ? fields : rowOf(fields)
      if (typeof row === 'string') reading.rejected.add({ line: numbers[index] ?? 0 }, row)
      else rows.push(row)
    }
    if (rows.length > 0) yield await textOf(reading, rows)
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
  const read = rowReader(defaultsOf(reading), reading.now)
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
    if (rows.length > 0) yield await textOf(reading, rows)
  }
}

const ROWS_AT_ONCE = 5000

async function* featureText(reading: Reading, blocks: AsyncIterable<Block>): AsyncGenerator<string> {
  const read = featureReader(defaultsOf(reading), reading.settings.resolution ?? DEFAULT_RESOLUTION, reading.now)
  for await (const { at, value, wrong } of featuresOf(blocks)) {
    reading.counts.linesRead += 1
    const rows = wrong ?? read(value)
    if (typeof rows === 'string') reading.rejected.add(at, rows)
    else for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) yield await textOf(reading, rows.slice(start, start + ROWS_AT_ONCE))
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
