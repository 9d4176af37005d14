/** /tandem/v1/salesAdvice: what is worth offering; and /tandem/v1/salesAdviceRefusal: what somebody does not want to hear of for a time. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isConfined } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { productOffering } from '../catalog/index.ts'
import { partyOf } from '../customer/index.ts'
import { refusalHolds } from '../sales-rule/index.ts'
import { advise, aroundOf, buyerIn, PURPOSE, type AdviceQuestion } from './advise.ts'
import { insertRefusal } from './refusal-store.ts'

const closed = { additionalProperties: false } as const
const text = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })
const optional = (description: string) => Type.Optional(text(description))
const ref = (description: string) => Type.Object({ id: text('Identifier') }, { ...closed, description })
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: 'Most that is answered; 10 when left out' }))
const currency = Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency of the prices; that of the cart, or of the offerings where they have one only' }))

const Query = Type.Object({ shoppingCart: optional('Id of the cart'), customer: optional('Id of the customer or party'), place: optional('Id of the address'), currency, limit }, closed)
const Body = Type.Object(
  {
    shoppingCart: Type.Optional(ref('The cart')),
    customer: Type.Optional(ref('Who is advised')),
    place: Type.Optional(ref('The address')),
    currency,
    item: Type.Optional(
      Type.Array(
        Type.Object({ productOffering: ref('What is looked at'), quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: '1 when left out' })), productCharacteristic: Type.Optional(Type.Array(Type.Object({ name: text('Name'), value: Type.Unknown({ description: 'Value' }) }, closed), { maxItems: 100, description: 'Chosen values' })) }, closed),
        { maxItems: 100, description: 'What is looked at and in no cart' },
      ),
    ),
    limit,
  },
  { ...closed, description: 'For what advice is wanted' },
)

const open = (description: string) => Type.Object({}, { additionalProperties: true, description })
const Answer = Type.Object(
  {
    personalised: Type.Boolean({ description: `Whether the customer allows that what is known of it is used (consent for ${PURPOSE})` }),
    withheld: Type.Integer({ description: 'How many rules were left out because they ask for what is known of a customer who has not allowed it' }),
    failedRule: Type.Array(open('rule and message'), { description: 'Rules that could not be evaluated: they offer nothing' }),
    advice: Type.Array(open('productOffering, kind, message with its translation, rule, priority, itemPrice and totalPrice, the cartItem or what is had that it is offered because of'), { description: 'What is worth offering, the best first' }),
  },
  { description: 'Advice' },
)

const RefusalBody = Type.Object(
  { shoppingCart: Type.Optional(ref('The cart')), customer: Type.Optional(ref('Who refuses')), productOffering: ref('What is not wanted'), rule: Type.Optional(ref('The rule that offered it; it says for how long the refusal holds, 30 days when left out')) },
  { ...closed, description: 'What is not wanted' },
)
const Refusal = Type.Object({ productOffering: ref('What is not wanted'), expirationDate: Type.String({ format: 'date-time', description: 'Until when it is not offered' }) }, { description: 'What is not offered for a time' })

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 }

const somebody = (question: Pick<AdviceQuestion, 'shoppingCart' | 'customer'>, request: FastifyRequest): void => {
  if (question.shoppingCart === undefined && question.customer === undefined && !isConfined(request.context.principal)) throw refuse.invalid([fault('shoppingCart', 'or customer must be given')])
}

export const salesAdviceRoutes = (app: FastifyInstance, deps: Services): void => {
  const readQuery = inputOf(Query, { query: true })
  app.get(
    '/tandem/v1/salesAdvice',
    { config: { confined: true }, schema: { tags: ['sales'], summary: 'What is worth offering to a cart or a customer', description: 'By the upsell and crossSell rules in force: the same in every channel unless a rule names some. Without what is had or ordered, what takes its place, what cannot be had at the place, and what was refused of late.', querystring: Query, response: { 200: Answer } } },
    async request => {
      requirePermission(request.context, 'salesAdvice', 'read')
      const { limit: most = 10, ...question } = readQuery(request.query)
      somebody(question, request)
      return await advise(deps, request.context, { ...question, limit: most } as AdviceQuestion)
    },
  )
  const readBody = inputOf(Body)
  app.post(
    '/tandem/v1/salesAdvice',
    { config: { confined: true }, schema: { tags: ['sales'], summary: 'What is worth offering in a context', description: 'The same for what is looked at and in no cart yet. Changes nothing.', body: Body, response: { 200: Answer } } },
    async request => {
      requirePermission(request.context, 'salesAdvice', 'read')
      const { shoppingCart, customer, place, currency: unit, item, limit: most = 10 } = readBody(request.body)
      return await advise(deps, request.context, {
        limit: most,
        ...(shoppingCart && { shoppingCart: shoppingCart.id }), ...(customer && { customer: customer.id }), ...(place && { place: place.id }), ...(unit !== undefined && { currency: unit }),
        ...(item && { item: item.map(one => ({ offeringId: one.productOffering.id, ...(one.quantity !== undefined && { quantity: one.quantity }), ...(one.productCharacteristic && { characteristic: Object.fromEntries(one.productCharacteristic.map(({ name, value }) => [name, value])) }) })) }),
      })
    },
  )
  const readRefusal = inputOf(RefusalBody)
  app.post(
    '/tandem/v1/salesAdviceRefusal',
    { config: { confined: true }, schema: { tags: ['sales'], summary: 'Somebody does not want what was offered', description: 'It is not offered in any channel until the refusal has expired. Of a cart with a customer it is the customer’s.', body: RefusalBody, response: { 201: Refusal } } },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, 'salesAdviceRefusal', 'create')
      const { shoppingCart, customer, productOffering: offering, rule } = readRefusal(request.body)
      const question = { ...(shoppingCart && { shoppingCart: shoppingCart.id }), ...(customer && { customer: customer.id }) }
      somebody(question, request)
      if ((await deps.store.get(context, productOffering, offering.id)) === undefined) throw refuse.invalid([fault('productOffering.id', 'refers to a productOffering that does not exist', offering.id)])
      const around = await aroundOf(deps, context, question)
      const at = deps.clock.now()
      const buyer = buyerIn(deps, context, around, at)
      const person = around.customer && ((await partyOf(deps, context, around.customer))?.id ?? (await buyer.ids())[0])
      const subject = person === undefined ? `shoppingCart/${around.cart?.id ?? ''}` : `party/${person}`
      const { amount, units } = await refusalHolds(deps, context.brand, rule?.id)
      const until = new Date(at.getTime() + amount * (DAYS[units] ?? 1) * 86_400_000)
      await insertRefusal(deps.database, { brand: context.brand, subject, offeringId: offering.id, partyId: person, ruleId: rule?.id, channel: context.channel, at, until })
      return reply.code(201).send({ productOffering: { id: offering.id }, expirationDate: until.toISOString() })
    },
  )
}
