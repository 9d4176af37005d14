/**
 * How the work on an order moves it: item states along the state diagram, the order's own state as its items add up to, dates and
 * milestones with them. Always inside the transaction of the work itself.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { cancelProductOrder } from './cancel-product-order.ts'
import { mapItems, placeItems, type ProductOrderDocument } from './order-document.ts'
import { isFinal, orderStateFromItems, stepsBetween, type ItemState, type OrderState } from './order-state.ts'
import { productOrder } from './product-order.ts'
import { followReservations } from './relied.ts'

export interface OrderWork {
  tx: Transaction
  context: Context
  deps: Services
}

export interface OrderChange {
  /** Where items shall be: one state for all that have not ended, or a state for each item named. */
  items?: ItemState | ReadonlyMap<string, ItemState>
  /** Beside the states: dates, milestones. Pure. */
  change?: (order: ProductOrderDocument) => ProductOrderDocument
}

/** The order cannot go where its work wants it: somebody else has moved it meanwhile, or the work is wrong. */
export class IllegalOrderMove extends Error {
  override readonly name = 'IllegalOrderMove'
}

const wanted = (order: ProductOrderDocument, items: OrderChange['items']): Map<string, ItemState> => {
  if (items === undefined) return new Map()
  const all = placeItems(order.productOrderItem).map(({ item }) => item)
  if (typeof items === 'string') return new Map(all.filter(item => !isFinal(item.state ?? 'acknowledged')).map(item => [item.id, items]))
  return new Map([...items].filter(([id]) => all.some(item => item.id === id)))
}

const nextStep = <State extends OrderState>(from: State, to: State, what: string): State => {
  const steps = stepsBetween(from, to)
  if (!steps) throw new IllegalOrderMove(`${what} cannot go from ${from} to ${to}`)
  return steps[0] ?? from
}

/** One revision towards the wanted states; the states are reached when another step changes nothing. */
export const stepOrder = (order: ProductOrderDocument, targets: ReadonlyMap<string, ItemState>, now: Date): ProductOrderDocument => {
  const finalItems = mapItems(order.productOrderItem, item => ({ ...item, state: targets.get(item.id) ?? item.state ?? 'acknowledged' }))
  const target = orderStateFromItems(placeItems(finalItems).map(({ item }) => item.state!))
  const state = nextStep(order.state, target, `order ${order.id}`)
  const productOrderItem = mapItems(order.productOrderItem, item => {
    const to = targets.get(item.id)
    return to === undefined ? item : { ...item, state: nextStep(item.state ?? 'acknowledged', to, `item ${item.id}`) }
  })
  const ended = state !== order.state && isFinal(state)
  return {
    ...order,
    state,
    productOrderItem,
    ...(ended && state === 'completed' ? { completionDate: now.toISOString() } : {}),
    ...(ended && state === 'partial' ? { completionDate: now.toISOString() } : {}),
    ...(ended && state === 'cancelled' ? { cancellationDate: now.toISOString() } : {}),
  }
}

/** Moves an order and its items; writes one revision, or two where work that rests has to be taken up before it ends. Answers the order as it is then. */
export const moveOrder = async ({ tx, context, deps }: OrderWork, orderId: string, { items, change }: OrderChange): Promise<ProductOrderDocument> => {
  const now = deps.clock.now()
  let first = true
  for (;;) {
    let settled = false
    const written = await deps.store.update(
      context,
      productOrder,
      orderId,
      doc => {
        const order = doc as unknown as ProductOrderDocument
        const targets = wanted(order, items)
        const stepped = stepOrder(first && change ? change(order) : order, targets, now)
        const placed = placeItems(stepped.productOrderItem)
        settled = placed.every(({ item }) => !targets.has(item.id) || targets.get(item.id) === item.state) && orderStateFromItems(placed.map(({ item }) => item.state ?? 'acknowledged')) === stepped.state
        return stepped as unknown as typeof doc
      },
      { tx },
    )
    first = false
    if (!settled) continue
    const order = written.doc as unknown as ProductOrderDocument
    await followReservations(order, { tx, context, deps })
    return order
  }
}

/** Rejects an acknowledged order whose delivery cannot be planned. */
export const rejectOrder = async (work: OrderWork, orderId: string, reasons: NonNullable<ProductOrderDocument['rejectionReason']>): Promise<ProductOrderDocument> =>
  await moveOrder(work, orderId, { items: 'rejected', change: order => ({ ...order, rejectionReason: [...(order.rejectionReason ?? []), ...reasons] }) })

/** Ends an order, which had rested until its date, as failed: what it was about is no longer there. */
export const failOrder = async (work: OrderWork, orderId: string, reasons: NonNullable<ProductOrderDocument['rejectionReason']>): Promise<ProductOrderDocument> =>
  await moveOrder(work, orderId, { items: 'failed', change: order => ({ ...order, rejectionReason: [...(order.rejectionReason ?? []), ...reasons] }) })

/** The order as this transaction sees it. */
export const readOrder = async ({ context, deps }: Pick<OrderWork, 'context' | 'deps'>, orderId: string, tx?: Transaction): Promise<ProductOrderDocument | undefined> =>
  (await deps.store.get(context, productOrder, orderId, tx ? { tx } : undefined))?.doc as ProductOrderDocument | undefined

export interface CancellationResult {
  state: 'inProgress' | 'done' | 'terminatedWithError'
  statusReason?: string
  cancelledOrderItem?: Array<{ id: string; state: string }>
  cancellationFee?: Array<{ taskId: string; name: string; orderItemId: string; unit: string; value: number }>
  feeState?: 'onBill' | 'waived' | 'notBilled'
  refusedBy?: Array<{ taskId: string; name: string; orderItemId: string }>
}

/** Moves a cancellation task and writes what came of it. */
export const moveCancellation = async ({ tx, context, deps }: OrderWork, taskId: string, result: CancellationResult): Promise<void> => {
  const now = deps.clock.now().toISOString()
  await deps.store.update(context, cancelProductOrder, taskId, doc => ({ ...doc, ...result, ...(result.state === 'done' ? { effectiveCancellationDate: now } : {}) }), { tx })
}
