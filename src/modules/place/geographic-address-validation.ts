/** TMF673 geographicAddressValidation: answered in the request, kept with the question. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { partsOfDocument } from './address-form.ts'
import { addressApi } from './api.ts'
import { readLocation } from './coordinates.ts'
import { GeographicAddressValidation, validationCreate } from './geographic-address-validation.schema.ts'
import { isSwapped, validateAddress } from './validate.ts'

/** The question stays. The answer may be corrected by somebody who has looked at the place. */
const PINNED = ['submittedGeographicAddress', 'provideAlternative', 'validationDate'] as const satisfies readonly (keyof GeographicAddressValidation)[]

const AT = 'submittedGeographicAddress.geographicLocation'
const SWAPPED = 'looks as if latitude and longitude were swapped (GeoJSON has the longitude first): the other way round it is where the address is'

export const geographicAddressValidation = defineResource({
  api: addressApi,
  name: 'geographicAddressValidation',
  type: 'GeographicAddressValidation',
  table: 'geographic_address_validation',
  description:
    'Tells whether an address is one of those that are known, in whatever spelling, and answers at once. validationResult is success (validGeographicAddress is its known form), partial (the street is known, but not the number or the flat, or there are several) or fails; with provideAlternative what could have been meant is in alternateGeographicAddress, the best first, each with a score.',
  schema: GeographicAddressValidation,
  operations: ['list', 'get', 'create', 'patch'],
  create: validationCreate,
  update: {},
  lifecycle: {
    attribute: 'state',
    states: ['accepted', 'inProgress', 'done', 'terminatedWithError'],
    initial: ['accepted'],
    moves: { accepted: ['inProgress', 'done', 'terminatedWithError'], inProgress: ['done', 'terminatedWithError'] },
    movedBy: 'server',
  },
  external: false,
  events: ['create', 'stateChange'],
  filters: { state: 'text', validationResult: 'text', validationDate: 'instant' },
  async prepare(draft, { context, now, previous, deps }) {
    const { submittedGeographicAddress: submitted, provideAlternative } = draft
    if (previous !== undefined || submitted === undefined) return draft
    const { faults, point } = readLocation(submitted.geographicLocation, AT)
    if (faults.length > 0) throw refuse.invalid(faults)
    const { result, valid, alternates } = await validateAddress(deps.database, context.brand, submitted)
    const known = valid === undefined ? undefined : partsOfDocument(valid)
    if (point !== undefined && known?.latitude !== undefined && known.longitude !== undefined && isSwapped(point, { latitude: known.latitude, longitude: known.longitude })) {
      throw refuse.invalid([fault(`${AT}.geoJson.coordinates`, SWAPPED, submitted.geographicLocation?.geoJson?.coordinates)])
    }
    return {
      ...draft,
      validationDate: now.toISOString(),
      validationResult: result,
      state: 'done' as const,
      ...(valid !== undefined && { validGeographicAddress: valid }),
      ...(provideAlternative === true && result !== 'success' && { alternateGeographicAddress: alternates.map(({ address, score }) => ({ ...address, score, '@type': 'ScoredGeographicAddress', '@baseType': 'GeographicAddress' })) }),
    }
  },
  check(doc, { previous, by }) {
    if (previous === undefined || by === 'server') return
    const changed = PINNED.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('validationAnswered', `${changed.join(', ')} cannot change once the address is validated: ask again with a new one`)
  },
  example: {
    provideAlternative: true,
    submittedGeographicAddress: { streetName: 'Quay Stret', streetNr: '7', postcode: 'ZD1 1AA', city: 'Doggerhaven', country: 'GB' },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'coordinates are not on earth, or latitude and longitude are swapped', attribute: 'submittedGeographicAddress.geographicLocation' },
    { status: 409, code: 'validationAnswered', when: 'a PATCH changes the question; the answer may be corrected', attribute: 'submittedGeographicAddress' },
  ],
})
