/** Checks one place: finds it among the addresses, reads its coverage in one query, and gives the verdict. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { findAddresses, getAddress, type ServiceAddress } from './address-store.ts'
import { findCoverage } from './coverage-store.ts'
import { cellChain, type PlaceQuery } from './place.ts'
import { assess, refusedPlace, type Coverage, type ReasonCode, type Requirement, type Verdict } from './qualification.ts'

interface Located {
  addressId?: string
  cells: string[]
}

interface Trouble {
  code: ReasonCode
  label: string
}

const locationOf = (address: ServiceAddress, query: PlaceQuery): Located => {
  const point = query.point ?? (address.latitude === undefined || address.longitude === undefined ? undefined : { latitude: address.latitude, longitude: address.longitude })
  const cell = query.cell ?? address.cell
  return { addressId: address.id, cells: cellChain({ ...(point === undefined ? {} : { point }), ...(cell === undefined ? {} : { cell }) }) }
}

/** Finds the place: by address id, then by address fields, then by its coordinates or cell alone. */
const locate = async (sql: Sql, brand: string, query: PlaceQuery): Promise<Located | Trouble> => {
  const cells = cellChain(query)
  if (query.addressId !== undefined) {
    const address = await getAddress(sql, brand, query.addressId)
    if (address !== undefined) return locationOf(address, query)
  }
  if (query.address !== undefined) {
    const found = await findAddresses(sql, brand, query.address)
    if (found[0] !== undefined && found.length === 1) return locationOf(found[0], query)
    if (found.length > 1 && cells.length === 0) {
      return { code: 'addressAmbiguous', label: `Several addresses match: name one of ${found.slice(0, 5).map(address => address.id).join(', ')} as the place's id` }
    }
  }
  // Not among the addresses: coverage may still name the id itself, or the cells of the coordinates.
  if (cells.length > 0) return { cells, ...(query.addressId === undefined ? {} : { addressId: query.addressId }) }
  if (query.addressId !== undefined) return { code: 'addressUnknown', label: `No address ${query.addressId.slice(0, 80)} is known here` }
  if (query.address !== undefined) return { code: 'addressUnknown', label: `No address ${query.address.street} ${query.address.streetNumber}, ${query.address.postcode ?? query.address.city ?? ''} is known here`.slice(0, 300) }
  if (query.incompleteAddress === true) return { code: 'addressIncomplete', label: 'An address needs its street, number, and postcode or town to be found' }
  return { code: 'placeMissing', label: 'The place has neither an address, nor coordinates, nor an H3 cell' }
}

/** Every coverage row of a place, or why the place cannot be told. */
export const coverageAt = async (sql: Sql, context: Context, query: PlaceQuery | undefined): Promise<Coverage[] | Trouble> => {
  if (query === undefined) return { code: 'placeMissing', label: 'No place was given' }
  const located = await locate(sql, context.brand, query)
  if ('code' in located) {
    // Coverage may come for an address id before (or without) the address itself.
    const rows = located.code === 'addressUnknown' && query.addressId !== undefined ? await findCoverage(sql, context.brand, query.addressId, []) : []
    return rows.length > 0 ? rows : located
  }
  return findCoverage(sql, context.brand, located.addressId, located.cells)
}

/**
 * Can this be delivered there?
 * @param at the date it is wanted for, business time
 */
export const checkPlace = async (
  deps: { database: Sql },
  context: Context,
  place: PlaceQuery | undefined,
  need: Requirement,
  at: Date,
): Promise<Verdict> => {
  const rows = await coverageAt(deps.database, context, place)
  return Array.isArray(rows) ? assess(rows, need, at) : refusedPlace(rows.code, rows.label)
}
