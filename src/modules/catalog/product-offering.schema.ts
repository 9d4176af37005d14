/** Stored form of productOffering (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { BundledGroupProductOffering, BundledProductOffering, ProductOfferingPriceRefOrValue, ProductOfferingRelationship, ProductOfferingTerm } from './offering-types.ts'
import {
  AgreementRef,
  AttachmentRefOrValue,
  CategoryRef,
  ChannelRef,
  MarketSegmentRef,
  PlaceRef,
  ProductSpecificationRef,
  ResourceCandidateRef,
  SLARef,
  ServiceCandidateRef,
} from './shared-types.ts'
import { ProductSpecificationCharacteristicValueUse } from './specification-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'

/** What is sold: a specification with prices, terms and a market. */
export const ProductOffering = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    isSellable: Type.Optional(Type.Boolean({ description: 'False when it is sold inside a bundle only' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    statusReason: Type.Optional(Type.String({ description: 'Why it has its status' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    agreement: Type.Optional(Type.Array(AgreementRef, { description: 'Agreements that it stands under' })),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Pictures, documents and other files' })),
    bundledProductOffering: Type.Optional(Type.Array(BundledProductOffering, { description: 'Offerings inside this bundle' })),
    bundledGroupProductOffering: Type.Optional(Type.Array(BundledGroupProductOffering, { description: 'Groups of offerings to choose from (own extension, shaped as in the fifth version)' })),
    category: Type.Optional(Type.Array(CategoryRef, { description: 'Categories that it is listed under' })),
    channel: Type.Optional(Type.Array(ChannelRef, { description: 'Channels concerned' })),
    marketSegment: Type.Optional(Type.Array(MarketSegmentRef, { description: 'Market segments that it is meant for' })),
    place: Type.Optional(Type.Array(PlaceRef, { description: 'Places concerned' })),
    prodSpecCharValueUse: Type.Optional(Type.Array(ProductSpecificationCharacteristicValueUse, { description: 'Characteristic values that are narrowed down or set here' })),
    productOfferingPrice: Type.Optional(Type.Array(ProductOfferingPriceRefOrValue, { description: 'Prices of the offering, by reference or by value' })),
    productOfferingRelationship: Type.Optional(Type.Array(ProductOfferingRelationship, { description: 'How it relates to other offerings' })),
    productOfferingTerm: Type.Optional(Type.Array(ProductOfferingTerm, { description: 'Terms that the buyer commits to' })),
    productSpecification: Type.Optional(ProductSpecificationRef),
    resourceCandidate: Type.Optional(ResourceCandidateRef),
    serviceCandidate: Type.Optional(ServiceCandidateRef),
    serviceLevelAgreement: Type.Optional(SLARef),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What is sold: a specification with prices, terms and a market' },
)
export type ProductOffering = Static<typeof ProductOffering>

export const productOfferingCreate = { required: ['name'] }
export const productOfferingUpdate = { required: [], immutable: ['@baseType', '@type'] }
