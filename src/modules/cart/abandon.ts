/** Marks carts that nobody has touched for a day of business time: the change of their state is the event that reminders follow. */
import { Type } from 'typebox'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart } from './shopping-cart.ts'

export const ABANDONED_AFTER_MS = 24 * 3_600_000
const AT_ONCE = 200

const brandsWithOld = async (deps: Services, before: Date): Promise<string[]> =>
  (await deps.database.query<{ brand: string }>({ name: 'cart_brands_old', text: `SELECT DISTINCT brand FROM shopping_cart WHERE f_status = 'active' AND f_last_update <= $1` }, [before.toISOString()])).map(row => row.brand)

/** How many were marked. A cart that is touched at this moment stays active. */
export const abandonCarts = async (deps: Services): Promise<number> => {
  const now = deps.clock.now()
  const before = new Date(now.getTime() - ABANDONED_AFTER_MS)
  let marked = 0
  for (const brand of await brandsWithOld(deps, before)) {
    const context = systemContext(brand, newId())
    const old = await deps.store.find(context, shoppingCart, { where: [{ path: 'status', value: 'active' }, { path: 'lastUpdate', op: 'lte', value: before.toISOString() }], sort: 'lastUpdate', limit: AT_ONCE })
    for (const { id } of old) {
      await deps.store.update(context, shoppingCart, id, cart => {
        const untouched = cart.status === 'active' && cart.lastUpdate !== undefined && new Date(cart.lastUpdate) <= before
        if (untouched) marked++
        return untouched ? { ...cart, status: 'abandoned' as const } : cart
      })
    }
  }
  return marked
}

export const abandonJob = defineJob({
  name: 'cart.abandon',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => void (await abandonCarts(deps)),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 10_000, data: {} },
})
