import { describe, expect, it } from 'vitest'
import { canMoveItem, canMoveOrder, isFinal, itemStates, orderStateFromItems, orderStates, stepsBetween, type ItemState, type OrderState } from '../../../src/modules/ordering/order-state.ts'

/** The table of DOMAIN.md, written out again here so that a change of the code has to be made twice. */
const table: Record<OrderState, readonly OrderState[]> = {
  acknowledged: ['inProgress', 'rejected', 'pending', 'assessingCancellation'],
  inProgress: ['pending', 'held', 'assessingCancellation', 'completed', 'failed', 'partial'],
  pending: ['inProgress', 'assessingCancellation', 'cancelled'],
  held: ['inProgress', 'assessingCancellation', 'cancelled'],
  assessingCancellation: ['acknowledged', 'inProgress', 'pending', 'held', 'pendingCancellation'],
  pendingCancellation: ['cancelled', 'failed', 'partial'],
  rejected: [],
  cancelled: [],
  completed: [],
  failed: [],
  partial: [],
}

const pairs = orderStates.flatMap(from => orderStates.map(to => [from, to] as const))

describe('moves of an order', () => {
  it.each(pairs.filter(([from, to]) => table[from].includes(to)))('goes from %s to %s', (from, to) => {
    expect(canMoveOrder(from, to)).toBe(true)
    expect(stepsBetween(from, to)).toEqual([to])
  })

  it.each(pairs.filter(([from, to]) => from !== to && !table[from].includes(to)))('does not go from %s to %s in one step', (from, to) => {
    expect(canMoveOrder(from, to)).toBe(false)
    const steps = stepsBetween(from, to)
    // Where there is a way at all, each of its steps is one of the table.
    steps?.reduce((at, next) => {
      expect(table[at]).toContain(next)
      return next
    }, from as OrderState)
    if (steps) expect(steps.at(-1)).toBe(to)
  })

  it('has no way out of a final state', () => {
    for (const state of ['rejected', 'cancelled', 'completed', 'failed', 'partial'] as const) {
      expect(isFinal(state)).toBe(true)
      for (const to of orderStates) if (to !== state) expect(stepsBetween(state, to)).toBeUndefined()
    }
  })

  it('takes up work that rests before it ends, and never passes through a cancellation on the way', () => {
    expect(stepsBetween<OrderState>('held', 'failed')).toEqual(['inProgress', 'failed'])
    expect(stepsBetween<OrderState>('acknowledged', 'completed')).toEqual(['inProgress', 'completed'])
    expect(stepsBetween<OrderState>('assessingCancellation', 'completed')).toBeUndefined()
    expect(stepsBetween<OrderState>('pendingCancellation', 'completed')).toBeUndefined()
  })

  it('moves items like orders, which have no partial', () => {
    expect(itemStates).not.toContain('partial')
    for (const from of itemStates) for (const to of itemStates) expect(canMoveItem(from, to)).toBe(table[from].includes(to))
  })
})

describe('the order that items add up to', () => {
  const cases: Array<[ItemState[], OrderState]> = [
    [['completed', 'completed'], 'completed'],
    [['failed', 'failed'], 'failed'],
    [['cancelled', 'cancelled'], 'cancelled'],
    [['rejected', 'rejected'], 'rejected'],
    [['completed', 'failed'], 'partial'],
    [['cancelled', 'failed'], 'partial'],
    [['completed', 'cancelled'], 'partial'],
    [['acknowledged', 'acknowledged'], 'acknowledged'],
    [['acknowledged', 'inProgress'], 'inProgress'],
    [['acknowledged', 'completed'], 'inProgress'],
    [['held', 'inProgress'], 'inProgress'],
    [['held', 'completed'], 'held'],
    [['held', 'pending'], 'held'],
    [['pending', 'completed'], 'pending'],
    [['assessingCancellation', 'completed'], 'assessingCancellation'],
    [['pendingCancellation', 'cancelled'], 'pendingCancellation'],
  ]
  it.each(cases)('%j is %s', (items, order) => expect(orderStateFromItems(items)).toBe(order))

  it('is the same for items in any order', () => {
    for (const [items, order] of cases) expect(orderStateFromItems([...items].reverse())).toBe(order)
  })

  it('is not defined without items', () => expect(() => orderStateFromItems([])).toThrow())
})
