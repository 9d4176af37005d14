/** Whose word counts, as rows: the ranks of sources in a brand. */
import type { Sql } from '../../platform/database/sql.ts'
import type { SourceRank } from './survive.ts'

/** Sets a rank. Answers whether that changed anything. */
export async function writeRank(sql: Sql, brand: string, rank: SourceRank): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO source_rank AS r (brand, source, resource, attribute, rank) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (brand, source, resource, attribute) DO UPDATE SET rank = EXCLUDED.rank WHERE r.rank <> EXCLUDED.rank RETURNING 1`,
    [brand, rank.source, rank.resource, rank.attribute, rank.rank],
  )
  return rows.length > 0
}

/** Takes a rank away: the less specific one counts again. False when there was none. */
export async function removeRank(sql: Sql, brand: string, { source, resource, attribute }: Omit<SourceRank, 'rank'>): Promise<boolean> {
  const rows = await sql.query('DELETE FROM source_rank WHERE brand = $1 AND source = $2 AND resource = $3 AND attribute = $4 RETURNING 1', [brand, source, resource, attribute])
  return rows.length > 0
}

/** A resource that sources have a word in. */
export interface Sourced {
  id: string
  /** Has the source in question a word in it beside which there is another's on the same attribute? What one alone says is shown whatever its rank. */
  contested: boolean
}

/** The next resources that sources have a word in, in the order of their ids. */
export const sourcedAfter = (sql: Sql, brand: string, of: { source: string; resource: string; after: string; limit: number }): Promise<Sourced[]> =>
  sql.query<Sourced>(
    {
      name: 'sourced_after',
      text: `SELECT page.id, EXISTS (SELECT 1 FROM attribute_source a JOIN attribute_source o ON o.brand = a.brand AND o.resource = a.resource AND o.resource_id = a.resource_id AND o.attribute = a.attribute
            AND (o.source, o.external_id) <> (a.source, a.external_id)
          WHERE a.brand = $1 AND a.resource = $2 AND a.resource_id = page.id AND a.source = $3) AS contested
        FROM (SELECT DISTINCT resource_id AS id FROM attribute_source WHERE brand = $1 AND resource = $2 AND resource_id > $4 ORDER BY resource_id LIMIT $5) page ORDER BY page.id`,
    },
    [brand, of.resource, of.source, of.after, of.limit],
  )
