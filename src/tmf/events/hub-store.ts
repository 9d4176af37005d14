/** The statements on listeners themselves. */
import type { Database, Sql } from '../../platform/database/sql.ts'

export interface NewHub {
  id: string
  brand: string
  /** Whose rows it is told of; undefined: all. */
  parties: readonly string[] | undefined
  /** Resources that whoever registered it may read; * for all. */
  readable: readonly string[]
  api: string
  principal: string
  callback: string
  query: string
  secret: string | undefined
}

/** False when the same principal has the same subscription already. */
export const insertHub = async (sql: Sql, hub: NewHub): Promise<boolean> => {
  const rows = await sql.query(
    `INSERT INTO hub (id, brand, parties, readable, api, principal, callback, query, secret) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (brand, principal, api, callback, query) DO NOTHING RETURNING 1`,
    [hub.id, hub.brand, hub.parties ?? null, hub.readable, hub.api, hub.principal, hub.callback, hub.query, hub.secret ?? null],
  )
  return rows.length > 0
}

/** Ends a subscription and what waits for it. `principal` limits it to that principal's own. */
export const removeHub = (database: Database, hub: { id: string; brand: string; api: string; principal: string | undefined }): Promise<boolean> =>
  database.transaction(async tx => {
    const rows = await tx.query('DELETE FROM hub WHERE id = $1 AND brand = $2 AND api = $3 AND ($4::text IS NULL OR principal = $4) RETURNING 1', [hub.id, hub.brand, hub.api, hub.principal ?? null])
    if (rows.length === 0) return false
    await tx.query('DELETE FROM hub_delivery WHERE hub_id = $1', [hub.id])
    return true
  })
