/** POST /tandem/v1/refusedCapture/{orderId}/settle: what a person does about money that was refused when it was to be taken. The queue itself is a resource. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { inputOf } from '../../platform/http/input.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { productOrder } from '../ordering/index.ts'
import type { CheckoutRow } from './checkout-types.ts'
import { captureActions, settleCapture } from './refused-capture.ts'
import { shoppingCart } from './shopping-cart.ts'

const view = ({ cartId, orderId, progress }: CheckoutRow): Record<string, unknown> => ({
  productOrder: { id: orderId, href: hrefOf(productOrder, orderId) },
  shoppingCart: { id: cartId, href: hrefOf(shoppingCart, cartId) },
  due: progress.due,
  payment: progress.payment,
  ...(progress.settled && { handled: progress.settled }),
})

const Body = Type.Object(
  {
    action: Type.Enum([...captureActions], { type: 'string', description: 'retry: take it now. otherMeans: take it by another means of payment. onBill: let go what is held and put what is due on the next bill. cancelOrder: cancel the order and let go what is held' }),
    paymentToken: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'otherMeans: the means of payment, as the gateway names it; never a card number' })),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Kept with it' })),
  },
  { additionalProperties: false, description: 'What is done about it' },
)

export const refusedCaptureRoutes = (app: FastifyInstance, deps: Services): void => {
  const read = inputOf(Body)
  app.post<{ Params: { orderId: string } }>(
    '/tandem/v1/refusedCapture/:orderId/settle',
    { schema: { tags: ['refusedCapture'], summary: 'Deal with a refused capture', description: 'Answers where the money stands then. 409 when somebody else was quicker.', params: Type.Object({ orderId: Type.String({ minLength: 1, maxLength: 255, description: 'The product order' }) }), body: Body } },
    async request => {
      requirePermission(request.context, 'refusedCapture', 'update')
      const { action, ...said } = read(request.body)
      request.auditIds = [request.params.orderId]
      return view(await settleCapture(deps, request.context, request.params.orderId, action, said))
    },
  )
}
