/** From the words of an address to what is stored: the TMF673 document, and beside it what it is found by. Pure. */
import { createHash } from 'node:crypto'
import type { GeographicAddress } from './geographic-address.schema.ts'
import type { GeographicSubAddress } from './location-types.ts'
import { finestCell, type Point } from './coordinates.ts'
import { keysOf, streetOf, streetTypeOf, type AddressKeys } from './normal-form.ts'

export const ADDRESS_PATH = '/tmf-api/geographicAddressManagement/v4/geographicAddress'

/** An address in plain words, as lists have them. */
export interface AddressParts {
  street?: string | undefined
  /** With its addition: 12b, 12-14. */
  streetNumber?: string | undefined
  postcode?: string | undefined
  city?: string | undefined
  locality?: string | undefined
  stateOrProvince?: string | undefined
  country?: string | undefined
  name?: string | undefined
  latitude?: number | undefined
  longitude?: number | undefined
  /** H3 cell of any resolution; follows from the coordinates where they are known. */
  cell?: string | undefined
  subAddress?: readonly GeographicSubAddress[] | undefined
}

/** A row of geographic_address. */
export interface AddressRecord {
  id: string
  doc: GeographicAddress
  keys: AddressKeys
  street: string
  city: string
  point: Point | undefined
  cell: string | undefined
  source: string | undefined
  externalId: string | undefined
}

interface NumberParts {
  streetNr?: string
  streetNrSuffix?: string
  streetNrLast?: string
  streetNrLastSuffix?: string
}

/** `12 b` → 12 and b; `12-14a` → 12, 14 and a; anything else stays whole. */
const numberParts = (text: string | undefined): NumberParts => {
  if (text === undefined) return {}
  const found = /^(\d+)\s*(\p{L})?(?:\s*[-–]\s*(\d+)\s*(\p{L})?)?$/u.exec(text)
  if (!found) return { streetNr: text }
  const [, streetNr = text, streetNrSuffix, streetNrLast, streetNrLastSuffix] = found
  return { streetNr, ...(streetNrSuffix && { streetNrSuffix }), ...(streetNrLast && { streetNrLast }), ...(streetNrLastSuffix && { streetNrLastSuffix }) }
}

/** The number as one text: 12b, 12-14a. */
export const wholeNumber = (address: NumberParts): string | undefined => {
  const { streetNr, streetNrSuffix = '', streetNrLast, streetNrLastSuffix = '' } = address
  if (streetNr === undefined) return undefined
  return `${streetNr}${streetNrSuffix}${streetNrLast === undefined ? '' : `-${streetNrLast}${streetNrLastSuffix}`}`
}

export const subAddressPath = (id: string, subId: string): string => `${ADDRESS_PATH}/${encodeURIComponent(id)}/geographicSubAddress/${encodeURIComponent(subId)}`

const digest = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\u0001')).digest('base64url').slice(0, 22)

const plainPart = (text: string | undefined): string => (text ?? '').normalize('NFKC').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '').replace(/^0+(?=\d)/, '')

/** What tells the parts of one house apart, whatever their spelling. */
export const subAddressKey = (part: GeographicSubAddress): string =>
  [part.buildingName, part.levelType, part.levelNumber, part.privateStreetName, part.privateStreetNumber, part.subUnitType, part.subUnitNumber].map(plainPart).join('|')

/** With ids and hrefs; of two that are the same part the later one counts. */
const partsOf = (id: string, given: readonly GeographicSubAddress[]): GeographicSubAddress[] => {
  const byKey = new Map(given.map(part => [subAddressKey(part), part]))
  return [...byKey].map(([key, part]) => {
    const subId = part.id ?? digest(key)
    return { '@type': 'GeographicSubAddress', ...part, id: subId, href: subAddressPath(id, subId) }
  })
}

