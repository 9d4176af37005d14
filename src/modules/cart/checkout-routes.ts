/** POST /tandem/v1/checkout, how it stands, its cancelling, and the call-back of the systems that it waits for. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type, type Static } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Context } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { productOrder } from '../ordering/index.ts'
import { requireEntitlement } from './channel-entitlement.ts'
import { askToCancel, nudgeCheckout, readCheckout, readCheckoutById } from './checkout-store.ts'
import { checkOut } from './checkout-start.ts'
import { runCheckout } from './checkout-run.ts'
import { wakeCheckout } from './checkout-job.ts'
import type { CheckoutRow } from './checkout-types.ts'
import { shoppingCart } from './shopping-cart.ts'

const closed = { additionalProperties: false } as const
const text = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })

const Body = Type.Object(
  {
    shoppingCart: Type.Object({ id: text('The cart') }, { ...closed, description: 'What is bought' }),
    termsAccepted: Type.Optional(Type.Boolean({ description: 'That the customer has accepted the terms' })),
    paymentToken: Type.Optional(text('Means of payment, as the payment gateway names it; never a card number')),
    identityProof: Type.Optional(Type.Object({ method: text('document, video, eId …', 50), reference: Type.Optional(text('Number of the proof, not of the document')) }, { ...closed, description: 'How the customer showed who it is' })),
    acceptedDeposit: Type.Optional(Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ minimum: 0, description: 'Amount' }) }, { ...closed, description: 'A deposit that the customer agrees to, at most' })),
    billingAccount: Type.Optional(Type.Object({ id: text('The account') }, { ...closed, description: 'What recurring charges are billed to' })),
    contractSummary: Type.Optional(Type.Object({ id: text('The summary') }, { ...closed, description: 'The contract summary of the cart as it is, which the customer has accepted, or is to sign' })),
    signer: Type.Optional(Type.Object({ name: text('Name', 200), email: Type.Optional(Type.String({ format: 'email', maxLength: 255, description: 'Where the signature service reaches the signer' })) }, { ...closed, description: 'Who signs where a signature is wanted; the customer when left out' })),
  },
  { ...closed, description: 'What is bought, and what the customer has said' },
)

const view = (row: CheckoutRow): Record<string, unknown> => ({
  id: row.id,
  shoppingCart: { id: row.cartId, href: hrefOf(shoppingCart, row.cartId) },
  // That the money is still to be taken is no concern of who bought.
  state: row.state === 'ordered' ? 'completed' : row.state,
  ...(row.state === 'ordered' || row.state === 'completed' ? { productOrder: { id: row.orderId, href: hrefOf(productOrder, row.orderId) } } : {}),
  ...(row.faults.length > 0 ? { fault: row.faults } : {}),
  ...(row.waitingFor ? { waitingFor: row.waitingFor, heldUntil: row.heldUntil } : {}),
  ...(row.progress.contract ? { contract: row.progress.contract } : {}),
  ...(row.progress.due ? { due: row.progress.due } : {}),
  ...(row.progress.payment ? { payment: { state: row.progress.payment.state, ...(row.progress.payment.id !== undefined && { id: row.progress.payment.id }) } } : {}),
})

/** 200 with the order, 202 while it is under way, 409 with all that has to be put right. */
const send = (reply: FastifyReply, row: CheckoutRow): FastifyReply => {
  if (row.state === 'refused') {
    const message = row.faults.map(one => `${one.cartItemId === undefined ? '' : `item ${one.cartItemId}: `}${one.message}`).join('; ')
    return reply.code(409).send({ '@type': 'Error', code: 'checkoutRefused', reason: 'The cart cannot be bought as it is', message, status: '409', ...view(row) })
  }
  return reply.code(row.state === 'ordered' || row.state === 'completed' ? 200 : 202).send(view(row))
}

const visible = async (deps: Services, context: Context, cartId: string): Promise<CheckoutRow> => {
  const found = (await deps.store.get(context, shoppingCart, cartId)) === undefined ? undefined : await readCheckout(deps.database, context.brand, cartId)
  if (found === undefined) throw refuse.notFound('checkout of shoppingCart', cartId)
  return found
}

