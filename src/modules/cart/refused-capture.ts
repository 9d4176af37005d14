/** The work queue of money that was held for an order and refused for good when it was to be taken: what a person can do about it, each in one guarded step. */
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Sql } from '../../platform/database/sql.ts'
import type { Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { wakeCheckout } from './checkout-job.ts'
import { contextOf, runCheckout } from './checkout-run.ts'
import { readCheckoutOfOrder, readRefusedCaptures, reopenCapture } from './checkout-store.ts'
import type { CheckoutRow } from './checkout-types.ts'

export const captureActions = ['retry', 'otherMeans', 'cancelOrder'] as const
export type CaptureAction = (typeof captureActions)[number]

export interface CaptureRequest {
  /** otherMeans: token of another means of payment. */
  paymentToken?: string
  /** Kept with the row. */
  note?: string
}

export const refusedCaptures = (sql: Sql, brand: string, limit: number): Promise<CheckoutRow[]> => readRefusedCaptures(sql, brand, limit)

const isRefused = (row: CheckoutRow | undefined): row is CheckoutRow => row?.state === 'completed' && row.progress.payment?.state === 'captureRefused'

/** The order is cancelled by the same task as any other: its point of no return counts. It stays in the queue until it is, and what is held is let go then. */
const cancelOrder = async (deps: Services, row: CheckoutRow, note: string | undefined): Promise<void> => {
  const resource = deps.store.resource('cancelProductOrder')
  if (resource === undefined) throw refuse.conflict('cancelNotPossible', 'no running module cancels orders')
  await deps.store.create(contextOf(row), resource, { productOrder: { id: row.orderId, '@referredType': 'ProductOrder' }, cancellationReason: note ?? 'The money could not be taken' })
}

/** Does what an operator asks for. Of two at once one is told that there is nothing left to do. */
export const settleCapture = async (deps: Services, context: Context, orderId: string, action: CaptureAction, request: CaptureRequest): Promise<CheckoutRow> => {
  const row = await readCheckoutOfOrder(deps.database, context.brand, orderId)
  if (row === undefined) throw refuse.notFound('refused capture of productOrder', orderId)
  if (!isRefused(row)) throw refuse.conflict('captureNotRefused', `the money of productOrder ${orderId} is ${row.progress.payment?.state ?? 'not due'}`)
  if (action === 'otherMeans' && request.paymentToken === undefined) throw refuse.invalid([{ path: 'paymentToken', rule: 'is required' }])
  const settled = { action, by: context.principal.id, at: deps.clock.now().toISOString(), ...(request.note !== undefined && { note: request.note }) }
  if (action === 'cancelOrder') {
    await cancelOrder(deps, row, request.note)
    return row
  }
  const payment = { ...row.progress.payment, state: action === 'retry' ? 'authorised' : 'otherMeans' }
  const progress = { ...row.progress, payment, settled: [...(row.progress.settled ?? []), settled], ...(action === 'otherMeans' && { means: (row.progress.means ?? 1) + 1 }) }
  if (!(await reopenCapture(deps.database, row, progress, request.paymentToken))) throw refuse.conflict('captureNotRefused', `somebody else is dealing with the money of productOrder ${orderId}`)
  deps.log.info({ checkout: row.id, order: orderId, action, by: context.principal.id }, 'a refused capture was handled by a person')
  await runCheckout(deps, row.id)
  return (await readCheckoutOfOrder(deps.database, context.brand, orderId)) ?? row
}

/** Nothing is due any more for an order that was cancelled: what is held for it is let go. */
export const orderCancelled: Reaction = {
  name: 'cart.order-cancelled',
  on: ['ProductOrderStateChangeEvent'],
  run: async (event, { tx, deps, afterCommit }) => {
    if ((event.doc as { state?: string }).state !== 'cancelled') return
    const row = await readCheckoutOfOrder(tx, event.brand, event.resourceId)
    if (!isRefused(row)) return
    await reopenCapture(tx, row, { ...row.progress, payment: { ...row.progress.payment, state: 'letGo' } }, undefined)
    afterCommit(async () => wakeCheckout(deps, row.id))
  },
}
