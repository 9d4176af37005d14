/**
 * From lines to records, by csv-parse. A block of lines is parsed at once; only where that goes wrong line by line, so that a broken quote
 * costs one line and not the rest of the file.
 */
import { CsvError, parse } from 'csv-parse/sync'
import type { LineFault } from './import-store.ts'
import type { LineBlock } from './unpack.ts'

export interface CsvRecord {
  fields: string[]
  /** Where it begins and ends. */
  line: number
  lastLine: number
}

export interface ReadBlock {
  records: CsvRecord[]
  faults: LineFault[]
  /** Lines of a record that goes on in the next block. */
  rest: string[]
}

/** A quoted field with line ends in it may go over so many lines. */
const MOST_LINES = 10

const isBlank = (line: string): boolean => line.trim() === ''

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote; a quote inside a quoted field is written twice',
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that is not quoted',
}

const parsed = (text: string, delimiter: string): string[][] => parse(text, { delimiter, relax_column_count: true, record_delimiter: ['\n'], skip_empty_lines: true })

/** One record of these lines, or why there is none. */
const recordOf = (text: string, delimiter: string): string[] | CsvError => {
  try {
    const [record, ...more] = parsed(text, delimiter)
    return record !== undefined && more.length === 0 ? record : new CsvError('CSV_INVALID_CLOSING_QUOTE', 'more than one record', {} as never)
  } catch (error) {
    if (error instanceof CsvError) return error
    throw error
  }
}

const lineByLine = ({ first, lines }: LineBlock, delimiter: string, isLast: boolean): ReadBlock => {
  const read: ReadBlock = { records: [], faults: [], rest: [] }
  for (let at = 0; at < lines.length; at += 1) {
    if (isBlank(lines[at]!)) continue
    const alone = recordOf(lines[at]!, delimiter)
    let result = alone
    let end = at
    while (result instanceof CsvError && result.code === 'CSV_QUOTE_NOT_CLOSED' && end - at + 1 < MOST_LINES) {
      if (end + 1 >= lines.length) {
        if (isLast) break
        return { ...read, rest: lines.slice(at) }
      }
      end += 1
      result = recordOf(lines.slice(at, end + 1).join('\n'), delimiter)
    }
    if (result instanceof CsvError) {
      // What the lines after it made of an open quote is not what is wrong with it.
      const { code } = alone instanceof CsvError ? alone : result
      read.faults.push({ line: first + at, column: '', reason: REASONS[code] ?? 'is no line of a CSV file' })
    } else {
      read.records.push({ fields: result, line: first + at, lastLine: first + end })
      at = end
    }
  }
  return read
}

/** The records of a block. `isLast`: nothing follows that could close a quote. */
export const readBlock = (block: LineBlock, delimiter: string, isLast: boolean): ReadBlock => {
  const numbers: number[] = []
  const held: string[] = []
  for (const [index, line] of block.lines.entries()) {
    if (isBlank(line)) continue
    numbers.push(block.first + index)
    held.push(line)
  }
  try {
    const records = parsed(held.join('\n'), delimiter)
    if (records.length === held.length) return { records: records.map((fields, index) => ({ fields, line: numbers[index]!, lastLine: numbers[index]! })), faults: [], rest: [] }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
  }
  return lineByLine(block, delimiter, isLast)
}
