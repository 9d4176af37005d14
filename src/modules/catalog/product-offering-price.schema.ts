/** Stored form of productOfferingPrice (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { ProductOfferingTerm } from './offering-types.ts'
import { BundledProductOfferingPriceRelationship, PricingLogicAlgorithm, ProductOfferingPriceRelationship, TaxItem } from './price-types.ts'
import { ConstraintRef, PlaceRef } from './shared-types.ts'
import { ProductSpecificationCharacteristicValueUse } from './specification-types.ts'
import { Duration, Money, Quantity, TimePeriod } from '../../tmf/types/basics.ts'

/** A charge, discount or allowance of offerings. */
export const ProductOfferingPrice = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    percentage: Type.Optional(Type.Number({ format: 'float', description: 'Share in percent, for a price that alters another' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    recurringChargePeriodLength: Type.Optional(Type.Integer({ description: 'How many periods lie between two charges' })),
    recurringChargePeriodType: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    bundledPopRelationship: Type.Optional(Type.Array(BundledProductOfferingPriceRelationship, { description: 'Prices that the bundled price is made of' })),
    constraint: Type.Optional(Type.Array(ConstraintRef, { description: 'Policies that must hold' })),
    place: Type.Optional(Type.Array(PlaceRef, { description: 'Places concerned' })),
    popRelationship: Type.Optional(Type.Array(ProductOfferingPriceRelationship, { description: 'How it relates to other prices' })),
    price: Type.Optional(Money),
    pricingLogicAlgorithm: Type.Optional(Type.Array(PricingLogicAlgorithm, { description: 'Algorithms that compute the price' })),
    prodSpecCharValueUse: Type.Optional(Type.Array(ProductSpecificationCharacteristicValueUse, { description: 'Characteristic values that are narrowed down or set here' })),
    productOfferingTerm: Type.Optional(Type.Array(ProductOfferingTerm, { description: 'Terms under which the price applies' })),
    tax: Type.Optional(Type.Array(TaxItem, { description: 'Taxes in the price' })),
    unitOfMeasure: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    taxIncluded: Type.Optional(Type.Boolean({ description: 'The amount contains the tax; false when left out (own extension)' })),
    chargeDuration: Type.Optional(Duration),
    '@baseType': Type.Optional(Type.String({ description: 'Class that @type extends' })),
    '@schemaLocation': Type.Optional(Type.String({ description: 'Where the JSON Schema of an extension can be fetched' })),
    '@type': Type.Optional(Type.String({ description: 'Class of this object' })),
  },
  { description: 'A charge, discount or allowance of offerings' },
)
export type ProductOfferingPrice = Static<typeof ProductOfferingPrice>

export const productOfferingPriceCreate = { required: ['name'] }
export const productOfferingPriceUpdate = { required: [], immutable: ['@baseType', '@type'] }
