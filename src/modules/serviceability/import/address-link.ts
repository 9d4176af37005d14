/** Addresses that are known under ids of another system, such as the FCC's location_id. */
import type { Sql } from '../../../platform/database/sql.ts'
import { hasExternalIds, idsByExternalId } from '../../place/index.ts'

/** @returns ids of addresses by the ids given */
export type AddressesOf = (externalIds: readonly string[]) => Promise<ReadonlyMap<string, string>>

/** Looks up what `source` calls addresses, in batches: as an identity of the address there, or by the list that the address came from; undefined where it names none at all. */
export const addressLink = async (sql: Sql, brand: string, source: string): Promise<AddressesOf | undefined> => {
  const some = await sql.query(`SELECT 1 FROM external_identity WHERE brand = $1 AND source = $2 AND resource = 'geographicAddress' AND gone_at IS NULL LIMIT 1`, [brand, source])
  const [hasIdentities, isList] = [some.length > 0, await hasExternalIds(sql, brand, source)]
  if (!hasIdentities && !isList) return undefined
  return async externalIds => {
    const found = isList ? await idsByExternalId(sql, brand, source, externalIds) : new Map<string, string>()
    if (!hasIdentities) return found
    const rows = await sql.query<{ external: string; id: string }>(
      { name: 'coverage-address-link', text: `SELECT external_id AS external, resource_id AS id FROM external_identity WHERE brand = $1 AND source = $2 AND type = 'geographicAddress' AND external_id = ANY($3::text[]) AND resource = 'geographicAddress' AND gone_at IS NULL` },
      [brand, source, externalIds],
    )
    for (const { external, id } of rows) found.set(external, id)
    return found
  }
}
