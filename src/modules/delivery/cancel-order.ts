/** Cancelling an order where its delivery stands: what it would cost now, whether it is still possible, and the start of undoing it. */
import type { Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Reaction, ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { cancelProductOrder, cancellableStates, moveCancellation, moveOrder, placeItems, readOrder, type ItemState, type ProductOrderDocument } from '../ordering/index.ts'
import { advance } from './advance.ts'
import { dropDueCancellation, findDueCancellations, insertPlan, putOffCancellation, readPlan } from './delivery-store.ts'
import type { TaskRow } from './plan-rows.ts'
import { closePlan, openPlanOfOrder } from './plan-work.ts'
import { assessCancellation, type AssessedTask, type CancellationAssessment } from './point-of-no-return.ts'
import { startUndo } from './undo.ts'

const assessed = (task: TaskRow): AssessedTask => ({
  id: task.id,
  name: task.name,
  itemId: task.itemId,
  rootItemId: task.rootItemId,
  state: task.state,
  started: task.executionSeq !== null,
  ponr: task.ponr,
  ponrReach: task.ponrReach,
  fee: task.fee ?? undefined,
  dependsOn: task.dependsOn,
})

const isCancellable = (order: ProductOrderDocument): boolean => (cancellableStates as readonly string[]).includes(order.state)

/** What cancelling the order would mean now. Nothing is locked or changed; the answer can be older than the decision. */
export const previewCancellation = async (deps: Services, context: Context, orderId: string): Promise<(CancellationAssessment & { orderState: string; reason?: string }) | undefined> => {
  const order = await readOrder({ context, deps }, orderId)
  if (!order) return undefined
  const found = await readPlan(deps.database, context.brand, orderId)
  const assessment = assessCancellation((found?.tasks ?? []).map(assessed))
  const reason = !isCancellable(order) ? `the order is ${order.state}` : found?.plan.undo ? 'a part of the order is being undone' : undefined
  return { ...assessment, orderState: order.state, possible: assessment.possible && reason === undefined, ...(reason === undefined ? {} : { reason }) }
}

const nameOf = (barrier: CancellationAssessment['lockedBy'][number]): string => `${barrier.name} (item ${barrier.orderItemId}, task ${barrier.taskId})`

interface Cancelling {
  tx: Transaction
  context: Context
  deps: Services
}

/** Carries out a cancelProductOrder task: refuses it, or begins to undo the order. */
export const cancelOrder = async ({ tx, context, deps }: Cancelling, cancellationId: string, orderId: string, reason: string | undefined): Promise<void> => {
  const ordering = { tx, context, deps }
  await moveCancellation(ordering, cancellationId, { state: 'inProgress' })
  const refuse = async (statusReason: string): Promise<void> => await moveCancellation(ordering, cancellationId, { state: 'terminatedWithError', statusReason })
  if (!(await readOrder(ordering, orderId, tx))) return await refuse('the order does not exist here')
  // An order that is cancelled before it was planned gets an empty plan, so that it never is.
  await insertPlan(tx, { id: newId(), brand: context.brand, orderId, state: 'running', correlationId: context.correlationId })
  const work = await openPlanOfOrder(tx, deps, context.brand, orderId)
  // Read again now that nobody else can change it.
  const order = await readOrder(ordering, orderId, tx)
  if (!work || !order) return await refuse('the order does not exist here')
  if (!isCancellable(order)) return await refuse(`the order is ${order.state}`)
  if (work.plan.undo) return await refuse('a part of the order is being undone; try again when that has ended')
  const before = new Map(placeItems(order.productOrderItem).map(({ item }) => [item.id, item.state ?? 'acknowledged'] as [string, ItemState]))
  await moveOrder(ordering, orderId, { items: 'assessingCancellation' })
  const assessment = assessCancellation(work.tasks.map(assessed))
  if (!assessment.possible) {
    await moveOrder(ordering, orderId, { items: before })
    await moveCancellation(ordering, cancellationId, { state: 'terminatedWithError', statusReason: `past the point of no return: ${assessment.lockedBy.map(nameOf).join(', ')}`, refusedBy: assessment.lockedBy })
    return
  }
  await moveOrder(ordering, orderId, { items: 'pendingCancellation', change: doc => ({ ...doc, ...(reason === undefined ? {} : { cancellationReason: reason }) }) })
  if (work.plan.products.length === 0) {
    // Never planned: the items have no products yet, and are cancelled by their ids.
    work.plan.products = placeItems(order.productOrderItem).map(({ item, root }) => ({ productId: '', itemId: item.id, rootItemId: root.id, unit: 1, action: 'noChange', state: 'open' }))
  }
  work.plan.state = 'running'
  work.planChanged = true
  for (const product of work.plan.products) product.held = false
  startUndo(work, { to: 'cancelled', cancellationId, fees: assessment.fees })
  await advance(work)
  await closePlan(work)
}

/** Begins the cancellations whose date has come; each in a transaction with its row, so that it is begun once. */
export const cancelDueOrders = async (deps: Services): Promise<void> => {
  for (const { brand, cancellationId } of await findDueCancellations(deps.database, deps.clock.now())) {
    try {
      await deps.database.transaction(async tx => {
        const due = await dropDueCancellation(tx, brand, cancellationId)
        if (due === undefined) return
        const context = systemContext(brand, due.correlationId)
        const task = await deps.store.get(context, cancelProductOrder, cancellationId, { tx })
        if (task?.doc.state === 'acknowledged') await cancelOrder({ tx, context, deps }, cancellationId, due.orderId, task.doc.cancellationReason)
      })
    } catch (error) {
      // One that fails must not keep the others from being begun.
      deps.log.error({ err: error, cancellation: cancellationId }, 'a cancellation whose date has come could not be begun')
    }
  }
}

export const cancelOrderReaction: Reaction = {
  name: 'delivery.cancel-order',
  on: ['CancelProductOrderCreateEvent'],
  run: async (event: ResourceEvent<{ state?: string; productOrder?: { id: string }; cancellationReason?: string; requestedCancellationDate?: string }>, { tx, context, deps }) => {
    if (event.doc.state !== 'acknowledged' || !event.doc.productOrder) return
    const asked = event.doc.requestedCancellationDate
    // A later date is waited for: the order goes on until then.
    if (asked !== undefined && new Date(asked) > deps.clock.now()) return await putOffCancellation(tx, { brand: context.brand, cancellationId: event.resourceId, orderId: event.doc.productOrder.id, correlationId: context.correlationId, dueAt: new Date(asked) })
    await cancelOrder({ tx, context, deps }, event.resourceId, event.doc.productOrder.id, event.doc.cancellationReason)
  },
}
