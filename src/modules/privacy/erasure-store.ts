/** Statements on erasures: the request, its items, the lease, and the tombstone that remains. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import type { ErasurePlan, ItemAction, Obstacle, PlannedHolding, PlannedItem } from './erasure-plan.ts'
import type { Marks } from './marks.ts'

export interface ErasureRow {
  id: string
  brand: string
  party_id: string
  state: 'planned' | 'requested' | 'refused' | 'running' | 'completed' | 'failed' | 'closed'
  reason: string
  requested_by: string
  confirmed_by: string | null
  correlation_id: string
  overridden: boolean
  subjects: { parties: string[]; subjects: string[] }
  marks: Marks | null
  plan: PlannedHolding[]
  obstacles: Obstacle[]
  requested_at: Date
  completed_at: Date | null
  attempts: number
  error: string | null
}

const COLUMNS = 'id, brand, party_id, state, reason, requested_by, confirmed_by, correlation_id, overridden, subjects, marks, plan, obstacles, requested_at, completed_at, attempts, error'
const LEASE = `interval '60 seconds'`

export const insertErasure = async (tx: Transaction, row: Pick<ErasureRow, 'brand' | 'party_id' | 'state' | 'reason' | 'requested_by' | 'correlation_id' | 'requested_at'>, plan: ErasurePlan): Promise<ErasureRow> => {
  const [made] = await tx.query<ErasureRow>(
    `INSERT INTO personal_data_erasure (brand, id, party_id, state, reason, requested_by, correlation_id, subjects, plan, obstacles, requested_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::jsonb, $11) RETURNING ${COLUMNS}`,
    [row.brand, newId(), row.party_id, row.state, row.reason, row.requested_by, row.correlation_id, JSON.stringify({ parties: plan.parties, subjects: plan.subjects }), JSON.stringify(plan.holdings), JSON.stringify(plan.obstacles), row.requested_at],
  )
  return made!
}

export const readErasure = async (sql: Sql, brand: string, id: string, lock = false): Promise<ErasureRow | undefined> =>
  (await sql.query<ErasureRow>(`SELECT ${COLUMNS} FROM personal_data_erasure WHERE brand = $1 AND id = $2${lock ? ' FOR UPDATE' : ''}`, [brand, id]))[0]

/** Those of some parties only, where these are given. */
export const listErasures = (sql: Sql, brand: string, parties: readonly string[] | undefined, partyId: string | undefined): Promise<ErasureRow[]> =>
  sql.query<ErasureRow>(`SELECT ${COLUMNS} FROM personal_data_erasure WHERE brand = $1 AND ($2::text IS NULL OR party_id = $2) AND ($3::text[] IS NULL OR party_id = ANY($3)) ORDER BY requested_at DESC, id DESC LIMIT 1000`, [brand, partyId ?? null, parties ?? null])

/** Adds items; those that are there stay as they are. Answers how many are new. */
export const addItems = async (tx: Transaction, brand: string, id: string, items: readonly PlannedItem[]): Promise<number> => {
  const rows = await tx.query(
    `INSERT INTO personal_data_erasure_item (brand, erasure_id, resource, item_id, action, kept_until)
     SELECT $1, $2, u.resource, u.item_id, u.action, u.kept_until FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS u(resource, item_id, action, kept_until)
     ON CONFLICT (brand, erasure_id, resource, item_id) DO NOTHING RETURNING item_id`,
    [brand, id, items.map(item => item.resource), items.map(item => item.id), items.map(item => item.action), items.map(item => item.keptUntil ?? null)],
  )
  return rows.length
}

