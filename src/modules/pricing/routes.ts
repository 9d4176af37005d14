/** POST /tandem/v1/price: what items cost in their circumstances. Changes nothing. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isCurrency } from '../../platform/money.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { priceItems } from './price-items.ts'
import { priceLineOf, totalLinesOf } from './price-line.ts'
import { PriceQuestion, requestFor } from './price-question.ts'
import type { PricingRequest } from './price-request.ts'
import { pricedCustomer } from './priced-customer.ts'
import { PromotionCodeResult } from './promotion-code.ts'

const open = (description: string) => Type.Object({}, { additionalProperties: true, description })
const PriceAnswer = Type.Object(
  {
    version: Type.Integer({ description: 'Position of the last event that the answer knows of' }),
    at: Type.String({ format: 'date-time', description: 'Business time that it was priced for' }),
    line: Type.Array(open('An item with its components (kind, amounts before and after tax, alterations, which prices were considered and which rules matched) and the same as TM Forum documents carry it (itemPrice)'), { description: 'One for each item that has a price' }),
    total: Type.Array(open('kind, period, currency, taxExcludedAmount, taxAmount, taxIncludedAmount'), { description: 'Sums of the lines’ rounded amounts' }),
    totalPrice: Type.Array(open('A total as TM Forum documents carry it'), { description: 'The totals as an order would carry them' }),
    promotion: Type.Array(open('A promotion with what it takes off and the lines that it is on'), { description: 'Promotions that applied' }),
    promotionCodeResult: Type.Optional(Type.Array(PromotionCodeResult, { description: 'Of codes that were entered: what each did, or why nothing' })),
    fault: Type.Array(open('itemId, code and message'), { description: 'Items without a price, and why' }),
    failedCondition: Type.Optional(Type.Array(open('A condition and why it could not be evaluated'), { description: 'Conditions that did not match because they could not be evaluated' })),
  },
  { description: 'What it costs, and why' },
)

const readQuery = inputOf(PriceQuestion)

/** What a confined caller says of itself would be its own price: it is looked up, not believed. */
const SUPPOSED = ['segment', 'agreement', 'at', 'channel'] as const

const check = (query: PriceQuestion, context: Context): void => {
  const faults: Fault[] = []
  if (query.currency !== undefined && !isCurrency(query.currency)) faults.push(fault('currency', 'must be an ISO 4217 currency code', query.currency))
  const seen = new Set<string>()
  for (const [index, item] of query.item.entries()) {
    if (seen.has(item.id)) faults.push(fault(`item[${index}].id`, 'is the id of another item too', item.id))
    seen.add(item.id)
  }
  const inside = new Map(query.item.map(item => [item.id, item.partOf]))
  for (const [index, { id, partOf }] of query.item.entries()) {
    if (partOf === undefined) continue
    if (!inside.has(partOf)) faults.push(fault(`item[${index}].partOf`, 'must be the id of another item', partOf))
    const ring = new Set([id])
    let up: string | undefined = partOf
    while (up !== undefined && !ring.has(up)) {
      ring.add(up)
      up = inside.get(up)
    }
    if (up === id) faults.push(fault(`item[${index}].partOf`, 'must not be inside itself', partOf))
  }
  if (faults.length > 0) throw refuse.invalid(faults)
  if (!isConfined(context.principal)) return
  const supposed = SUPPOSED.find(name => query[name] !== undefined)
  if (supposed !== undefined) throw refuse.forbidden(`A caller that is confined to certain parties cannot suppose ${supposed}`)
}

const requestOf = async (deps: Services, question: PriceQuestion, context: Context): Promise<PricingRequest> => {
  const customerId = await pricedCustomer(deps, context, question.customer?.id)
  return { ...requestFor(question), ...(customerId !== undefined && { customerId }) }
}

export const pricingRoutes = (app: FastifyInstance, deps: Services): void => {
  app.post(
    '/tandem/v1/price',
    {
      // Whose prices a confined caller may ask for, and what it may suppose, is decided below.
      config: { confined: true },
      schema: {
        tags: ['price'],
        summary: 'Price items in their circumstances',
        description: 'Answers what each item costs and why: the price that was taken and those that were not, discounts and promotions, tax. It is the price that an order of the same in the same circumstances gets. 400 for a customer that does not exist; a caller that is confined to certain parties is answered the same for anybody else.',
        body: PriceQuestion,
        response: { 200: PriceAnswer },
      },
    },
    async request => {
      requirePermission(request.context, 'price', 'read')
      const query = readQuery(request.body)
      check(query, request.context)
      const answer = await priceItems(deps, request.context, await requestOf(deps, query, request.context))
      return { ...answer, line: answer.line.map(line => ({ ...line, itemPrice: line.component.map(priceLineOf) })), totalPrice: totalLinesOf(answer.line.flatMap(line => line.component)) }
    },
  )
}
