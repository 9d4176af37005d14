/** The entry of the work queue of refused captures, one an order: that it appears and that it is settled are events. Written by the checkout alone, with its own row. */
import { Type, type Static } from 'typebox'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { productOrder } from '../ordering/index.ts'
import { cartApi } from './channel-entitlement.ts'
import type { CheckoutRow } from './checkout-types.ts'
import { shoppingCart } from './shopping-cart.ts'

const text = (description: string) => Type.String({ description })
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const RefusedCapture = Type.Object(
  {
    id: text('The product order'),
    href: text('Where it can be read'),
    state: Type.Optional(Type.Enum(['open', 'settled'], { type: 'string', description: 'Whether something is still to be done' })),
    creationDate: instant('When the money was refused'),
    productOrder: Type.Optional(entityRef('The order that it is due for')),
    shoppingCart: Type.Optional(entityRef('The cart that became the order')),
    due: Type.Optional(Type.Object({ unit: text('Currency'), value: Type.Number({ description: 'Amount, with tax' }) }, { description: 'What could not be taken' })),
    payment: Type.Optional(
      Type.Object({ id: Type.Optional(text('The payment, as the gateway names it')), state: text('captureRefused; once it is settled captured, onBill (it is on the bill) or voided (nothing is due any more)') }, { description: 'Where the money stands' }),
    ),
    handled: Type.Optional(
      Type.Array(Type.Object({ action: text('What was done'), by: text('Who did it'), at: text('When'), note: Type.Optional(personal(text('What was said to it'))) }, { description: 'What a person did about it' }), { description: 'What was done about it so far' }),
    ),
    ...extensible,
  },
  { description: 'Money that was held for an order and refused when it was to be taken' },
)
export type RefusedCapture = Static<typeof RefusedCapture>

export const refusedCapture = defineResource({
  api: cartApi,
  name: 'refusedCapture',
  type: 'RefusedCapture',
  table: 'refused_capture',
  description: 'Money that was held for an order and refused for good when it was to be taken: a work queue for people. Its events tell that an entry appeared and that it is settled.',
  schema: RefusedCapture,
  operations: ['list', 'get'],
  lifecycle: { attribute: 'state', states: ['open', 'settled'], initial: ['open'], moves: { open: ['settled'], settled: ['open'] }, movedBy: 'server' },
  stamps: { onCreate: ['creationDate'] },
  filters: { state: 'text', creationDate: 'instant' },
  references: [{ path: 'productOrder', to: 'productOrder', onMissing: 'record', weak: true }, { path: 'shoppingCart', to: 'shoppingCart', onMissing: 'record', weak: true }],
  ownerParty: () => undefined,
  external: false,
  example: { state: 'open', productOrder: { id: 'order-sample' }, due: { unit: 'EUR', value: 59.88 }, payment: { state: 'captureRefused' } },
})

/** Brings the entry to what the checkout's row says, in the transaction that writes the row. */
export const noteRefusedCapture = async (deps: Services, context: Context, tx: Transaction, { orderId, cartId, progress }: CheckoutRow): Promise<void> => {
  const { payment, due, settled } = progress
  if (payment === undefined) return
  const now: Partial<RefusedCapture> = {
    state: payment.state === 'captureRefused' ? 'open' : 'settled',
    payment: { ...(payment.id !== undefined && { id: payment.id }), state: payment.state },
    ...(settled && { handled: settled }),
  }
  if ((await deps.store.get(context, refusedCapture, orderId, { tx })) !== undefined) return void (await deps.store.update(context, refusedCapture, orderId, doc => ({ ...doc, ...now }), { tx }))
  if (now.state === 'settled') return
  const [order, cart] = [{ id: orderId, href: hrefOf(productOrder, orderId) }, { id: cartId, href: hrefOf(shoppingCart, cartId) }]
  await deps.store.create(context, refusedCapture, { ...now, productOrder: order, shoppingCart: cart, ...(due && { due }) }, { tx, id: orderId })
}
