/** Parts of a shopping cart (TMF663): the recursive item and its prices, with what Tandem adds to a line: pins, discounts, what is wrong with it. */
import { Type, type Static, type TObject } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { definition, extensible } from '../../tmf/types/attributes.ts'
import { OrderItemActionType, Quantity } from '../../tmf/types/basics.ts'
import { Price, PriceAlteration, productRefOrValue } from '../../tmf/types/product.ts'
import { ProductOfferingPriceRef, ProductOfferingRef } from '../../tmf/types/references.ts'

const text = (description: string, maxLength = 500) => Type.Optional(Type.String({ maxLength, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

/** A remark. */
const Note = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))),
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When it was written' })),
    text: Type.Optional(Type.String({ description: 'The remark' })),
    ...extensible,
  },
  { description: 'A remark' },
)

/** A price of the cart or of an item. */
export const CartPrice = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, deposit …' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    price: Type.Optional(Price),
    priceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    ...extensible,
  },
  { description: 'A price of the cart or of an item' },
)
export type CartPrice = Static<typeof CartPrice>

/** A term of the item. */
const CartTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    duration: Type.Optional(Quantity),
    ...extensible,
  },
  { description: 'A term of the item' },
)

const CartItemRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier of the other item' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or bundles' })),
    ...extensible,
  },
  { description: 'A relation to another item' },
)

/** A discount that a person gave within the authority of the channel. */
export const LineAdjustment = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    name: Type.String({ description: 'Name shown to people' }),
    percentage: Type.Optional(Type.Number({ description: 'Percent off' })),
    amount: Type.Optional(Type.Object({ unit: Type.String({ description: 'ISO 4217 currency code' }), value: Type.Number({ description: 'Amount' }) }, { description: 'Off the whole line' })),
    on: Type.Optional(Type.Enum(['oneTime', 'recurring', 'deposit'], { type: 'string', description: 'Which charges; one-time and recurring ones when left out' })),
    duration: Type.Optional(Type.Object({ amount: Type.Number({ description: 'Number of units' }), units: Type.String({ description: 'Unit' }) }, { description: 'How long it lasts on a recurring charge' })),
    reason: text('Why it was given'),
    channel: text('Channel that gave it'),
    campaign: text('Campaign that gave it: it goes with the price that the campaign promised'),
    date: instant('When it was given'),
  },
  { description: 'A discount that a person gave' },
)
export type LineAdjustment = Static<typeof LineAdjustment>

/** Why a line cannot be bought as it is. */
export const LineIssue = Type.Object(
  {
    code: Type.String({ description: 'Stable code' }),
    message: Type.String({ description: 'In words, in a language of whoever changed the cart' }),
    attribute: Type.Optional(Type.String({ description: 'The attribute of the cart that it is about, where it is one: cartItem[0].product.productCharacteristic[1].name' })),
    translation: Type.Optional(Type.Array(Type.Object({ language: Type.String({ description: 'Language tag' }), text: Type.String({ description: 'The words' }) }, { description: 'The words of one language' }), { description: 'The same in all languages that there are' })),
    rule: Type.Optional(Type.Object({ id: Type.String({ description: 'The salesRule' }), name: Type.String({ description: 'Its name' }), kind: Type.String({ description: 'Its kind' }) }, { description: 'The rule that says so: a warning here, and in the way of the checkout' })),
    addition: Type.Optional(Type.Array(Type.String(), { description: 'Offerings of which one would put it right' })),
    deposit: Type.Optional(Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'A deposit that the checkout will ask for (acceptedDeposit)' })),
  },
  { description: 'Why the line cannot be bought as it is' },
)
export type LineIssue = Static<typeof LineIssue>

const Money = Type.Object({ unit: Type.String({ description: 'ISO 4217 currency code' }), value: Type.Number({ description: 'Amount' }) })

/** That a line is bought in instalments: a client names the terms, the rest follows from them. */
const LineFinancing = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 255, description: 'The terms (financingOffer)' }),
    name: text('Their name'),
    numberOfInstalments: Type.Optional(Type.Integer({ description: 'Monthly instalments' })),
    interestRate: Type.Optional(Type.Number({ description: 'Percent a year' })),
    price: Type.Optional(Money),
    downPayment: Type.Optional(Money),
    amountFinanced: Type.Optional(Money),
    instalment: Type.Optional(Money),
    totalInterest: Type.Optional(Money),
    taxRate: Type.Optional(Type.Number({ description: 'Tax that is in the price, in percent' })),
    taxCategory: text('Its category'),
  },
  { description: 'That it is bought in instalments; amounts contain the tax, only the down payment is due at the checkout (own extension)' },
)

