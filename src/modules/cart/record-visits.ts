/**
 * Tells the thread of the customer (TMF683) where a cart has been: a stay in a channel is one interaction, written once it is over and the
 * customer is known. The stay that ends in an order is told by the order.
 */
import { v5 } from 'uuid'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Reaction, ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { hrefOf } from '../../tmf/kit.ts'
import { recordInteraction } from '../interaction/index.ts'
import { customerOf } from '../ordering/index.ts'
import { noteVisit, takeVisits } from './cart-store.ts'
import { shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Any constant: ids of interactions follow from the cart and the number of the stay. */
const NAMESPACE = '6d0f0c52-6f0e-4d6c-9a53-0f7b9b1f2663'

interface Work {
  tx: Transaction
  context: Context
  deps: Pick<Services, 'clock' | 'store'>
}

/** Writes down the stays that are over; also the present one when the cart is. */
const tellVisits = async ({ tx, context, deps }: Work, cart: ShoppingCart, { alsoLast, looked = false }: { alsoLast: boolean; looked?: boolean }): Promise<void> => {
  const customer = cart.relatedParty?.find(party => party.id === customerOf(cart))
  if (customer === undefined) return
  const visits = await takeVisits(tx, context.brand, cart.id, alsoLast)
  for (const [index, visit] of visits.entries()) {
    const isLook = looked && index === visits.length - 1
    await recordInteraction(
      deps,
      context,
      {
        party: [{ id: customer.id, ...(customer.href !== undefined && { href: customer.href }), ...(customer.name !== undefined && { name: customer.name }), role: 'customer', '@referredType': customer['@referredType'] }],
        channel: visit.channel,
        direction: 'inbound',
        reason: isLook && cart.status === 'completed' ? 'orderViewed' : 'cart',
        from: new Date(visit.firstAt),
        to: new Date(visit.lastAt),
        about: [{ id: cart.id, href: hrefOf(shoppingCart, cart.id), type: 'ShoppingCart' }],
      },
      { tx, id: v5(`${context.brand} ${cart.id} ${visit.number}`, NAMESPACE) },
    )
  }
}

const isOver = (cart: ShoppingCart): boolean => cart.status === 'completed' || cart.status === 'merged'

export const recordVisits: Reaction = {
  name: 'cart.record-visits',
  on: ['ShoppingCartCreateEvent', 'ShoppingCartAttributeValueChangeEvent', 'ShoppingCartStateChangeEvent'],
  run: async (event: ResourceEvent<ShoppingCart>, { tx, context, deps }) => {
    const cart = event.doc
    await tellVisits({ tx, context, deps }, cart, { alsoLast: isOver(cart) || cart.status === 'abandoned' })
  },
}

/** Somebody looks at a cart in a channel, without changing it. */
export const noteLook = async (deps: Services, context: Context, cart: ShoppingCart, channel: string | undefined): Promise<void> => {
  if (channel === undefined) return
  await deps.database.transaction(async tx => {
    await noteVisit(tx, context.brand, cart.id, channel, deps.clock.now())
    await tellVisits({ tx, context, deps }, cart, { alsoLast: isOver(cart), looked: true })
  })
}
