/** Follows the carts that offers made until they are orders: where they went, and what they became. Without carts to follow nothing is asked. */
import { Type } from 'typebox'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart } from '../cart/index.ts'
import { noteLooked, openAcceptances } from './offer-store.ts'

const AT_ONCE = 500

export const lookAt = async (deps: Services, open: readonly { brand: string; cartId: string }[]): Promise<void> => {
  for (const brand of new Set(open.map(one => one.brand))) {
    const ids = open.filter(one => one.brand === brand).map(one => one.cartId)
    const context = systemContext(brand, newId())
    const carts = await deps.store.getMany(context, shoppingCart, ids)
    for (const id of ids) {
      let cart = carts.get(id)
      // A cart that went into another is followed; not for ever, should two name each other.
      for (let steps = 0; cart?.doc.mergedInto !== undefined && steps < 10; steps++) cart = await deps.store.get(context, shoppingCart, cart.doc.mergedInto.id)
      await noteLooked(deps.database, brand, id, { cartId: id, orderId: cart?.doc.productOrder?.id })
    }
  }
}

export const followCartsJob = defineJob({
  name: 'campaign.follow-carts',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => await lookAt(deps, await openAcceptances(deps.database, AT_ONCE)),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 60_000, data: {} },
})
