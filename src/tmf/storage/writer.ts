/**
 * Writes a resource in one statement: it locks the referenced rows, writes the row, its reference edges, its history, the idempotency
 * key and the event. Everything or nothing, in one round trip; a few fixed shapes per resource, so that they stay prepared.
 */
import type { Sql, Statement } from '../../platform/database/sql.ts'
import type { Edge } from '../references.ts'
import type { Beside, Resource } from '../resource.ts'
import { quoted } from './ddl.ts'
import { holdIdentities, identityOfNew, saidParts, type SaidDraft } from './said.ts'

/** Who writes, and for whom: the audit of writes is read from the events. */
export interface Actor {
  correlationId: string
  /** Of the request that caused it. */
  channel: string
  principal: string
  onBehalfOf: string | undefined
}

/** The event that a write leaves in the outbox. */
export interface EventDraft extends Actor {
  eventId: string
  eventType: string
  /** Business time, ISO 8601. */
  eventTime: string
}

export interface IdempotencyDraft {
  principal: string
  method: string
  path: string
  key: string
  bodyHash: string
  status: number
}

export interface RowDraft {
  brand: string
  id: string
  /** The id was made for it: no other row can have it, and none is looked for. */
  isNew?: boolean
  ownerParty: string | undefined
  /** Others who reach the row. */
  sharedWith?: readonly string[]
  /** Those of them who no longer do. */
  unsharedWith?: readonly string[]
  /** JSON text. */
  doc: string
  edges: readonly Edge[]
  /** Those of them that the row did not have before: only their targets are looked for. All, when left out. */
  newEdges?: readonly Edge[]
  event: EventDraft | undefined
  /** For the audit where the resource has no such event. */
  actor: Actor
  /** What the module writes in the same statement. */
  beside?: readonly Beside[]
  /** Revisions that must still stand. */
  relied?: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** What sources say of it. A taken identity answers `keyTaken`; a mark that no longer holds, that nothing was written. */
  said?: SaidDraft
}

export interface WriteResult {
  written: boolean
  /** Required references whose target does not exist (or is gone by now). */
  missing: Edge[]
  /** Somebody else has used the idempotency key. */
  keyTaken: boolean
  /** A revision that the draft rests on is no longer the present one. */
  stale: boolean
  /** Of a row that was inserted. */
  revision?: number
}

interface Shape {
  statement: Statement
  values: unknown[]
}

/** Collects the parts of one statement; the name says which parts are in, so equal shapes share a prepared statement. */
class Builder {
  readonly values: unknown[] = []
  readonly parts: string[] = []
  readonly conditions: string[] = []
  name: string
  constructor(name: string) {
    this.name = name
  }
  add(value: unknown, cast: string): string {
    this.values.push(value)
    return `$${this.values.length}::${cast}`
  }
  part(tag: string, sql: string): void {
    this.name += tag
    this.parts.push(sql)
  }
}

const targets = (edges: readonly Edge[]): Map<string, string[]> => {
  const byTarget = new Map<string, Set<string>>()
  for (const edge of edges) if (edge.require) byTarget.set(edge.toResource, (byTarget.get(edge.toResource) ?? new Set()).add(edge.toId))
  return new Map([...byTarget].sort(([a], [b]) => (a < b ? -1 : 1)).map(([to, ids]) => [to, [...ids].sort()]))
}

/** FOR KEY SHARE: the targets cannot be deleted before this write commits. Ids are sorted, so that two writers lock in one order. */
function lockReferences(builder: Builder, brand: string, edges: readonly Edge[], tableOf: (resource: string) => string): string[] {
  const names: string[] = []
  for (const [resource, ids] of targets(edges)) {
    const cte = `ref_${names.length}`
    const list = builder.add(ids, 'text[]')
    builder.part(`_${tableOf(resource)}`, `${cte} AS MATERIALIZED (SELECT id FROM ${quoted(tableOf(resource))} WHERE brand = ${brand} AND id = ANY(${list}) ORDER BY id FOR KEY SHARE)`)
    builder.conditions.push(`(SELECT count(*) FROM ${cte}) = cardinality(${list})`)
    names.push(resource)
  }
  return names
}

