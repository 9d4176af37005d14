/** The statements on deliveries: leasing due ones, recording what the listener answered, pausing and resuming listeners. */
import type { Registrant } from '../../platform/auth/callers.ts'
import type { Database, Sql } from '../../platform/database/sql.ts'

export interface LeasedDelivery {
  hub_id: string
  position: string
  payload: string
  attempts: number
  callback: string
  secret: string | null
  hub_failures: number
  brand: string
  registrant: Registrant | null
  resource: string
  /** Whose the event was; null when the log no longer has it. */
  owner_party: string | null
  shared_with: string[] | null
}

export interface LeaseLimits {
  /** Most deliveries at once. */
  total: number
  /** Most in flight to one listener, those that already are included. */
  perHub: number
  /** What this process has in flight, by listener. */
  inFlight: ReadonlyMap<string, number>
  leaseMs: number
}

/**
 * Leases due deliveries of active listeners. One is left out while an earlier one about the same resource has not been delivered, leased or
 * not: revision n goes before n+1. A lease that its process did not live to end runs out, and the delivery is due again.
 * It starts from the listeners, so that what waits for paused ones is never walked through.
 */
export const leaseDeliveries = (sql: Sql, { total, perHub, inFlight, leaseMs }: LeaseLimits): Promise<LeasedDelivery[]> =>
  sql.query<LeasedDelivery>(
    {
      name: 'delivery-lease',
      text: `SELECT d.hub_id, d.position, d.payload, d.attempts, h.callback, h.secret, h.failures AS hub_failures, h.brand, h.registrant, d.resource, e.owner_party, e.shared_with
             FROM tandem_lease_deliveries($1, $2, $3, $4::text[], $5::int[]) d JOIN hub h ON h.id = d.hub_id LEFT JOIN event e ON e.position = d.position ORDER BY d.position`,
    },
    [total, leaseMs, perHub, [...inFlight.keys()], [...inFlight.values()]],
  )

/** The listener took it; whatever was wrong with the listener is over. */
export const recordDelivered = async (sql: Sql, delivery: { hub_id: string; position: string }): Promise<void> => {
  await sql.query(
    {
      name: 'delivery-done',
      text: `WITH done AS (UPDATE hub_delivery SET state = 'delivered', done_at = now(), lease_until = NULL, error = NULL WHERE hub_id = $1 AND position = $2 AND state = 'due')
             UPDATE hub SET failures = 0, error = NULL, retry_at = NULL WHERE id = $1 AND state = 'active' AND (failures > 0 OR retry_at IS NOT NULL)`,
    },
    [delivery.hub_id, delivery.position],
  )
}

/** Its registrant may not see it any more: settled without being sent. */
export const recordWithheld = async (sql: Sql, delivery: { hub_id: string; position: string }): Promise<void> => {
  await sql.query(
    { name: 'delivery-withheld', text: "UPDATE hub_delivery SET state = 'delivered', done_at = now(), lease_until = NULL, error = 'not sent: whoever registered the listener may not see it' WHERE hub_id = $1 AND position = $2 AND state = 'due'" },
    [delivery.hub_id, delivery.position],
  )
}

export interface Failure {
  error: string
  /** Until this delivery is tried again. */
  deliveryDelayMs: number
  /** Until the listener is tried again at all. */
  hubDelayMs: number
  /** Failures in a row, of the listener or of one delivery, after which it is paused. */
  pauseAfter: number
}

/**
 * Answers whether the listener was paused by this failure. Several deliveries that fail together are one failure of the listener:
 * only the first since it was last tried counts.
 */
export const recordFailure = async (sql: Sql, delivery: { hub_id: string; position: string; attempts: number }, failure: Failure): Promise<boolean> => {
  const [row] = await sql.query<{ state: string }>(
    {
      name: 'delivery-failed',
      text: `WITH failed AS (UPDATE hub_delivery SET lease_until = NULL, due_at = now() + $3 * interval '1 millisecond', error = $5 WHERE hub_id = $1 AND position = $2 AND state = 'due'),
             counted AS (SELECT id, failures + CASE WHEN retry_at IS NULL OR retry_at <= now() THEN 1 ELSE 0 END AS failures FROM hub WHERE id = $1 AND state = 'active' FOR UPDATE)
             UPDATE hub h SET failures = c.failures, error = $5,
               retry_at = CASE WHEN c.failures > h.failures THEN now() + $4 * interval '1 millisecond' ELSE h.retry_at END,
               state = CASE WHEN c.failures >= $6 OR $7::int >= $6 THEN 'paused' ELSE 'active' END,
               paused_at = CASE WHEN c.failures >= $6 OR $7::int >= $6 THEN now() END
             FROM counted c WHERE h.id = c.id RETURNING h.state`,
    },
    [delivery.hub_id, delivery.position, failure.deliveryDelayMs, failure.hubDelayMs, failure.error, failure.pauseAfter, delivery.attempts],
  )
  return row?.state === 'paused'
}

/** Gives leases back that this process will not use. */
export const releaseLeases = async (sql: Sql, deliveries: readonly { hub_id: string; position: string }[]): Promise<void> => {
  await sql.query(
    `UPDATE hub_delivery d SET lease_until = NULL, attempts = greatest(attempts - 1, 0) FROM unnest($1::text[], $2::bigint[]) AS r(hub_id, position)
     WHERE d.hub_id = r.hub_id AND d.position = r.position AND d.state = 'due'`,
    [deliveries.map(d => d.hub_id), deliveries.map(d => d.position)],
  )
}

export interface PausedHub {
  id: string
  api: string
  brand: string
  principal: string
  callback: string
  query: string
  failures: number
  error: string
  pausedAt: Date
  /** Deliveries that wait for it. */
  waiting: number
}

export const listPausedHubs = (sql: Sql, page: { limit: number; offset: number }): Promise<PausedHub[]> =>
  sql.query<PausedHub>(
    `SELECT h.id, h.api, h.brand, h.principal, h.callback, h.query, h.failures, coalesce(h.error, '') AS error, h.paused_at AS "pausedAt",
       (SELECT count(*)::int FROM hub_delivery d WHERE d.hub_id = h.id AND d.state = 'due') AS waiting
     FROM hub h WHERE h.state = 'paused' ORDER BY h.paused_at DESC, h.id LIMIT $1 OFFSET $2`,
    [page.limit, page.offset],
  )

export const countPausedHubs = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: string }>("SELECT count(*) AS count FROM hub WHERE state = 'paused'")
  return Number(row?.count ?? 0)
}

/** False when no paused listener has this id. What waited is due at once, with all its attempts. */
export const resumeHub = (database: Database, id: string): Promise<boolean> =>
  database.transaction(async tx => {
    const rows = await tx.query("UPDATE hub SET state = 'active', failures = 0, error = NULL, retry_at = NULL, paused_at = NULL WHERE id = $1 AND state = 'paused' RETURNING 1", [id])
    if (rows.length === 0) return false
    await tx.query("UPDATE hub_delivery SET due_at = now(), attempts = 0 WHERE hub_id = $1 AND state = 'due'", [id])
    return true
  })
