/** Checks one place: finds it among the addresses, reads its coverage in one query, and gives the verdict. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { findAddresses, getAddress, type ServiceAddress } from './address-store.ts'
import { withoutHeld, type OwnPorts } from './capacity-store.ts'
import { livePlaceKey, readAtPlace } from './coverage-at-place-store.ts'
import { withLive } from './live/ask-live.ts'
import type { LivePlace } from './live/mapping.ts'
import { cellChain, type PlaceQuery } from './place.ts'
import { withSwapReason } from './swapped-coordinates.ts'
import { assess, refusedPlace, withAsked, type AskedSource, type Coverage, type ReasonCode, type Requirement, type Verdict } from './qualification.ts'

interface Located {
  addressId?: string
  cells: string[]
  /** What of it live sources can be told. */
  told: LivePlace
}

interface Trouble {
  code: ReasonCode
  label: string
}

const toldOf = (query: PlaceQuery): LivePlace => ({ ...query.address, ...query.point, ...(query.addressId !== undefined && { addressId: query.addressId }), ...(query.cell !== undefined && { cell: query.cell }) })

const locationOf = (address: ServiceAddress, query: PlaceQuery): Located => {
  const point = query.point ?? (address.latitude === undefined || address.longitude === undefined ? undefined : { latitude: address.latitude, longitude: address.longitude })
  const cell = query.cell ?? address.cell
  return {
    addressId: address.id,
    cells: cellChain({ ...(point === undefined ? {} : { point }), ...(cell === undefined ? {} : { cell }) }),
    told: { ...toldOf(query), addressId: address.id, ...point, ...(cell !== undefined && { cell }) },
  }
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
  if (cells.length > 0) return { cells, told: toldOf(query), ...(query.addressId === undefined ? {} : { addressId: query.addressId }) }
  if (query.addressId !== undefined) return { code: 'addressUnknown', label: `No address ${query.addressId.slice(0, 80)} is known here` }
  if (query.address !== undefined) return { code: 'addressUnknown', label: `No address ${query.address.street} ${query.address.streetNumber}, ${query.address.postcode ?? query.address.city ?? ''} is known here`.slice(0, 300) }
  if (query.trouble !== undefined) return query.trouble
  if (query.incompleteAddress === true) return { code: 'addressIncomplete', label: 'An address needs its street, number, and postcode or town to be found' }
  return { code: 'placeMissing', label: 'The place has neither an address, nor coordinates, nor an H3 cell' }
}

/** What all sources say of a place. `rows` are whenever in force; `asked` says what became of those that are asked. */
export interface Known {
  rows: Coverage[]
  asked: AskedSource[]
}

const knownAt = async (deps: CheckDeps, brand: string, { addressId, cells, told }: Located, providers?: readonly string[]): Promise<Known> => {
  const keys = { cells, ...(addressId !== undefined && { addressId }) }
  const { rows, live } = await readAtPlace(deps.database, brand, keys)
  return live.length === 0 ? { rows, asked: [] } : withLive(deps, brand, live, livePlaceKey(keys), told, rows, providers)
}

/** Every coverage row of a place, or why the place cannot be told. Where `providers` are wished, live sources of others are not asked. */
export const coverageAt = async (deps: CheckDeps, context: Pick<Context, 'brand'>, query: PlaceQuery | undefined, providers?: readonly string[]): Promise<Known | Trouble> => {
  if (query === undefined) return { code: 'placeMissing', label: 'No place was given' }
  const located = await locate(deps.database, context.brand, query)
  if (!('code' in located)) return knownAt(deps, context.brand, located, providers)
  if (located.code !== 'addressUnknown' || query.addressId === undefined) return located
  // Coverage may come for an address id before (or without) the address itself.
  const known = await knownAt(deps, context.brand, { addressId: query.addressId, cells: [], told: toldOf(query) }, providers)
  return known.rows.length > 0 || known.asked.some(one => one.state === 'unreachable') ? known : located
}

export type CheckDeps = Pick<Services, 'database' | 'config' | 'log'>

export interface Looking {
  /** Which of the ports held there are held for this very question. */
  ownPorts?: OwnPorts | undefined
  /** Where what sources say is taken from; read anew when left out. */
  look?: typeof coverageAt
}

/**
 * Can this be delivered there?
 * @param at the date it is wanted for, business time
 */
export const checkPlace = async (deps: CheckDeps, context: Context, place: PlaceQuery | undefined, need: Requirement, at: Date, { ownPorts, look = coverageAt }: Looking = {}): Promise<Verdict> => {
  const known = await look(deps, context, place, need.providers)
  if ('code' in known) return refusedPlace(known.code, known.label)
  const verdict = withAsked(assess(await withoutHeld(deps.database, context.brand, known.rows, ownPorts), need, at), known.asked)
  return withSwapReason(deps.database, context.brand, place?.point, verdict)
}
