/** The FCC's availability CSV exactly as it is published (DOMAIN.md, "Qualification"): one line for a provider's technology at a location. */
import { isValidCell } from 'h3-js'
import type { ImportSettings } from '../coverage-source.ts'
import { fccTechnologyOf } from '../technology.ts'
import type { StagedRow } from './staged-row.ts'
import { UnusableFile } from './unpack.ts'

const NEEDED = ['provider_id', 'brand_name', 'location_id', 'technology', 'max_advertised_download_speed', 'max_advertised_upload_speed', 'low_latency', 'business_residential_code', 'h3_res8_id'] as const
type Column = (typeof NEEDED)[number]

const SEGMENTS: Readonly<Record<string, StagedRow['marketSegment']>> = { B: 'business', R: 'residential', X: 'both' }
const RES8 = /^8[0-9a-f]{14}$/
const SPEED = /^\d{1,9}(\.\d{1,3})?$/
const FALSE = new Set(['0', 'false', 'f'])
const TRUE = new Set(['1', 'true', 't'])

/** Reads lines under this header; throws UnusableFile when it is another file. */
export const fccReader = (header: readonly string[], settings: ImportSettings, ownProvider: string): ((fields: readonly string[]) => StagedRow | string) => {
  const names = header.map(name => name.trim().toLowerCase())
  const missing = NEEDED.filter(name => !names.includes(name))
  if (missing.length > 0) throw new UnusableFile(`Line 1 does not name the columns of the FCC's availability file: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`)
  const index = Object.fromEntries(NEEDED.map(name => [name, names.indexOf(name)])) as Record<Column, number>
  // A file has many lines of few cells in a row.
  const cells = new Map<string, boolean>()
  const isCell = (text: string): boolean => {
    let known = cells.get(text)
    if (known === undefined) {
      if (cells.size > 50_000) cells.clear()
      cells.set(text, (known = RES8.test(text) && isValidCell(text) && text[1] === '8'))
    }
    return known
  }
  return fields => {
    if (fields.length !== names.length) return `has ${fields.length} fields where line 1 has ${names.length}`
    const field = (name: Column): string => fields[index[name]] ?? ''
    const code = field('technology')
    const technology = fccTechnologyOf(code)
    if (technology === undefined) return `technology ${code.slice(0, 20)} is no code of the FCC`
    const cell = field('h3_res8_id').toLowerCase()
    if (!isCell(cell)) return `h3_res8_id ${cell.slice(0, 20)} is no H3 cell of resolution 8`
    const [down, up] = [field('max_advertised_download_speed'), field('max_advertised_upload_speed')]
    if (!SPEED.test(down)) return `max_advertised_download_speed ${down.slice(0, 20)} is no speed in Mbit/s`
    if (!SPEED.test(up)) return `max_advertised_upload_speed ${up.slice(0, 20)} is no speed in Mbit/s`
    const low = field('low_latency').toLowerCase()
    if (!TRUE.has(low) && !FALSE.has(low)) return `low_latency ${low.slice(0, 20)} is neither 0 nor 1`
    const marketSegment = SEGMENTS[field('business_residential_code').toUpperCase()]
    if (marketSegment === undefined) return `business_residential_code ${field('business_residential_code').slice(0, 20)} is none of B, R, X`
    const location = field('location_id')
    const [brandName, providerId] = [field('brand_name'), field('provider_id')]
    const named = settings.providerFrom === 'source' ? ownProvider : settings.providerFrom === 'providerId' ? providerId : brandName || providerId
    if (named === '' || named.length > 200 || named.includes('\0')) return 'brand_name or provider_id must name the provider in at most 200 characters'
    return {
      placeKind: 'cell',
      placeId: cell,
      ...(location !== '' && location.length <= 200 && { location }),
      provider: named,
      technology,
      maxDownload: down,
      maxUpload: up,
      latencyClass: TRUE.has(low) ? 'low' : 'standard',
      marketSegment,
    }
  }
}
