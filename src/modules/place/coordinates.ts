/** Points on earth: reading them with every fault named, noticing latitude and longitude that were swapped, and their H3 cells. Pure. */
import { isValidCell, latLngToCell } from 'h3-js'
import { fault, type Fault } from '../../platform/errors.ts'

/** Degrees, WGS 84. */
export interface Point {
  latitude: number
  longitude: number
}

/** H3's finest resolution: half a metre. */
const FINEST = 15

/** The finest cell of a point, kept with an address. */
export const finestCell = (point: Point): string => latLngToCell(point.latitude, point.longitude, FINEST)

/** The H3 index in its plain form (15 lower-case hexadecimal digits), or undefined when it is none. */
export const normaliseCell = (given: string): string | undefined => {
  const plain = given.trim().toLowerCase().replace(/^0x/, '').replace(/^0+(?=8)/, '')
  return isValidCell(plain) ? plain : undefined
}

const isOnEarth = ({ latitude, longitude }: Point): boolean => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
export const swapped = ({ latitude, longitude }: Point): Point => ({ latitude: longitude, longitude: latitude })

/** A latitude so little beyond a pole is more likely a wrong number than a longitude. */
const BEYOND_A_POLE = 91

/** What is wrong with a point, in words; undefined when it is on earth. A latitude that could only be a longitude is told so. */
export const objectionTo = (point: Point): string | undefined => {
  const { latitude, longitude } = point
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return 'must hold a latitude and a longitude in degrees'
  if (isOnEarth(point)) return undefined
  const hint = Math.abs(latitude) > BEYOND_A_POLE && isOnEarth(swapped(point)) ? '; latitude and longitude look swapped: GeoJSON has the longitude first, x is the longitude' : ''
  return `must be on earth (latitude must be between -90 and 90, longitude between -180 and 180), not latitude ${latitude}, longitude ${longitude}${hint}`
}

/** GeoJSON nests its positions by kind. */
const DEPTH: Readonly<Record<string, number>> = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2 }
const MAX_POSITIONS = 10_000

interface Location {
  '@type'?: string
  geoJson?: { type: string; coordinates: readonly unknown[] }
}

export interface Geometry {
  faults: Fault[]
  /** Of a point. */
  point?: Point
}

/** Every position of a location, held against the earth; the first hundred faults are named. */
export const readLocation = (location: Location | undefined, path: string): Geometry => {
  const held = location?.geoJson
  if (held === undefined) return { faults: [] }
  const depth = Object.hasOwn(DEPTH, held.type) ? DEPTH[held.type] : undefined
  const at = `${path}.geoJson`
  if (depth === undefined) return { faults: [fault(`${at}.type`, `must be one of ${Object.keys(DEPTH).join(', ')}`, held.type)] }
  if (location?.['@type'] !== undefined && location['@type'] !== `GeoJson${held.type}`) return { faults: [fault(`${at}.type`, `must be the one that @type says, ${location['@type'].slice(7)}`, held.type)] }
  const faults: Fault[] = []
  let positions = 0
  const walk = (node: unknown, left: number, where: string): Point | undefined => {
    if (faults.length >= 100) return undefined
    if (left > 0) {
      if (!Array.isArray(node)) faults.push(fault(where, 'must be a list of positions'))
      else for (const [index, child] of node.entries()) walk(child, left - 1, `${where}[${index}]`)
      return undefined
    }
    positions += 1
    if (positions > MAX_POSITIONS) {
      if (positions === MAX_POSITIONS + 1) faults.push(fault(where, `must have at most ${MAX_POSITIONS} positions`))
      return undefined
    }
    const [longitude, latitude] = Array.isArray(node) ? (node as unknown[]) : []
    const point = { latitude: typeof latitude === 'number' ? latitude : Number.NaN, longitude: typeof longitude === 'number' ? longitude : Number.NaN }
    const objection = objectionTo(point)
    if (objection !== undefined) faults.push(fault(where, objection))
    return point
  }
  const point = walk(held.coordinates, depth, `${at}.coordinates`)
  return { faults, ...(point !== undefined && faults.length === 0 && { point }) }
}

/** Resolution at which addresses are thought near: cells of some 45 km across. */
const NEAR = 4

/** The finest cells of everything near a point lie between these two: H3's digits nest, and the order of the texts is theirs. */
export const cellsNear = (point: Point): readonly [from: string, to: string] => {
  const parent = BigInt(`0x${latLngToCell(point.latitude, point.longitude, NEAR)}`)
  const shift = BigInt(3 * (FINEST - NEAR))
  const resolution = 0xfn << 52n
  const upper = (((parent & ~resolution) | (BigInt(FINEST) << 52n)) >> shift) << shift
  return [upper.toString(16), (upper | ((1n << shift) - 1n)).toString(16)]
}

/** Kilometres between two points. */
export const kilometres = (a: Point, b: Point): number => {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const h = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)))
}

