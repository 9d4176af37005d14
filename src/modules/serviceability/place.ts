/**
 * Where a service is asked for: reads the place of a TM Forum document (reference, address, coordinates, H3 cell) into one shape,
 * and turns it into the keys that coverage is stored under. Pure: addresses are looked up by the caller.
 */
import { cellToParent, getResolution, latLngToCell } from 'h3-js'
import { fault, type Fault } from '../../platform/errors.ts'
import { normaliseCell, objectionTo, streetOf, type Point } from '../place/index.ts'

export { normaliseCell, type Point } from '../place/index.ts'

export interface AddressFields {
  street: string
  streetNumber: string
  /** This or the town. */
  postcode?: string
  city?: string
}

/** What a document says about a place; at least one of them, or nothing at all when it says nothing that can be located. */
export interface PlaceQuery {
  addressId?: string
  /** A site (TMF674), which is where its own place is; see withSitePlace. */
  siteId?: string
  /** Why the site could not be followed. */
  trouble?: { code: 'siteUnknown' | 'siteWithoutPlace'; label: string }
  address?: AddressFields
  /** Address attributes were given, but street, number, and postcode or town are not all there. */
  incompleteAddress?: boolean
  point?: Point
  cell?: string
}

/** H3's finest resolution: half a metre. */
const FINEST = 15

type Attributes = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Attributes => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined
}

/** A point on earth, or what is wrong with it. */
const readPoint = (latitude: number | undefined, longitude: number | undefined, path: string): Point | Fault => {
  const point = { latitude: latitude ?? Number.NaN, longitude: longitude ?? Number.NaN }
  const objection = objectionTo(point)
  return objection === undefined ? point : fault(path, objection)
}

/** Every way in which coordinates are written: GeoJSON, TMF675 geometry of points, latitude and longitude. */
const coordinatesIn = (place: Attributes, path: string): Point | Fault | undefined => {
  for (const name of ['geoJson', 'geometry', 'geographicLocation']) {
    const held = place[name]
    if (Array.isArray(held)) {
      const first: unknown = held[0]
      if (isObject(first)) return readPoint(numberOf(first['y']), numberOf(first['x']), `${path}.${name}[0]`)
      return fault(`${path}.${name}`, 'must hold a point with x (longitude) and y (latitude)')
    }
    if (!isObject(held)) continue
    if (held['type'] !== undefined && held['coordinates'] !== undefined) {
      const pair = held['coordinates']
      if (held['type'] !== 'Point' || !Array.isArray(pair)) return fault(`${path}.${name}`, 'must be a GeoJSON Point', held['type'])
      return readPoint(numberOf(pair[1]), numberOf(pair[0]), `${path}.${name}.coordinates`)
    }
    const inner = coordinatesIn(held, `${path}.${name}`)
    if (inner !== undefined) return inner
  }
  if (place['type'] === 'Point' && Array.isArray(place['coordinates'])) {
    return readPoint(numberOf(place['coordinates'][1]), numberOf(place['coordinates'][0]), `${path}.coordinates`)
  }
  if (place['latitude'] !== undefined || place['longitude'] !== undefined) {
    return readPoint(numberOf(place['latitude']), numberOf(place['longitude']), path)
  }
  return undefined
}

const addressIn = (place: Attributes): Pick<PlaceQuery, 'address' | 'incompleteAddress'> => {
  const name = textOf(place['streetName']) ?? textOf(place['street'])
  const suffix = textOf(place['streetType'])
  const street = streetOf(name, suffix)
  const streetNumber = textOf(place['streetNr']) ?? textOf(place['streetNumber'])
  const nrSuffix = textOf(place['streetNrSuffix']) ?? ''
  const postcode = textOf(place['postcode']) ?? textOf(place['postCode'])
  const city = textOf(place['city']) ?? textOf(place['locality'])
  if (street !== undefined && streetNumber !== undefined && (postcode !== undefined || city !== undefined)) {
    return { address: { street, streetNumber: streetNumber + nrSuffix, ...(postcode === undefined ? {} : { postcode }), ...(city === undefined ? {} : { city }) } }
  }
  const some = street ?? streetNumber ?? postcode ?? city
  return some === undefined ? {} : { incompleteAddress: true }
}

/** Reads one place of a document. What cannot be right (a cell that is none, a point off the earth) comes back as faults with their path. */
export const readPlace = (place: Attributes, path: string): { query: PlaceQuery; faults: Fault[] } => {
  const query: PlaceQuery = addressIn(place)
  const faults: Fault[] = []
  const kind = textOf(place['@referredType']) ?? textOf(place['@type']) ?? ''
  const id = textOf(place['id'])
  const cell = textOf(place['h3Cell']) ?? (/^h3/i.test(kind) ? id : undefined)
  if (cell !== undefined) readCell(cell, `${path}.${place['h3Cell'] === undefined ? 'id' : 'h3Cell'}`, query, faults)
  else if (id !== undefined && /^geographicSite/i.test(kind)) query.siteId = id
  else if (id !== undefined) query.addressId = id
  const point = coordinatesIn(place, path)
  if (point !== undefined) {
    if ('path' in point) faults.push(point)
    else query.point = point
  }
  return { query, faults }
}

const readCell = (given: string, path: string, query: PlaceQuery, faults: Fault[]): void => {
  const cell = normaliseCell(given)
  if (cell === undefined) faults.push(fault(path, 'must be an H3 cell index', given))
  else query.cell = cell
}

/** A cell that came as a characteristic of the service rather than as its place. */
export const readCellValue = (given: unknown, path: string): { query: PlaceQuery; faults: Fault[] } => {
  const query: PlaceQuery = {}
  const faults: Fault[] = []
  readCell(textOf(given) ?? '', path, query, faults)
  return { query, faults }
}

/** Does it say anything that can be located? */
export const isLocatable = (query: PlaceQuery): boolean => query.addressId !== undefined || query.siteId !== undefined || query.address !== undefined || query.point !== undefined || query.cell !== undefined

/**
 * The H3 cells that hold a place, finest first. A point is put into each resolution on its own: H3's hierarchy is not exactly
 * containing, so a parent of its finest cell could be the neighbour of the cell it lies in.
 */
export const cellChain = (at: { point?: Point; cell?: string }): string[] => {
  const chain: string[] = []
  if (at.point !== undefined) {
    for (let resolution = FINEST; resolution >= 0; resolution -= 1) chain.push(latLngToCell(at.point.latitude, at.point.longitude, resolution))
  } else if (at.cell !== undefined) {
    for (let resolution = getResolution(at.cell); resolution >= 0; resolution -= 1) chain.push(cellToParent(at.cell, resolution))
  }
  return chain
}
