/** Which parties are one person, as the database says it: members of a cluster, and the SQL text that others build their statements with. */
import type { Sql } from '../../platform/database/sql.ts'

/**
 * The body of a common table expression `member(id)`: the party and all parties that are the same person. Two index look-ups.
 * `brand` and `party` are SQL expressions, such as parameters: `WITH member (id) AS (${memberSql()})`.
 */
export const memberSql = (brand = '$1', party = '$2'): string =>
  `SELECT ${party}::text UNION SELECT m.party_id FROM party_cluster own JOIN party_cluster m ON m.brand = own.brand AND m.cluster_id = own.cluster_id WHERE own.brand = ${brand} AND own.party_id = ${party}`

/** The party and all parties that are the same person, sorted. A party that was never merged is alone; so is one that does not exist. */
export const readMembers = async (sql: Sql, brand: string, party: string): Promise<string[]> => {
  const rows = await sql.query<{ id: string }>({ name: 'identity-members', text: `SELECT id FROM (${memberSql()}) AS member (id) ORDER BY id` }, [brand, party])
  return rows.map(row => row.id)
}
