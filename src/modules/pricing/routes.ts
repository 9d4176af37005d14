/** POST /tandem/v1/price: what items cost in their circumstances. Changes nothing. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isCurrency } from '../../platform/money.ts'
import { actingParty, isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { priceItems } from './price-items.ts'
import { priceLineOf, totalLinesOf } from './price-line.ts'
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

const PriceQuery = Type.Object(
  {
    item: Type.Array(Item, { minItems: 1, maxItems: 500, description: 'What is priced' }),
    currency: Type.Optional(Type.String({ description: 'ISO 4217; never guessed: without it all prices must be in one' })),
    customer: Type.Optional(Type.Object({ id: id('Identifier of the customer') }, { description: 'For whom; segments, agreements and products are looked up' })),
    segment: ids('Supposed segments: what would they pay. Not for callers confined to certain parties'),
    agreement: ids('Supposed agreements. Not for callers confined to certain parties'),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'Another time than now. Not for callers confined to certain parties' })),
    channel: Type.Optional(id('Another channel than the request’s. Not for callers confined to certain parties')),
    market: Type.Optional(id('The market')),
    place: Type.Optional(Type.Object({ id: Type.Optional(id('Identifier')), within: ids('Areas that it lies in'), country: Type.Optional(id('Country, for tax too')) }, { additionalProperties: false, description: 'Where it is used' })),
    jurisdiction: Type.Optional(id('Tax jurisdiction; the place’s country when left out')),
    promotionCode: ids('Codes that the customer entered'),
  },
  { additionalProperties: false, description: 'Items and their circumstances' },
)

const open = (description: string) => Type.Object({}, { additionalProperties: true, description })
const PriceAnswer = Type.Object(
  {
    version: Type.Integer({ description: 'Position of the last event that the answer knows of' }),
    at: Type.String({ format: 'date-time', description: 'Business time that it was priced for' }),
    line: Type.Array(open('An item with its components (kind, amounts before and after tax, alterations, which prices were considered and which rules matched) and the same as TM Forum documents carry it (itemPrice)'), { description: 'One for each item that has a price' }),
    total: Type.Array(open('kind, period, currency, taxExcludedAmount, taxAmount, taxIncludedAmount'), { description: 'Sums of the lines’ rounded amounts' }),
    totalPrice: Type.Array(open('A total as TM Forum documents carry it'), { description: 'The totals as an order would carry them' }),
    promotion: Type.Array(open('A promotion with what it takes off and the lines that it is on'), { description: 'Promotions that applied' }),
    fault: Type.Array(open('itemId, code and message'), { description: 'Items without a price, and why' }),
    failedCondition: Type.Optional(Type.Array(open('A condition and why it could not be evaluated'), { description: 'Conditions that did not match because they could not be evaluated' })),
  },
  { description: 'What it costs, and why' },
)

const readQuery = inputOf(PriceQuery)

/** What a confined caller says of itself would be its own price: it is looked up, not believed. */
const SUPPOSED = ['segment', 'agreement', 'at', 'channel'] as const

const check = (query: Static<typeof PriceQuery>, context: Context): void => {
  const faults: Fault[] = []
  if (query.currency !== undefined && !isCurrency(query.currency)) faults.push(fault('currency', 'must be an ISO 4217 currency code', query.currency))
  const seen = new Set<string>()
  for (const [index, item] of query.item.entries()) {
    if (seen.has(item.id)) faults.push(fault(`item[${index}].id`, 'is the id of another item too', item.id))
    seen.add(item.id)
  }
  if (faults.length > 0) throw refuse.invalid(faults)
  if (!isConfined(context.principal)) return
  const supposed = SUPPOSED.find(name => query[name] !== undefined)
  if (supposed !== undefined) throw refuse.forbidden(`A caller that is confined to certain parties cannot suppose ${supposed}`)
}

const requestOf = (query: Static<typeof PriceQuery>, context: Context): PricingRequest => {
  const customerId = query.customer?.id ?? (isConfined(context.principal) ? actingParty(context) : undefined)
  const { segment, agreement, channel, market, jurisdiction, promotionCode, currency, place } = query
  return {
    item: query.item.map(item => ({
      id: item.id,
      offeringId: item.productOffering.id,
      ...(item.quantity !== undefined && { quantity: item.quantity }),
      ...(item.characteristic && { characteristic: Object.fromEntries(item.characteristic.map(one => [one.name, one.value])) }),
      ...(item.term && { term: item.term }),
      ...(item.partOf !== undefined && { partOf: item.partOf }),
    })),
    ...(query.at !== undefined && { at: new Date(query.at) }),
    ...(customerId !== undefined && { customerId }),
    ...(currency !== undefined && { currency }),
    ...(segment && { segment }),
    ...(agreement && { agreement }),
    ...(channel !== undefined && { channel }),
    ...(market !== undefined && { market }),
    ...(jurisdiction !== undefined && { jurisdiction }),
    ...(promotionCode && { promotionCode }),
    ...(place && { place: { ...(place.id !== undefined && { id: place.id }), ...(place.within && { within: place.within }), ...(place.country !== undefined && { country: place.country }) } }),
  }
}

export const pricingRoutes = (app: FastifyInstance, deps: Services): void => {
  app.post(
    '/tandem/v1/price',
    {
      schema: {
        tags: ['price'],
        summary: 'Price items in their circumstances',
        description: 'Answers what each item costs and why: the price that was taken and those that were not, discounts and promotions, tax. It is the price that an order of the same in the same circumstances gets.',
        body: PriceQuery,
        response: { 200: PriceAnswer },
      },
    },
    async request => {
      requirePermission(request.context, 'price', 'read')
      const query = readQuery(request.body)
      check(query, request.context)
      const answer = await priceItems(deps, request.context, requestOf(query, request.context))
      return { ...answer, line: answer.line.map(line => ({ ...line, itemPrice: line.component.map(priceLineOf) })), totalPrice: totalLinesOf(answer.line.flatMap(line => line.component)) }
    },
  )
}
