/** What an import of addresses is asked for: where the list is, which column is which, and what holds for all lines. */
import { Type, type Static } from 'typebox'

/** What a column can be. */
export const TARGETS = [
  'id', 'externalId', 'name', 'streetName', 'streetNr', 'streetNrSuffix', 'city', 'locality', 'stateOrProvince', 'postcode', 'country', 'latitude', 'longitude',
  'buildingName', 'levelType', 'levelNumber', 'subUnitType', 'subUnitNumber',
] as const
export type Target = (typeof TARGETS)[number]
export type Mapping = Partial<Record<Target, string>>

/** Columns as OpenAddresses has them; of those that a list lacks, nothing is read. */
export const OPEN_ADDRESSES: Readonly<Mapping> = {
  longitude: 'LON', latitude: 'LAT', streetNr: 'NUMBER', streetName: 'STREET', subUnitNumber: 'UNIT', city: 'CITY', locality: 'DISTRICT', stateOrProvince: 'REGION', postcode: 'POSTCODE', externalId: 'ID',
}

const column = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: what }))
const constant = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: what }))

export const MappingSchema = Type.Object(
  {
    id: column('Identifier that the address is to have here; without it an address that is met again is known by its words'),
    externalId: column('Identifier in the list, which is kept beside the address'),
    name: column('Name shown to people'),
    streetName: column('Street'),
    streetNr: column('House number with its addition'),
    streetNrSuffix: column('Addition to the number, where it has a column of its own'),
    city: column('Town'),
    locality: column('Suburb, village or district'),
    stateOrProvince: column('State, province or region'),
    postcode: column('Postal code'),
    country: column('Country'),
    latitude: column('Latitude in degrees (WGS 84)'),
    longitude: column('Longitude in degrees (WGS 84)'),
    buildingName: column('Part of the house: building'),
    levelType: column('Part of the house: kind of level'),
    levelNumber: column('Part of the house: number of the level'),
    subUnitType: column('Part of the house: kind of unit'),
    subUnitNumber: column('Part of the house: number of the unit'),
  },
  { additionalProperties: false, description: 'Which column of the list is which attribute, by the names in its first line. Without it the columns are those of OpenAddresses (LON, LAT, NUMBER, STREET, UNIT, CITY, DISTRICT, REGION, POSTCODE, ID)' },
)

export const Defaults = Type.Object(
  { city: constant('Town'), stateOrProvince: constant('State, province or region'), country: constant('Country'), subUnitType: constant('Kind of unit') },
  { additionalProperties: false, description: 'What holds where a line says nothing' },
)

export const ImportRequest = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: 100, description: 'What the list is called; kept beside its addresses' }),
    url: Type.Optional(Type.String({ maxLength: 2000, description: 'Where the list is fetched. Without it the list is sent to /content' })),
    delimiter: Type.Optional(Type.Enum([',', ';', '\t', '|'], { type: 'string', description: 'What stands between columns; a comma when left out' })),
    mapping: Type.Optional(MappingSchema),
    defaults: Type.Optional(Defaults),
    coordinates: Type.Optional(Type.Enum(['checked', 'asGiven'], { type: 'string', description: 'checked: a line whose latitude and longitude look swapped beside its neighbours is rejected (as when left out); asGiven: it is taken, as where an earlier list had them swapped' })),
  },
  { additionalProperties: false, description: 'An import of a list of addresses: CSV in UTF-8 with the names of its columns in the first line, also packed by gzip' },
)
export type ImportRequest = Static<typeof ImportRequest>
export type ImportOptions = Pick<ImportRequest, 'delimiter' | 'mapping' | 'defaults' | 'coordinates'>
