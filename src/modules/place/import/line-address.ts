/** From a record of a list to an address, with the column and the reason where it is none. Pure. */
import { recordOf, type AddressParts, type AddressRecord } from '../address-form.ts'
import { objectionTo } from '../coordinates.ts'
import type { GeographicSubAddress } from '../location-types.ts'
import type { LineFault } from './import-store.ts'
import { OPEN_ADDRESSES, TARGETS, type ImportOptions, type Mapping, type Target } from './options.ts'
import { UnreadableList } from './unpack.ts'

/** Which field of a record is which attribute. */
export interface Columns {
  names: readonly string[]
  at: ReadonlyMap<Target, number>
  options: ImportOptions
  source: string
}

const LONGEST: Readonly<Partial<Record<Target, number>>> = { streetNr: 40, streetNrSuffix: 20, postcode: 20, country: 60, latitude: 40, longitude: 40 }
const LONGEST_OTHERWISE = 200
const CONTROL = /\p{Cc}/u
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

/** Reads the first line of a list; throws UnreadableList when a column is not there that was named, or that no address can do without. */
export const columnsOf = (header: readonly string[], options: ImportOptions, source: string): Columns => {
  const names = header.map(name => name.trim())
  const byName = new Map(names.map((name, index) => [name.toLowerCase(), index]))
  const mapping: Mapping = options.mapping ?? OPEN_ADDRESSES
  const at = new Map<Target, number>()
  for (const target of TARGETS) {
    const wanted = mapping[target]
    if (wanted === undefined) continue
    const index = byName.get(wanted.trim().toLowerCase())
    if (index !== undefined) at.set(target, index)
    else if (options.mapping !== undefined) throw new UnreadableList(`Line 1 names no column ${wanted} (${target}); it has ${names.join(', ').slice(0, 300)}`)
  }
  const missing = (['streetName', 'streetNr'] as const).filter(target => !at.has(target))
  if (missing.length > 0) throw new UnreadableList(`Line 1 names no column ${missing.map(target => mapping[target] ?? target).join(' and ')}; it has ${names.join(', ').slice(0, 300)}. A mapping can say which column is which`)
  if (!at.has('city') && !at.has('postcode') && !at.has('locality') && options.defaults?.city === undefined) throw new UnreadableList(`Line 1 names neither a postcode nor a town; it has ${names.join(', ').slice(0, 300)}`)
  return { names, at, options, source }
}

const numberOf = (text: string): number => (NUMBER.test(text) ? Number(text) : Number.NaN)

/** `Flat 3`, `Apt. 12b`, `Suite # 4`: kind and number in one field. A word alone (`Basement`) or more of them (`Ground Floor`) stays as it is. */
const UNIT = /^(\p{L}{2,30})(?:\.\s*|\s+|(?=#))(?:(?:no|nr)\.?\s*)?#?\s*(\p{L}?\d+[\p{L}\d]*(?:[-/]\p{L}?\d+\p{L}?)?|\p{L})$/iu

/** The kind and the number of a flat; what a list says of the kind in a field of its own counts. */
const unitOf = (type: string | undefined, number: string | undefined): { type?: string; number?: string } => {
  const found = number === undefined ? null : UNIT.exec(number)
  const [, word, rest] = found ?? []
  if (word === undefined || rest === undefined || (type !== undefined && type.toLowerCase() !== word.toLowerCase())) return { ...(type !== undefined && { type }), ...(number !== undefined && { number }) }
  return { type: type ?? word.toLowerCase(), number: rest }
}

/** An address of a list, or the faults of its line. */
export const addressOfLine = (fields: readonly string[], line: number, { names, at, options, source }: Columns): AddressRecord | LineFault[] => {
  if (fields.length !== names.length) return [{ line, column: '', reason: `has ${fields.length} columns; the first line has ${names.length}` }]
  const faults: LineFault[] = []
  const refuse = (target: Target, reason: string): void => void faults.push({ line, column: names[at.get(target) ?? -1] ?? target, reason })
  const read = (target: Target): string | undefined => {
    const index = at.get(target)
    const value = index === undefined ? undefined : fields[index]?.trim()
    if (value === undefined || value === '') return undefined
    const most = LONGEST[target] ?? LONGEST_OTHERWISE
    if (value.length > most) refuse(target, `has more than ${most} characters`)
    else if (CONTROL.test(value)) refuse(target, 'has a control character')
    else return value
    return undefined
  }
  const { defaults = {} } = options
  const street = read('streetName')
  const number = read('streetNr')
  const suffix = read('streetNrSuffix')
  const postcode = read('postcode')
  const locality = read('locality')
  const city = read('city') ?? defaults.city
  if (faults.length === 0) {
    if (street === undefined) refuse('streetName', 'is empty')
    if (number === undefined) refuse('streetNr', 'is empty')
    if (postcode === undefined && city === undefined && locality === undefined) refuse(at.has('postcode') ? 'postcode' : 'city', 'is empty, and no town or postcode is told')
  }
  const latitude = read('latitude')
  const longitude = read('longitude')
  if ((latitude === undefined) !== (longitude === undefined)) refuse(latitude === undefined ? 'latitude' : 'longitude', 'is empty; latitude and longitude belong together')
  const point = latitude === undefined || longitude === undefined ? undefined : { latitude: numberOf(latitude), longitude: numberOf(longitude) }
  if (point !== undefined) {
    const objection = objectionTo(point)
    if (Number.isNaN(point.latitude)) refuse('latitude', 'must be a number of degrees')
    else if (Number.isNaN(point.longitude)) refuse('longitude', 'must be a number of degrees')
    else if (objection !== undefined) refuse(Math.abs(point.latitude) > 90 ? 'latitude' : 'longitude', objection)
  }
  const [buildingName, levelType, levelNumber] = (['buildingName', 'levelType', 'levelNumber'] as const).map(read)
  const { type: subUnitType, number: subUnitNumber } = unitOf(read('subUnitType'), read('subUnitNumber'))
  const hasPart = [buildingName, levelNumber, subUnitNumber].some(one => one !== undefined)
  const part: GeographicSubAddress = {
    ...(subUnitNumber !== undefined && { subAddressType: 'subunit' }),
    ...(buildingName !== undefined && { buildingName }),
    ...(levelType !== undefined && { levelType }),
    ...(levelNumber !== undefined && { levelNumber }),
    ...((subUnitType ?? (subUnitNumber === undefined ? undefined : defaults.subUnitType)) !== undefined && { subUnitType: subUnitType ?? defaults.subUnitType! }),
    ...(subUnitNumber !== undefined && { subUnitNumber }),
  }
  const parts: AddressParts = {
    street,
    streetNumber: number === undefined ? undefined : `${number}${suffix ?? ''}`,
    postcode,
    city,
    locality,
    stateOrProvince: read('stateOrProvince') ?? defaults.stateOrProvince,
    country: read('country') ?? defaults.country,
    name: read('name'),
    ...point,
    ...(hasPart && { subAddress: [part] }),
  }
  const from = { id: read('id'), externalId: read('externalId'), source }
  if (at.has('id') && from.id === undefined && faults.length === 0) refuse('id', 'is empty')
  return faults.length > 0 ? faults : recordOf(parts, from)
}
