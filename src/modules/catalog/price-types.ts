/** Parts of a product offering price (TMF620). */
import { Type } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { Money, TimePeriod } from '../../tmf/types/basics.ts'

/** A price inside a bundled price. */
export const BundledProductOfferingPriceRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    ...extensible,
  },
  { description: 'A price inside a bundled price' },
)

/** An algorithm that computes a price. */
export const PricingLogicAlgorithm = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    plaSpecId: Type.Optional(Type.String({ description: 'Identifier of the algorithm’s specification' })),
    validFor: Type.Optional(TimePeriod),
    mode: Type.Optional(Type.Enum(['volume', 'graduated'], { type: 'string', description: 'volume: all at the price of the tier that is reached (default). graduated: each part at its own tier’s price, for usage (own extension)' })),
    tier: Type.Optional(
      Type.Array(Type.Object({ from: Type.Number({ minimum: 0, description: 'From this quantity, or this block of usage, on' }), price: Type.Number({ minimum: 0, description: 'Price of a unit or block, in the currency of the price' }) }), {
        maxItems: 100,
        description: 'Prices by quantity (own extension)',
      }),
    ),
    allowance: Type.Optional(Type.Number({ minimum: 0, description: 'Usage that is free in each period (own extension)' })),
    ...extensible,
  },
  { description: 'An algorithm that computes a price' },
)

/** A relation to another price. */
export const ProductOfferingPriceRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A relation to another price' },
)

/** A tax with rate and amount. */
export const TaxItem = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    taxCategory: Type.Optional(Type.String({ description: 'Tax that applies, such as VAT' })),
    taxRate: Type.Optional(Type.Number({ format: 'float', description: 'Tax rate in percent' })),
    taxAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'A tax with rate and amount' },
)
