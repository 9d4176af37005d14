/** What a confined caller may refer to: what it could read. Everything else leads to nothing for it, and cannot be told from what does not exist. */
import type { Sql } from '../../platform/database/sql.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { Edge, Registry } from '../references.ts'
import type { Resource } from '../resource.ts'
import { quoted } from '../storage/ddl.ts'
import { scopeOf, scopeSql } from '../storage/scope.ts'

/** Stores and partners deal with whoever comes: they name parties that they do not see. */
const isParty = (resource: Resource<any>): boolean => resource.ownerParty !== undefined && resource.ownerParty({ id: '?' }) === '?'

/** The required references outside the caller's rows. Without this, its order could go on a stranger's bill. */
export async function edgesOutside(sql: Sql, context: Context, edges: readonly Edge[], registry: Registry): Promise<Edge[]> {
  if (!isConfined(context.principal)) return []
  const outside: Edge[] = []
  const acted = new Set((context.principal.grants ?? []).flatMap(grant => [grant.party, ...(grant.roles ?? [])]))
  for (const name of new Set(edges.filter(edge => edge.require).map(edge => edge.toResource))) {
    const resource = registry.byName(name)
    if (resource === undefined) continue
    const scope = scopeOf(context, resource)
    if (scope.parties === undefined || (scope.sells === true && isParty(resource))) continue
    // Whom it acts for it may name, whether or not it may read the party itself.
    const towards = edges.filter(edge => edge.require && edge.toResource === name && !acted.has(edge.toId))
    if (towards.length === 0) continue
    const { holds, values, shape } = scopeSql(resource, scope)
    const rows = await sql.query<{ id: string }>(
      { name: `within_${resource.table}_${shape}`, text: `SELECT id FROM ${quoted(resource.table)} WHERE ${holds} AND id = ANY($${values.length + 1}::text[])` },
      [...values, towards.map(edge => edge.toId)],
    )
    const ids = new Set(rows.map(row => row.id))
    outside.push(...towards.filter(edge => !ids.has(edge.toId)))
  }
  return outside
}
