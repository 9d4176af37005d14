/** Stored form of shoppingCart (TMF663), with Tandem's own attributes: where it stands, how long its prices hold, what became of it. */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { ContactMedium, TimePeriod } from '../../tmf/types/basics.ts'
import { productRefOrValueDefinition } from '../../tmf/types/product.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { LONGEST_CODE, MOST_CODES, PromotionCodeResult } from '../pricing/index.ts'
import { cartItem, cartItemDefinition, CartPrice } from './cart-types.ts'

export const CART_STATES = ['active', 'abandoned', 'checkingOut', 'completed', 'merged'] as const

const text = (description: string) => Type.Optional(Type.String({ maxLength: 255, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const ShoppingCart = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    cartItem: Type.Optional(Type.Array(cartItem, { maxItems: 100, description: 'Lines of the cart' })),
    cartTotalPrice: Type.Optional(Type.Array(CartPrice, { description: 'Totals of the active lines' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { maxItems: 20, description: 'How to reach who fills it, where no customer is known' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { maxItems: 50, description: 'Parties with a part in it, each with its role' })),
    validFor: Type.Optional(TimePeriod),
    status: Type.Optional(Type.Enum([...CART_STATES], { type: 'string', description: 'Where it stands (own extension)' })),
    description: Type.Optional(Type.String({ maxLength: 1_000, description: 'What the cart is for, in words for people (own extension)' })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency of its prices; that of the offerings when they have one only (own extension)' })),
    promotionCode: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LONGEST_CODE }), { maxItems: MOST_CODES, description: 'Codes that were entered (own extension)' })),
    pricePin: Type.Optional(
      Type.Object(
        {
          version: Type.String({ description: 'Version of the catalog that the prices are from' }),
          date: Type.String({ format: 'date-time', description: 'When they were computed' }),
          expirationDate: Type.String({ format: 'date-time', description: 'Until when they hold' }),
          of: Type.String({ description: 'Digest of what was priced' }),
          agreement: Type.Optional(Type.Array(Type.Object({ id: Type.String({ description: 'The agreement' }), item: Type.String({ description: 'Its frame price' }) }, { description: 'A frame price' }), { description: 'Frame prices that they rest on: they hold no longer than these' })),
        },
        { description: 'How long the prices hold (own extension)' },
      ),
    ),
    due: Type.Optional(
      Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'What is due at the checkout, with tax: one-time charges and deposits (own extension)' }),
    ),
    monthly: Type.Optional(
      Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'What is charged each month, with tax (own extension)' }),
    ),
    promotion: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String({ description: 'The promotion' }), revision: Type.Integer({ description: 'Its edition' }), name: Type.String({ description: 'Name shown to people' }),
          reduction: Type.String({ description: 'What it takes off, as decimal text' }), currency: Type.String({ description: 'Currency' }),
          line: Type.Array(Type.String(), { description: 'Lines that it is on' }), limited: Type.Boolean({ description: 'It is counted once the order is placed' }),
        }),
        { description: 'Promotions that apply (own extension)' },
      ),
    ),
    promotionCodeResult: Type.Optional(Type.Array(PromotionCodeResult, { description: 'What each code that was entered did, or why nothing (own extension)' })),
    productOrder: Type.Optional(Type.Object({ id: Type.String({ description: 'The order' }), href: text('Where it can be read'), ...extensible }, { description: 'The order that it became (own extension)' })),
    mergedInto: Type.Optional(Type.Object({ id: Type.String({ description: 'The other cart' }), href: text('Where it can be read'), ...extensible }, { description: 'The cart that goes on in its place (own extension)' })),
    creationDate: instant('When it was made (own extension)'),
    lastUpdate: instant('When it was last changed (own extension)'),
    ...extensible,
  },
  { description: 'What somebody means to buy', $defs: { CartItem: cartItemDefinition, ProductRefOrValue: productRefOrValueDefinition } },
)
export type ShoppingCart = Static<typeof ShoppingCart>
