/**
 * The state machine of product orders and their items (DOMAIN.md, "Product order (TMF622) and item states"): which moves are legal,
 * how an order's state follows from its items, and which steps lead from one state to another. Pure.
 */

export const orderStates = [
  'acknowledged', 'rejected', 'pending', 'held', 'inProgress', 'cancelled', 'completed', 'failed', 'partial', 'assessingCancellation', 'pendingCancellation',
] as const
export type OrderState = (typeof orderStates)[number]

/** Items have the states of orders, without `partial`. */
export type ItemState = Exclude<OrderState, 'partial'>
export const itemStates: readonly ItemState[] = orderStates.filter((state): state is ItemState => state !== 'partial')

/** States of an order from which a cancellation can be assessed; a refused one goes back to where it was. */
export const cancellableStates = ['acknowledged', 'inProgress', 'pending', 'held'] as const satisfies readonly OrderState[]

/** From a state to the states it may go to. A state that is not a key is final. */
export const orderMoves = {
  acknowledged: ['inProgress', 'rejected', 'pending', 'assessingCancellation'],
  inProgress: ['pending', 'held', 'assessingCancellation', 'completed', 'failed', 'partial'],
  pending: ['inProgress', 'assessingCancellation', 'cancelled'],
  held: ['inProgress', 'assessingCancellation', 'cancelled'],
  assessingCancellation: [...cancellableStates, 'pendingCancellation'],
  pendingCancellation: ['cancelled', 'failed', 'partial'],
} as const satisfies Partial<Record<OrderState, readonly OrderState[]>>

const movesFrom = (from: OrderState): readonly OrderState[] => (orderMoves as Partial<Record<OrderState, readonly OrderState[]>>)[from] ?? []

export const canMoveOrder = (from: OrderState, to: OrderState): boolean => movesFrom(from).includes(to)
export const canMoveItem = (from: ItemState, to: ItemState): boolean => canMoveOrder(from, to)
export const isFinal = (state: OrderState): boolean => movesFrom(state).length === 0

/**
 * The states to pass through, without the first: one where the move is legal, two where work that rests has to be taken up before it can end
 * (held → inProgress → failed). Undefined when there is no such way: the caller asks for something that the diagram forbids.
 */
export const stepsBetween = <State extends OrderState>(from: State, to: State): State[] | undefined => {
  if (from === to) return []
  if (canMoveOrder(from, to)) return [to]
  const middle = 'inProgress' as State
  return canMoveOrder(from, middle) && canMoveOrder(middle, to) && cancellableStates.includes(from as never) ? [middle, to] : undefined
}

/**
 * The order's state that its items (nested ones included) add up to. Ended: all alike → that state, mixed → partial. Otherwise what still
 * moves decides: something in progress → inProgress; nothing but held or pending work → held, pending; the cancellation states last.
 * Throws on an empty list: an order without items never gets past validation.
 */
export const orderStateFromItems = (items: readonly ItemState[]): OrderState => {
  const first = items[0]
  if (first === undefined) throw new Error('an order without items has no state')
  if (items.every(state => state === first)) return first
  if (items.every(isFinal)) return 'partial'
  const open = items.filter(state => !isFinal(state))
  // Acknowledged beside items that moved on: the order has begun.
  if (open.includes('inProgress') || open.includes('acknowledged')) return 'inProgress'
  return (['held', 'pending', 'assessingCancellation', 'pendingCancellation'] as const).find(state => open.includes(state)) ?? 'inProgress'
}
