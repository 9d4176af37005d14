/** Where something lies on earth (TMF673, TMF674, as GeoJSON), and the parts inside a house. */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'

/** GeoJSON of a location: the definition's classes differ in what stands here. The longitude comes first. */
export const GeoJson = Type.Object(
  {
    type: Type.String({ description: 'Point, MultiPoint, LineString, MultiLineString or Polygon' }),
    coordinates: Type.Array(Type.Unknown(), { minItems: 1, description: 'Longitude and latitude in degrees (WGS 84), or lists of such pairs' }),
    ...extensible,
  },
  { description: 'Geometry as GeoJSON (RFC 7946)' },
)

/** A location by reference or by value. */
export const GeographicLocationRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    bbox: Type.Optional(Type.Array(Type.Number(), { description: 'Box around the geometry, axes in the order of the geometry' })),
    geoJson: Type.Optional(GeoJson),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    '@baseType': extensible['@baseType'],
    '@schemaLocation': extensible['@schemaLocation'],
    '@type': Type.Enum(['GeoJsonPoint', 'GeoJsonMultiPoint', 'GeoJsonLineString', 'GeoJsonMultiLineString', 'GeoJsonPolygon'], { type: 'string', description: 'Kind of geometry' }),
  },
  { description: 'Where it lies on earth' },
)

/** A part of a house: a floor, a flat, a building of a cluster, a private street. */
export const GeographicSubAddress = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique within the address' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    buildingName: Type.Optional(Type.String({ description: 'Name that the building is known by' })),
    levelNumber: Type.Optional(Type.String({ description: 'Number of the level, where there are several of its type' })),
    levelType: Type.Optional(Type.String({ description: 'Kind of level: floor, basement …' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    privateStreetName: Type.Optional(Type.String({ description: 'Street inside a property' })),
    privateStreetNumber: Type.Optional(Type.String({ description: 'Number in that street' })),
    subAddressType: Type.Optional(Type.String({ description: 'subunit or private street' })),
    subUnitNumber: Type.Optional(Type.String({ description: 'Number of the flat, suite or shop' })),
    subUnitType: Type.Optional(Type.String({ description: 'Kind of subunit: flat, suite, shop …' })),
    ...extensible,
  },
  { description: 'A part of a house' },
)
export type GeographicSubAddress = Static<typeof GeographicSubAddress>
