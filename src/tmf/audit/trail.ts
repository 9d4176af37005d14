/**
 * The audit trail as it is searched: reads and refusals as they were recorded, and writes as the event log has them. Writes are copied into
 * the trail from the log in its order, so that the statement that writes a resource pays for no further row or index.
 */
import type { Database, Sql } from '../../platform/database/sql.ts'

export interface AuditRow {
  at: Date
  brand: string
  principal: string
  on_behalf_of: string | null
  channel: string | null
  correlation_id: string
  operation: string
  resource: string
  resource_ids: string[] | null
  revision: number | null
  query: string | null
  count: number | null
  /** For pages: older records are below it. */
  seq: string
}

const BATCH = 5_000

const OPERATION = `CASE WHEN event_type LIKE '%CreateEvent' THEN 'create' WHEN event_type LIKE '%DeleteEvent' THEN 'delete' ELSE 'update' END`

/** Copies what the log has beyond the trail; one process at a time. Answers how many. */
export const followLog = async (database: Database): Promise<number> => {
  let copied = 0
  for (let count = BATCH; count === BATCH; copied += count) {
    const [row] = await database.query<{ count: number }>({
      name: 'audit-follow',
      text: `WITH cursor AS MATERIALIZED (SELECT position FROM audit_cursor WHERE id = 1 FOR UPDATE),
        due AS MATERIALIZED (SELECT e.* FROM event e, cursor c WHERE e.position > c.position ORDER BY e.position LIMIT ${BATCH}),
        copied AS (INSERT INTO audit_record (at, brand, principal, on_behalf_of, channel, correlation_id, operation, resource, resource_ids, revision)
          SELECT created_at, brand, coalesce(principal, 'system'), on_behalf_of, channel, correlation_id, ${OPERATION}, resource, ARRAY[resource_id], revision FROM due ORDER BY position),
        moved AS (UPDATE audit_cursor SET position = (SELECT max(position) FROM due) WHERE id = 1 AND EXISTS (SELECT 1 FROM due))
        SELECT count(*)::int AS count FROM due`,
    })
    count = row?.count ?? 0
  }
  return copied
}

export interface AuditQuery {
  brand: string
  principal?: string | undefined
  onBehalfOf?: string | undefined
  operation?: string | undefined
  resource?: string | undefined
  resourceId?: string | undefined
  correlationId?: string | undefined
  channel?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** Records older than this one. */
  before?: { at: Date; seq: string } | undefined
  limit: number
}

const CONDITIONS: readonly [Exclude<keyof AuditQuery, 'before'>, string][] = [
  ['principal', 'principal = $'],
  ['onBehalfOf', 'on_behalf_of = $'],
  ['operation', 'operation = $'],
  ['resource', 'resource = $'],
  ['resourceId', 'resource_ids @> ARRAY[$::text]'],
  ['correlationId', 'correlation_id = $'],
  ['channel', 'channel = $'],
  ['since', 'at >= $::timestamptz'],
  ['until', 'at < $::timestamptz'],
]

/** The newest records first. Call followLog before: it brings the writes. */
export const searchTrail = async (sql: Sql, query: AuditQuery): Promise<AuditRow[]> => {
  const values: unknown[] = [query.brand]
  const conditions = CONDITIONS.flatMap(([name, condition]) => {
    const value = query[name]
    if (value === undefined) return []
    values.push(value)
    return [condition.replace('$', `$${values.length}`)]
  })
  if (query.before !== undefined) {
    values.push(query.before.at, query.before.seq)
    conditions.push(`(at, seq) < ($${values.length - 1}::timestamptz, $${values.length}::bigint)`)
  }
  values.push(query.limit)
  return await sql.query<AuditRow>(
    `SELECT seq::text AS seq, at, brand, principal, on_behalf_of, channel, correlation_id, operation, resource, resource_ids, revision, query, count
     FROM audit_record WHERE ${['brand = $1', ...conditions].join(' AND ')} ORDER BY at DESC, seq DESC LIMIT $${values.length}`,
    values,
  )
}
