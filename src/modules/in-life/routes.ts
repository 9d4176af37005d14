/** GET /tandem/v1/product/{id}/inLifeOption: what can be done with a product, asked by any channel. Changes nothing. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { product } from '../inventory/index.ts'
import { readEffectiveDate } from './asked-date.ts'
import { ACTIONS } from './in-life-rule.ts'
import { inLifeOptions } from './options.ts'

const open = (description: string) => Type.Object({}, { additionalProperties: true, description })
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, description: 'Id of the product' }) })

const Query = Type.Object(
  {
    action: Type.Optional(Type.Array(Type.Enum([...ACTIONS], { type: 'string' }), { maxItems: 6, description: 'These alone; everything when left out' })),
    productOffering: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'This offering alone: to change to, or to add' })),
    place: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Id of the address that it moves to' })),
    effectiveDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it shall be, where that is later than it could be' })),
    device: Type.Optional(Type.Enum(['keepPaying', 'payOff'], { type: 'string', description: 'What shall become of open instalments, where the customer may choose' })),
    part: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Of a bundle: the part (a product) that shall leave it; with add, what is added inside takes its place' })),
    choice: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50, description: 'Of a bundle that is exchanged: offerings that are taken of the other one, where it lets choose' })),
  },
  { additionalProperties: false },
)

const Answer = Type.Object(
  {
    product: open('The product: id, name, offering, status, what it costs a month as sold (of a bundle with its parts), its term, its parts or the bundle that it is in, open instalments, a change under way'),
    at: Type.String({ format: 'date-time', description: 'Business time of the answer' }),
    option: Type.Array(
      open('id, action, name, productOffering, possible, reason (code, message, rule), takesEffect, effectiveDate, term, oneTimeCost (kind, name, amounts, why, rule), oneTimeTotal, monthly (present, new, difference), itemPrice with its derivation, part (of a bundle: what becomes of each), kept, lost, device, rule (which said what)'),
      { description: 'What can be done, and what cannot, with the reasons' },
    ),
  },
  { description: 'What can be done with a product' },
)

export const inLifeRoutes = (app: FastifyInstance, deps: Services): void => {
  const readQuery = inputOf(Query, { query: true })
  app.get<{ Params: { id: string } }>(
    '/tandem/v1/product/:id/inLifeOption',
    { config: { confined: true }, schema: { tags: ['inLife'], summary: 'Ask what can be done with a product', description: 'Upgrade, downgrade, add, remove, renew, move: when, at what cost, with what kept, and why not. Prices are those that the order of it would have.', params, querystring: Query, response: { 200: Answer } } },
    async request => {
      requirePermission(request.context, 'product', 'read')
      const { action, productOffering, place, effectiveDate, device, part, choice } = readQuery(request.query)
      const at = readEffectiveDate(effectiveDate, deps.clock.now())
      const answer = await inLifeOptions(deps, request.context, {
        productId: request.params.id,
        ...(action && action.length > 0 && { action }),
        ...(productOffering !== undefined && { offeringId: productOffering }),
        ...(place !== undefined && { place: { id: place, role: 'installation', '@referredType': 'GeographicAddress' } }),
        ...(at && { effectiveDate: at }),
        ...(device !== undefined && { device }),
        ...(part !== undefined && { partId: part }),
        ...(choice && { choice }),
      })
      if (answer === undefined) throw refuse.notFound(product.name, request.params.id)
      const { unknown } = answer
      const faults = [
        ...(unknown.productOffering ? [fault('productOffering', 'is nothing that the product can be changed to, renewed as or get', productOffering)] : []),
        ...(unknown.part ? [fault('part', 'is no part that the product has', part)] : []),
        ...unknown.choice.map(index => fault(`choice[${index}]`, 'is nothing that can be chosen of what the product can be exchanged for', choice?.[index])),
      ]
      if (faults.length > 0) throw refuse.invalid(faults)
      const { doc, whole: present, plans, change, now, id, parts, bundle } = answer.subject
      return {
        product: {
          id, href: `/tmf-api/productInventory/v4/product/${id}`, name: doc.name, status: doc.status, productOffering: doc.productOffering, monthly: present.monthly,
          ...(parts.length > 0 && { part: parts.map(one => ({ id: one.id, name: one.doc.name, productOffering: one.doc.productOffering, monthly: one.whole.monthly })) }),
          ...(bundle && { bundle: { id: bundle.id, name: bundle.name } }),
          ...(present.term && { term: { months: present.term.months, startDate: present.term.start, endDate: present.term.end } }),
          financingPlan: plans.map(plan => ({ id: plan.id, name: plan.doc.name })),
          ...(change && { change: { productOrder: { id: change.orderId }, action: change.action, effectiveDate: change.effectiveAt.toISOString() } }),
        },
        at: now.toISOString(),
        option: answer.option.map(one => one.option),
      }
    },
  )
}
