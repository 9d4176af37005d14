/** Addresses that are known under ids of another system, such as the FCC's location_id. */
import type { Sql } from '../../../platform/database/sql.ts'

/** @returns ids of addresses by the ids given */
export type AddressesOf = (externalIds: readonly string[]) => Promise<ReadonlyMap<string, string>>

/** Looks external ids of `source` up in batches; undefined where the source named no address at all. */
export const addressLink = async (sql: Sql, brand: string, source: string): Promise<AddressesOf | undefined> => {
  const some = await sql.query(`SELECT 1 FROM external_identity WHERE brand = $1 AND source = $2 AND resource = 'geographicAddress' AND gone_at IS NULL LIMIT 1`, [brand, source])
  if (some.length === 0) return undefined
  return async externalIds => {
    const rows = await sql.query<{ external: string; id: string }>(
      { name: 'coverage-address-link', text: `SELECT external_id AS external, resource_id AS id FROM external_identity WHERE brand = $1 AND source = $2 AND type = 'geographicAddress' AND external_id = ANY($3::text[]) AND resource = 'geographicAddress' AND gone_at IS NULL` },
      [brand, source, externalIds],
    )
    return new Map(rows.map(row => [row.external, row.id]))
  }
}
