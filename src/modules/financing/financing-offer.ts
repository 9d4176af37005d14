/** On which terms something can be bought in instalments (Tandem's own): data, so that a new plan needs no release. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isCurrency, money, moneyFrom, type Money } from '../../platform/money.ts'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Money as MoneyValue, TimePeriod } from '../../tmf/types/basics.ts'
import { financingApi } from './api.ts'
import { scheduleOf, type Instalment } from './schedule.ts'

const Targets = (description: string) => Type.Optional(Type.Array(Type.Object({ id: Type.String({ minLength: 1, maxLength: 200, description: 'Identifier' }), name: Type.Optional(Type.String({ description: 'Its name' })), ...extensible }), { maxItems: 500, description }))

export const FinancingOffer = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ maxLength: 1000, description: 'Free text for people' })),
    productOffering: Targets('Offerings that can be financed so'),
    category: Targets('Categories whose offerings can be financed so; all that is sold once when neither is named'),
    numberOfInstalments: Type.Optional(Type.Integer({ minimum: 2, maximum: 120, description: 'Monthly instalments' })),
    interestRate: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Percent a year on what is still owed; 0 when left out' })),
    downPaymentPercentage: Type.Optional(Type.Number({ minimum: 0, maximum: 99, description: 'Percent of the price that is paid at once' })),
    downPayment: Type.Optional(MoneyValue),
    minimumAmount: Type.Optional(MoneyValue),
    maximumAmount: Type.Optional(MoneyValue),
    channel: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 50, description: 'Channels that offer it; all when left out' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'Terms on which something can be bought in instalments' },
)
export type FinancingOffer = Static<typeof FinancingOffer>

const amountFaults = (doc: FinancingOffer): Fault[] =>
  (['downPayment', 'minimumAmount', 'maximumAmount'] as const).flatMap(name => {
    const amount = doc[name]
    if (amount === undefined) return []
    return amount.unit === undefined || !isCurrency(amount.unit) || amount.value === undefined || amount.value < 0 ? [fault(name, 'must have a currency (unit) and a value of at least 0')] : []
  })

export const financingOffer = defineResource({
  api: financingApi,
  name: 'financingOffer',
  type: 'FinancingOffer',
  table: 'financing_offer',
  description: 'Terms on which something that is sold once can be bought in instalments. A line of a cart names it; what comes of it is shown there.',
  schema: FinancingOffer,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'numberOfInstalments'] },
  filters: { name: 'text', numberOfInstalments: 'integer' },
  visibility: 'brand',
  writtenBy: 'house',
  external: false,
  check: doc => {
    const faults = amountFaults(doc)
    if (doc.downPayment !== undefined && doc.downPaymentPercentage !== undefined) faults.push(fault('downPaymentPercentage', 'cannot be given beside downPayment', doc.downPaymentPercentage))
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    if (startDateTime !== undefined && endDateTime !== undefined && endDateTime <= startDateTime) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', endDateTime))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: '24 months without interest', numberOfInstalments: 24, interestRate: 0, downPaymentPercentage: 10 },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a down payment is given as an amount and as a percentage', attribute: 'downPaymentPercentage' },
    { status: 400, code: 'invalidAttribute', when: 'it ends before it begins', attribute: 'validFor.endDateTime' },
  ],
})

/** What is financed, in the words of the sale. All amounts contain the tax. */
export interface FinancingTerms {
  id: string
  name: string
  numberOfInstalments: number
  interestRate: number
  price: { unit: string; value: number }
  downPayment: { unit: string; value: number }
  amountFinanced: { unit: string; value: number }
  /** The first instalment; the others are as much, or as much less as rounding asks. */
  instalment: { unit: string; value: number }
  totalInterest: { unit: string; value: number }
}

export interface FinancingReason {
  code: 'financingUnknown' | 'financingNotOffered' | 'financingAmount' | 'financingQuantity'
  message: string
}

/** What is bought, as far as financing has to know it. */
export interface FinancedThing {
  offeringId: string
  category: readonly string[]
  quantity: number
  channel: string
  /** One-time charges with tax. */
  price: Money | undefined
  at: Date
}

const names = (list: FinancingOffer['category'], ids: readonly string[]): boolean => (list ?? []).some(one => ids.includes(one.id))

/** Whether the terms can be had for it: the terms as they would be frozen with the sale, and their schedule; or why not. */
export const financingFor = (id: string, offer: FinancingOffer | undefined, thing: FinancedThing): { terms: FinancingTerms; instalment: Instalment[] } | FinancingReason => {
  const name = offer?.name ?? id
  if (offer === undefined) return { code: 'financingUnknown', message: `there are no terms ${id.slice(0, 80)} to buy in instalments` }
  const { startDateTime, endDateTime } = offer.validFor ?? {}
  if ((startDateTime !== undefined && new Date(startDateTime) > thing.at) || (endDateTime !== undefined && new Date(endDateTime) <= thing.at)) return { code: 'financingNotOffered', message: `${name} is not offered now` }
  if (offer.channel !== undefined && offer.channel.length > 0 && !offer.channel.includes(thing.channel)) return { code: 'financingNotOffered', message: `${name} is not offered in channel ${thing.channel}` }
  const isNamed = (offer.productOffering?.length ?? 0) + (offer.category?.length ?? 0) === 0 || names(offer.productOffering, [thing.offeringId]) || names(offer.category, thing.category)
  if (!isNamed) return { code: 'financingNotOffered', message: `${name} is not offered for this` }
  if (thing.quantity !== 1) return { code: 'financingQuantity', message: 'what is bought in instalments is bought one by one: give each a line of its own' }
  const { price } = thing
  if (price === undefined || price.isZero()) return { code: 'financingAmount', message: 'nothing of this is paid once, so there is nothing to finance' }
  for (const [what, bound] of [['below', offer.minimumAmount], ['above', offer.maximumAmount]] as const) {
    if (bound?.unit === undefined || bound.value === undefined) continue
    if (bound.unit !== price.currency) return { code: 'financingAmount', message: `${name} is in ${bound.unit}, the price in ${price.currency}` }
    const compared = price.compare(money(bound.value, bound.unit))
    if (what === 'below' ? compared < 0 : compared > 0) return { code: 'financingAmount', message: `${price.toString()} ${price.currency} is ${what} what ${name} is for (${moneyFrom(bound).toString()})` }
  }
  if (offer.downPayment?.unit !== undefined && offer.downPayment.unit !== price.currency) return { code: 'financingAmount', message: `the down payment of ${name} is in ${offer.downPayment.unit}, the price in ${price.currency}` }
  const asked = offer.downPayment?.value === undefined ? price.percent(offer.downPaymentPercentage ?? 0).rounded() : money(offer.downPayment.value, price.currency).rounded()
  if (asked.compare(price) >= 0) return { code: 'financingAmount', message: `the down payment of ${name} is not below the price` }
  const financed = price.minus(asked)
  const count = offer.numberOfInstalments ?? 2
  const instalment = scheduleOf(financed, count, offer.interestRate ?? 0)
  const interest = instalment.reduce((sum, one) => sum.plus(money(one.interest.value, one.interest.unit)), money(0, price.currency))
  return {
    terms: {
      id, name, numberOfInstalments: count, interestRate: offer.interestRate ?? 0, price: price.toJSON(), downPayment: asked.toJSON(), amountFinanced: financed.toJSON(),
      instalment: instalment[0]!.amount, totalInterest: interest.toJSON(),
    },
    instalment,
  }
}
