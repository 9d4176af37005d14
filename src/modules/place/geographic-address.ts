/** TMF673 geographicAddress: reference data that all of a brand read. Written by lists (import, bulk), never over the standard's own operations. */
import { refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { partsOfDocument, recordOf, subAddressPath } from './address-form.ts'
import { writeKeys } from './address-store.ts'
import { addressApi } from './api.ts'
import { readLocation } from './coordinates.ts'
import { GeographicAddress } from './geographic-address.schema.ts'

export const geographicAddress = defineResource({
  api: addressApi,
  name: 'geographicAddress',
  type: 'GeographicAddress',
  table: 'geographic_address',
  description: 'An address with the floors, flats and other parts of the house that are known. Lists of addresses are brought in by /tandem/v1/addressImport and /tandem/v1/address/bulk.',
  schema: GeographicAddress,
  operations: ['list', 'get'],
  visibility: 'brand',
  external: false,
  // The definition has none, and a list has millions of addresses.
  events: [],
  parts: [{ attribute: 'geographicSubAddress', type: 'GeographicSubAddress' }],
  // Each further one costs a load of millions a tenth of its time. Everything else filters by the index over the whole document.
  filters: { city: 'text', postcode: 'text' },
  prepare(draft) {
    const parts = draft.geographicSubAddress
    if (parts === undefined) return draft
    return { ...draft, geographicSubAddress: parts.map((part, index) => ({ ...part, id: part.id ?? String(index + 1), href: subAddressPath(draft.id, part.id ?? String(index + 1)) })) }
  },
  check(doc) {
    const { faults } = readLocation(doc.geographicLocation, 'geographicLocation')
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  consequences: (doc, { tx, context }) => writeKeys(tx, context.brand, recordOf(partsOfDocument(doc), { id: doc.id })),
  async changeConsequences(doc, { tx, context }) {
    if (doc !== undefined) await writeKeys(tx, context.brand, recordOf(partsOfDocument(doc), { id: doc.id }))
  },
  example: {
    streetName: 'Quay Street',
    streetType: 'Street',
    streetNr: '7',
    postcode: 'ZD1 1AA',
    city: 'Doggerhaven',
    locality: 'Harbour',
    stateOrProvince: 'Dogger Bank',
    country: 'GB',
    geographicLocation: { '@type': 'GeoJsonPoint', geoJson: { type: 'Point', coordinates: [2.7486, 54.7191] } },
    geographicSubAddress: [{ id: 'flat-2', subAddressType: 'subunit', levelType: 'floor', levelNumber: '1', subUnitType: 'flat', subUnitNumber: '2' }],
  },
})
