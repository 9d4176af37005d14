/** Parts of a quote: the recursive item, prices, approvals (TMF648), and Tandem's own: discounts that were asked for. */
import { Type, type Static, type TObject } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { definition, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, Duration, Money } from '../../tmf/types/basics.ts'
import { Price, PriceAlteration, productRefOrValue } from '../../tmf/types/product.ts'
import { ProductOfferingPriceRef, ProductOfferingRef, RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const QUOTE_STATES = ['inProgress', 'pending', 'approved', 'accepted', 'rejected', 'cancelled'] as const
export const QuoteStateType = Type.Enum([...QUOTE_STATES], { type: 'string', description: 'Where it stands' })

export const ProductOfferingQualificationRef = entityRef('A qualification of offerings')
export const AppointmentRef = Type.Object({ id: Type.String({ description: 'Identifier' }), href: text('Where it can be read'), description: text('Free text for people'), '@referredType': text('Class of what is referred to'), ...extensible }, { description: 'An appointment' })
export const ProductOfferingQualificationItemRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the item' }),
    href: text('Where it can be read'),
    name: text('Name shown to people'),
    productOfferingQualificationHref: text('Where the qualification can be read'),
    productOfferingQualificationId: Type.String({ description: 'Identifier of the qualification' }),
    productOfferingQualificationName: text('Name of the qualification'),
    '@referredType': text('Class of what is referred to'),
    ...extensible,
  },
  { description: 'An item of a qualification' },
)

export const Note = Type.Object(
  { id: Type.String({ description: 'Identifier within the quote' }), author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))), date: instant('When it was written'), text: Type.String({ description: 'What it says' }), ...extensible },
  { description: 'A remark' },
)

export const Authorization = Type.Object(
  {
    givenDate: instant('When it was given'),
    name: text('What is approved: discount'),
    requestedDate: instant('When it was asked for'),
    signatureRepresentation: Type.Optional(personal(Type.String({ description: 'How it was signed' }))),
    state: text('Where it stands: requested, approved, rejected'),
    approver: Type.Optional(Type.Array(RelatedParty, { description: 'Who may give it, or gave it' })),
    requestedBy: text('Caller who asked for it (own extension)'),
    givenBy: text('Caller who gave it (own extension)'),
    mayApprove: Type.Optional(Type.Array(Type.String(), { description: 'Authorities that cover it (own extension)' })),
    ...extensible,
  },
  { description: 'An approval' },
)

export const QuotePrice = Type.Object(
  {
    description: text('Free text for people'),
    name: text('Name shown to people'),
    priceType: text('Kind of charge: oneTime, recurring, usage, discount …'),
    recurringChargePeriod: text('Period of a recurring charge, such as month'),
    unitOfMeasure: text('Unit that is counted'),
    price: Type.Optional(Price),
    priceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    ...extensible,
  },
  { description: 'A price of the quote or of an item' },
)
export type QuotePrice = Static<typeof QuotePrice>

/** What is taken off the catalog's price for this quote. Who may give how much is a matter of authority (discount-authority.ts). */
export const QuoteDiscount = Type.Object(
  {
    '@type': text('QuoteDiscount'),
    id: text('Identifier within the item'),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' }),
    percentage: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'Percent off' })),
    amount: Type.Optional(Money),
    on: Type.Optional(Type.Enum(['oneTime', 'recurring', 'deposit'], { type: 'string', description: 'On which charges; one-time and recurring when left out' })),
    duration: Type.Optional(Duration),
  },
  { description: 'A discount that is asked for: percent or an amount off the line (own extension)' },
)
export type QuoteDiscount = Static<typeof QuoteDiscount>

const RelatedItem = Type.Object({ id: text('The other item'), relationshipType: text('Kind of relation: reliesOn, bundles'), ...extensible }, { description: 'A relation to another item' })

const quoteItemAttributes = {
  id: text('Identifier within the quote'),
  action: Type.Optional(Type.Enum(['add', 'modify', 'delete', 'noChange'], { type: 'string', description: 'What is to be done' })),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'How many' })),
  state: text('Where the item stands'),
  appointment: Type.Optional(Type.Array(AppointmentRef, { description: 'When somebody comes' })),
  attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Files' })),
  note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
  product: Type.Optional(productRefOrValue),
  productOffering: Type.Optional(ProductOfferingRef),
  productOfferingQualificationItem: Type.Optional(ProductOfferingQualificationItemRef),
  quoteItemAuthorization: Type.Optional(Type.Array(Authorization, { description: 'Approvals of the item' })),
  quoteItemPrice: Type.Optional(Type.Array(QuotePrice, { description: 'Prices of one, and how they came about' })),
  quoteItemTotalPrice: Type.Optional(Type.Array(QuotePrice, { description: 'Prices over the quantity, discounts taken off (own extension)' })),
  discount: Type.Optional(Type.Array(QuoteDiscount, { maxItems: 20, description: 'Discounts that are asked for (own extension)' })),
  quoteItemRelationship: Type.Optional(Type.Array(RelatedItem, { description: 'How it relates to other items' })),
  relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
  ...extensible,
}

/** A line of the quote; it may hold others of its kind to any depth. */
export interface QuoteItem extends Static<TObject<typeof quoteItemAttributes>> {
  quoteItem?: QuoteItem[]
}

export const quoteItem = definition<QuoteItem>('QuoteItem')

export const quoteItemDefinition = Type.Object(
  { ...quoteItemAttributes, quoteItem: Type.Optional(Type.Array(quoteItem, { description: 'Items inside this one: the parts of a bundle, the lines of a site' })) },
  { description: 'A line of the quote' },
)