/** That a line changes what the customer has: what was asked, and what was answered. */
const LineInLife = Type.Object(
  {
    action: Type.String({ description: 'upgrade, downgrade, add, remove, renew or move' }),
    effectiveDate: Type.String({ format: 'date-time', description: 'When it takes effect' }),
    expirationDate: Type.String({ format: 'date-time', description: 'Until when the answer holds' }),
    request: Type.Record(Type.String(), Type.Unknown(), { description: 'What was asked' }),
    part: Type.Integer({ description: 'Which line of the answer it is' }),
    option: Type.Record(Type.String(), Type.Unknown(), { description: 'What was answered: when, at what cost, what is kept, by which rules' }),
    fee: Type.Optional(Type.Array(CartPrice, { description: 'Fees, which are on the bill' })),
    payOff: Type.Optional(Type.Array(Type.String(), { description: 'Instalments that are paid off with it (financingPlan)' })),
    oneTimeCharges: Type.Optional(Type.Boolean({ description: 'What the offering charges once is charged' })),
    reason: Type.Optional(Type.Array(LineIssue, { description: 'Why it can no longer be done' })),
  },
  { description: 'A change of what the customer has, as it was answered (own extension)' },
)
export type LineInLife = Static<typeof LineInLife>

/** What a client says is the reason; the rest is told. */
const LineWaiver = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Why' }),
    by: text('Who waived it'),
    channel: text('Channel in which it was waived'),
    date: instant('When'),
    fee: Type.Optional(Type.Array(CartPrice, { description: 'Fees that are not charged' })),
    refusal: Type.Optional(Type.Array(LineIssue, { description: 'What would have stood against it' })),
  },
  { description: 'That the rules of in-life sales are not asked: no fee, date or refusal of theirs (own extension; needs the permission inLifeWaiver:create)' },
)

const cartItemAttributes = {
  id: Type.Optional(Type.String({ maxLength: 100, description: 'Identifier within the cart; given by the server when left out' })),
  quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, description: 'How many; 1 when left out' })),
  action: Type.Optional(OrderItemActionType),
  status: Type.Optional(Type.Enum(['active', 'saveForLater'], { type: 'string', description: 'Whether it is bought with the cart and counts in its total' })),
  ItemTotalPrice: Type.Optional(Type.Array(CartPrice, { description: 'Prices over the quantity' })),
  itemPrice: Type.Optional(Type.Array(CartPrice, { description: 'Prices of one' })),
  itemTerm: Type.Optional(Type.Array(CartTerm, { description: 'Terms of the item' })),
  cartItemRelationship: Type.Optional(Type.Array(CartItemRelationship, { description: 'How it relates to other items of the cart' })),
  note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
  product: Type.Optional(productRefOrValue),
  productOffering: Type.Optional(ProductOfferingRef),
  financing: Type.Optional(LineFinancing),
  inLife: Type.Optional(LineInLife),
  waiver: Type.Optional(LineWaiver),
  qualification: Type.Optional(
    Type.Object(
      {
        id: Type.String({ maxLength: 255, description: 'A checkServiceQualification that the line relies on' }),
        itemId: text('Its item; the only one when left out', 100),
        result: text('What it answered'),
        expirationDate: instant('Until when it may be relied on'),
      },
      { description: 'The qualification that is pinned to the line (own extension)' },
    ),
  ),
  capacityReservation: Type.Optional(
    Type.Object({ id: Type.String({ maxLength: 255, description: 'The capacityReservation' }), expirationDate: instant('Until when the port is held') }, { description: 'The port that is held for the line (own extension)' }),
  ),
  adjustment: Type.Optional(Type.Array(LineAdjustment, { maxItems: 10, description: 'Discounts that people gave (own extension)' })),
  addedBy: Type.Optional(
    Type.Object(
      { channel: Type.String({ description: 'Channel' }), seller: text('Store, dealer or partner'), campaign: text('Campaign that led here'), offer: text('Its offer'), date: instant('When') },
      { description: 'Who sold it: where the line was put into the cart (own extension)' },
    ),
  ),
  priceHold: Type.Optional(
    Type.Object(
      {
        campaign: Type.String({ description: 'The campaign that promised the price' }), offer: text('Its offer'),
        expirationDate: Type.String({ format: 'date-time', description: 'Until when the price holds' }),
        of: Type.String({ description: 'Digest of the line that was promised' }),
        component: Type.Array(Type.Object({}, { additionalProperties: true, description: 'A charge' }), { maxItems: 200, description: 'The charges as the price engine computed them' }),
      },
      { description: 'A price that was promised with the line, which holds as long as the line stays what it was (own extension)' },
    ),
  ),
  priceChange: Type.Optional(
    Type.Object(
      { before: Type.Array(CartPrice, { description: 'Totals that were pinned' }), after: Type.Array(CartPrice, { description: 'Totals as they are now' }), date: instant('When it was found') },
      { description: 'What the line cost before its price changed, until the line itself is changed (own extension)' },
    ),
  ),
  issue: Type.Optional(Type.Array(LineIssue, { description: 'Why the line cannot be bought as it is (own extension)' })),
  ...extensible,
}

/** One line of the cart; bundles hold their parts. */
export interface CartItem extends Static<TObject<typeof cartItemAttributes>> {
  cartItem?: CartItem[]
}

export const cartItem = definition<CartItem>('CartItem')

export const cartItemDefinition = Type.Object(
  { ...cartItemAttributes, cartItem: Type.Optional(Type.Array(cartItem, { maxItems: 100, description: 'Items inside this one' })) },
  { description: 'One line of the cart' },
)
