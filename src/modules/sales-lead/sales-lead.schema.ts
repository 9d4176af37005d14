/** Stored form of salesLead (TMF699). */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { ContactMedium, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { ProductOfferingRef, ProductSpecificationRef, RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Note = Type.Object(
  { id: text('Identifier within the lead'), author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))), date: instant('When it was written'), text: text('What it says'), ...extensible },
  { description: 'A remark' },
)

export const leadStates = ['accepted', 'acknowledged', 'cancelled', 'inProgress', 'pending', 'rejected'] as const

export const SalesLead = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    description: text('Free text for people'),
    type: text('Kind of lead'),
    rating: text('How likely it becomes a sale: hot, warm, cold'),
    priority: Type.Optional(Type.Enum(['low', 'medium', 'high'], { type: 'string', description: 'How urgent it is' })),
    status: Type.Optional(Type.Enum([...leadStates], { type: 'string', description: 'Where it stands' })),
    statusChangeDate: instant('When the status changed last'),
    statusChangeReason: text('Why the status changed'),
    creationDate: instant('When it was created'),
    referredDate: instant('When the interest became known'),
    estimatedRevenue: Type.Optional(Money),
    category: Type.Optional(entityRef('A category', { version: text('Label of the edition') })),
    channel: Type.Optional(entityRef('A channel')),
    marketSegment: Type.Optional(entityRef('A market segment')),
    marketingCampaign: Type.Optional(entityRef('A campaign')),
    product: Type.Optional(entityRef('A product')),
    productOffering: Type.Optional(ProductOfferingRef),
    productSpecification: Type.Optional(ProductSpecificationRef),
    salesOpportunity: Type.Optional(entityRef('An opportunity')),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    prospectContact: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach the prospect' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'Somebody who may become a customer' },
)
export type SalesLead = Static<typeof SalesLead>
