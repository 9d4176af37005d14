/** Parts of a change set: findings, and prices that are expected of it. */
import { Type, type Static } from 'typebox'

/** What is wrong with a catalog, or with a change of it. */
export const Finding = Type.Object(
  {
    code: Type.String({ description: 'What is wrong: danglingReference, cyclicBundle, notSellable, contradictoryRelationship, priceMissingForCurrency, conflict …' }),
    severity: Type.Enum(['error', 'warning'], { type: 'string', description: 'An error keeps a change set from being submitted and activated' }),
    resource: Type.String({ description: 'Kind of what it is about: productOffering' }),
    id: Type.String({ description: 'Its identifier' }),
    path: Type.Optional(Type.String({ description: 'The attribute: bundledProductOffering[1].id' })),
    message: Type.String({ description: 'In words' }),
    change: Type.Optional(Type.String({ description: 'The change that it comes from, where it comes from one' })),
    existing: Type.Optional(Type.Boolean({ description: 'True when the catalog has it without the changes too: it keeps nothing from being activated' })),
  },
  { description: 'Something that is wrong' },
)
export type Finding = Static<typeof Finding>

const id = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const ids = (description: string) => Type.Optional(Type.Array(id('Identifier'), { maxItems: 100, description }))
const Length = Type.Object({ amount: Type.Number({ exclusiveMinimum: 0, description: 'How many' }), units: Type.String({ minLength: 1, description: 'month, year, day …' }) }, { description: 'A length of time' })

/** What a price depends on. */
export const PriceCase = Type.Object(
  {
    item: Type.Array(
      Type.Object(
        {
          id: id('Unique in the request; the answer’s line carries it'),
          productOffering: Type.Object({ id: id('Identifier of the offering') }, { description: 'What is priced' }),
          quantity: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000, description: 'How many; 1 when left out' })),
          characteristic: Type.Optional(Type.Array(Type.Object({ name: id('Name'), value: Type.Unknown({ description: 'The value that was chosen' }) }, { description: 'A chosen value' }), { maxItems: 200, description: 'Chosen characteristic values' })),
          term: Type.Optional(Length),
          partOf: Type.Optional(id('The item of the bundle that it is inside of')),
        },
        { description: 'An item' },
      ),
      { minItems: 1, maxItems: 100, description: 'What is priced' },
    ),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217; never guessed: without it all prices must be in one' })),
    customer: Type.Optional(Type.Object({ id: id('Identifier of the customer') }, { description: 'For whom; segments, agreements and products are looked up' })),
    segment: ids('Supposed segments'),
    agreement: ids('Supposed agreements'),
    channel: Type.Optional(id('The channel; the request’s when left out')),
    market: Type.Optional(id('The market')),
    place: Type.Optional(Type.Object({ id: Type.Optional(id('Identifier')), within: ids('Areas that it lies in'), country: Type.Optional(id('Country, for tax too')) }, { description: 'Where it is used' })),
    jurisdiction: Type.Optional(id('Tax jurisdiction; the place’s country when left out')),
    promotionCode: ids('Codes that the customer entered'),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'For which time; when the set is to be activated, else now' })),
  },
  { description: 'Items and their circumstances' },
)
export type PriceCase = Static<typeof PriceCase>

export const PriceTest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'What is tried: a student in the capital, two mobiles' }),
    price: PriceCase,
    expect: Type.Array(
      Type.Object(
        {
          kind: Type.Enum(['oneTime', 'recurring', 'deposit'], { type: 'string', description: 'Which total' }),
          currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
          taxIncludedAmount: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: 'With tax, as decimal text' })),
          taxExcludedAmount: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: 'Without tax' })),
        },
        { description: 'An expected total' },
      ),
      { minItems: 1, maxItems: 20, description: 'What it must cost in all; further totals are not looked at' },
    ),
  },
  { description: 'A price that is expected' },
)
export type PriceTest = Static<typeof PriceTest>
