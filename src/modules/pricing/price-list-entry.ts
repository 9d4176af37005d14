/** Entries of price lists: the price of one charge of one offering, by quantity, for some characteristic values, terms and rules. */
import { Type, type Static } from 'typebox'
import { exact, isCurrency, minorUnits } from '../../platform/money.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Duration, Money, Quantity, TimePeriod } from '../../tmf/types/basics.ts'
import { pricingApi } from './api.ts'
import { isPeriod } from './circumstances.ts'
import { PriceRuleValue, ruleFaults } from './rule.ts'

const KINDS = ['oneTime', 'recurring', 'usage', 'deposit', 'penalty'] as const

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'Name of the charge shown to people; that of the price that it stands in for when left out' })),
    priceList: Type.Optional(entityRef('The list that it is in')),
    productOffering: Type.Optional(entityRef('The offering that it is for')),
    productOfferingPrice: Type.Optional(entityRef('The price of the offering that it stands in for; when left out, the first of its kind and period')),
    priceType: Type.Optional(Type.Enum([...KINDS], { type: 'string', description: 'Kind of charge' })),
    recurringChargePeriodType: Type.Optional(Type.String({ description: 'Period of a recurring charge; month when left out' })),
    recurringChargePeriodLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 1200, description: 'How many periods lie between two charges; 1 when left out' })),
    chargeDuration: Type.Optional(Duration),
    unitOfMeasure: Type.Optional(Quantity),
    price: Type.Optional(Money),
    mode: Type.Optional(Type.Enum(['volume', 'graduated'], { type: 'string', description: 'volume: all at the price of the tier that is reached. graduated: each part at its own tier’s price, for usage' })),
    tier: Type.Optional(Type.Array(Type.Object({ from: Type.Number({ minimum: 0, description: 'From this quantity, or this block of usage, on' }), price: Type.Number({ minimum: 0, description: 'Price of a unit or block' }) }), { maxItems: 100, description: 'Prices by quantity, in the currency of the price' })),
    allowance: Type.Optional(Type.Number({ minimum: 0, description: 'Usage that is free in each period' })),
    taxCategory: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Category of the tax rate table; when left out that of the price that it stands in for, else standard' })),
    term: Type.Optional(Duration),
    characteristic: Type.Optional(Type.Array(Type.Object({ name: Type.String({ minLength: 1, description: 'Name of the characteristic' }), value: Type.Unknown({ description: 'The value that was chosen' }) }), { maxItems: 50, description: 'Chosen values that it is for' })),
    rule: Type.Optional(Type.Array(PriceRuleValue, { maxItems: 20, description: 'When it applies, beside the rules of its list: all must match' })),
    validFor: Type.Optional(TimePeriod),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'The price of a charge of an offering in a price list' },
)
export type PriceListEntry = Static<typeof schema>

export const priceListEntry = defineResource({
  api: pricingApi,
  name: 'priceListEntry',
  type: 'PriceListEntry',
  table: 'price_list_entry',
  description: 'What an offering costs in a price list: one charge, in one currency.',
  schema,
  visibility: 'house',
  external: false,
  history: true,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['priceList', 'productOffering', 'priceType', 'price'] },
  update: { immutable: ['priceList', 'productOffering'] },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { 'priceList.id': 'text', 'productOffering.id': 'text', priceType: 'text', 'price.unit': 'text', lastUpdate: 'instant' },
  references: [{ path: 'priceList', to: 'priceList' }, { path: 'productOffering', to: 'productOffering' }, { path: 'productOfferingPrice', to: 'productOfferingPrice' }],
  check: doc => {
    const faults = ruleFaults(doc.rule, 'rule')
    const { unit, value } = doc.price ?? {}
    if (unit === undefined || !isCurrency(unit)) faults.push(fault('price.unit', 'must be an ISO 4217 currency', unit))
    if (value === undefined || value < 0) faults.push(fault('price.value', 'must be an amount that is not negative', value))
    else if (unit !== undefined && isCurrency(unit) && doc.priceType !== 'usage' && exact(value).decimalPlaces() > minorUnits(unit)) faults.push(fault('price.value', `has more decimals than ${unit} has`, value))
    if (doc.mode === 'graduated' && doc.priceType !== 'usage') faults.push(fault('mode', 'can be graduated for usage only: what is bought has one price a unit', doc.mode))
    if (doc.recurringChargePeriodType !== undefined && !isPeriod(doc.recurringChargePeriodType)) faults.push(fault('recurringChargePeriodType', 'must be a period: day, week, month, quarter or year', doc.recurringChargePeriodType))
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until)) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', until))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { priceList: { id: 'store-prices' }, productOffering: { id: 'mobile-m' }, priceType: 'recurring', price: { unit: 'EUR', value: 18 } },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'the amount is finer than its currency', attribute: 'price.value' }],
})
