/** States of a product and the moves between them (DOMAIN.md, TMF637). The definition spells one of them `aborted ` with a space. Pure. */

export const productStates = ['created', 'pendingActive', 'cancelled', 'active', 'suspended', 'pendingTerminate', 'terminated', 'aborted ', 'aborted'] as const
export type ProductState = (typeof productStates)[number]

/** `aborted` stands beside its odd spelling, so that both are accepted; storedStatus() keeps the definition's. */
const aborted = ['aborted ', 'aborted'] as const

export const productMoves = {
  created: ['pendingActive', 'active', 'cancelled', ...aborted],
  pendingActive: ['active', 'cancelled', ...aborted],
  active: ['suspended', 'pendingTerminate', 'terminated', ...aborted],
  suspended: ['active', 'pendingTerminate', 'terminated', ...aborted],
  pendingTerminate: ['terminated', 'active', 'suspended', ...aborted],
} as const satisfies Partial<Record<ProductState, readonly ProductState[]>>

/** The definition's spelling of a state. */
export const storedStatus = (status: ProductState | undefined): Exclude<ProductState, 'aborted'> | undefined => (status === 'aborted' ? 'aborted ' : status)

export const canMoveProduct = (from: ProductState, to: ProductState): boolean =>
  ((productMoves as Partial<Record<ProductState, readonly ProductState[]>>)[from] ?? []).includes(to)
