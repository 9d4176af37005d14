/** Our own rows, as CSV with a header or as a JSON object a line: the attributes of a coverage row (coverage-row.ts). */
import { objectionToText, visible } from '../../../platform/text.ts'
import type { ImportSettings } from '../coverage-source.ts'
import { CoverageRow, readCoverageRow } from '../coverage-row.ts'
import { UnusableFile } from './unpack.ts'
import type { StagedRow } from './staged-row.ts'

const NAMES = Object.keys(CoverageRow.properties)
const plain = (name: string): string => name.trim().toLowerCase().replaceAll(/[\s_-]/g, '')
const byPlainName = new Map(NAMES.map(name => [plain(name), name]))
/** As people write numbers: neither 0x10 nor 1e2. */
const NUMBER = /^-?\d+(\.\d+)?$/
const NUMBERS = new Set(['maxDownload', 'maxUpload', 'capacity'])
/** A source's version has one name and one age, which each of its rows has. */
const OF_THE_SOURCE = ['source', 'asOf']

export interface RowDefaults extends Pick<ImportSettings, 'technology' | 'marketSegment' | 'latencyClass' | 'maxDownload' | 'maxUpload'> {
  provider: string
}

/** What the database cannot hold, in the name of an attribute or in its text. */
const unstorable = (given: object): string | undefined => {
  for (const [name, value] of Object.entries(given)) {
    const ofName = objectionToText(name)
    if (ofName !== undefined) return `${visible(name.slice(0, 40))} ${ofName} in its name`
    const ofValue = typeof value === 'string' ? objectionToText(value) : undefined
    if (ofValue !== undefined) return `${name.slice(0, 40)} ${ofValue}`
  }
  return undefined
}

/** Reads an object with a row's attributes; what it does not say is as the source says. */
export const rowReader = (defaults: RowDefaults, sourceName: string, now: Date): ((given: unknown) => StagedRow | string) => {
  const filled = Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined))
  return given => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'is not an object'
    const unfit = unstorable(given)
    if (unfit !== undefined) return unfit
    const { source } = given as { source?: unknown }
    if (source !== undefined && source !== null && source !== sourceName) return `source ${visible((typeof source === 'string' ? source : JSON.stringify(source)).slice(0, 80))} is not the source that is imported, ${sourceName}`
    const own = Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== null && !OF_THE_SOURCE.includes(name)))
    const row = readCoverageRow({ ...filled, ...own }, '', now)
    if (Array.isArray(row)) return row.slice(0, 3).map(one => `${one.path} ${one.rule}${one.value === undefined ? '' : ` (${one.value})`}`).join('; ')
    return {
      placeKind: row.placeKind,
      placeId: row.placeId,
      provider: row.provider,
      technology: row.technology,
      maxDownload: row.maxDownload ?? undefined,
      maxUpload: row.maxUpload ?? undefined,
      latencyClass: row.latencyClass,
      marketSegment: row.marketSegment,
      since: row.since ?? undefined,
      until: row.until ?? undefined,
      capacity: row.capacity ?? undefined,
    }
  }
}

/** Reads the fields of CSV lines under this header; throws UnusableFile when it names no rows of ours. */
export const ownCsvReader = (header: readonly string[], read: (given: unknown) => StagedRow | string): ((fields: readonly string[]) => StagedRow | string) => {
  const names = header.map(name => byPlainName.get(plain(name)))
  const unknown = header.filter((_, index) => names[index] === undefined)
  if (unknown.length > 0) throw new UnusableFile(`Line 1 names columns that a row does not have: ${unknown.slice(0, 5).map(name => name.slice(0, 40)).join(', ')}; those are ${NAMES.join(', ')}`)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0) throw new UnusableFile(`Line 1 names a column more than once: ${[...new Set(twice)].join(', ')}`)
  if (!names.includes('cell') && !names.includes('addressId')) throw new UnusableFile('Line 1 names neither cell nor addressId: rows need a place')
  return fields => {
    if (fields.length !== names.length) return `has ${fields.length} fields where line 1 has ${names.length}`
    const given: Record<string, unknown> = {}
    for (const [index, name] of names.entries()) {
      const text = (fields[index] ?? '').trim()
      if (name === undefined || text === '') continue
      given[name] = NUMBERS.has(name) && NUMBER.test(text) ? Number(text) : text
    }
    return read(given)
  }
}
