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
