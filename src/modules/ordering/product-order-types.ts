/** Parts of a product order: the recursive item, prices, relations (TMF622). */
import { Type, type Static, type TObject } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { definition, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { OrderItemActionType, Quantity } from '../../tmf/types/basics.ts'
import { Price, PriceAlteration, productRefOrValue } from '../../tmf/types/product.ts'
import { BillingAccountRef, PaymentRef, ProductOfferingPriceRef, ProductOfferingRef } from '../../tmf/types/references.ts'

/** An appointment. */
export const AppointmentRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'An appointment' },
)

/** A remark. */
export const Note = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))),
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When it was written' })),
    text: Type.String({ description: 'The remark' }),
    ...extensible,
  },
  { description: 'A remark' },
)

/** A relation to another item. */
export const OrderItemRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another item' },
)

/** A price of the order or of an item. */
export const OrderPrice = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    billingAccount: Type.Optional(BillingAccountRef),
    price: Type.Optional(Price),
    priceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    ...extensible,
  },
  { description: 'A price of the order or of an item' },
)

/** A term of the item. */
export const OrderTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    duration: Type.Optional(Quantity),
    ...extensible,
  },
  { description: 'A term of the item' },
)

/** An item of a qualification. */
export const ProductOfferingQualificationItemRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    productOfferingQualificationHref: Type.Optional(Type.String({ description: 'Where the qualification can be read' })),
    productOfferingQualificationId: Type.String({ description: 'Identifier of the qualification' }),
    productOfferingQualificationName: Type.Optional(Type.String({ description: 'Name of the qualification' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'An item of a qualification' },
)

export const ProductOfferingQualificationRef = entityRef('A qualification of offerings')

/** An item of a quote. */
export const QuoteItemRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    quoteHref: Type.Optional(Type.String({ description: 'Where the quote can be read' })),
    quoteId: Type.String({ description: 'Identifier of the quote' }),
    quoteName: Type.Optional(Type.String({ description: 'Name of the quote' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'An item of a quote' },
)

/** State of the item. */
export const ProductOrderItemStateType = Type.Enum(
  [
    'acknowledged',
    'rejected',
    'pending',
    'held',
    'inProgress',
    'cancelled',
    'completed',
    'failed',
    'assessingCancellation',
    'pendingCancellation',
  ],
  { type: 'string', description: 'State of the item' },
)

const productOrderItemAttributes = {
  id: Type.String({ description: 'Identifier within the order' }),
  quantity: Type.Optional(Type.Integer({ description: 'How many are ordered' })),
  action: OrderItemActionType,
  appointment: Type.Optional(AppointmentRef),
  billingAccount: Type.Optional(BillingAccountRef),
  capacityReservation: Type.Optional(entityRef('A port that is held for the item (own extension): the order takes it')),
  financing: Type.Optional(
    Type.Object(
      { id: Type.String({ description: 'The terms (financingOffer)' }), name: Type.Optional(Type.String({ description: 'Their name' })), ...extensible },
      { description: 'That it is bought in instalments, on which terms, as they were agreed (own extension; only by a checkout)' },
    ),
  ),
  inLife: Type.Optional(
    Type.Object(
      {
        action: Type.String({ description: 'upgrade, downgrade, add, remove, renew or move' }),
        effectiveDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it takes effect' })),
        ...extensible,
      },
      { description: 'What was agreed on the change: when, at what cost, what is kept, by which rules (own extension; only by a checkout)' },
    ),
  ),
  waiver: Type.Optional(Type.Object({
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why' }),
    by: Type.Optional(Type.String({ description: 'Who waived it; told' })), channel: Type.Optional(Type.String({ description: 'Channel in which it was waived; told' })), date: Type.Optional(Type.String({ format: 'date-time', description: 'When; told' })),
    ...extensible,
  }, { description: 'That the rules of in-life sales are not asked: no fee, date or refusal of theirs (own extension; needs the permission inLifeWaiver:create)' })),
  payOff: Type.Optional(Type.Object({ plan: Type.Array(Type.String({ description: 'A financingPlan' }), { description: 'What is paid off' }) }, { description: 'Instalments that are paid off with it (own extension; only by a checkout)' })),
  itemPrice: Type.Optional(Type.Array(OrderPrice, { description: 'Prices of one' })),
  itemTerm: Type.Optional(Type.Array(OrderTerm, { description: 'Terms of the item' })),
  itemTotalPrice: Type.Optional(Type.Array(OrderPrice, { description: 'Prices over the quantity' })),
  payment: Type.Optional(Type.Array(PaymentRef, { description: 'Payments for it' })),
  product: Type.Optional(productRefOrValue),
  productOffering: Type.Optional(ProductOfferingRef),
  productOfferingQualificationItem: Type.Optional(ProductOfferingQualificationItemRef),
  productOrderItemRelationship: Type.Optional(Type.Array(OrderItemRelationship, { description: 'How it relates to other items of the order' })),
  qualification: Type.Optional(Type.Array(ProductOfferingQualificationRef, { description: 'Qualifications that came before' })),
  quoteItem: Type.Optional(QuoteItemRef),
  state: Type.Optional(ProductOrderItemStateType),
  ...extensible,
}

/** One line of the order; it may hold others of its kind to any depth. */
export interface ProductOrderItem extends Static<TObject<typeof productOrderItemAttributes>> {
  productOrderItem?: ProductOrderItem[]
}

/** Refers to the shared definition; the schema that uses it carries it in $defs. */
export const productOrderItem = definition<ProductOrderItem>('ProductOrderItem')

export const productOrderItemDefinition = Type.Object(
  {
    ...productOrderItemAttributes,
    productOrderItem: Type.Optional(Type.Array(productOrderItem, { description: 'Items inside this one' })),
  },
  { description: 'One line of the order' },
)

export const ProductOrderRef = entityRef('A product order')

/** State of the order. */
export const ProductOrderStateType = Type.Enum(
  [
    'acknowledged',
    'rejected',
    'pending',
    'held',
    'inProgress',
    'cancelled',
    'completed',
    'failed',
    'partial',
    'assessingCancellation',
    'pendingCancellation',
  ],
  { type: 'string', description: 'State of the order' },
)

export const QuoteRef = entityRef('A quote')

export const RelatedChannel = entityRef('A channel with its role', {
  role: Type.Optional(Type.String({ description: 'Part that is played here' })),
})

/** State of the task. */
export const TaskStateType = Type.Enum(
  [
    'acknowledged',
    'terminatedWithError',
    'inProgress',
    'done',
  ],
  { type: 'string', description: 'State of the task' },
)