/** What was known of a house and what a list says of it now. */
export const mergedParts = (known: readonly GeographicSubAddress[], told: readonly GeographicSubAddress[]): GeographicSubAddress[] => {
  const byKey = new Map(known.map(part => [subAddressKey(part), part]))
  for (const part of told) byKey.set(subAddressKey(part), { ...byKey.get(subAddressKey(part)), ...part })
  return [...byKey.values()]
}

/** An address that is met again, in whatever list, has the same id again. */
export const idOfKeys = (keys: AddressKeys, country: string | undefined, region: string | undefined): string =>
  `adr-${digest(keys.street, keys.number, keys.postcode, keys.city, plainPart(country), keys.postcode === '' ? plainPart(region) : '')}`

const keysOfParts = ({ street, streetNumber, postcode, city, locality }: AddressParts): AddressKeys => keysOf({ street, streetNumber, postcode, city: city ?? locality })

const documentOf = (id: string, parts: AddressParts, point: Point | undefined): GeographicAddress => {
  const { street, streetNumber, postcode, city, locality, stateOrProvince, country, name, subAddress } = parts
  const streetType = street === undefined ? undefined : streetTypeOf(street)
  return {
    id,
    href: `${ADDRESS_PATH}/${encodeURIComponent(id)}`,
    ...(name !== undefined && { name }),
    ...(street !== undefined && { streetName: street }),
    ...(streetType !== undefined && { streetType }),
    ...numberParts(streetNumber),
    ...(postcode !== undefined && { postcode }),
    ...(city !== undefined && { city }),
    ...(locality !== undefined && { locality }),
    ...(stateOrProvince !== undefined && { stateOrProvince }),
    ...(country !== undefined && { country }),
    ...(point !== undefined && { geographicLocation: { '@type': 'GeoJsonPoint' as const, geoJson: { type: 'Point', coordinates: [point.longitude, point.latitude] } } }),
    ...(subAddress !== undefined && subAddress.length > 0 && { geographicSubAddress: partsOf(id, subAddress) }),
    '@type': 'GeographicAddress',
  }
}

/** The row of an address. `found`: the id of an address with the same keys, which it then is. */
export const recordOf = (parts: AddressParts, from: { id?: string | undefined; source?: string | undefined; externalId?: string | undefined } = {}): AddressRecord => {
  const keys = keysOfParts(parts)
  const { latitude, longitude } = parts
  const point = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude }
  const id = from.id ?? idOfKeys(keys, parts.country, parts.stateOrProvince)
  return {
    id,
    doc: documentOf(id, parts, point),
    keys,
    street: parts.street ?? '',
    city: parts.city ?? parts.locality ?? '',
    point,
    cell: point === undefined ? parts.cell : finestCell(point),
    source: from.source,
    externalId: from.externalId,
  }
}

/** The same record under another id, with further parts of the house. */
export const adopted = (record: AddressRecord, id: string, parts: readonly GeographicSubAddress[]): AddressRecord => {
  const { geographicSubAddress: _, ...doc } = record.doc
  const known = partsOf(id, parts)
  return { ...record, id, doc: { ...doc, id, href: `${ADDRESS_PATH}/${encodeURIComponent(id)}`, ...(known.length > 0 && { geographicSubAddress: known }) } }
}

/** The words of a document that an address is found by. */
export const partsOfDocument = (doc: Omit<Partial<GeographicAddress>, 'id' | 'href'>): AddressParts => {
  const coordinates = doc.geographicLocation?.geoJson?.type === 'Point' ? doc.geographicLocation.geoJson.coordinates : []
  const [longitude, latitude] = coordinates
  return {
    street: streetOf(doc.streetName, doc.streetType),
    streetNumber: wholeNumber(doc),
    postcode: doc.postcode,
    city: doc.city,
    locality: doc.locality,
    stateOrProvince: doc.stateOrProvince,
    country: doc.country,
    name: doc.name,
    ...(typeof longitude === 'number' && typeof latitude === 'number' && { latitude, longitude }),
    subAddress: doc.geographicSubAddress,
  }
}
