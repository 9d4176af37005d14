/** Stored form of productOrder (TMF622), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import {
  Note,
  OrderPrice,
  ProductOfferingQualificationRef,
  ProductOrderStateType,
  QuoteRef,
  RelatedChannel,
  productOrderItem,
  productOrderItemDefinition,
} from './product-order-types.ts'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { productRefOrValueDefinition } from '../../tmf/types/product.ts'
import { AgreementRef, BillingAccountRef, PaymentRef, RelatedParty } from '../../tmf/types/references.ts'

/** What a customer wants added, changed or ended. */
export const ProductOrder = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    cancellationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was cancelled' })),
    cancellationReason: Type.Optional(Type.String({ description: 'Why it is cancelled' })),
    category: Type.Optional(Type.String({ description: 'Use of the order, such as residential' })),
    completionDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was finished' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    expectedCompletionDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it should be finished' })),
    externalId: Type.Optional(Type.String({ description: 'Identifier given by the sender' })),
    notificationContact: Type.Optional(personal(Type.String({ description: 'Whom to tell about progress' }))),
    orderDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the order came in' })),
    priority: Type.Optional(Type.String({ description: 'Urgency, 0 the highest and 4 the lowest' })),
    requestedCompletionDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the sender wants it finished' })),
    requestedStartDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the sender wants it to start' })),
    agreement: Type.Optional(Type.Array(AgreementRef, { description: 'Agreements that it stands under' })),
    billingAccount: Type.Optional(BillingAccountRef),
    channel: Type.Optional(Type.Array(RelatedChannel, { description: 'Channels that the order came through' })),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    orderTotalPrice: Type.Optional(Type.Array(OrderPrice, { description: 'Totals over the whole order' })),
    payment: Type.Optional(Type.Array(PaymentRef, { description: 'Payments for it' })),
    productOfferingQualification: Type.Optional(Type.Array(ProductOfferingQualificationRef, { description: 'Qualification that came before' })),
    productOrderItem: Type.Optional(Type.Array(productOrderItem, { minItems: 1, maxItems: 300, description: 'Items of the order' })),
    quote: Type.Optional(Type.Array(QuoteRef, { description: 'Quotes that it comes from' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    state: Type.Optional(ProductOrderStateType),
    ...extensible,
  },
  { description: 'What a customer wants added, changed or ended', $defs: { ProductOrderItem: productOrderItemDefinition, ProductRefOrValue: productRefOrValueDefinition } },
)
export type ProductOrder = Static<typeof ProductOrder>

export const productOrderCreate = { required: ['productOrderItem'], omits: ['completionDate', 'expectedCompletionDate', 'orderDate', 'state'] }
export const productOrderUpdate = { required: ['productOrderItem'], immutable: ['orderDate'] }
