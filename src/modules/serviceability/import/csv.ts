/** Fields of CSV lines. A field holds no line break here, so that one stray quote spoils one line and not the rest of the file. */
import { CsvError, parse } from 'csv-parse/sync'

/** The separator of a header line: comma, semicolon or tab, whichever is there most. */
export const separatorOf = (header: string): string => [',', ';', '\t'].map(mark => ({ mark, count: header.split(mark).length })).sort((a, b) => b.count - a.count)[0]?.mark ?? ','

const parsed = (text: string, delimiter: string): string[][] => parse(text, { delimiter, relax_column_count: true, skip_empty_lines: false, record_delimiter: '\n' })

const inWords = (error: CsvError): string => {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and not closed on the line'
  return error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE' ? 'a quote stands inside a field; within quotes it is doubled' : `is not CSV (${error.code})`
}

/** The fields of one line, or what is wrong with it. */
export const fieldsOf = (line: string, separator: string): string[] | string => {
  if (!line.includes('"')) return line.split(separator)
  try {
    const records = parsed(line, separator)
    return records[0] !== undefined && records.length === 1 ? records[0] : 'is not one record'
  } catch (error) {
    if (error instanceof CsvError) return inWords(error)
    throw error
  }
}

/** The same for many lines, none of them blank: those with quotes at once where all are well, one by one where one is not. */
export const fieldsOfLines = (lines: readonly string[], separator: string): (string[] | string)[] => {
  const quoted = lines.filter(line => line.includes('"'))
  if (quoted.length === 0) return lines.map(line => line.split(separator))
  let records: (string[] | string)[] | undefined
  try {
    records = parsed(quoted.join('\n'), separator)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
  }
  if (records?.length !== quoted.length) records = quoted.map(line => fieldsOf(line, separator))
  let next = 0
  return lines.map(line => (line.includes('"') ? (records[next++] ?? '') : line.split(separator)))
}
