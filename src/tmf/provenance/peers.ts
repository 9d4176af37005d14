/** Rows that show what sources say of others too, because they are one and the same thing: modules say which (contributions.ts). */
import type { Sql } from '../../platform/database/sql.ts'
import type { Parts } from '../contributions.ts'
import type { SourceRow } from './sources.ts'
import { readSources } from './sources.ts'

type Kinds = Pick<Parts, 'peers'>

/** Of each of these rows: what sources say of those whose word shows in it. Nothing is asked of a resource that never has any. */
export async function readPeerSources(sql: Sql, { peers }: Kinds, brand: string, resource: string, ids: readonly string[]): Promise<Map<string, SourceRow[]>> {
  const found = new Map<string, SourceRow[]>()
  for (const kind of peers) {
    if (kind.resource !== resource) continue
    const pairs = await sql.query<{ id: string; peer: string }>({ name: `peers_${resource}`, text: kind.sql }, [brand, ids])
    if (pairs.length === 0) continue
    const said = await readSources(sql, brand, resource, [...new Set(pairs.map(pair => pair.peer))])
    for (const { id, peer } of pairs) found.set(id, [...(found.get(id) ?? []), ...said.filter(row => row.resourceId === peer)])
  }
  return found
}
