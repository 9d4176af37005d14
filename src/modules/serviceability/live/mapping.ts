/** How a live source is asked and understood: its declared request is filled with a place, its answer read into coverage. Pure. */
import { fault, type Fault } from '../../../platform/errors.ts'
import { instantOf } from '../../../tmf/filter/values.ts'
import type { LiveSettings } from '../coverage-source.ts'
import type { LatencyClass, MarketSegment } from '../qualification.ts'
import { segmentOf } from '../requirement.ts'
import { technologyOf } from '../technology.ts'

/** What of a place can be told to a source. */
export interface LivePlace {
  addressId?: string
  latitude?: number
  longitude?: number
  cell?: string
  street?: string
  streetNumber?: string
  postcode?: string
  city?: string
}

const NAMES = ['addressId', 'latitude', 'longitude', 'cell', 'street', 'streetNumber', 'postcode', 'city'] as const satisfies readonly (keyof LivePlace)[]
type Name = (typeof NAMES)[number]

/** A line that a source offers at a place, as it is kept in the cache. */
export interface LiveRow {
  technology: string
  maxDownload?: number
  maxUpload?: number
  latencyClass: LatencyClass
  marketSegment: MarketSegment | 'both'
  since?: string
  until?: string
  capacity?: number
}

const PLACEHOLDER = /\{(\w+)\}/g

const namesIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [...value.matchAll(PLACEHOLDER)].map(match => match[1] ?? '')
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : []
}

const isName = (name: string): name is Name => (NAMES as readonly string[]).includes(name)

/** What is wrong with the names in braces: an unknown one, none at all, or one in the host. */
export const templateFaults = (live: Pick<LiveSettings, 'url' | 'body' | 'method'>): Fault[] => {
  const faults: Fault[] = []
  for (const [at, value] of [['live.url', live.url], ['live.body', live.body]] as const) {
    const wrong = namesIn(value).filter(name => !isName(name))
    if (wrong.length > 0) faults.push(fault(at, `has {${wrong.join('}, {')}}; the names of a place are ${NAMES.join(', ')}`))
  }
  if (namesIn([live.url, live.body]).length === 0) faults.push(fault('live.url', 'or live.body must name the place, for instance with {latitude} and {longitude}'))
  if (live.body !== undefined && (live.method ?? 'GET') === 'GET') faults.push(fault('live.body', 'is for POST'))
  if (/^[a-z]+:\/\/[^/?#]*[{}]/i.test(live.url)) faults.push(fault('live.url', 'must not have a name in braces in its host'))
  return faults
}

/** Whether the place says all that the request names. */
export const canAsk = (live: Pick<LiveSettings, 'url' | 'body'>, place: LivePlace): boolean => namesIn([live.url, live.body]).every(name => isName(name) && place[name] !== undefined)

const valueOf = (place: LivePlace, name: string): string | number => (isName(name) ? (place[name] ?? '') : '')

/** Texts that are one name alone become its value, so that numbers stay numbers in a body. */
const filled = (value: unknown, place: LivePlace): unknown => {
  if (typeof value === 'string') {
    const whole = /^\{(\w+)\}$/.exec(value)?.[1]
    return whole === undefined ? value.replaceAll(PLACEHOLDER, (_, name: string) => String(valueOf(place, name))) : valueOf(place, whole)
  }
  if (Array.isArray(value)) return value.map(one => filled(one, place))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, place)]))
  return value
}

export const requestFor = (live: LiveSettings, place: LivePlace): { url: string; method: 'GET' | 'POST'; body?: string } => ({
  url: live.url.replaceAll(PLACEHOLDER, (_, name: string) => encodeURIComponent(String(valueOf(place, name)))),
  method: live.method ?? 'GET',
  ...(live.body !== undefined && { body: JSON.stringify(filled(live.body, place)) }),
})

const at = (value: unknown, path: string | undefined): unknown => {
  if (path === undefined) return undefined
  let found = value
  for (const step of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string, unknown>)[step]
  }
  return found
}

const numberAt = (line: unknown, path: string | undefined, name: string): number | undefined => {
  const value = at(line, path)
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) throw new Error(`${name} is no number`)
  return number
}

const instantAt = (line: unknown, path: string | undefined, name: string): string | undefined => {
  const value = at(line, path)
  if (value === undefined || value === null) return undefined
  const date = typeof value === 'string' ? instantOf(value) : undefined
  if (date === undefined) throw new Error(`${name} is no date-time`)
  return date.toISOString()
}

/** More lines at one place are no honest answer. */
const MAX_LINES = 200

/** The lines of an answer; throws where it is not what was declared, because what is not understood is not available. */
export const linesOf = (live: Pick<LiveSettings, 'response'>, answer: unknown): LiveRow[] => {
  const { response } = live
  const list = response.rows === undefined ? answer : at(answer, response.rows)
  if (!Array.isArray(list)) throw new Error(`the answer has no list${response.rows === undefined ? '' : ` at ${response.rows}`}`)
  if (list.length > MAX_LINES) throw new Error(`the answer has more than ${MAX_LINES} lines`)
  const rows: LiveRow[] = []
  for (const line of list as unknown[]) {
    if (response.available !== undefined && at(line, response.available) !== true) continue
    const named = at(line, response.technology) ?? response.defaults?.technology
    const technology = typeof named === 'string' || typeof named === 'number' ? technologyOf(named) : undefined
    if (technology === undefined) throw new Error('a line names no technology')
    const latency = at(line, response.latencyClass) ?? response.defaults?.latencyClass ?? 'standard'
    const segment = segmentOf(at(line, response.marketSegment) ?? response.defaults?.marketSegment ?? 'both')
    if (segment === undefined) throw new Error('a line names unknown customers')
    const [maxDownload, maxUpload] = [numberAt(line, response.maxDownload, 'maxDownload'), numberAt(line, response.maxUpload, 'maxUpload')]
    const capacity = numberAt(line, response.capacity, 'capacity')
    const [since, until] = [instantAt(line, response.since, 'since'), instantAt(line, response.until, 'until')]
    rows.push({
      technology,
      latencyClass: latency === 'low' || latency === true || latency === 1 ? 'low' : 'standard',
      marketSegment: segment,
      ...(maxDownload !== undefined && { maxDownload }),
      ...(maxUpload !== undefined && { maxUpload }),
      ...(capacity !== undefined && { capacity: Math.floor(capacity) }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
    })
  }
  return rows
}
