/** What may be asked of the price engine from outside: the schema, and the request that it is. */
import { Type, type Static } from 'typebox'
import { LONGEST_CODE, MOST_CODES } from './circumstances.ts'
import type { PricingRequest } from './price-request.ts'

const id = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const Length = Type.Object({ amount: Type.Number({ exclusiveMinimum: 0, description: 'How many' }), units: Type.String({ minLength: 1, description: 'month, year, day …' }) }, { additionalProperties: false, description: 'A length of time' })
const ids = (description: string) => Type.Optional(Type.Array(id('Identifier'), { maxItems: 100, description }))

const Item = Type.Object(
  {
    id: id('Unique in the request; the answer’s line carries it'),
    productOffering: Type.Object({ id: id('Identifier of the offering') }, { description: 'What is priced' }),
    quantity: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000, description: 'How many; 1 when left out' })),
    characteristic: Type.Optional(Type.Array(Type.Object({ name: id('Name'), value: Type.Unknown({ description: 'The value that was chosen' }) }), { maxItems: 200, description: 'Chosen characteristic values' })),
    term: Type.Optional(Length),
    partOf: Type.Optional(id('The item of the bundle that it is inside of')),
  },
  { additionalProperties: false, description: 'An item' },
)

/** Items and their circumstances, as they are asked for over HTTP and kept in change sets. */
export const PriceQuestion = Type.Object(
  {
    item: Type.Array(Item, { minItems: 1, maxItems: 500, description: 'What is priced' }),
    currency: Type.Optional(Type.String({ description: 'ISO 4217; never guessed: without it all prices must be in one' })),
    customer: Type.Optional(Type.Object({ id: id('Identifier of the customer, or of the party that it is') }, { description: 'For whom; segments, agreements and products are looked up' })),
    segment: ids('Supposed segments: what would they pay. Not for callers confined to certain parties'),
    agreement: ids('Supposed agreements. Not for callers confined to certain parties'),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'Another time than now. Not for callers confined to certain parties' })),
    channel: Type.Optional(id('Another channel than the request’s. Not for callers confined to certain parties')),
    market: Type.Optional(id('The market')),
    place: Type.Optional(Type.Object({ id: Type.Optional(id('Identifier')), within: ids('Areas that it lies in'), country: Type.Optional(id('Country, for tax too')) }, { additionalProperties: false, description: 'Where it is used' })),
    jurisdiction: Type.Optional(id('Tax jurisdiction; the place’s country when left out')),
    promotionCode: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LONGEST_CODE }), { maxItems: MOST_CODES, description: 'Codes that the customer entered' })),
  },
  { additionalProperties: false, description: 'Items and their circumstances' },
)
export type PriceQuestion = Static<typeof PriceQuestion>

/** The request of the price engine. */
export const requestFor = ({ item, at, customer, currency, segment, agreement, channel, market, jurisdiction, promotionCode, place }: PriceQuestion): PricingRequest => ({
  item: item.map(one => ({
    id: one.id,
    offeringId: one.productOffering.id,
    ...(one.quantity !== undefined && { quantity: one.quantity }),
    ...(one.characteristic && { characteristic: Object.fromEntries(one.characteristic.map(({ name, value }) => [name, value])) }),
    ...(one.term && { term: one.term }),
    ...(one.partOf !== undefined && { partOf: one.partOf }),
  })),
  ...(at !== undefined && { at: new Date(at) }),
  ...(customer !== undefined && { customerId: customer.id }),
  ...(currency !== undefined && { currency }),
  ...(segment && { segment }),
  ...(agreement && { agreement }),
  ...(channel !== undefined && { channel }),
  ...(market !== undefined && { market }),
  ...(jurisdiction !== undefined && { jurisdiction }),
  ...(promotionCode && { promotionCode }),
  ...(place && { place: { ...(place.id !== undefined && { id: place.id }), ...(place.within && { within: place.within }), ...(place.country !== undefined && { country: place.country }) } }),
})
