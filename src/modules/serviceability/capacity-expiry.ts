/** Gives back what nobody ordered in time, by business time. */
import { Type } from 'typebox'
import { defineJob } from '../../tmf/module.ts'
import { EXPIRED_AT_ONCE, expireDue } from './capacity-reservation.ts'
import { brandsHolding } from './capacity-store.ts'

export const capacityExpiry = defineJob({
  name: 'serviceability.expire-reservations',
  schema: Type.Object({}),
  retry: { attempts: 3, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 10_000, data: {} },
  run: async (_data, deps) => {
    const now = deps.clock.now()
    for (const brand of await brandsHolding(deps.database)) {
      let expired = EXPIRED_AT_ONCE
      while (expired === EXPIRED_AT_ONCE) expired = await expireDue(deps, brand, now)
    }
  },
})
