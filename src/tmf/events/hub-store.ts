/** The statements on listeners themselves. */
import type { Registrant } from '../../platform/auth/callers.ts'
import type { Database, Sql } from '../../platform/database/sql.ts'

/** What a listener is told of, as far as the relay decides it. */
export interface HubView {
  /** Whose rows; undefined: all of the brand. */
  parties: readonly string[] | undefined
  /** Resources that whoever registered it may read; * for all. */
  readable: readonly string[]
  /** Whether with what says something about people. */
  personal: boolean
}

export interface NewHub extends HubView {
  id: string
  brand: string
  api: string
  principal: string
  registrant: Registrant
  callback: string
  query: string
  secret: string | undefined
}

/** False when the same principal has the same subscription already. */
export const insertHub = async (sql: Sql, hub: NewHub): Promise<boolean> => {
  const rows = await sql.query(
    `INSERT INTO hub (id, brand, parties, readable, personal, api, principal, registrant, callback, query, secret) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)
     ON CONFLICT (brand, principal, api, callback, query) DO NOTHING RETURNING 1`,
    [hub.id, hub.brand, hub.parties ?? null, hub.readable, hub.personal, hub.api, hub.principal, JSON.stringify(hub.registrant), hub.callback, hub.query, hub.secret ?? null],
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

/** Active listeners with who registered them and what they are told of now. */
export const readStandings = async (sql: Sql): Promise<(HubView & { hub_id: string; api: string; registrant: Registrant | null })[]> => {
  const rows = await sql.query<{ hub_id: string; api: string; registrant: Registrant | null; parties: string[] | null; readable: string[]; personal: boolean }>({
    name: 'hub-standings',
    text: "SELECT id AS hub_id, api, registrant, parties, readable, personal FROM hub WHERE state = 'active'",
  })
  return rows.map(row => ({ ...row, parties: row.parties ?? undefined }))
}

export const updateView = async (sql: Sql, id: string, view: HubView): Promise<void> => {
  await sql.query('UPDATE hub SET parties = $2, readable = $3, personal = $4 WHERE id = $1', [id, view.parties ?? null, view.readable, view.personal])
}

/** False when it was paused already. What waits for it stays. */
export const pauseHub = async (sql: Sql, id: string, reason: string): Promise<boolean> => {
  const rows = await sql.query("UPDATE hub SET state = 'paused', error = $2, paused_at = now() WHERE id = $1 AND state = 'active' RETURNING 1", [id, reason])
  return rows.length > 0
}
