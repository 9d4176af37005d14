/** References that several APIs share: an id, where it can be read, and what it is called. Those of TMF620 and TMF645, whose href must have the form of an address, are in links.ts. */
import { Type } from 'typebox'
import { personal } from '../tags.ts'
import { entityRef, extensible } from './attributes.ts'
import { TargetProductSchema } from './basics.ts'

export const AgreementItemRef = entityRef('An item of an agreement', {
  agreementItemId: Type.Optional(Type.String({ description: 'Identifier of the item in the agreement' })),
})

export const AgreementRef = entityRef('An agreement')

export const BillingAccountRef = entityRef('A billing account')

export const PaymentMethodRef = entityRef('A means of payment')

export const PaymentRef = entityRef('A payment')

export const ProductOfferingPriceRef = entityRef('A price of the catalog')

export const ProductOfferingRef = entityRef('An offering')

export const ProductSpecificationRef = entityRef('A specification of products', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
  targetProductSchema: Type.Optional(TargetProductSchema),
})

/** A party with its role. */
export const RelatedParty = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.String({ description: 'Class of what is referred to' }),
    ...extensible,
  },
  { description: 'A party with its role' },
)

export const ResourceRef = entityRef('A resource', {
  value: Type.Optional(Type.String({ description: 'Value of the resource, such as a number' })),
})

export const ServiceRef = entityRef('A service')
