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

/**
 * The next resources about which this source and another one have said something, in the order of their ids. What only one source says
 * is shown whatever its rank.
 */
export const contestedAfter = async (sql: Sql, brand: string, of: { source: string; resource: string; after: string; limit: number }): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>(
    {
      name: 'contested_after',
      text: `SELECT DISTINCT a.resource_id AS id FROM attribute_source a WHERE a.brand = $1 AND a.resource = $2 AND a.source = $3 AND a.resource_id > $4
        AND EXISTS (SELECT 1 FROM attribute_source o WHERE o.brand = a.brand AND o.resource = a.resource AND o.resource_id = a.resource_id AND o.attribute = a.attribute AND (o.source, o.external_id) <> (a.source, a.external_id))
        ORDER BY a.resource_id LIMIT $5`,
    },
    [brand, of.resource, of.source, of.after, of.limit],
  )
  return rows.map(row => row.id)
}
