/** Stored form of productSpecification (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AttachmentRefOrValue, ResourceSpecificationRef, TargetProductSchema } from './shared-types.ts'
import { BundledProductSpecification, ProductSpecificationCharacteristic, ProductSpecificationRelationship } from './specification-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty, ServiceSpecificationRef } from '../../tmf/types/links.ts'

/** What a product is, whatever it is sold as. */
export const ProductSpecification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    brand: Type.Optional(Type.String({ description: 'Maker or trade mark' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    productNumber: Type.Optional(Type.String({ description: 'Number given by the maker' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Pictures, documents and other files' })),
    bundledProductSpecification: Type.Optional(Type.Array(BundledProductSpecification, { description: 'Specifications that the bundle is made of' })),
    productSpecCharacteristic: Type.Optional(Type.Array(ProductSpecificationCharacteristic, { description: 'Characteristics that products of this kind have' })),
    productSpecificationRelationship: Type.Optional(Type.Array(ProductSpecificationRelationship, { description: 'How it relates to other specifications' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    resourceSpecification: Type.Optional(Type.Array(ResourceSpecificationRef, { description: 'Resources that it needs' })),
    serviceSpecification: Type.Optional(Type.Array(ServiceSpecificationRef, { description: 'Services that it needs' })),
    targetProductSchema: Type.Optional(TargetProductSchema),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What a product is, whatever it is sold as' },
)
export type ProductSpecification = Static<typeof ProductSpecification>

export const productSpecificationCreate = { required: ['name'] }
export const productSpecificationUpdate = { required: [], immutable: ['@baseType', '@type'] }
