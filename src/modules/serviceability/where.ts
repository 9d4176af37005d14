/** Where a place of a document is, as far as it is known here: for other modules, which have areas of their own. */
import type { Sql } from '../../platform/database/sql.ts'
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { findAddresses, getAddress } from './address-store.ts'
import { cellChain, readPlace, type Point } from './place.ts'
import { withSitePlace, type SiteDeps } from './site-place.ts'

export interface Where {
  addressId?: string
  postcode?: string
  point?: Point
  /** The H3 cells that hold it, finest first. */
  cells: readonly string[]
}

/** What is known of a place. Throws a Refusal (400) when it cannot be understood, or names an address or a site that is not known and says nothing else; `path` leads its faults. */
export const whereIs = async (deps: SiteDeps & { database: Sql }, context: Context, place: Readonly<Record<string, unknown>>, path: string): Promise<Where> => {
  const { query: asked, faults } = readPlace(place, path)
  if (faults.length > 0) throw refuse.invalid(faults)
  const query = await withSitePlace(deps, context, asked)
  const found = query.address === undefined ? [] : await findAddresses(deps.database, context.brand, query.address)
  const address = (query.addressId === undefined ? undefined : await getAddress(deps.database, context.brand, query.addressId)) ?? (found.length === 1 ? found[0] : undefined)
  const point = query.point ?? (address?.latitude === undefined || address.longitude === undefined ? undefined : { latitude: address.latitude, longitude: address.longitude })
  const cell = query.cell ?? address?.cell
  const said = place['postcode'] ?? place['postCode']
  const postcode = address?.postcode ?? query.address?.postcode ?? (typeof said === 'string' && said !== '' ? said : undefined)
  const addressId = address?.id ?? query.addressId
  if (postcode === undefined && point === undefined && cell === undefined) {
    if (query.trouble !== undefined) throw refuse.invalid([fault(`${path}.id`, `leads nowhere: ${query.trouble.label}`, place['id'])])
    if (query.addressId !== undefined && address === undefined) throw refuse.invalid([fault(`${path}.id`, 'names no address that is known here', place['id'])])
  }
  return {
    ...(addressId !== undefined && { addressId }),
    ...(postcode !== undefined && { postcode }),
    ...(point !== undefined && { point }),
    cells: cellChain({ ...(point !== undefined && { point }), ...(cell !== undefined && { cell }) }),
  }
}
