/**
 * What sources say of a resource, as parts of the statement that writes it: its identity in the source and the source's word on each
 * attribute go with the document, or nothing does. Two writers of what is one resource are told apart by a mark of all its identities.
 */
import type { Sql } from '../../platform/database/sql.ts'
import { columnsOf, type SourceRow } from '../provenance/sources.ts'

/** A record of a source, as it becomes a resource's identity. */
export interface IdentityDraft {
  source: string
  externalId: string
  version: string | null
  /** null: whatever comes next is taken. */
  bodyHash: string | null
  seenAt: Date
  /** Of a record that the source had withdrawn: the version with which it did. */
  goneVersion?: string | null
}

/** What is written beside a document, about where it comes from. */
export interface SaidDraft {
  identity?: IdentityDraft
  /** Rows to add or replace. */
  rows: readonly SourceRow[]
  /** Rows to remove. */
  gone: readonly Pick<SourceRow, 'attribute' | 'source' | 'externalId'>[]
  /** The mark of the resource's identities on which this rests; another one stands against the write. Not needed on create. */
  mark?: string
  /** The document only follows from what others say: nobody has said anything, so that the row is no younger than it was. */
  derived?: true
}

/** The statement that the parts are added to. */
interface Statement {
  add(value: unknown, cast: string): string
  part(tag: string, sql: string): void
  readonly conditions: string[]
}

const MARK = `coalesce(string_agg(md5(concat_ws(' ', source, type, external_id, coalesce(body_hash, '-'), coalesce(version, '-'), gone_at IS NULL)), '' ORDER BY source, type, external_id), '')`

/** The marks of resources: equal as long as no source has said anything else, and none was added. */
export async function readMarks(sql: Sql, brand: string, resource: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ id: string; mark: string }>(
    { name: 'identity_marks', text: `SELECT resource_id AS id, md5(${MARK}) AS mark FROM external_identity WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[]) GROUP BY resource_id` },
    [brand, resource, ids],
  )
  return new Map(rows.map(row => [row.id, row.mark]))
}

/** Locks the identities of a resource, in one order for all, and lets the write go on only while they have this mark. */
export function holdIdentities(statement: Statement, resource: string, brand: string, id: string, mark: string): void {
  statement.part('_m', `identities AS MATERIALIZED (SELECT * FROM external_identity WHERE brand = ${brand} AND resource = '${resource}' AND resource_id = ${id} ORDER BY source, type, external_id FOR UPDATE)`)
  statement.conditions.push(`(SELECT md5(${MARK}) FROM identities) = ${statement.add(mark, 'text')}`)
}

const rowParts = (statement: Statement, resource: string, brand: string, id: string, said: SaidDraft, written: string): void => {
  if (said.rows.length > 0) {
    const columns = columnsOf(said.rows).map(([values, type]) => statement.add(values, type))
    statement.part(
      '_s',
      `said AS (INSERT INTO attribute_source (brand, resource, resource_id, attribute, source, external_id, value, removed, version, seen_at)
        SELECT ${brand}, '${resource}', ${id}, u.attribute, u.source, u.external_id, u.value::json, u.removed::json, u.version, u.seen_at
        FROM ${written}, unnest(${columns.join(', ')}) AS u(attribute, source, external_id, value, removed, version, seen_at)
        ON CONFLICT (brand, resource, resource_id, attribute, source, external_id)
          DO UPDATE SET value = EXCLUDED.value, removed = EXCLUDED.removed, version = EXCLUDED.version, seen_at = EXCLUDED.seen_at, borrowed = false)`,
    )
  }
  if (said.gone.length > 0) {
    const columns = [said.gone.map(row => row.attribute), said.gone.map(row => row.source), said.gone.map(row => row.externalId)].map(values => statement.add(values, 'text[]'))
    statement.part(
      '_g',
      `unsaid AS (DELETE FROM attribute_source a USING ${written}, unnest(${columns.join(', ')}) AS u(attribute, source, external_id)
        WHERE a.brand = ${brand} AND a.resource = '${resource}' AND a.resource_id = ${id} AND a.attribute = u.attribute AND a.source = u.source AND a.external_id = u.external_id)`,
    )
  }
}

