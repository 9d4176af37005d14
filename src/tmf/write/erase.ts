/**
 * Takes what is personal out of resources for good: whole rows, or attributes of rows that have to stay. Not a delete as clients know it:
 * nobody is asked whether something still refers to the row, no lifecycle stands against it, and the events that tell of it hold nothing
 * but the id. Copies of the rows go in the same transaction.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import { eraseCopies } from '../events/erase.ts'
import type { AnyResource } from '../module.ts'
import { quoted } from '../storage/ddl.ts'

type Doc = Record<string, unknown>

export interface EraseWork {
  tx: Transaction
  context: Context
  /** Business time, for the events. */
  now: Date
}

interface LockedRow {
  id: string
  revision: number
  owner_party: string | null
  doc: string
}

const lock = (tx: Transaction, brand: string, resource: AnyResource, ids: readonly string[]): Promise<LockedRow[]> =>
  tx.query<LockedRow>(`SELECT id, revision, owner_party, doc::text AS doc FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[]) ORDER BY id FOR UPDATE`, [brand, ids])

interface Told {
  id: string
  revision: number
  owner: string | null
  doc: Doc
}

/** Events that let reactions, listeners and caches follow. */
const tell = async ({ tx, context, now }: EraseWork, resource: AnyResource, kind: 'DeleteEvent' | 'AttributeValueChangeEvent', rows: readonly Told[]): Promise<void> => {
  if (rows.length === 0) return
  await tx.query(
    `INSERT INTO event (event_id, event_type, event_time, correlation_id, channel, principal, brand, owner_party, resource, resource_id, revision, doc)
     SELECT u.event_id, $1, $2, $3, $4, $5, $6, u.owner, $7, u.id, u.revision, u.doc::json FROM unnest($8::text[], $9::text[], $10::text[], $11::int[], $12::text[]) AS u(event_id, owner, id, revision, doc)`,
    [
      `${resource.type}${kind}`, now.toISOString(), context.correlationId, context.channel, context.principal.id, context.brand, resource.name,
      rows.map(() => newId()), rows.map(row => row.owner), rows.map(row => row.id), rows.map(row => row.revision), rows.map(row => JSON.stringify(row.doc)),
    ],
  )
}

const tells = (resource: AnyResource, kind: 'delete' | 'attributeValueChange'): boolean => resource.events?.includes(kind) ?? true

/** Takes whole rows out, with all that the kit keeps beside them: references from and to them, identities, what sources said, copies. Answers how many. */
export const eraseRows = async (work: EraseWork, resource: AnyResource, ids: readonly string[]): Promise<number> => {
  const { tx, context } = work
  const { brand } = context
  const rows = await lock(tx, brand, resource, ids)
  const gone = rows.map(row => row.id)
  if (gone.length > 0) {
    await tx.query(`DELETE FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[])`, [brand, gone])
    if (tells(resource, 'delete')) {
      await tell(work, resource, 'DeleteEvent', rows.map(row => ({ id: row.id, revision: row.revision + 1, owner: row.owner_party, doc: { id: row.id, href: (JSON.parse(row.doc) as Doc)['href'], '@type': resource.type } })))
    }
  }
  // Also of rows that are gone already: an earlier delete leaves copies behind.
  for (const [table, column] of [['external_identity', 'resource'], ['attribute_source', 'resource'], ['shared_row', 'resource']] as const) {
    await tx.query(`DELETE FROM ${table} WHERE brand = $1 AND ${column} = $2 AND resource_id = ANY($3::text[])`, [brand, resource.name, ids])
  }
  await tx.query('DELETE FROM reference_edge WHERE brand = $1 AND ((from_resource = $2 AND from_id = ANY($3::text[])) OR (to_resource = $2 AND to_id = ANY($3::text[])))', [brand, resource.name, ids])
  await eraseCopies(tx, brand, resource, ids)
  return gone.length
}

/**
 * Changes the documents of rows that stay, and their copies in the same way. What sources said goes, because it says what the document no
 * longer does. References stay as they are. Answers how many documents changed.
 */
export const redactRows = async (work: EraseWork, resource: AnyResource, ids: readonly string[], redact: (doc: Doc) => Doc): Promise<number> => {
  const { tx, context } = work
  const { brand } = context
  const changed: Told[] = []
  for (const row of await lock(tx, brand, resource, ids)) {
    const before = JSON.parse(row.doc) as Doc
    const doc = redact(before)
    if (!isDeepStrictEqual(before, doc)) changed.push({ id: row.id, revision: row.revision + 1, owner: row.owner_party, doc })
  }
  if (changed.length > 0) {
    await tx.query(
      `UPDATE ${quoted(resource.table)} t SET doc = u.doc::json, revision = t.revision + 1, updated_at = now() FROM unnest($2::text[], $3::text[]) AS u(id, doc) WHERE t.brand = $1 AND t.id = u.id`,
      [brand, changed.map(row => row.id), changed.map(row => JSON.stringify(row.doc))],
    )
    if (resource.history === true) {
      await tx.query(
        'INSERT INTO resource_revision (brand, resource, resource_id, revision, doc) SELECT $1, $2, u.id, u.revision, u.doc::json FROM unnest($3::text[], $4::int[], $5::text[]) AS u(id, revision, doc)',
        [brand, resource.name, changed.map(row => row.id), changed.map(row => row.revision), changed.map(row => JSON.stringify(row.doc))],
      )
    }
    if (tells(resource, 'attributeValueChange')) await tell(work, resource, 'AttributeValueChangeEvent', changed)
  }
  await tx.query('DELETE FROM attribute_source WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[])', [brand, resource.name, ids])
  await eraseCopies(tx, brand, resource, ids, redact)
  return changed.length
}
