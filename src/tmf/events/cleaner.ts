/**
 * Removes what has been done for a day: delivered events, finished reactions, idempotency keys; and events themselves, where they are to be
 * kept for a time only. Real time: business time may be moved.
 */
import { Type } from 'typebox'
import type { Database, Sql } from '../../platform/database/sql.ts'
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

/**
 * Removes events that are older, from the front of the log on, and notes up to where. What a reaction or a listener still waits for stays, what
 * the audit has not copied yet, and the last event: the next position is counted from it. Answers how many were removed.
 */
export const removeOldEvents = async (database: Database, days: number): Promise<number> => {
  let removed = 0
  for (let at = '0'; ; ) {
    const remove = (tx: Sql) => tx.query<{ seen: number; gone: number; last: string | null }>(
      `WITH seen AS MATERIALIZED (SELECT seq, position, created_at FROM event WHERE position > $1 ORDER BY position LIMIT ${BATCH}),
       old AS MATERIALIZED (SELECT seq, position FROM seen WHERE created_at < now() - $2 * interval '1 day'
         AND position < (SELECT max(position) FROM event) AND position <= (SELECT position FROM audit_cursor)),
       gone AS (DELETE FROM event e USING old WHERE e.seq = old.seq
         AND NOT EXISTS (SELECT 1 FROM event_reaction r WHERE r.event_seq = e.seq AND r.state <> 'done')
         AND NOT EXISTS (SELECT 1 FROM hub h JOIN hub_delivery d ON d.hub_id = h.id AND d.position = e.position WHERE d.state = 'due') RETURNING e.position),
       noted AS (INSERT INTO event_log (id, kept_after) SELECT 1, max(position) FROM gone HAVING count(*) > 0
         ON CONFLICT (id) DO UPDATE SET kept_after = greatest(event_log.kept_after, excluded.kept_after))
       SELECT (SELECT count(*) FROM old)::int AS seen, (SELECT count(*) FROM gone)::int AS gone, (SELECT max(position) FROM old)::text AS last`,
      [at, days],
    )
    const [row] = await database.transaction(async tx => {
      // The log is append-only but for those who say that they take from it.
      await tx.query("SELECT set_config('tandem.audit', 'erasing', true)")
      return remove(tx)
    })
    removed += row?.gone ?? 0
    if (!row || row.seen < BATCH || row.last === null) return removed
    at = row.last
  }
}

export const cleaningJob = defineJob({
  name: 'events.clean',
  schema: Type.Object({}),
  retry: { attempts: 3, backoffMs: 5_000 },
  concurrency: 1,
  every: { intervalMs: INTERVAL_MS, data: {} },
  run: async (_data, { config, database, log }) => {
    const removed = (await removeStale(database)) + (config.eventRetentionDays === undefined ? 0 : await removeOldEvents(database, config.eventRetentionDays))
    if (removed > 0) log.debug({ removed }, 'Finished event work was removed')
  },
})
