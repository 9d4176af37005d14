/** Addresses as callers write them in bulk and read them in short: their schema, and reading them with every fault named. */
import { getResolution, gridDisk, latLngToCell } from 'h3-js'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { fault, type Fault } from '../../platform/errors.ts'
import { faultsOfSchemaErrors, type SchemaError } from '../../platform/http/validation-faults.ts'
import { partsOfDocument, recordOf, type AddressRecord } from './address-form.ts'
import { normaliseCell, objectionTo } from './coordinates.ts'
import type { GeographicAddress } from './geographic-address.schema.ts'
import { GeographicSubAddress } from './location-types.ts'

const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })

export const AddressRow = Type.Object(
  {
    id: name('Identifier of the address, as coverage and qualifications name it'),
    street: name('Street'),
    streetNumber: Type.String({ minLength: 1, maxLength: 40, description: 'House number with its addition' }),
    postcode: Type.String({ minLength: 1, maxLength: 20, description: 'Postal code' }),
    city: name('Town'),
    locality: Type.Optional(name('Suburb, village or district')),
    stateOrProvince: Type.Optional(name('State, province or region')),
    country: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'Country' })),
    latitude: Type.Optional(Type.Number({ description: 'Degrees, WGS 84' })),
    longitude: Type.Optional(Type.Number({ description: 'Degrees, WGS 84' })),
    cell: Type.Optional(Type.String({ maxLength: 20, description: 'H3 cell; follows from the coordinates where they are given' })),
    subAddress: Type.Optional(Type.Array(GeographicSubAddress, { maxItems: 5000, description: 'Floors, flats and other parts of the house (as TMF673 has them)' })),
  },
  { additionalProperties: false, description: 'An address' },
)
export type AddressRow = Static<typeof AddressRow>

const validator = Compile(AddressRow)

/** TypeBox names all missing or unknown attributes of an object in one error: one for each, as ajv has them. */
export const errorsOf = (errors: readonly SchemaError[]): SchemaError[] =>
  errors.flatMap(error => {
    const { requiredProperties, additionalProperties } = error.params
    if (error.keyword === 'required' && Array.isArray(requiredProperties)) return requiredProperties.map(missingProperty => ({ ...error, params: { missingProperty } }))
    // TypeBox tells an unknown attribute a second time, as one whose schema is false.
    if (error.keyword === 'boolean') return []
    if (error.keyword === 'additionalProperties' && Array.isArray(additionalProperties)) return additionalProperties.map(additionalProperty => ({ ...error, params: { additionalProperty } }))
    return [error]
  })

/** An address ready to be stored, or what is wrong with it. `path` leads the faults. */
export const readAddressRow = (given: unknown, path: string): AddressRecord | Fault[] => {
  const at = (attribute: string): string => (path === '' ? attribute : attribute === '' ? path : `${path}.${attribute}`)
  if (!validator.Check(given)) return faultsOfSchemaErrors(errorsOf(validator.Errors(given)), given).map(one => ({ ...one, path: at(one.path) }))
  const { latitude, longitude } = given
  if ((latitude === undefined) !== (longitude === undefined)) return [fault(at('latitude'), 'and longitude belong together')]
  const objection = latitude === undefined || longitude === undefined ? undefined : objectionTo({ latitude, longitude })
  if (objection !== undefined) return [fault(at(Math.abs(latitude ?? 0) > 90 ? 'latitude' : 'longitude'), objection)]
  const cell = given.cell === undefined ? undefined : normaliseCell(given.cell)
  if (given.cell !== undefined && cell === undefined) return [fault(at('cell'), 'must be an H3 cell index', given.cell)]
  if (cell !== undefined && latitude !== undefined && longitude !== undefined && !gridDisk(cell, 1).includes(latLngToCell(latitude, longitude, getResolution(cell)))) return [fault(at('cell'), 'is not where latitude and longitude are', given.cell)]
  const { id, ...parts } = given
  return recordOf({ ...parts, cell }, { id })
}

/** A stored address in short. */
export const shownAddress = ({ doc, cell }: { doc: GeographicAddress; cell: string | null }): Record<string, unknown> => {
  const { street, streetNumber, postcode, city, locality, stateOrProvince, country, latitude, longitude, subAddress } = partsOfDocument(doc)
  return { id: doc.id, street, streetNumber, postcode, city, locality, stateOrProvince, country, latitude, longitude, ...(cell !== null && { cell }), subAddress }
}
