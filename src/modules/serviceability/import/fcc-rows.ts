/** The FCC's availability CSV exactly as it is published (DOMAIN.md, "Qualification"): one line for a provider's technology at a location. */
import { isValidCell } from 'h3-js'
import type { ImportSettings } from '../coverage-source.ts'
import { fccTechnologyOf } from '../technology.ts'
import type { LocatedOffer, StagedOffer } from './staged-row.ts'
import { UnusableFile } from './unpack.ts'

const NEEDED = ['provider_id', 'brand_name', 'location_id', 'technology', 'max_advertised_download_speed', 'max_advertised_upload_speed', 'low_latency', 'business_residential_code', 'h3_res8_id'] as const

const SEGMENTS: Readonly<Record<string, StagedOffer['marketSegment']>> = { B: 'business', R: 'residential', X: 'both' }
const RES8 = /^8[0-9a-f]{14}$/
const SPEED = /^\d{1,9}(\.\d{1,3})?$/
const FALSE = new Set(['0', 'false', 'f'])
const TRUE = new Set(['1', 'true', 't'])

/** Cells and offers that are remembered; a file comes back to the same ones in its order. */
const MOST_REMEMBERED = 50_000

/** Answers from what was computed before, for inputs that come again and again. */
const remembered = <T>(compute: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>()
  return text => {
    let value = known.get(text)
    if (value === undefined) {
      if (known.size > MOST_REMEMBERED) known.clear()
      known.set(text, (value = compute(text)))
    }
    return value
  }
}

/** Between fields of which one key is made; no field holds it, since lines end there. */
const BETWEEN = '\n'

const offerOf = ([code = '', down = '', up = '', lowText = '', segment = '', brandName = '', providerId = '']: readonly string[], settings: ImportSettings, ownProvider: string): StagedOffer | string => {
  const technology = fccTechnologyOf(code)
  if (technology === undefined) return `technology ${code.slice(0, 20)} is no code of the FCC`
  if (!SPEED.test(down)) return `max_advertised_download_speed ${down.slice(0, 20)} is no speed in Mbit/s`
  if (!SPEED.test(up)) return `max_advertised_upload_speed ${up.slice(0, 20)} is no speed in Mbit/s`
  const low = lowText.toLowerCase()
  if (!TRUE.has(low) && !FALSE.has(low)) return `low_latency ${low.slice(0, 20)} is neither 0 nor 1`
  const marketSegment = SEGMENTS[segment.toUpperCase()]
  if (marketSegment === undefined) return `business_residential_code ${segment.slice(0, 20)} is none of B, R, X`
  const provider = settings.providerFrom === 'source' ? ownProvider : settings.providerFrom === 'providerId' ? providerId : brandName || providerId
  if (provider === '' || provider.length > 200 || provider.includes('\0')) return 'brand_name or provider_id must name the provider in at most 200 characters'
  return { provider, technology, maxDownload: down, maxUpload: up, latencyClass: TRUE.has(low) ? 'low' : 'standard', marketSegment }
}

const OF_THE_OFFER = ['technology', 'max_advertised_download_speed', 'max_advertised_upload_speed', 'low_latency', 'business_residential_code', 'brand_name', 'provider_id'] as const

/** Reads lines under this header; throws UnusableFile when it is another file. */
export const fccReader = (header: readonly string[], settings: ImportSettings, ownProvider: string): ((fields: readonly string[]) => LocatedOffer | string) => {
  const names = header.map(name => name.trim().toLowerCase())
  const missing = NEEDED.filter(name => !names.includes(name))
  if (missing.length > 0) throw new UnusableFile(`Line 1 does not name the columns of the FCC's availability file: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`)
  const twice = NEEDED.filter(name => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice.length > 0) throw new UnusableFile(`Line 1 names a column more than once: ${twice.join(', ')}`)
  const [cellAt, locationAt] = [names.indexOf('h3_res8_id'), names.indexOf('location_id')]
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = OF_THE_OFFER.map(name => names.indexOf(name))
  const isCell = remembered(text => RES8.test(text) && text[1] === '8' && isValidCell(text))
  const offer = remembered(text => offerOf(text.split(BETWEEN), settings, ownProvider))
  return fields => {
    if (fields.length !== names.length) return `has ${fields.length} fields where line 1 has ${names.length}`
    const read = offer(fields[a] + BETWEEN + fields[b] + BETWEEN + fields[c] + BETWEEN + fields[d] + BETWEEN + fields[e] + BETWEEN + fields[f] + BETWEEN + fields[g])
    if (typeof read === 'string') return read
    const given = fields[cellAt] ?? ''
    const cell = isCell(given) ? given : given.toLowerCase()
    if (!isCell(cell)) return `h3_res8_id ${given.slice(0, 20)} is no H3 cell of resolution 8`
    const location = fields[locationAt] ?? ''
    return { cell, location: location.length > 200 ? '' : location, offer: read }
  }
}
