/** The work queue of money that was held for an order and refused for good when it was to be taken: what a person can do about it, each in one guarded step. */
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { cancelProductOrder, productOrder } from '../ordering/index.ts'
import { takeOffBill } from './capture-on-bill.ts'
import { wakeCheckout } from './checkout-job.ts'
import { contextOf, runCheckout } from './checkout-run.ts'
import { lockCheckout, noteHandling, readCheckoutOfOrder, reopenCapture, reopenForRefund } from './checkout-store.ts'
import type { CheckoutRow } from './checkout-types.ts'
import { noteRefusedCapture } from './refused-capture-record.ts'

export const captureActions = ['retry', 'otherMeans', 'onBill', 'cancelOrder'] as const
export type CaptureAction = (typeof captureActions)[number]

export interface CaptureRequest {
  /** otherMeans: token of another means of payment. */
  paymentToken?: string
  /** Kept with the row. */
  note?: string
}

const isRefused = (row: CheckoutRow | undefined): boolean => row?.state === 'completed' && row.progress.payment?.state === 'captureRefused'

type Handled = NonNullable<CheckoutRow['progress']['settled']>[number]

const busy = ({ orderId }: CheckoutRow) => refuse.conflict('captureNotRefused', `somebody else is dealing with the money of productOrder ${orderId}`)

/** Nothing is taken, and nothing put on a bill, for an order that is on its way out. */
const requireStanding = async (deps: Services, context: Context, { orderId }: CheckoutRow): Promise<void> => {
  const state = (await deps.store.get(context, productOrder, orderId))?.doc.state
  if (state === undefined || ['assessingCancellation', 'pendingCancellation', 'cancelled'].includes(state)) throw refuse.conflict('orderCancelled', `productOrder ${orderId} is ${state ?? 'gone'}: nothing is taken for it`)
  const [open] = await deps.store.find(context, cancelProductOrder, { where: [{ path: 'productOrder.id', value: orderId }, { path: 'state', value: ['acknowledged', 'inProgress'] }], limit: 1 })
  if (open !== undefined) throw refuse.conflict('orderCancelled', `cancelProductOrder ${open.id} is under way for productOrder ${orderId}`)
}

/** The order is cancelled by the same task as any other: its point of no return counts. It stays in the queue until it is, and what is held is let go then. */
const cancelOrder = async (deps: Services, row: CheckoutRow, settled: Handled): Promise<void> => {
  const progress = { ...row.progress, settled: [...(row.progress.settled ?? []), settled] }
  await deps.database.transaction(async tx => {
    if (!(await noteHandling(tx, row, progress.settled))) throw busy(row)
    await deps.store.create(contextOf(row), cancelProductOrder, { productOrder: { id: row.orderId, '@referredType': 'ProductOrder' }, cancellationReason: settled.note ?? 'The money could not be taken' }, { tx })
    await noteRefusedCapture(deps, contextOf(row), tx, { ...row, progress })
  })
}

/** Where the money stands while that is done. */
const NEXT = { retry: 'authorised', otherMeans: 'otherMeans', onBill: 'toBill' } as const

/** Does what an operator asks for. Of two at once one is told that there is nothing left to do. */
export const settleCapture = async (deps: Services, context: Context, orderId: string, action: CaptureAction, request: CaptureRequest): Promise<CheckoutRow> => {
  const row = await readCheckoutOfOrder(deps.database, context.brand, orderId)
  if (row === undefined) throw refuse.notFound('refused capture of productOrder', orderId)
  if (!isRefused(row)) throw refuse.conflict('captureNotRefused', `the money of productOrder ${orderId} is ${row.progress.payment?.state ?? 'not due'}`)
  if (action === 'otherMeans' && request.paymentToken === undefined) throw refuse.invalid([{ path: 'paymentToken', rule: 'is required' }])
  const settled = { action, by: context.principal.id, at: deps.clock.now().toISOString(), ...(request.note !== undefined && { note: request.note }) }
  await requireStanding(deps, context, row)
  if (action === 'cancelOrder') {
    await cancelOrder(deps, row, settled)
    return (await readCheckoutOfOrder(deps.database, context.brand, orderId)) ?? row
  }
  const payment = { ...row.progress.payment, state: NEXT[action] }
  const progress = { ...row.progress, payment, settled: [...(row.progress.settled ?? []), settled], ...(action === 'otherMeans' && { means: (row.progress.means ?? 1) + 1 }) }
  if (!(await reopenCapture(deps.database, row, progress, request.paymentToken))) throw busy(row)
  deps.log.info({ checkout: row.id, order: orderId, action, by: context.principal.id }, 'a refused capture was handled by a person')
  await runCheckout(deps, row.id)
  const now = (await readCheckoutOfOrder(deps.database, context.brand, orderId)) ?? row
  if (action === 'onBill' && now.progress.payment?.state === 'captureRefused') throw refuse.conflict('notBillable', `what is due for productOrder ${orderId} cannot be billed: it names no account in ${now.progress.due?.unit ?? 'its currency'} and nobody who pays`)
  return now
}

/** Nothing is due any more for an order that was cancelled: what is held for it is let go, what was taken is given back, and so is what went on the bill instead. */
export const orderCancelled: Reaction = {
  name: 'cart.order-cancelled',
  on: ['ProductOrderStateChangeEvent'],
  run: async (event, { tx, context, deps, afterCommit }) => {
    if ((event.doc as { state?: string }).state !== 'cancelled') return
    const found = await readCheckoutOfOrder(tx, event.brand, event.resourceId)
    if (found?.progress.payment === undefined) return
    // Who puts it on the bill at this moment has the row, or sees that the order is cancelled.
    const row = await lockCheckout(tx, event.brand, found.cartId)
    if (row?.state === 'completed' && row.progress.payment?.state === 'onBill') await takeOffBill(deps, context, tx, row)
    // What is being taken at this moment is given back by who takes it (closeCart).
    const isTaken = row?.state === 'completed' && row.progress.payment?.state === 'captured'
    if (row === undefined || !(isTaken || isRefused(row))) return
    if (isTaken) await reopenForRefund(tx, row)
    else await reopenCapture(tx, row, { ...row.progress, payment: { ...row.progress.payment, state: 'letGo' } }, undefined)
    afterCommit(async () => wakeCheckout(deps, row.id))
  },
}
