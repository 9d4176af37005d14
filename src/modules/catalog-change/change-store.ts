/** What the work on change sets reads and writes beside their documents: the lock on a set, its changes as a whole, what an activation did. */
import { fault, refuse } from '../../platform/errors.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'
import type { Doc, KindName } from './kinds.ts'

/** Changes of one set. */
export const MOST_CHANGES = 10_000

/** Holds the set while one of its changes is written: whoever submits or activates it waits, and sees the change. 409 when it is no draft. */
export const lockDraft = async (tx: Transaction, brand: string, id: string): Promise<void> => {
  const [row] = await tx.query<{ state: string }>({ name: 'catalog-change-hold', text: `SELECT doc->>'state' AS state FROM catalog_change_set WHERE brand = $1 AND id = $2 FOR SHARE` }, [brand, id])
  if (row?.state === 'draft') return
  throw refuse.conflict('notADraft', `catalogChangeSet ${id} is ${row?.state ?? 'gone'}; only a draft can be changed`, [fault('catalogChangeSet.id', 'must be of a draft', id)])
}

/** Holds the set for a move of it; answers its state as it is once nobody else holds it. */
export const lockSet = async (tx: Transaction, brand: string, id: string): Promise<string | undefined> => {
  const [row] = await tx.query<{ state: string }>({ name: 'catalog-change-lock', text: `SELECT doc->>'state' AS state FROM catalog_change_set WHERE brand = $1 AND id = $2 FOR UPDATE` }, [brand, id])
  return row?.state
}

export interface DraftChange {
  id: string
  resource: KindName
  resourceId: string
  action: 'create' | 'update' | 'delete'
  document?: Doc
  baseRevision?: number
  changedBy?: string[]
}

/** All changes of a set, in the order in which they were made. */
export const changesOf = async (sql: Sql, brand: string, id: string): Promise<DraftChange[]> => {
  const rows = await sql.query<{ doc: string }>({ name: 'catalog-changes-of', text: `SELECT doc::text AS doc FROM catalog_change WHERE brand = $1 AND f_catalog_change_set_id = $2 ORDER BY created_at, id LIMIT ${MOST_CHANGES + 1}` }, [brand, id])
  return rows.map(row => JSON.parse(row.doc) as DraftChange)
}

/** Takes the changes of a set away with it. */
export const dropChanges = async (deps: Pick<Services, 'store'>, context: Context, tx: Transaction, id: string): Promise<void> => {
  const change = deps.store.resource('catalogChange')
  if (!change) return
  for (const one of await changesOf(tx, context.brand, id)) await deps.store.remove(systemContext(context.brand, context.correlationId), change, one.id, { tx })
}

/** What an activation did to a resource. */
export interface Effect {
  resource: KindName
  resourceId: string
  action: 'create' | 'update' | 'delete'
  before: Doc | undefined
  revision: number | undefined
}

export const writeEffects = async (tx: Transaction, brand: string, id: string, effects: readonly Effect[]): Promise<void> => {
  await tx.query(
    {
      name: 'catalog-change-effects',
      text: `INSERT INTO catalog_change_effect (brand, change_set_id, seq, resource, resource_id, action, before, revision)
        SELECT $1, $2, u.seq, u.resource, u.resource_id, u.action, u.before, u.revision
        FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::json[], $8::int[]) AS u(seq, resource, resource_id, action, before, revision)`,
    },
    [brand, id, effects.map((_, index) => index), effects.map(one => one.resource), effects.map(one => one.resourceId), effects.map(one => one.action), effects.map(one => (one.before === undefined ? null : JSON.stringify(one.before))), effects.map(one => one.revision ?? null)],
  )
}

export const effectsOf = async (sql: Sql, brand: string, id: string): Promise<Effect[]> => {
  const rows = await sql.query<{ resource: KindName; resource_id: string; action: Effect['action']; before: string | null; revision: number | null }>(
    { name: 'catalog-change-effects-of', text: 'SELECT resource, resource_id, action, before::text AS before, revision FROM catalog_change_effect WHERE brand = $1 AND change_set_id = $2 ORDER BY seq' },
    [brand, id],
  )
  return rows.map(row => ({ resource: row.resource, resourceId: row.resource_id, action: row.action, before: row.before === null ? undefined : (JSON.parse(row.before) as Doc), revision: row.revision ?? undefined }))
}
