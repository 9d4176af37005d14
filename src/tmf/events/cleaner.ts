/** Removes what has been done for a day: delivered events, finished reactions, idempotency keys. Real time: business time may be moved. */
import { Type } from 'typebox'
import type { Sql } from '../../platform/database/sql.ts'
import { defineJob } from '../module.ts'

const INTERVAL_MS = 600_000
/** Deleted at once: small transactions let everybody else pass. */
const BATCH = 5_000

const STALE = [
  { table: 'event_reaction', condition: "state = 'done' AND done_at < now() - interval '24 hours'" },
  { table: 'hub_delivery', condition: "state = 'delivered' AND done_at < now() - interval '24 hours'" },
  // A delivery that the relay wrote while its hub was being deleted.
  { table: 'hub_delivery', condition: "state = 'due' AND NOT EXISTS (SELECT 1 FROM hub WHERE hub.id = hub_id)" },
  { table: 'idempotency_key', condition: "created_at < now() - interval '24 hours'" },
] as const

/** Answers how many rows were removed. */
export const removeStale = async (sql: Sql): Promise<number> => {
  let removed = 0
  for (const { table, condition } of STALE) {
    for (let count = BATCH; count === BATCH; removed += count) {
      const [row] = await sql.query<{ count: number }>(
        `WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH})) RETURNING 1) SELECT count(*)::int AS count FROM gone`,
      )
      count = row?.count ?? 0
    }
  }
  return removed
}

export const cleaningJob = defineJob({
  name: 'events.clean',
  schema: Type.Object({}),
  retry: { attempts: 3, backoffMs: 5_000 },
  concurrency: 1,
  every: { intervalMs: INTERVAL_MS, data: {} },
  run: async (_data, { database, log }) => {
    const removed = await removeStale(database)
    if (removed > 0) log.debug({ removed }, 'Finished event work was removed')
  },
})