const keyOf = (statement: Statement, identity: IdentityDraft) => ({ source: statement.add(identity.source, 'text'), externalId: statement.add(identity.externalId, 'text') })
const stateOf = (statement: Statement, identity: IdentityDraft) => ({
  version: statement.add(identity.version, 'text'),
  bodyHash: statement.add(identity.bodyHash, 'text'),
  seenAt: statement.add(identity.seenAt.toISOString(), 'timestamptz'),
})

/**
 * The identity of a resource that is being created, as the relation `identity_row`: empty when somebody else has it. A concurrent
 * twin waits here for the first to commit. A record that the source had withdrawn is taken up again.
 */
export function identityOfNew(statement: Statement, resource: string, brand: string, id: string, identity: IdentityDraft, allow: string): void {
  const key = keyOf(statement, identity)
  const state = stateOf(statement, identity)
  const goneVersion = statement.add(identity.goneVersion ?? null, 'text')
  statement.part(
    '_i',
    `identity_row AS (INSERT INTO external_identity AS x (brand, source, type, external_id, resource, resource_id, version, body_hash, seen_at)
      SELECT ${brand}, ${key.source}, '${resource}', ${key.externalId}, '${resource}', ${id}, ${state.version}, ${state.bodyHash}, ${state.seenAt} ${allow}
      ON CONFLICT (brand, source, type, external_id) DO UPDATE SET resource = EXCLUDED.resource, resource_id = EXCLUDED.resource_id, version = EXCLUDED.version,
        body_hash = EXCLUDED.body_hash, seen_at = EXCLUDED.seen_at, gone_at = NULL WHERE x.gone_at IS NOT NULL AND x.version IS NOT DISTINCT FROM ${goneVersion}
      RETURNING 1)`,
  )
}

/** What goes with a document: rows, and for one that is there already what its identity says of the record. */
export function saidParts(statement: Statement, resource: string, brand: string, id: string, said: SaidDraft, written: string, isNew: boolean): void {
  rowParts(statement, resource, brand, id, said, written)
  if (!said.identity || isNew) return
  const key = keyOf(statement, said.identity)
  const state = stateOf(statement, said.identity)
  statement.part(
    '_i',
    `identity_row AS (UPDATE external_identity x SET version = ${state.version}, body_hash = ${state.bodyHash}, seen_at = ${state.seenAt}, gone_at = NULL FROM ${written}
      WHERE x.brand = ${brand} AND x.source = ${key.source} AND x.type = '${resource}' AND x.external_id = ${key.externalId})`,
  )
}

/** Writes what a source says where the document stays as it is. False when another source has spoken meanwhile. */
export async function writeSaid(sql: Sql, brand: string, resource: string, id: string, said: SaidDraft & { identity: IdentityDraft; mark: string }): Promise<boolean> {
  const values: unknown[] = []
  const parts: string[] = []
  let name = `said_${resource}`
  const statement: Statement = {
    conditions: [],
    add(value, cast) {
      values.push(value)
      return `$${values.length}::${cast}`
    },
    part(tag, sqlText) {
      name += tag
      parts.push(sqlText)
    },
  }
  const of = statement.add(brand, 'text')
  const at = statement.add(id, 'text')
  holdIdentities(statement, resource, of, at, said.mark)
  statement.part('', `standing AS MATERIALIZED (SELECT 1 AS one WHERE ${statement.conditions.join(' AND ')})`)
  saidParts(statement, resource, of, at, said, 'standing', false)
  const [row] = await sql.query<{ standing: number }>({ name, text: `WITH ${parts.join(',\n')}\nSELECT (SELECT count(*) FROM standing)::int AS standing` }, values)
  return (row?.standing ?? 0) > 0
}
