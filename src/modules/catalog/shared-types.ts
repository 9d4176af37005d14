/** References and small shapes of TMF620. */
import { Type } from 'typebox'
import { entityLink, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Quantity, TimePeriod } from '../../tmf/types/basics.ts'

export const AgreementRef = entityLink('An agreement')

/** A file, by reference or by value. */
export const AttachmentRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    attachmentType: Type.Optional(Type.String({ description: 'Kind of file, such as picture or video' })),
    content: Type.Optional(Type.String({ format: 'byte', description: 'The file itself, in base64' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    mimeType: Type.Optional(Type.String({ description: 'Media type, such as image/png' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    url: Type.Optional(Type.String({ format: 'uri', description: 'Where the file can be fetched' })),
    size: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A file, by reference or by value' },
)

export const CategoryRef = entityLink('A category', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const ChannelRef = entityLink('A channel')

export const ConstraintRef = entityLink('A policy', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const MarketSegmentRef = entityRef('A market segment')

export const PlaceRef = entityLink('A place')

export const ProductOfferingRef = entityLink('An offering')

/** Class of the product and where its schema lies. */
export const TargetProductSchema = Type.Object(
  {
    '@schemaLocation': Type.String({ format: 'uri', description: 'Where the JSON Schema of an extension can be fetched' }),
    '@type': Type.String({ description: 'Class of this object' }),
  },
  { description: 'Class of the product and where its schema lies' },
)

export const ProductSpecificationRef = entityLink('A specification of products', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
  targetProductSchema: Type.Optional(TargetProductSchema),
})

export const ResourceCandidateRef = entityLink('A resource candidate', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const ResourceSpecificationRef = entityLink('A specification of resources', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const SLARef = entityRef('A service level agreement')

export const ServiceCandidateRef = entityLink('A service candidate', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})