export const checkoutRoutes = (app: FastifyInstance, deps: Services): void => {
  const readBody = inputOf(Body)
  app.post(
    '/tandem/v1/checkout',
    {
      config: { confined: true },
      schema: {
        tags: ['checkout'], summary: 'Buy a cart',
        description: 'Asked any number of times by anybody, a cart becomes one order: 200 with it. 202 while it waits (confirmation of the payment, a decision by a person, a signature) with what is held until when. 409 with all that has to be put right; nothing is held then.',
        body: Body,
      },
    },
    async (request, reply) => {
      requirePermission(request.context, 'productOrder', 'create')
      const { shoppingCart: cart, termsAccepted = false, billingAccount, contractSummary, ...said }: Static<typeof Body> = readBody(request.body)
      await requireEntitlement(deps, request.context, 'checkOut')
      request.auditIds = [cart.id]
      const { row, isNew } = await checkOut(deps, request.context, cart.id, { ...said, termsAccepted, ...(billingAccount && { billingAccount: billingAccount.id }), ...(contractSummary && { contractSummary: contractSummary.id }) })
      request.auditedByEvent = isNew
      return send(reply, row)
    },
  )
  const params = Type.Object({ cartId: text('Id of the cart') })
  app.get<{ Params: { cartId: string } }>('/tandem/v1/checkout/:cartId', { config: { confined: true }, schema: { tags: ['checkout'], summary: 'How the checkout of a cart stands', params } }, async request => {
    requirePermission(request.context, 'shoppingCart', 'read')
    return view(await visible(deps, request.context, request.params.cartId))
  })
  app.post<{ Params: { cartId: string } }>(
    '/tandem/v1/checkout/:cartId/cancel',
    { config: { confined: true }, schema: { tags: ['checkout'], summary: 'Cancel a checkout that is under way', description: 'What is held is given back and the cart can be changed again. 409 once there is an order.', params } },
    async (request, reply) => {
      requirePermission(request.context, 'shoppingCart', 'update')
      const row = await visible(deps, request.context, request.params.cartId)
      if (row.state !== 'refused') {
        if (!(await askToCancel(deps.database, row.id))) throw refuse.conflict('alreadyOrdered', `shoppingCart ${row.cartId} has become order ${row.orderId}`)
        await runCheckout(deps, row.id)
      }
      const now = await visible(deps, request.context, row.cartId)
      if (now.state === 'ordered' || now.state === 'completed') throw refuse.conflict('alreadyOrdered', `shoppingCart ${row.cartId} has become order ${row.orderId}`)
      return reply.code(now.state === 'refused' ? 200 : 202).send(view(now))
    },
  )
  callbackRoute(app, deps)
}

const sameToken = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A call-back says only that there is something new: what, is asked of who sent it. So it may come twice, late, or with anything in it. */
const callbackRoute = (app: FastifyInstance, deps: Services): void => {
  const query = Type.Object({ token: text('The token of the address that was given') })
  const body = Type.Record(Type.String(), Type.Unknown(), { description: "The system's own message" })
  const readQuery = inputOf(query, { query: true })
  app.post<{ Params: { id: string } }>(
    '/tandem/v1/checkoutCallback/:id',
    {
      config: { public: true },
      schema: { tags: ['callback'], summary: 'Call-back of a system that a checkout waits for', description: 'Repeats change nothing. An unknown checkout and a wrong token are 404 both.', params: Type.Object({ id: text('Id of the checkout') }), querystring: query, body },
    },
    async request => {
      const row = await readCheckoutById(deps.database, request.params.id)
      if (row === undefined || !sameToken(readQuery(request.query).token, row.callbackToken)) throw refuse.notFound('call-back', request.params.id)
      await nudgeCheckout(deps.database, row.id)
      wakeCheckout(deps, row.id)
      return { id: row.id }
    },
  )
}
