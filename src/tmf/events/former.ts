/** What a resource said before, as the event log, its revisions and its sources still have it. */
import type { Sql } from '../../platform/database/sql.ts'

/** The newest of them: a row is seldom changed more often, and one statement stays bounded. */
const MOST = 5_000

export const formerDocs = async (sql: Sql, brand: string, resource: string, id: string): Promise<Record<string, unknown>[]> =>
  (
    await sql.query<{ doc: Record<string, unknown> }>(
      `(SELECT e.doc::jsonb AS doc FROM event e WHERE e.resource_id = $3 AND e.resource = $2 AND e.brand = $1 ORDER BY e.seq DESC LIMIT ${MOST})
       UNION ALL (SELECT r.doc::jsonb FROM resource_revision r WHERE r.brand = $1 AND r.resource = $2 AND r.resource_id = $3 ORDER BY r.revision DESC LIMIT ${MOST})
       UNION ALL (SELECT jsonb_build_object(a.attribute, a.value) FROM attribute_source a WHERE a.brand = $1 AND a.resource = $2 AND a.resource_id = $3 AND a.value IS NOT NULL LIMIT ${MOST})`,
      [brand, resource, id],
    )
  ).map(row => row.doc)

/** A past event of a resource: its place in the log, when it was written (real time, in ms: one transaction has one), and the document. */
export interface FormerEvent {
  seq: number
  at: number
  doc: Record<string, unknown>
}

/** What the event log still has of a resource, the newest first. */
export const formerEvents = async (sql: Sql, brand: string, resource: string, id: string): Promise<FormerEvent[]> =>
  (
    await sql.query<{ seq: string; at: Date; doc: Record<string, unknown> }>(
      { name: 'former-events', text: `SELECT e.seq::text AS seq, e.created_at AS at, e.doc::jsonb AS doc FROM event e WHERE e.resource_id = $3 AND e.resource = $2 AND e.brand = $1 ORDER BY e.seq DESC LIMIT ${MOST}` },
      [brand, resource, id],
    )
  ).map(({ seq, at, doc }) => ({ seq: Number(seq), at: at.getTime(), doc }))
