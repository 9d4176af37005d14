/**
 * Reads what hangs together over references in one round trip: the resources begun with, and all that is reached from them. The
 * reference edges are the kit's own table; modules follow them through this file.
 */
import type { Sql, Statement } from '../../platform/database/sql.ts'
import type { Resource } from '../resource.ts'
import { quoted } from './ddl.ts'

export interface Reached<Kind extends string> {
  /** Name of the resource: `productOffering`. */
  kind: Kind
  id: string
  revision: number
  /** JSON text of the resource. */
  doc: string
}

export interface Reach<Kind extends string> {
  /** Name of the prepared statement. */
  name: string
  /** The kind begun with. */
  from: Kind
  /** What is read when it is reached, by name; edges to other kinds are not followed. */
  kinds: Readonly<Record<Kind, Resource<any>>>
  /** Paths of the references that are followed, as their resources declare them: `bundledProductOffering[]`. */
  paths: readonly string[]
}

const list = (names: readonly string[]): string => names.map(name => `'${name.replaceAll("'", "''")}'`).join(', ')

/**
 * UNION drops what was met before: each is read once, and a cycle ends. Step by step over the index on `from_id` (LATERAL with OFFSET keeps
 * it so, and a brand that is compared otherwise fits no other index): however the tables grow, a plan made earlier stays good.
 */
const statementOf = (reach: Reach<string>): Statement => ({
  name: reach.name,
  text: `WITH RECURSIVE part (kind, id) AS (
      SELECT ${list([reach.from])}, unnest($2::text[])
    UNION
      SELECT e.to_resource, e.to_id
      FROM part p, LATERAL (SELECT to_resource, to_id, path FROM reference_edge WHERE from_id = p.id AND brand IS NOT DISTINCT FROM $1 AND from_resource = p.kind OFFSET 0) e
      WHERE e.path IN (${list(reach.paths)}) AND e.to_resource IN (${list(Object.keys(reach.kinds))})
    )
    ${Object.entries(reach.kinds).map(([name, { table }]) => `SELECT p.kind, d.id, d.revision, d.doc::text AS doc FROM part p, LATERAL (SELECT id, revision, doc FROM ${quoted(table)} WHERE brand = $1 AND id = p.id OFFSET 0) d WHERE p.kind = ${list([name])}`).join('\n    UNION ALL\n    ')}`,
})

/** A reader of the resources with these ids and of all that `reach` says is reached from them. Ids that a brand does not have are left out. */
export function reachedFrom<Kind extends string>(reach: Reach<Kind>): (sql: Sql, brand: string, ids: readonly string[]) => Promise<Reached<Kind>[]> {
  const statement = statementOf(reach)
  return (sql, brand, ids) => sql.query<Reached<Kind>>(statement, [brand, [...new Set(ids)]])
}
