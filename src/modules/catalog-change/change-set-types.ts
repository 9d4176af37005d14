/** Parts of a change set: findings, and prices that are expected of it. */
import { Type, type Static } from 'typebox'
import { PriceQuestion } from '../pricing/index.ts'

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

/** What a price depends on: as POST /tandem/v1/price has it, of up to a hundred items. */
export const PriceCase = Type.Object(
  {
    ...PriceQuestion.properties,
    item: Type.Array(PriceQuestion.properties.item.items, { minItems: 1, maxItems: 100, description: 'What is priced' }),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217; never guessed: without it all prices must be in one' })),
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
