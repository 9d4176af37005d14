/** Is an address one of those that are known? The exact normal form is; else what could have been meant is looked for. */
import type { Database } from '../../platform/database/sql.ts'
import { partsOfDocument, subAddressKey } from './address-form.ts'
import { findDocuments, readDocument } from './address-store.ts'
import { kilometres, swapped, type Point } from './coordinates.ts'
import type { AddressValue, GeographicAddress } from './geographic-address.schema.ts'
import type { GeographicSubAddress } from './location-types.ts'
import { keysOf, searchForm } from './normal-form.ts'
import { suggest, type Suggestion } from './suggest.ts'

/** The definition's words. */
export type ValidationResult = 'success' | 'partial' | 'fails'

export interface Validated {
  result: ValidationResult
  /** The known form, where it succeeds; with the one part of the house that was named. */
  valid?: GeographicAddress
  /** The best first. */
  alternates: Suggestion[]
}

const MOST_ALTERNATES = 5
/** Known parts of a house that an answer carries. */
const MOST_PARTS = 200

const PART_WORDS = ['buildingName', 'levelType', 'levelNumber', 'privateStreetName', 'privateStreetNumber', 'subUnitType', 'subUnitNumber', 'name'] as const
const plainWord = (text: string): string => searchForm(text).replaceAll(' ', '').replace(/^0+(?=\d)/, '')

/** Everything that was said of the part is so; what was not said may be anything. */
const isPart = (known: GeographicSubAddress, told: GeographicSubAddress): boolean => {
  const said = PART_WORDS.filter(word => told[word] !== undefined && told[word].trim() !== '')
  return said.length > 0 && said.every(word => known[word] !== undefined && plainWord(known[word]) === plainWord(told[word]!))
}

const sayings = (part: GeographicSubAddress): boolean => part.id !== undefined || PART_WORDS.some(word => part[word] !== undefined && part[word].trim() !== '')

const bounded = (address: GeographicAddress): GeographicAddress => {
  const parts = address.geographicSubAddress
  return parts === undefined || parts.length <= MOST_PARTS ? address : { ...address, geographicSubAddress: parts.slice(0, MOST_PARTS) }
}

/** The house is known: are the parts of it that were named? Where no part of it is known, any may be. */
const withParts = (address: GeographicAddress, told: readonly GeographicSubAddress[]): Validated => {
  const { geographicSubAddress: known = [], ...house } = address
  if (told.length === 0) return { result: 'success', valid: bounded(address), alternates: [] }
  if (known.length === 0) return { result: 'success', valid: { ...house, geographicSubAddress: [...told] }, alternates: [] }
  const found = told.map(part => known.filter(one => (part.id !== undefined && one.id === part.id) || subAddressKey(one) === subAddressKey(part) || isPart(one, part)))
  if (found.every(matches => matches.length === 1)) return { result: 'success', valid: { ...house, geographicSubAddress: found.flat() }, alternates: [] }
  // Those that fit, where it is not clear which of several was meant; else all that there are.
  const some = found.flat()
  return { result: 'partial', alternates: [{ address: bounded({ ...house, geographicSubAddress: some.length > 0 ? some : known }), score: 0.9 }] }
}

const agrees = (told: string | undefined, known: string | undefined): boolean => told === undefined || known === undefined || plainWord(told) === plainWord(known)

/** Validates what was submitted. */
export const validateAddress = async (sql: Database, brand: string, submitted: AddressValue): Promise<Validated> => {
  const told = (submitted.geographicSubAddress ?? []).filter(sayings)
  const words = partsOfDocument(submitted)
  const town = words.city ?? words.locality
  const keys = keysOf({ ...words, city: town })
  if (keys.street === '' && submitted.id !== undefined) {
    const known = await readDocument(sql, brand, submitted.id)
    return known === undefined ? { result: 'fails', alternates: [] } : withParts(known.doc, told)
  }
  const located = keys.street !== '' && keys.number !== '' && (keys.postcode !== '' || keys.city !== '')
  const found = located ? await findDocuments(sql, brand, keys, MOST_ALTERNATES + 1) : []
  const agreeing = found.filter(one => agrees(words.country, one.country) && agrees(words.stateOrProvince, one.stateOrProvince))
  const meant = agreeing.length === 1 ? agreeing[0] : agreeing.find(one => one.id === submitted.id)
  if (meant !== undefined) return withParts(meant, told)
  if (found.length > 0) return { result: 'partial', alternates: found.slice(0, MOST_ALTERNATES).map(address => ({ address: bounded(address), score: 0.9 })) }
  const { suggestions, streetKnown } = await suggest(sql, brand, { ...words, city: town }, MOST_ALTERNATES)
  return { result: streetKnown ? 'partial' : 'fails', alternates: suggestions.map(({ address, score }) => ({ address: bounded(address), score })) }
}

/** Kilometres: further away than a mistake of surveying, nearer than another town. */
const FAR = 100
const NEAR = 10

/** The point is nowhere near the address that it stands beside, and would be with latitude and longitude the other way round. */
export const isSwapped = (point: Point, known: Point): boolean => kilometres(point, known) > FAR && Math.abs(point.longitude) <= 90 && kilometres(swapped(point), known) < NEAR
