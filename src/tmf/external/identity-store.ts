/** The identities of resources in other systems: what is held of a record, and which resource it is. */
import type { Sql } from '../../platform/database/sql.ts'

export interface ExternalKey {
  source: string
  /** Name of the resource that the record is. */
  type: string
  externalId: string
}

export interface Identity extends ExternalKey {
  resource: string
  resourceId: string
  version: string | null
  bodyHash: string | null
  seenAt: Date
  goneAt: Date | null
}

const COLUMNS = 'x.source, x.type, x.external_id AS "externalId", x.resource, x.resource_id AS "resourceId", x.version, x.body_hash AS "bodyHash", x.seen_at AS "seenAt", x.gone_at AS "goneAt"'

export const keyText = ({ source, type, externalId }: ExternalKey): string => JSON.stringify([source, type, externalId])

/** The identities with these keys, by keyText. */
export async function readIdentities(sql: Sql, brand: string, keys: readonly ExternalKey[]): Promise<Map<string, Identity>> {
  if (keys.length === 0) return new Map()
  const rows = await sql.query<Identity>(
    {
      name: 'read_external_identity',
      text: `SELECT ${COLUMNS} FROM unnest($2::text[], $3::text[], $4::text[]) AS k(source, type, external_id)
             JOIN external_identity x ON x.brand = $1 AND x.source = k.source AND x.type = k.type AND x.external_id = k.external_id`,
    },
    [brand, keys.map(key => key.source), keys.map(key => key.type), keys.map(key => key.externalId)],
  )
  return new Map(rows.map(row => [keyText(row), row]))
}

/** One identity, held until the transaction ends. */
export async function lockIdentity(sql: Sql, brand: string, key: ExternalKey): Promise<Identity | undefined> {
  const [row] = await sql.query<Identity>(
    { name: 'lock_external_identity', text: `SELECT ${COLUMNS} FROM external_identity x WHERE x.brand = $1 AND x.source = $2 AND x.type = $3 AND x.external_id = $4 FOR UPDATE` },
    [brand, key.source, key.type, key.externalId],
  )
  return row
}

/** Every identity of these resources, also those that their source has withdrawn. */
export const identitiesOf = (sql: Sql, brand: string, resource: string, ids: readonly string[]): Promise<Identity[]> =>
  sql.query<Identity>(
    { name: 'external_identities_of', text: `SELECT ${COLUMNS} FROM external_identity x WHERE x.brand = $1 AND x.resource = $2 AND x.resource_id = ANY($3::text[]) ORDER BY x.source, x.type, x.external_id` },
    [brand, resource, ids],
  )

export interface Seen extends ExternalKey {
  version: string | null
  seenAt: Date
  /** As it was read: what has changed since is left alone. */
  held: Pick<Identity, 'bodyHash' | 'version'>
}

/** Notes when records were seen that say what they said before. */
export async function noteSeen(sql: Sql, brand: string, seen: readonly Seen[]): Promise<void> {
  if (seen.length === 0) return
  // In one order for all, so that two of these do not lock each other out.
  const sorted = seen.toSorted((a, b) => (keyText(a) < keyText(b) ? -1 : 1))
  await sql.query(
    {
      name: 'note_seen',
      text: `WITH k AS MATERIALIZED (SELECT x.ctid AS row, u.version, u.seen_at
          FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[]) AS u(source, type, external_id, version, seen_at, hash, held)
          JOIN external_identity x ON x.brand = $1 AND x.source = u.source AND x.type = u.type AND x.external_id = u.external_id
          WHERE x.gone_at IS NULL AND x.body_hash IS NOT DISTINCT FROM u.hash AND x.version IS NOT DISTINCT FROM u.held
          ORDER BY x.source, x.type, x.external_id FOR UPDATE OF x SKIP LOCKED)
        UPDATE external_identity x SET version = k.version, seen_at = greatest(x.seen_at, k.seen_at) FROM k WHERE x.ctid = k.row`,
    },
    [
      brand,
      sorted.map(one => one.source),
      sorted.map(one => one.type),
      sorted.map(one => one.externalId),
      sorted.map(one => one.version),
      sorted.map(one => one.seenAt.toISOString()),
      sorted.map(one => one.held.bodyHash),
      sorted.map(one => one.held.version),
    ],
  )
}

/** Notes that a source has a record no more. The row stays, so that a late older record does not bring it back. */
export async function noteGone(sql: Sql, brand: string, key: ExternalKey, to: { resource: string; resourceId: string; version: string | null; seenAt: Date; at: Date }): Promise<void> {
  await sql.query(
    {
      name: 'note_gone',
      text: `INSERT INTO external_identity (brand, source, type, external_id, resource, resource_id, version, seen_at, gone_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9::timestamptz)
             ON CONFLICT (brand, source, type, external_id) DO UPDATE SET version = EXCLUDED.version, body_hash = NULL, seen_at = EXCLUDED.seen_at, gone_at = EXCLUDED.gone_at`,
    },
    [brand, key.source, key.type, key.externalId, to.resource, to.resourceId, to.version, to.seenAt.toISOString(), to.at.toISOString()],
  )
}
