/** Ports of the network that a checkout holds for lines of its cart, under ids that follow from checkout, attempt and line: whoever comes after finds what is held. */
import { v5 } from 'uuid'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { capacityReservation } from '../serviceability/index.ts'
import type { LineHold } from './checkout-checks.ts'
import type { CheckoutRow } from './checkout-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Any constant. */
const NAMESPACE = '9a4f6a3e-4a0c-4a39-9d0d-6c1f2b7e6630'

export const reservationId = (row: Pick<CheckoutRow, 'id' | 'attempt'>, lineId: string): string => v5(`${row.id} ${row.attempt} ${lineId}`, NAMESPACE)

/** Holds a port for a line; `taken` by the order at once, in the transaction that makes it, where nothing else has to be waited for. */
export const holdPort = async (deps: Services, context: Context, row: CheckoutRow, cart: ShoppingCart, { lineId, ask }: LineHold, taken?: { tx: Transaction }): Promise<string> => {
  const id = reservationId(row, lineId)
  const relatedParty = cart.relatedParty?.filter(party => party.role === 'customer') ?? []
  const held = taken ? { state: 'taken', order: { id: row.orderId, itemId: lineId } } : {}
  await deps.store.create(context, capacityReservation, { ...ask, ...held, relatedParty, ...(row.heldUntil && { expirationDate: new Date(row.heldUntil).toISOString() }) } as never, { id, ...taken })
  return id
}
