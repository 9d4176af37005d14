/** Parts of a product offering: bundle, terms, relations, prices given by value (TMF620). */
import { Type, type Static } from 'typebox'
import { ConstraintRef } from './shared-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Duration, Money, Quantity, TimePeriod } from '../../tmf/types/basics.ts'

/** Limits and default of a child in a bundle. */
export const BundledProductOfferingOption = Type.Object(
  {
    numberRelOfferDefault: Type.Optional(Type.Integer({ description: 'How many when nothing is said' })),
    numberRelOfferLowerLimit: Type.Optional(Type.Integer({ description: 'Fewest that can be chosen' })),
    numberRelOfferUpperLimit: Type.Optional(Type.Integer({ description: 'Most that can be chosen' })),
    ...extensible,
  },
  { description: 'Limits and default of a child in a bundle' },
)

/** An offering inside a bundle. */
export const BundledProductOffering = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    bundledProductOfferingOption: Type.Optional(BundledProductOfferingOption),
    ...extensible,
  },
  { description: 'An offering inside a bundle' },
)

/** How many of a group are to be chosen in all. */
export const BundledGroupProductOfferingOption = Type.Object(
  {
    numberRelOfferLowerLimit: Type.Optional(Type.Integer({ description: 'Fewest of its offerings in all; 0 when it is not given' })),
    numberRelOfferUpperLimit: Type.Optional(Type.Integer({ description: 'Most of its offerings in all; any number when it is not given' })),
    ...extensible,
  },
  { description: 'How many of a group are to be chosen in all' },
)

const group = {
  id: Type.Optional(Type.String({ minLength: 1, description: 'Unique among the groups of the bundle; the name when it is not given' })),
  name: Type.String({ minLength: 1, description: 'Name shown to people, such as Channel packs' }),
  bundledProductOffering: Type.Optional(Type.Array(BundledProductOffering, { description: 'Offerings to choose from; none of them has to be taken unless its limits say so' })),
  bundledGroupProductOfferingOption: Type.Optional(BundledGroupProductOfferingOption),
}

/** A group inside a group. */
export const BundledSubgroupProductOffering = Type.Object({ ...group, ...extensible }, { description: 'A group inside a group' })
export type BundledSubgroupProductOffering = Static<typeof BundledSubgroupProductOffering>

/** A group of offerings to choose from (BundledGroupProductOffering of TMF620 v5), with groups inside it one level deep. */
export const BundledGroupProductOffering = Type.Object(
  { ...group, bundledGroupProductOffering: Type.Optional(Type.Array(BundledSubgroupProductOffering, { description: 'Groups inside this one: what is chosen of them counts for it too' })), ...extensible },
  { description: 'A group of offerings to choose from' },
)
export type BundledGroupProductOffering = Static<typeof BundledGroupProductOffering>

/** Amounts of a price. */
export const ProductPriceValue = Type.Object(
  {
    percentage: Type.Optional(Type.Number({ format: 'float', description: 'Share in percent' })),
    taxCategory: Type.Optional(Type.String({ description: 'Tax that applies, such as VAT' })),
    taxRate: Type.Optional(Type.Number({ format: 'float', description: 'Tax rate in percent' })),
    dutyFreeAmount: Type.Optional(Money),
    taxIncludedAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'Amounts of a price' },
)

/** A discount or surcharge. */
export const POPAlteration = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' }),
    priority: Type.Optional(Type.Integer({ description: 'Order of application; lower comes first' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    applicationDuration: Type.Optional(Duration),
    price: ProductPriceValue,
    unitOfMeasure: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A discount or surcharge' },
)

/** A price, by reference or by value. */
export const ProductOfferingPriceRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    recurringChargePeriodLength: Type.Optional(Type.Integer({ description: 'How many periods lie between two charges' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    constraint: Type.Optional(Type.Array(ConstraintRef, { description: 'Policies that must hold' })),
    price: Type.Optional(ProductPriceValue),
    priceAlteration: Type.Optional(Type.Array(POPAlteration, { description: 'Discounts and surcharges on this price' })),
    unitOfMeasure: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A price, by reference or by value' },
)

/** A relation to another offering. */
export const ProductOfferingRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A relation to another offering' },
)

/** A term of the offering, such as a commitment. */
export const ProductOfferingTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    duration: Type.Optional(Duration),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A term of the offering, such as a commitment' },
)
