/** What a caller that is confined to one party may refer to: what it could see, what is nobody's, and parties, who are named by those that deal with them. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Edge } from '../references.ts'
import { quoted } from '../storage/ddl.ts'

/** The required references to what belongs to another party: for the caller they lead to nothing. Without this, its order could go on a stranger's bill. */
export async function edgesOutside(sql: Sql, context: Context, edges: readonly Edge[], tableOf: (resource: string) => string): Promise<Edge[]> {
  const own = context.principal.ownerParty
  if (own === undefined) return []
  const outside: Edge[] = []
  for (const resource of new Set(edges.filter(edge => edge.require).map(edge => edge.toResource))) {
    const towards = edges.filter(edge => edge.require && edge.toResource === resource)
    const table = tableOf(resource)
    const rows = await sql.query<{ id: string }>(
      { name: `outside_${table}`, text: `SELECT id FROM ${quoted(table)} WHERE brand = $1 AND id = ANY($2::text[]) AND owner_party <> $3 AND owner_party <> id` },
      [context.brand, towards.map(edge => edge.toId), own],
    )
    const ids = new Set(rows.map(row => row.id))
    outside.push(...towards.filter(edge => ids.has(edge.toId)))
  }
  return outside
}
