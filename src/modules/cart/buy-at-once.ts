/**
 * The short way of a checkout, where no other system has a say and nobody has to sign: the cart, its checkout, the ports of its lines and the
 * order are written in one transaction. Nothing can wait in between, so nothing is left of it where anything stands against it: then the long
 * way (checkout-run.ts) finds out all that does.
 */
import { Refusal } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { actedFor } from '../../tmf/audit/on-behalf.ts'
import { PrepareAgain, type Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { signatureRuleFor } from '../contract/index.ts'
import { ownFaults, portsOf } from './checkout-checks.ts'
import { contextOf } from './checkout-run.ts'
import { summaryFaults } from './checkout-signature.ts'
import { firstBeside, firstCheckout, isTaken, type NewCheckout } from './checkout-store.ts'
import type { CheckoutRow } from './checkout-types.ts'
import { throughGate } from './gate.ts'
import { reservationId, takePort } from './line-ports.ts'
import { endInOrder, OrderRefused } from './make-order.ts'
import { gatewaysOf } from './sales-gateway.ts'
import { isOpen } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Whether the order is all that there is to be made. */
const isPlain = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<boolean> => {
  if (!isOpen(cart) || row.request.contractSummary !== undefined || (await gatewaysOf(deps, context)).size > 0) return false
  if ((await signatureRuleFor(deps, context, 'shoppingCart', cart, row.request.channel)) !== undefined) return false
  return (await ownFaults(deps, context, cart, row)).faults.length === 0 && (await summaryFaults(deps, context, cart, row)).length === 0
}

/** That something stands against it, or somebody else was first; nothing was written. */
const isRefused = (error: unknown): boolean => error instanceof OrderRefused || error instanceof PrepareAgain || (error instanceof Refusal && error.status < 500) || isTaken(error)

/** Buys the cart as it was read, under its first checkout. undefined where that is not all there is to it: nothing has been changed then. */
export const buyAtOnce = async (deps: Services, asking: Context, known: Stored<ShoppingCart>, fresh: NewCheckout): Promise<CheckoutRow | undefined> => {
  const row = firstCheckout(fresh, null)
  const context = contextOf(row)
  const cart = known.doc
  if (!(await isPlain(deps, context, cart, row))) return undefined
  const onBehalfOf = actedFor(asking, known.ownerParty)
  const holds = await portsOf(deps, context, cart)
  row.progress = { checked: true, ...(row.progress.product && { product: row.progress.product }), reservation: Object.fromEntries(holds.map(({ lineId }) => [lineId, reservationId(row, lineId)])) }
  try {
    // The cart first: whoever else changes it, or checks it out, waits for this one or is noticed by it.
    await throughGate(() =>
      deps.database.transaction(tx =>
        endInOrder(deps, context, tx, row, known, {
          beside: [firstBeside(row)],
          asRead: true,
          ...(onBehalfOf !== undefined && { onBehalfOf }),
          before: async () => {
            for (const hold of holds) await takePort(deps, context, tx, row, cart, hold)
          },
        }),
      ),
    )
    return row
  } catch (error) {
    if (isRefused(error)) return undefined
    throw error
  }
}
