/** Ports of the network that a checkout holds for lines of its cart, under ids that follow from checkout, attempt and line: whoever comes after finds what is held. */
import { v5 } from 'uuid'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { capacityReservation, reserveFor } from '../serviceability/index.ts'
import type { LineHold } from './checkout-checks.ts'
import type { CheckoutRow } from './checkout-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Any constant. */
const NAMESPACE = '9a4f6a3e-4a0c-4a39-9d0d-6c1f2b7e6630'

export const reservationId = (row: Pick<CheckoutRow, 'id' | 'attempt'>, lineId: string): string => v5(`${row.id} ${row.attempt} ${lineId}`, NAMESPACE)

const askOf = (row: CheckoutRow, cart: ShoppingCart, { ask }: LineHold): Record<string, unknown> => ({
  ...ask,
  relatedParty: cart.relatedParty?.filter(party => party.role === 'customer') ?? [],
  ...(row.heldUntil && { expirationDate: new Date(row.heldUntil).toISOString() }),
})

/** Holds a port for a line until the order takes it. */
export const holdPort = async (deps: Services, context: Context, row: CheckoutRow, cart: ShoppingCart, hold: LineHold): Promise<void> => {
  await deps.store.create(context, capacityReservation, askOf(row, cart, hold) as never, { id: reservationId(row, hold.lineId) })
}

/** The order that is made in this transaction takes a port for a line. */
export const takePort = (deps: Services, context: Context, tx: Transaction, row: CheckoutRow, cart: ShoppingCart, hold: LineHold): Promise<void> =>
  reserveFor({ tx, context, deps }, reservationId(row, hold.lineId), askOf(row, cart, hold), { id: row.orderId, itemId: hold.lineId })
