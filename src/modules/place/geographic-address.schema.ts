/** Stored form of geographicAddress (TMF673). */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { GeographicLocationRefOrValue, GeographicSubAddress } from './location-types.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

/** What an address is made of, beside id and href. */
export const addressAttributes = {
  city: text('Town'),
  country: text('Country'),
  locality: text('Suburb, village or district'),
  name: text('Name shown to people'),
  postcode: text('Postal code'),
  stateOrProvince: text('State, province or region'),
  streetName: text('Street, with its kind as it is written: Quay Street'),
  streetNr: text('House number; the first of a range'),
  streetNrLast: text('Last house number of a range'),
  streetNrLastSuffix: text('Addition to the last number'),
  streetNrSuffix: text('Addition to the number, such as b'),
  streetSuffix: text('Direction, such as North'),
  streetType: text('Kind of street: street, avenue, lane …'),
  geographicLocation: Type.Optional(GeographicLocationRefOrValue),
  geographicSubAddress: Type.Optional(Type.Array(GeographicSubAddress, { description: 'Floors, flats and other parts that are known' })),
  ...extensible,
}

/** How to find a property in words. */
export const GeographicAddress = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    ...addressAttributes,
  },
  { description: 'How to find a property in words' },
)
export type GeographicAddress = Static<typeof GeographicAddress>

/** An address inside another document: as somebody wrote it, or one that is known. */
export const AddressValue = Type.Object(
  { id: text('Identifier, where it is known here'), href: text('Where it can be read'), ...addressAttributes },
  { description: 'An address' },
)
export type AddressValue = Static<typeof AddressValue>
