/** Parts of a sales rule: what it is about, its words, what each kind says beside its condition, and the cases that it is tried with. */
import { Type, type Static } from 'typebox'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { extensible } from '../../tmf/types/attributes.ts'

export const GUARDS = ['eligibility', 'compatibility', 'requiredAddition', 'limit', 'creditClass'] as const
export const ADVICE = ['upsell', 'crossSell'] as const
export const KINDS = [...GUARDS, ...ADVICE] as const
export type SalesRuleKind = (typeof KINDS)[number]

export const isAdvice = (kind: string | undefined): boolean => (ADVICE as readonly string[]).includes(kind ?? '')

export const OUTCOMES = ['allowed', 'refused', 'deposit', 'unknown', 'advised', 'silent'] as const
export type Outcome = (typeof OUTCOMES)[number]

const closed = { additionalProperties: false } as const
const word = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })
const ref = (what: string) => Type.Object({ id: word(`Identifier of the ${what}`), name: Type.Optional(Type.String({ maxLength: 500, description: 'Its name' })), ...extensible }, { description: `A ${what}` })

export const OfferingRefs = (description: string) => Type.Optional(Type.Array(ref('offering'), { minItems: 1, maxItems: 500, description }))
export const CategoryRefs = (description: string) => Type.Optional(Type.Array(ref('category'), { minItems: 1, maxItems: 200, description }))

export const Message = Type.Object(
  { language: Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$', maxLength: 35, description: 'Language tag: en, de, de-CH' }), text: word('The words', 500) },
  { ...closed, description: 'The words of one language' },
)
export type Message = Static<typeof Message>

export const Period = Type.Object({ amount: Type.Integer({ minimum: 1, maximum: 10_000, description: 'How many' }), units: Type.Enum(['day', 'week', 'month', 'year'], { type: 'string', description: 'Of what' }) }, { ...closed, description: 'A length of time' })
export type Period = Static<typeof Period>

export const Limit = Type.Object(
  {
    quantity: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Most of what the rule is about' }),
    per: Type.Enum(['order', 'customer', 'household'], { type: 'string', description: 'order: in one purchase. customer: with what the customer has and has ordered. household: the same for whoever lives at the address (product.place)' }),
    period: Type.Optional(Period),
  },
  { ...closed, description: 'How many of what the rule is about; with a period, how many may be ordered within it, else how many may be had at a time' },
)

export const Addition = Type.Object(
  { productOffering: OfferingRefs('One of these'), category: CategoryRefs('Or something of these'), orOwned: Type.Optional(Type.Boolean({ description: 'Whether what the customer has counts too; true when left out' })) },
  { ...closed, description: 'What has to be bought with it' },
)

export const Deposit = Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: 'Amount for each one' }) }, { ...closed, description: 'What is asked for each of what the rule is about' })

const strings = (description: string) => Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100, description }))
const number = (description: string) => Type.Optional(Type.Number({ description }))
const text = (description: string) => Type.Optional(Type.String({ maxLength: 255, description }))

const GivenItem = Type.Object(
  {
    offering: word('Id of the offering'), category: strings('Ids of its categories'), specification: text('Id of its specification'), quantity: number('1 when left out'),
    characteristic: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Values by name' })), termMonths: number('0 when left out'), partOf: text('The bundle that it is inside of'), action: text('add when left out'),
  },
  { ...closed, description: 'Something in the cart' },
)

