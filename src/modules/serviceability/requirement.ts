/**
 * What a service of a TM Forum document asks for: its characteristics become a requirement, its place a place query.
 * Characteristics that say nothing about delivery (a colour) are left alone.
 */
import { fault, type Fault } from '../../platform/errors.ts'
import { isLocatable, readCellValue, readPlace, type PlaceQuery } from './place.ts'
import type { LatencyClass, MarketSegment, Requirement } from './qualification.ts'
import { technologyOf } from './technology.ts'

/** A service as documents hold it, as far as delivery is concerned. */
export interface AskedService {
  place?: readonly Readonly<Record<string, unknown>>[]
  serviceCharacteristic?: readonly { name?: string; value?: unknown }[]
  serviceSpecification?: { id?: string; name?: string }
}

export interface Asked {
  need: Requirement
  /** Everything that was said of the service, for the rules. */
  characteristics: Record<string, unknown>
  /** undefined when the service names no place at all. */
  place: PlaceQuery | undefined
  faults: Fault[]
}

type Meaning = 'technology' | 'provider' | 'download' | 'upload' | 'latency' | 'segment' | 'cell'

/** Names of characteristics that ask something of a line, in lower case; the first of each meaning is the one our answers use. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  technology: 'technology',
  accesstechnology: 'technology',
  provider: 'provider',
  downloadspeed: 'download',
  downstreamspeed: 'download',
  mindownloadspeed: 'download',
  uploadspeed: 'upload',
  upstreamspeed: 'upload',
  minuploadspeed: 'upload',
  latencyclass: 'latency',
  lowlatency: 'latency',
  marketsegment: 'segment',
  businessresidentialcode: 'segment',
  h3cell: 'cell',
  h3index: 'cell',
  h3_res8_id: 'cell',
}

const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1, mbit: 1, mb: 1, mbps: 1, g: 1000, gbit: 1000, gb: 1000, gbps: 1000, k: 0.001, kbit: 0.001, kb: 0.001, kbps: 0.001 }

/** Mbit/s from 100, "100", "100 Mbit/s", "1 Gbps"; undefined when it is no speed. */
export const speedOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^\s*(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]{0,4})(?:\/s)?\s*$/i.exec(value)
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()]
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit
}

const latencyOf = (value: unknown): LatencyClass | undefined => {
  const text = String(value).toLowerCase()
  if (['low', 'true', '1'].includes(text)) return 'low'
  return ['standard', 'false', '0', 'any'].includes(text) ? 'standard' : undefined
}

/** Also the FCC's codes: B business, R residential, X both. */
export const segmentOf = (value: unknown): MarketSegment | 'both' | undefined => {
  const text = String(value).toLowerCase()
  if (text === 'business' || text === 'b') return 'business'
  if (text === 'residential' || text === 'r' || text === 'consumer') return 'residential'
  return text === 'both' || text === 'x' || text === 'any' ? 'both' : undefined
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** Puts one characteristic into the requirement; returns what is wrong with its value. */
const apply = (meaning: Exclude<Meaning, 'cell'>, value: unknown, need: Requirement): string | undefined => {
  switch (meaning) {
    case 'technology': {
      const names = listOf(value).map(one => (typeof one === 'string' || typeof one === 'number' ? technologyOf(one) : undefined))
      if (names.length === 0 || names.some(name => name === undefined)) return 'must name a technology, or a list of them'
      need.technologies = names.filter(name => name !== undefined)
      return undefined
    }
    case 'provider': {
      const names = listOf(value)
      if (names.length === 0 || names.some(name => typeof name !== 'string' || name === '')) return 'must name a provider, or a list of them'
      need.providers = names.map(String)
      return undefined
    }
    case 'download':
    case 'upload': {
      const speed = speedOf(value)
      if (speed === undefined) return 'must be a speed in Mbit/s, or a text with its unit such as "1 Gbit/s"'
      need[meaning] = speed
      return undefined
    }
    case 'latency': {
      const latency = latencyOf(value)
      if (latency === undefined) return 'must be low or standard'
      need.latencyClass = latency
      return undefined
    }
    case 'segment': {
      const segment = segmentOf(value)
      if (segment === undefined) return 'must be business or residential'
      if (segment !== 'both') need.marketSegment = segment
      return undefined
    }
  }
}

/** Reads what a service asks. `path` leads the faults: `serviceQualificationItem[0].service`. */
export const readService = (service: AskedService, path: string): Asked => {
  const need: Requirement = {}
  const faults: Fault[] = []
  let place: PlaceQuery | undefined
  for (const [index, given] of (service.place ?? []).entries()) {
    const read = readPlace(given, `${path}.place[${index}]`)
    faults.push(...read.faults)
    // The first place that can be located is where it is delivered; further ones (a billing address) say nothing about the line.
    if (place === undefined || (!isLocatable(place) && isLocatable(read.query))) place = read.query
  }
  for (const [index, characteristic] of (service.serviceCharacteristic ?? []).entries()) {
    const meaning = MEANINGS[(characteristic.name ?? '').toLowerCase()]
    if (meaning === undefined) continue
    const at = `${path}.serviceCharacteristic[${index}].value`
    if (meaning === 'cell') {
      const read = readCellValue(characteristic.value, at)
      faults.push(...read.faults)
      place = { ...read.query, ...place }
      continue
    }
    const wrong = apply(meaning, characteristic.value, need)
    if (wrong !== undefined) faults.push(fault(at, wrong, characteristic.value))
  }
  const characteristics = Object.fromEntries((service.serviceCharacteristic ?? []).flatMap(one => (one.name === undefined || one.value === undefined ? [] : [[one.name, one.value]])))
  return { need, characteristics, place, faults }
}

/** What the service itself asks, over what its kind needs anyway: the stricter of both. */
export const stricter = (asked: Requirement, kind: Requirement): Requirement => {
  const most = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? (a ?? b) : Math.max(a, b))
  const common = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined =>
    a === undefined || b === undefined ? (a ?? b) : a.filter(name => b.includes(name))
  const latencyClass = asked.latencyClass === 'low' || kind.latencyClass === 'low' ? 'low' : (asked.latencyClass ?? kind.latencyClass)
  return {
    ...defined('technologies', common(asked.technologies, kind.technologies)),
    ...defined('providers', common(asked.providers, kind.providers)),
    ...defined('download', most(asked.download, kind.download)),
    ...defined('upload', most(asked.upload, kind.upload)),
    ...defined('latencyClass', latencyClass),
    ...defined('marketSegment', asked.marketSegment ?? kind.marketSegment),
  }
}

const defined = <K extends keyof Requirement>(name: K, value: Requirement[K] | undefined): Pick<Requirement, K> | Record<never, never> =>
  value === undefined ? {} : ({ [name]: value } as Pick<Requirement, K>)