/** The decision: from now on it is carried out, whatever happens to this process. */
export const startErasure = async (tx: Transaction, brand: string, id: string, plan: ErasurePlan, decided: { by: string; overridden: boolean }): Promise<void> => {
  await tx.query(
    `UPDATE personal_data_erasure SET state = 'running', confirmed_by = $3, overridden = $4, subjects = $5::jsonb, marks = $6::jsonb, plan = $7::jsonb, obstacles = $8::jsonb, attempts = 0, lease_until = NULL WHERE brand = $1 AND id = $2`,
    [brand, id, decided.by, decided.overridden, JSON.stringify({ parties: plan.parties, subjects: plan.subjects }), JSON.stringify(plan.marks), JSON.stringify(plan.holdings), JSON.stringify(plan.obstacles)],
  )
  await addItems(tx, brand, id, plan.items)
}

/** One that failed carries on where it stood: with the plan that was decided, and what has been done already. */
export const resumeErasure = async (tx: Transaction, brand: string, id: string): Promise<void> => {
  await tx.query(`UPDATE personal_data_erasure SET state = 'running', attempts = 0, lease_until = NULL WHERE brand = $1 AND id = $2 AND state = 'failed'`, [brand, id])
}

export const refuseErasure = async (tx: Transaction, brand: string, id: string, plan: ErasurePlan): Promise<void> => {
  await tx.query(`UPDATE personal_data_erasure SET state = 'refused', plan = $3::jsonb, obstacles = $4::jsonb WHERE brand = $1 AND id = $2`, [brand, id, JSON.stringify(plan.holdings), JSON.stringify(plan.obstacles)])
}

export const claimErasure = async (sql: Sql, brand: string, id: string): Promise<ErasureRow | undefined> =>
  (
    await sql.query<ErasureRow>(
      `UPDATE personal_data_erasure SET attempts = attempts + 1, lease_until = now() + ${LEASE} WHERE brand = $1 AND id = $2 AND state = 'running' AND (lease_until IS NULL OR lease_until < now()) RETURNING ${COLUMNS}`,
      [brand, id],
    )
  )[0]

export const waitingErasures = (sql: Sql, limit: number): Promise<{ brand: string; id: string }[]> =>
  sql.query(`SELECT brand, id FROM personal_data_erasure WHERE state = 'running' AND (lease_until IS NULL OR lease_until < now()) ORDER BY requested_at LIMIT $1`, [limit])

/** Keeps the lease inside a transaction of this attempt; false when another process has taken over. */
export const holdErasure = async (tx: Transaction, row: Pick<ErasureRow, 'brand' | 'id' | 'attempts'>): Promise<boolean> =>
  (await tx.query(`UPDATE personal_data_erasure SET lease_until = now() + ${LEASE} WHERE brand = $1 AND id = $2 AND state = 'running' AND attempts = $3 RETURNING id`, [row.brand, row.id, row.attempts])).length > 0

export interface ItemRow {
  resource: string
  item_id: string
  action: ItemAction
}

/** The next items that are to be dealt with, all of one resource and action: parties and roles last, because the rest is found through them. */
export const nextItems = (tx: Transaction, brand: string, id: string, subjects: readonly string[], limit: number): Promise<ItemRow[]> =>
  tx.query<ItemRow>(
    `WITH first AS (
       SELECT resource, action FROM personal_data_erasure_item WHERE brand = $1 AND erasure_id = $2 AND state = 'due'
       ORDER BY item_id = ANY($3::text[]), resource, action LIMIT 1)
     SELECT i.resource, i.item_id, i.action FROM personal_data_erasure_item i JOIN first f ON f.resource = i.resource AND f.action = i.action
     WHERE i.brand = $1 AND i.erasure_id = $2 AND i.state = 'due' ORDER BY i.item_id LIMIT $4`,
    [brand, id, subjects, limit],
  )

export const finishItems = async (tx: Transaction, brand: string, id: string, items: readonly ItemRow[]): Promise<void> => {
  await tx.query(
    `UPDATE personal_data_erasure_item i SET state = 'done' FROM unnest($3::text[], $4::text[]) AS u(resource, item_id)
     WHERE i.brand = $1 AND i.erasure_id = $2 AND i.resource = u.resource AND i.item_id = u.item_id`,
    [brand, id, items.map(item => item.resource), items.map(item => item.item_id)],
  )
}

