/** Tells other modules, in the transaction of the write, that a guest's cart has become somebody's or went into another cart: what they know by the cart goes along. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { insideOf } from '../../tmf/inside.ts'
import type { Services } from '../../tmf/services.ts'

export interface CartJoined {
  cartId: string
  /** Whose it is from now on; of a cart that went into another one, whose that is. */
  customer?: { id: string; '@referredType'?: string }
  /** The cart that goes on in its place. */
  into?: string
}

export type CartJoinedListener = (joined: CartJoined, work: { tx: Transaction; context: Context; deps: Services }) => Promise<void>

const listeners = new WeakMap<Services, CartJoinedListener[]>()

/** Calls `listener` for each, with services that read by the transaction: a second connection might be given back by nobody. Said once, at start. */
export const onCartJoined = (deps: Services, listener: CartJoinedListener): void => {
  listeners.set(deps, [...(listeners.get(deps) ?? []), listener])
}

export const tellCartJoined: (...told: Parameters<CartJoinedListener>) => Promise<void> = async (joined, work) => {
  for (const listener of listeners.get(work.deps) ?? []) await listener(joined, { ...work, deps: insideOf(work.tx, work.deps) })
}
