/** Parts of a product specification: characteristics, values, relations (TMF620). */
import { Type } from 'typebox'
import { ProductSpecificationRef } from './shared-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'

/** A specification inside a bundle. */
export const BundledProductSpecification = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    ...extensible,
  },
  { description: 'A specification inside a bundle' },
)

/** A value or range that is allowed. */
export const CharacteristicValueSpecification = Type.Object(
  {
    isDefault: Type.Optional(Type.Boolean({ description: 'True for the value taken when none is chosen' })),
    rangeInterval: Type.Optional(Type.String({ description: 'Which ends belong to the range: open, closed, closedBottom or closedTop' })),
    regex: Type.Optional(Type.String({ description: 'Pattern that a value has to match' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    valueFrom: Type.Optional(Type.Integer({ description: 'Lower end of the range' })),
    valueTo: Type.Optional(Type.Integer({ description: 'Upper end of the range' })),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    validFor: Type.Optional(TimePeriod),
    value: Type.Optional(Type.Unknown({ description: 'The value; any JSON' })),
    ...extensible,
  },
  { description: 'A value or range that is allowed' },
)

/** A relation to another characteristic. */
export const ProductSpecificationCharacteristicRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    charSpecSeq: Type.Optional(Type.Integer({ description: 'Position among the related characteristics' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A relation to another characteristic' },
)

/** A characteristic that products have. */
export const ProductSpecificationCharacteristic = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    configurable: Type.Optional(Type.Boolean({ description: 'True when a buyer may choose the value' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    extensible: Type.Optional(Type.Boolean({ description: 'True when values beyond those listed are allowed' })),
    isUnique: Type.Optional(Type.Boolean({ description: 'True when no two products may carry the same value' })),
    maxCardinality: Type.Optional(Type.Integer({ description: 'Most values that may be given' })),
    minCardinality: Type.Optional(Type.Integer({ description: 'Fewest values that must be given' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    regex: Type.Optional(Type.String({ description: 'Pattern that a value has to match' })),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    productSpecCharRelationship: Type.Optional(Type.Array(ProductSpecificationCharacteristicRelationship, { description: 'How it relates to other characteristics' })),
    productSpecCharacteristicValue: Type.Optional(Type.Array(CharacteristicValueSpecification, { description: 'Values that are allowed' })),
    validFor: Type.Optional(TimePeriod),
    '@valueSchemaLocation': Type.Optional(Type.String({ description: 'Where the JSON Schema of an object value can be fetched' })),
    ...extensible,
  },
  { description: 'A characteristic that products have' },
)

/** A characteristic whose values are set or narrowed. */
export const ProductSpecificationCharacteristicValueUse = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    maxCardinality: Type.Optional(Type.Integer({ description: 'Most values that may be given' })),
    minCardinality: Type.Optional(Type.Integer({ description: 'Fewest values that must be given' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    productSpecCharacteristicValue: Type.Optional(Type.Array(CharacteristicValueSpecification, { description: 'Values that are allowed' })),
    productSpecification: Type.Optional(ProductSpecificationRef),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A characteristic whose values are set or narrowed' },
)

/** A relation to another specification. */
export const ProductSpecificationRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A relation to another specification' },
)