/** What was dealt with, as `resource/id`, by action. */
export const itemKeys = async (sql: Sql, brand: string, id: string, actions: readonly ItemAction[]): Promise<string[]> =>
  (await sql.query<{ key: string }>(`SELECT resource || '/' || item_id AS key FROM personal_data_erasure_item WHERE brand = $1 AND erasure_id = $2 AND action = ANY($3::text[])`, [brand, id, actions])).map(row => row.key)

/** What remains is the tombstone: when, by whom, what was kept. The marks go; ids of what was erased are of no further use. */
export const completeErasure = async (tx: Transaction, row: Pick<ErasureRow, 'brand' | 'id' | 'attempts'>, at: Date, reason: string): Promise<boolean> => {
  const rows = await tx.query(
    `UPDATE personal_data_erasure SET state = 'completed', completed_at = $4, reason = $5, marks = NULL, lease_until = NULL, error = NULL WHERE brand = $1 AND id = $2 AND attempts = $3 AND state = 'running' RETURNING id`,
    [row.brand, row.id, row.attempts, at, reason],
  )
  await tx.query(`DELETE FROM personal_data_erasure_item WHERE brand = $1 AND erasure_id = $2 AND action <> 'keep'`, [row.brand, row.id])
  return rows.length > 0
}

/** Plans of the same person that were never carried out: nobody is left to forget, and their reasons must not name the person. */
export const openPlans = (tx: Transaction, row: Pick<ErasureRow, 'brand' | 'id' | 'subjects'>): Promise<{ id: string; reason: string }[]> =>
  tx.query(`SELECT id, reason FROM personal_data_erasure WHERE brand = $1 AND id <> $2 AND party_id = ANY($3::text[]) AND state IN ('planned', 'requested', 'refused', 'failed') ORDER BY id FOR UPDATE`, [row.brand, row.id, row.subjects.subjects])

export const closePlan = async (tx: Transaction, brand: string, id: string, reason: string): Promise<void> => {
  await tx.query(`UPDATE personal_data_erasure SET state = 'closed', reason = $3, marks = NULL, lease_until = NULL WHERE brand = $1 AND id = $2`, [brand, id, reason])
  await tx.query(`DELETE FROM personal_data_erasure_item WHERE brand = $1 AND erasure_id = $2`, [brand, id])
}

/** An attempt went wrong: the next one carries on after a pause; in the end it waits for an operator, who confirms it again. */
export const releaseErasure = async (sql: Sql, row: Pick<ErasureRow, 'brand' | 'id' | 'attempts'>, most: number, error: string): Promise<void> => {
  await sql.query(
    `UPDATE personal_data_erasure SET state = CASE WHEN attempts >= $4 THEN 'failed' ELSE state END, error = $5, lease_until = now() + attempts * interval '2 seconds' WHERE brand = $1 AND id = $2 AND state = 'running' AND attempts = $3`,
    [row.brand, row.id, row.attempts, most, error.replaceAll('\0', '').slice(0, 500)],
  )
}

/** Kept items whose time is over, of any erasure. */
export const overdueItems = (tx: Transaction, now: Date, limit: number): Promise<(ItemRow & { brand: string; erasure_id: string })[]> =>
  tx.query(
    `SELECT brand, erasure_id, resource, item_id, action FROM personal_data_erasure_item WHERE state = 'done' AND action = 'keep' AND kept_until <= $1 ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, limit],
  )

export const removeItems = async (tx: Transaction, items: readonly (ItemRow & { brand: string; erasure_id: string })[]): Promise<void> => {
  await tx.query(
    `DELETE FROM personal_data_erasure_item i USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(brand, erasure_id, resource, item_id)
     WHERE i.brand = u.brand AND i.erasure_id = u.erasure_id AND i.resource = u.resource AND i.item_id = u.item_id`,
    [items.map(item => item.brand), items.map(item => item.erasure_id), items.map(item => item.resource), items.map(item => item.item_id)],
  )
}
