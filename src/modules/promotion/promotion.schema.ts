/** Stored form of promotion (TMF671). */
import { Type, type Static } from 'typebox'
import { AttachmentRefOrValue, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { PromotionPattern } from './promotion-types.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const promotionStates = ['draft', 'test', 'waitForApproval', 'release', 'suspend', 'retirement'] as const

export const Promotion = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: text('Name shown to people'),
    description: text('Free text for people'),
    lifecycleStatus: text('draft, test, waitForApproval, release, suspend or retirement; only a released one counts'),
    promotionType: text('Discount (a share; when left out), Reduction (an amount) or Award (something beside the price)'),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Pictures and papers' })),
    pattern: Type.Optional(Type.Array(PromotionPattern, { maxItems: 50, description: 'When something is given, and what' })),
    validFor: Type.Optional(TimePeriod),
    exclusive: Type.Optional(Type.Boolean({ description: 'No other promotion is on a charge beside it; they stack when left out (own extension)' })),
    budget: Type.Optional(Money),
    usageLimit: Type.Optional(Type.Integer({ minimum: 0, description: 'By how many orders it can be used (own extension)' })),
    usageLimitPerCustomer: Type.Optional(Type.Integer({ minimum: 0, description: 'By how many orders of one customer it can be used; not by guests then (own extension)' })),
    '@baseType': text('Class that @type extends'),
    '@schemaLocation': text('Where the JSON Schema of an extension can be fetched'),
    '@type': text('Class of this object'),
  },
  { description: 'Something that is given to those who meet its criteria' },
)
export type Promotion = Static<typeof Promotion>
