/** The place module: addresses, what is inside a house, and sites. What other modules may ask of them. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { defineModule } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { addressRoutes, loadRecords, readAddressRows } from './address-routes.ts'
import type { AddressRow } from './address-row.ts'
import { findLocated, readLocated, type LocatedAddress } from './address-store.ts'
import { geographicAddress } from './geographic-address.ts'
import { geographicAddressValidation } from './geographic-address-validation.ts'
import { geographicSite } from './geographic-site.ts'
import { closeOutbound } from './import/fetch-file.ts'
import { importRoutes } from './import/routes.ts'
import { importRun, importSweep } from './import/run.ts'
import { keysOf, type AddressWords } from './normal-form.ts'
import { placeHoldings } from './personal.ts'

export { geographicAddress } from './geographic-address.ts'
export { geographicSite } from './geographic-site.ts'
export { finestCell, normaliseCell, objectionTo, swapped, type Point } from './coordinates.ts'
export { addressChanges } from './changed.ts'
export { streetOf } from './normal-form.ts'
export type { AddressRow } from './address-row.ts'
export { anyNear, hasExternalIds, idsByExternalId, type LocatedAddress } from './address-store.ts'

export const placeModule = defineModule({
  name: 'place',
  dependsOn: [],
  resources: [geographicAddress, geographicAddressValidation, geographicSite],
  contributions: { personal: placeHoldings },
  jobs: [importRun, importSweep],
  routes: async (app, deps) => {
    addressRoutes(app, deps)
    await importRoutes(app, deps)
  },
  stop: closeOutbound,
})

export { areasAt, areasOf, type Areas } from './areas.ts'

/** Where the address with this id is; undefined when there is none. */
export const addressById = (sql: Sql, brand: string, id: string): Promise<LocatedAddress | undefined> => readLocated(sql, brand, id)

/**
 * Addresses with this street and number in this postcode or town, in any spelling; at most six, by id. One that is found alone is meant;
 * several are flats that are kept as addresses of their own, or one street name in several towns.
 */
export const addressesByWords = async (sql: Sql, brand: string, words: AddressWords): Promise<LocatedAddress[]> => {
  const keys = keysOf(words)
  if (keys.street === '' || keys.number === '' || (keys.postcode === '' && keys.city === '')) return []
  const found = await findLocated(sql, brand, keys)
  // A town that is spelt otherwise, or a suburb: the postcode says enough.
  return found.length === 0 && keys.postcode !== '' && keys.city !== '' ? await findLocated(sql, brand, { ...keys, city: '' }) : found
}

/** Loads addresses by id, as the bulk operation does: one wrong row and nothing is stored. Of two with one id the last one counts. */
export const loadAddresses = (deps: Pick<Services, 'database'>, context: Context, rows: readonly AddressRow[]): Promise<{ created: number; updated: number }> =>
  loadRecords(deps, context.brand, readAddressRows(rows))
