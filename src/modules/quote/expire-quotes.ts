/** Quotes that nobody accepted in time end, by business time. */
import { Type } from 'typebox'
import { systemContext } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import { isExpired } from './accept-quote.ts'
import { quote } from './quote.ts'

const AT_ONCE = 100
const OPEN = ['inProgress', 'pending', 'approved']

export const expireQuotes = defineJob({
  name: 'quote.expire',
  schema: Type.Object({}),
  retry: { attempts: 3, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 10_000, data: {} },
  run: async (_data, deps) => {
    const now = deps.clock.now()
    const due = { name: 'quote-due', text: `SELECT brand, id FROM quote WHERE f_state IN ('inProgress', 'pending', 'approved') AND f_valid_for_end_date_time <= $1 ORDER BY f_valid_for_end_date_time, id LIMIT ${AT_ONCE}` }
    for (;;) {
      const found = await deps.database.query<{ brand: string; id: string }>(due, [now.toISOString()])
      for (const { brand, id } of found) {
        await deps.store.update(systemContext(brand, `quote-expiry-${id}`), quote, id, doc => (OPEN.includes(doc.state ?? '') && isExpired(doc, now) ? { ...doc, state: 'cancelled' as const, statusReason: 'expired' } : doc))
      }
      if (found.length < AT_ONCE) return
    }
  },
})
