/**
 * What each source says of each attribute of a resource, as rows. A resource has rows once it has an external identity; what was changed
 * here since then stands beside them as the source `tandem`. survive.ts says what is shown of them.
 */
import type { Sql } from '../../platform/database/sql.ts'
import type { SourceRank } from './survive.ts'

/** One source's word on one top-level attribute of one resource. */
export interface SourceRow {
  /** Resource name: `individual`. */
  resource: string
  resourceId: string
  /** Top-level attribute: `birthDate`. */
  attribute: string
  /** Name of the source: `crm`, `mobile-stack`; `tandem` for what was changed here. */
  source: string
  /** Which record of the source says it; empty for `tandem`. Two records of one source can be about one resource. */
  externalId: string
  /** As the source has it, references resolved; null says that there is none. */
  value: unknown
  /** Of a joined list: keys of elements that an edit here has taken away (survive.ts, keyOf). */
  removed: readonly string[] | null
  /** Of the record that brought the value; null when the source counts none. */
  version: string | null
  /** Since when the source says this value. When it last confirmed it is the identity's `seen_at`, for the whole record. */
  seenAt: Date
}

interface Stored extends Omit<SourceRow, 'value' | 'removed'> {
  value: string
  removed: string | null
}

const COLUMNS = 'resource, resource_id AS "resourceId", attribute, source, external_id AS "externalId", value, removed, version, seen_at AS "seenAt"'

const parsed = (row: Stored): SourceRow => ({ ...row, value: JSON.parse(row.value), removed: row.removed === null ? null : (JSON.parse(row.removed) as string[]) })

/** What all sources say of these resources; nothing for those without an external identity. */
export async function readSources(sql: Sql, brand: string, resource: string, ids: readonly string[]): Promise<SourceRow[]> {
  const rows = await sql.query<Stored>(
    { name: 'read_attribute_source', text: `SELECT ${COLUMNS} FROM attribute_source WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[])` },
    [brand, resource, ids],
  )
  return rows.map(parsed)
}

/** The columns of rows as arrays, for unnest: attribute, source, external id, value, removed, version, seen at. */
export const columnsOf = (rows: readonly SourceRow[]): [values: readonly unknown[], type: string][] => [
  [rows.map(row => row.attribute), 'text[]'],
  [rows.map(row => row.source), 'text[]'],
  [rows.map(row => row.externalId), 'text[]'],
  [rows.map(row => JSON.stringify(row.value ?? null)), 'text[]'],
  [rows.map(row => (row.removed === null || row.removed.length === 0 ? null : JSON.stringify(row.removed))), 'text[]'],
  [rows.map(row => row.version), 'text[]'],
  [rows.map(row => row.seenAt.toISOString()), 'timestamptz[]'],
]

/**
 * Writes what rows say of themselves as the word of the source `tandem`, while they are shown together with others: borrowed, because it goes
 * with returnSources. What is said anew meanwhile is not. The document is not touched: that is the caller's.
 */
export async function borrowSources(sql: Sql, brand: string, rows: readonly SourceRow[]): Promise<void> {
  if (rows.length === 0) return
  const columns = columnsOf(rows)
  await sql.query(
    {
      name: 'borrow_attribute_source',
      text: `INSERT INTO attribute_source (brand, resource, resource_id, attribute, source, external_id, value, removed, version, seen_at, borrowed)
        SELECT $1, u.resource, u.resource_id, u.attribute, u.source, u.external_id, u.value::json, u.removed::json, u.version, u.seen_at, true
        FROM unnest($2::text[], $3::text[], ${columns.map(([, type], i) => `$${i + 4}::${type}`).join(', ')})
          AS u(resource, resource_id, attribute, source, external_id, value, removed, version, seen_at)
        ON CONFLICT (brand, resource, resource_id, attribute, source, external_id)
          DO UPDATE SET value = EXCLUDED.value, removed = EXCLUDED.removed, version = EXCLUDED.version, seen_at = EXCLUDED.seen_at, borrowed = true`,
    },
    [brand, rows.map(row => row.resource), rows.map(row => row.resourceId), ...columns.map(([values]) => values)],
  )
}

/**
 * Takes back what was borrowed by resources that are shown alone again. One that no other source has ever said anything of needs no rows at
 * all: its document is all there is to say.
 */
export async function returnSources(sql: Sql, brand: string, resource: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql.query(
    {
      name: 'return_attribute_source',
      text: `DELETE FROM attribute_source a WHERE a.brand = $1 AND a.resource = $2 AND a.resource_id = ANY($3::text[]) AND a.source = 'tandem'
        AND (a.borrowed OR NOT EXISTS (SELECT 1 FROM external_identity x WHERE x.brand = $1 AND x.resource = $2 AND x.resource_id = a.resource_id))`,
    },
    [brand, resource, ids],
  )
}

/** Whose word counts in a brand. */
export const readRanks = (sql: Sql, brand: string): Promise<SourceRank[]> =>
  sql.query<SourceRank>({ name: 'read_source_rank', text: 'SELECT source, resource, attribute, rank FROM source_rank WHERE brand = $1' }, [brand])