export const Example = Type.Object(
  {
    name: word('What the case is about', 200),
    given: Type.Object(
      {
        customer: Type.Optional(Type.Object({ id: text('Id'), segment: strings('Segments'), agreement: strings('Agreements'), kind: text('individual or organization'), status: text('Status'), creditClass: number('Class of risk'), creditScore: number('Score') }, { ...closed, description: 'Who buys; nobody who is known when left out' })),
        product: Type.Optional(Type.Array(Type.Object({ offering: text('Offering'), specification: text('Specification'), category: strings('Categories'), status: text('active when left out'), place: text('Where') }, closed), { maxItems: 50, description: 'What the customer has' })),
        channel: text('Channel; the first of the rule, or web, when left out'), market: text('Market'), currency: text('Currency'),
        place: Type.Optional(Type.Object({ id: strings('The place and its areas'), country: text('Country') }, { ...closed, description: 'Where' })),
        at: Type.Optional(Type.String({ format: 'date-time', description: 'When; now when left out' })),
        cart: Type.Optional(Type.Object({ due: number('What is due at once, in the currency’s unit'), monthly: number('What is charged each month') }, { ...closed, description: 'Totals, where they are known' })),
        item: Type.Optional(Type.Array(GivenItem, { maxItems: 50, description: 'What is in the cart' })),
        had: Type.Optional(Type.Integer({ minimum: 0, description: 'How many of what a limit is about there are already' })),
      },
      { ...closed, description: 'The circumstances' },
    ),
    expect: Type.Enum([...OUTCOMES], { type: 'string', description: 'allowed, refused, deposit, or unknown (the condition cannot be evaluated); advised or silent for upsell and crossSell' }),
  },
  { ...closed, description: 'A case with what the rule must say of it' },
)
export type Example = Static<typeof Example>

export const ExampleResult = Type.Object(
  { name: Type.String({ description: 'The case' }), passed: Type.Boolean({ description: 'Whether the rule said what was expected' }), outcome: Type.Enum([...OUTCOMES], { type: 'string', description: 'What it said' }), detail: Type.Optional(Type.String({ description: 'Why it could not be evaluated' })) },
  { description: 'How a case went' },
)
export type ExampleResult = Static<typeof ExampleResult>

const base = {
  id: Type.String({ description: 'Identifier' }),
  href: Type.String({ description: 'Where it can be read' }),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' })),
  description: Type.Optional(Type.String({ maxLength: 2000, description: 'What it is for' })),
  kind: Type.Optional(Type.Enum([...KINDS], { type: 'string', description: 'eligibility, compatibility, creditClass: the condition must hold. requiredAddition: something has to be bought with it. limit: so many and no more. upsell, crossSell: worth offering where the condition holds' })),
  lifecycleStatus: Type.Optional(Type.Enum(['draft', 'active', 'retired'], { type: 'string', description: 'Only active ones are in force; their examples hold' })),
  condition: Type.Optional(Type.String({ minLength: 1, maxLength: 4000, description: 'In CEL. What must hold of eligibility, compatibility and creditClass; where it applies of the others. It may use customer, product, channel, market, place, currency, at, cart and item' })),
  code: Type.Optional(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$', maxLength: 60, description: 'Code of the refusal; the kind when left out' })),
  message: Type.Optional(Type.Array(Message, { minItems: 1, maxItems: 40, description: 'What people are told, a language each' })),
  fallbackLanguage: Type.Optional(Type.String({ maxLength: 35, description: 'Language of those who read none of them; the first when left out' })),
  priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000, description: 'Higher ones are told first; 0 when left out' })),
  validFor: Type.Optional(TimePeriod),
  channel: Type.Optional(Type.Array(word('Channel', 32), { minItems: 1, maxItems: 50, description: 'Channels that it is for; all when left out' })),
  productOffering: OfferingRefs('What it is about; everything when neither this nor category is given'),
  category: CategoryRefs('What it is about, by category'),
  addition: Type.Optional(Addition),
  limit: Type.Optional(Limit),
  deposit: Type.Optional(Deposit),
  offer: OfferingRefs('What is offered'),
  refusalHolds: Type.Optional(Period),
  example: Type.Optional(Type.Array(Example, { maxItems: 100, description: 'Cases that it is tried with whenever it is written, and when it becomes active' })),
  exampleResult: Type.Optional(Type.Array(ExampleResult, { description: 'How its cases went when it was last written' })),
  lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
  ...extensible,
}

export const SalesRule = Type.Object(base, { description: 'A rule of selling' })
export type SalesRule = Static<typeof SalesRule>