/** Revisions that the draft rests on, by resource. Returns the SQL that says whether all stand. */
function checkRelied(builder: Builder, brand: string, relied: RowDraft['relied'], tableOf: (resource: string) => string): string {
  const checks: string[] = []
  for (const [resource, revisions] of [...(relied ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cte = `relied_${checks.length}`
    const ids = builder.add([...revisions.keys()], 'text[]')
    const list = builder.add([...revisions.values()], 'int[]')
    const table = tableOf(resource)
    builder.part(`_r${table}`, `${cte} AS MATERIALIZED (SELECT count(*) AS n FROM ${quoted(table)} WHERE brand = ${brand} AND id = ANY(${ids}) AND revision = (${list})[array_position(${ids}, id)])`)
    checks.push(`(SELECT n FROM ${cte}) = cardinality(${ids})`)
  }
  builder.conditions.push(...checks)
  return checks.length > 0 ? checks.join(' AND ') : 'true'
}

/** Edges of a resource by the index on `from_id`. A plan that was made when there were few must not read all of the brand: so no other index fits. */
const edgesFrom = (brand: string, resource: string, id: string): string => `from_id = ${id} AND brand IS NOT DISTINCT FROM ${brand} AND from_resource = '${resource}'`

/**
 * `kept`: some of them may be there already, from the revision before. Whoever writes edges holds the row that they come from, so none
 * is written twice without a unique index over all their columns, which would be the dearest part of an insert.
 */
function edgePart(builder: Builder, resource: Resource<any>, brand: string, id: string, edges: readonly Edge[], written: string, kept: boolean): void {
  if (edges.length === 0) return
  const columns = [edges.map(e => e.path), edges.map(e => e.toResource), edges.map(e => e.toId)].map(column => builder.add(column, 'text[]'))
  const weak = builder.add(edges.map(e => e.weak), 'boolean[]')
  builder.part(
    '_e',
    `edge AS (INSERT INTO reference_edge (brand, from_resource, from_id, path, to_resource, to_id, weak)
      SELECT ${brand}, '${resource.name}', ${id}, path, to_resource, to_id, weak FROM ${written}, unnest(${columns.join(', ')}, ${weak}) AS u(path, to_resource, to_id, weak)${kept ? ` WHERE NOT EXISTS (SELECT FROM reference_edge e
        WHERE ${edgesFrom(brand, resource.name, id)} AND e.path = u.path AND e.to_resource = u.to_resource AND e.to_id = u.to_id)` : ''})`,
  )
}

/** Rows of others who reach it; in a statement without such a change the part is not there. */
function sharePart(builder: Builder, resource: Resource<any>, brand: string, id: string, { sharedWith = [], unsharedWith = [] }: RowDraft, written: string): void {
  if (unsharedWith.length > 0) {
    builder.part('_sharesgone', `unshared AS (DELETE FROM shared_row USING ${written} WHERE brand = ${brand} AND resource = '${resource.name}' AND resource_id = ${id} AND party = ANY(${builder.add(unsharedWith, 'text[]')}))`)
  }
  if (sharedWith.length > 0) {
    builder.part('_shares', `shared AS (INSERT INTO shared_row (brand, resource, resource_id, party) SELECT ${brand}, '${resource.name}', ${id}, u.party FROM ${written}, unnest(${builder.add(sharedWith, 'text[]')}) AS u(party) ON CONFLICT DO NOTHING)`)
  }
}

const SHARED_BEFORE = (brand: string, resource: string, id: string): string => `(SELECT array_agg(party) FROM shared_row WHERE brand = ${brand} AND resource = '${resource}' AND resource_id = ${id})`

function eventPart(builder: Builder, resource: Resource<any>, brand: string, id: string, owner: string, doc: string, event: EventDraft | undefined, written: string, shared: string): void {
  if (!event) return
  const values = [builder.add(event.eventId, 'text'), builder.add(event.eventType, 'text'), builder.add(event.eventTime, 'timestamptz'), builder.add(event.correlationId, 'text'), builder.add(event.channel, 'text'), builder.add(event.principal, 'text'), builder.add(event.onBehalfOf ?? null, 'text')]
  builder.part(
    '_v',
    `event_row AS (INSERT INTO event (event_id, event_type, event_time, correlation_id, channel, principal, on_behalf_of, brand, owner_party, shared_with, resource, resource_id, revision, doc)
      SELECT ${values.join(', ')}, ${brand}, ${owner}, ${shared}, '${resource.name}', ${id}, ${written}.revision, ${doc} FROM ${written})`,
  )
}

/** A write that is no event is recorded where the trail would bring the event. */
const AUDIT = 'audit_record (at, brand, principal, on_behalf_of, channel, correlation_id, operation, resource, resource_ids, revision)'

function auditPart(builder: Builder, resource: Resource<any>, brand: string, id: string, { event, actor }: RowDraft, operation: 'create' | 'update', written: string): void {
  if (event) return
  const values = [actor.principal, actor.onBehalfOf ?? null, actor.channel, actor.correlationId].map(value => builder.add(value, 'text'))
  builder.part('_a', `audited AS (INSERT INTO ${AUDIT} SELECT clock_timestamp(), ${brand}, ${values.join(', ')}, '${operation}', '${resource.name}', ARRAY[${id}], ${written}.revision FROM ${written})`)
}

function historyPart(builder: Builder, resource: Resource<any>, brand: string, id: string, doc: string, written: string): void {
  if (!resource.history) return
  builder.part('_h', `history AS (INSERT INTO resource_revision (brand, resource, resource_id, revision, doc) SELECT ${brand}, '${resource.name}', ${id}, ${written}.revision, ${doc} FROM ${written})`)
}

const besideParts = (builder: Builder, brand: string, id: string, parts: RowDraft['beside']): void => {
  for (const { name, sql } of parts ?? []) builder.part(`_${name}`, `${name} AS (${sql((value, type) => builder.add(value, type), { brand, id })})`)
}

const finish = (builder: Builder, written: string, locked: readonly string[], extra = ''): Shape => ({
  statement: {
    name: builder.name,
    text: `WITH ${builder.parts.join(',\n')}
SELECT (SELECT count(*) FROM ${written})::int AS written${extra}${locked.map((_, i) => `, (SELECT array_agg(id) FROM ref_${i}) AS ref_${i}`).join('')}`,
  },
  values: builder.values,
})

async function run(sql: Sql, shape: Shape, locked: readonly string[], edges: readonly Edge[]): Promise<WriteResult> {
  const [row] = await sql.query<Record<string, any>>(shape.statement, shape.values)
  const found = new Map(locked.map((resource, i) => [resource, new Set<string>((row![`ref_${i}`] as string[] | null) ?? [])]))
  const missing = edges.filter(edge => edge.require && !found.get(edge.toResource)?.has(edge.toId))
  const stale = row!.standing === false
  return { written: row!.written > 0, missing, keyTaken: row!.key_written === 0 && missing.length === 0 && !stale, stale, ...(typeof row!.revision === 'number' && { revision: row!.revision }) }
}

/** Inserts a row. Not written, nothing missing and no key taken means that the id exists. */
export async function insertRow(sql: Sql, resource: Resource<any>, draft: RowDraft, tableOf: (resource: string) => string, idempotency?: IdempotencyDraft): Promise<WriteResult> {
  const builder = new Builder(`ins_${resource.table}${draft.isNew === true ? '_n' : ''}`)
  const brand = builder.add(draft.brand, 'text')
  const id = builder.add(draft.id, 'text')
  const owner = builder.add(draft.ownerParty ?? null, 'text')
  const doc = builder.add(draft.doc, 'json')
  const locked = lockReferences(builder, brand, draft.edges, tableOf)
  const standing = checkRelied(builder, brand, draft.relied, tableOf)
  const allow = builder.conditions.length > 0 ? `WHERE ${builder.conditions.join(' AND ')}` : ''
  if (idempotency) {
    const { principal, method, path, key, bodyHash, status } = idempotency
    const values = [principal, method, path, key, bodyHash].map(value => builder.add(value, 'text'))
    builder.part(
      '_k',
      // A concurrent duplicate waits here for the first to commit.
      `key AS (INSERT INTO idempotency_key (principal, method, path, key, body_hash, status, brand, resource, resource_id, revision, body)
        SELECT ${values.join(', ')}, ${builder.add(status, 'int')}, ${brand}, '${resource.name}', ${id}, 1, ${doc} ${allow} ON CONFLICT DO NOTHING RETURNING 1)`,
    )
  }
  const identity = draft.said?.identity
  if (identity) identityOfNew(builder, resource.name, brand, id, identity, allow)
  const gates = [...(idempotency ? ['key'] : []), ...(identity ? ['identity_row'] : [])]
  const from = gates.length > 0 ? ` FROM ${gates.join(', ')}` : ''
  // One that was deleted and comes back under its id goes on after its past, which is kept; the delete was the revision between.
  const first = resource.history && draft.isNew !== true ? `coalesce((SELECT max(r.revision) + 2 FROM resource_revision r WHERE r.brand = ${brand} AND r.resource = '${resource.name}' AND r.resource_id = ${id}), 1)` : '1'
  builder.part('', `written AS (INSERT INTO ${quoted(resource.table)} (brand, id, revision, owner_party, doc) SELECT ${brand}, ${id}, ${first}, ${owner}, ${doc}${from} ${allow}${draft.isNew === true ? '' : ' ON CONFLICT DO NOTHING'} RETURNING revision)`)
  if (draft.said) saidParts(builder, resource.name, brand, id, draft.said, 'written', true)
  edgePart(builder, resource, brand, id, draft.edges, 'written', false)
  historyPart(builder, resource, brand, id, doc, 'written')
  sharePart(builder, resource, brand, id, draft, 'written')
  // A parameter that no part uses has no type.
  if (draft.event) eventPart(builder, resource, brand, id, owner, doc, draft.event, 'written', builder.add(draft.sharedWith && draft.sharedWith.length > 0 ? draft.sharedWith : null, 'text[]'))
  auditPart(builder, resource, brand, id, draft, 'create', 'written')
  besideParts(builder, brand, id, draft.beside)
  return await run(sql, finish(builder, 'written', locked, `, (SELECT revision FROM written) AS revision, ${standing} AS standing${gates.map(gate => `, (SELECT count(*) FROM ${gate})::int AS key_written`).join('')}`), locked, draft.edges)
}

/** Replaces the document of a row that still has this revision. `changedEdges` says whether edges must be written again. */
export async function updateRow(sql: Sql, resource: Resource<any>, draft: RowDraft, revision: number, changedEdges: boolean, tableOf: (resource: string) => string): Promise<WriteResult> {
  const derived = draft.said?.derived === true
  const builder = new Builder(`upd_${resource.table}${changedEdges ? '_c' : ''}${derived ? '_d' : ''}`)
  const brand = builder.add(draft.brand, 'text')
  const id = builder.add(draft.id, 'text')
  const owner = builder.add(draft.ownerParty ?? null, 'text')
  const doc = builder.add(draft.doc, 'json')
  const edges = changedEdges ? draft.edges : []
  const sought = changedEdges ? (draft.newEdges ?? edges) : []
  const locked = lockReferences(builder, brand, sought, tableOf)
  const standing = checkRelied(builder, brand, draft.relied, tableOf)
  if (draft.said?.mark !== undefined) holdIdentities(builder, resource.name, brand, id, draft.said.mark)
  builder.conditions.push(`revision = ${builder.add(revision, 'int')}`)
  builder.part(
    '',
    `written AS (UPDATE ${quoted(resource.table)} SET doc = ${doc}, revision = revision + 1, owner_party = ${owner}${derived ? '' : ', updated_at = now()'}
      WHERE brand = ${brand} AND id = ${id} AND ${builder.conditions.join(' AND ')} RETURNING revision)`,
  )
  if (changedEdges) {
    const kept = builder.add(edges.map(e => `${e.path} ${e.toResource} ${e.toId}`), 'text[]')
    builder.part(
      '',
      `gone AS (DELETE FROM reference_edge USING written WHERE ${edgesFrom(brand, resource.name, id)}
        AND path || ' ' || to_resource || ' ' || to_id <> ALL(${kept}))`,
    )
    edgePart(builder, resource, brand, id, edges, 'written', true)
  }
  if (draft.said) saidParts(builder, resource.name, brand, id, draft.said, 'written', false)
  historyPart(builder, resource, brand, id, doc, 'written')
  sharePart(builder, resource, brand, id, draft, 'written')
  eventPart(builder, resource, brand, id, owner, doc, draft.event, 'written', SHARED_BEFORE(brand, resource.name, id))
  auditPart(builder, resource, brand, id, draft, 'update', 'written')
  besideParts(builder, brand, id, draft.beside)
  return await run(sql, finish(builder, 'written', locked, draft.relied === undefined ? '' : `, ${standing} AS standing`), locked, sought)
}

export interface Referrer {
  resource: string
  id: string
}

/**
 * Deletes a row inside a transaction: lock it, look who refers to it with a snapshot taken after the lock, delete.
 * Two statements, because one statement's snapshot would miss an edge that was committed while it waited for the lock.
 */
export async function deleteRow(tx: Sql, resource: Resource<any>, brand: string, id: string, event: EventDraft | undefined, actor: Actor): Promise<{ deleted: boolean; referrers: Referrer[] }> {
  const [row] = await tx.query<{ revision: number; owner_party: string | null; shared_with: string[] | null; doc: string }>(
    { name: `lock_${resource.table}`, text: `SELECT revision, owner_party, ${SHARED_BEFORE('$1', resource.name, '$2')} AS shared_with, doc::text AS doc FROM ${quoted(resource.table)} WHERE brand = $1 AND id = $2 FOR UPDATE` },
    [brand, id],
  )
  if (!row) return { deleted: false, referrers: [] }
  const referrers = await tx.query<Referrer>(
    {
      name: 'referrers',
      text: `SELECT DISTINCT from_resource AS resource, from_id AS id FROM reference_edge
             WHERE brand = $1 AND to_resource = $2 AND to_id = $3 AND NOT weak AND NOT (from_resource = $2 AND from_id = $3) LIMIT 5`,
    },
    [brand, resource.name, id],
  )
  if (referrers.length > 0) return { deleted: false, referrers }
  await tx.query(
    {
      name: `del_${resource.table}`,
      text: `WITH row AS (DELETE FROM ${quoted(resource.table)} WHERE brand = $1 AND id = $2), edges AS (DELETE FROM reference_edge WHERE from_id = $2 AND brand IS NOT DISTINCT FROM $1 AND from_resource = $3),
                  said AS (DELETE FROM attribute_source WHERE brand = $1 AND resource = $3 AND resource_id = $2),
             shares AS (DELETE FROM shared_row WHERE brand = $1 AND resource = $3 AND resource_id = $2)
             DELETE FROM external_identity WHERE brand = $1 AND resource = $3 AND resource_id = $2`,
    },
    [brand, id, resource.name],
  )
  if (event) {
    await tx.query(
      {
        name: 'insert_event',
        text: `INSERT INTO event (event_id, event_type, event_time, correlation_id, channel, principal, on_behalf_of, brand, owner_party, shared_with, resource, resource_id, revision, doc)
               VALUES ($1, $2, $3::timestamptz, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::json)`,
      },
      [event.eventId, event.eventType, event.eventTime, event.correlationId, event.channel, event.principal, event.onBehalfOf ?? null, brand, row.owner_party, row.shared_with, resource.name, id, row.revision + 1, row.doc],
    )
  }
  if (!event) {
    await tx.query(
      { name: 'insert_deleted', text: `INSERT INTO ${AUDIT} VALUES (clock_timestamp(), $1, $2, $3, $4, $5, 'delete', $6, ARRAY[$7::text], $8)` },
      [brand, actor.principal, actor.onBehalfOf ?? null, actor.channel, actor.correlationId, resource.name, id, row.revision + 1],
    )
  }
  return { deleted: true, referrers: [] }
}
