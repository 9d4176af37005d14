/** Questions about many sites and their answers. The only SQL on these tables. */
import type { Database, Sql } from '../../../platform/database/sql.ts'
import type { AskedService } from '../requirement.ts'

/** What is asked of every site, as TMF645 writes it. */
export interface BatchQuestion {
  serviceSpecification?: { id: string }
  serviceCharacteristic?: readonly { name: string; value: unknown }[]
  provideAlternative?: boolean
}

export interface BatchSite {
  id: string
  place: Readonly<Record<string, unknown>>
  serviceCharacteristic?: NonNullable<AskedService['serviceCharacteristic']>
}

export interface Batch {
  id: string
  state: 'accepted' | 'inProgress' | 'done'
  mode: 'check' | 'query'
  question: BatchQuestion
  total: number
  done: number
  askedAt: Date
  createdAt: Date
  endedAt: Date | null
}

const COLUMNS = 'id, state, mode, question, total, done, asked_at AS "askedAt", created_at AS "createdAt", ended_at AS "endedAt"'

export const insertBatch = (database: Database, brand: string, given: Pick<Batch, 'id' | 'mode' | 'question' | 'askedAt'>, sites: readonly BatchSite[]): Promise<void> =>
  database.transaction(async tx => {
    await tx.query(`INSERT INTO qualification_batch (brand, id, state, mode, question, total, asked_at) VALUES ($1, $2, 'accepted', $3, $4, $5, $6)`, [brand, given.id, given.mode, JSON.stringify(given.question), sites.length, given.askedAt])
    await tx.query(`INSERT INTO qualification_batch_site (brand, batch_id, seq, site) SELECT $1, $2, n, site::jsonb FROM unnest($3::text[]) WITH ORDINALITY AS s(site, n)`, [brand, given.id, sites.map(site => JSON.stringify(site))])
  })

export const getBatch = async (sql: Sql, brand: string, id: string): Promise<Batch | undefined> => {
  const rows = await sql.query<Batch>(`SELECT ${COLUMNS} FROM qualification_batch WHERE brand = $1 AND id = $2`, [brand, id])
  return rows[0]
}

/** Questions, the newest first; `after` is the last one of the page before. */
export const listBatches = (sql: Sql, brand: string, after: string | undefined, limit: number): Promise<Batch[]> =>
  sql.query<Batch>(`SELECT ${COLUMNS} FROM qualification_batch WHERE brand = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, [brand, after ?? null, limit])

/** The next sites without an answer. */
export const openSites = (sql: Sql, brand: string, id: string, limit: number): Promise<{ seq: number; site: BatchSite }[]> =>
  sql.query(`SELECT seq, site FROM qualification_batch_site WHERE brand = $1 AND batch_id = $2 AND result IS NULL ORDER BY seq LIMIT $3`, [brand, id, limit])

/** Keeps answers; one that is there already stays, so that two who work on a batch at once change nothing of each other's. */
export const keepResults = (database: Database, brand: string, id: string, results: readonly { seq: number; result: string }[]): Promise<void> =>
  database.transaction(async tx => {
    // Before the sites are counted: of two at once the second counts what the first has kept.
    await tx.query(`SELECT 1 FROM qualification_batch WHERE brand = $1 AND id = $2 FOR UPDATE`, [brand, id])
    await tx.query(
      `UPDATE qualification_batch_site s SET result = r.result::json FROM unnest($3::int[], $4::text[]) AS r(seq, result) WHERE s.brand = $1 AND s.batch_id = $2 AND s.seq = r.seq AND s.result IS NULL`,
      [brand, id, results.map(one => one.seq), results.map(one => one.result)],
    )
    await tx.query(
      `UPDATE qualification_batch b SET heartbeat_at = now(), done = c.done, state = CASE WHEN c.done = b.total THEN 'done' ELSE 'inProgress' END, ended_at = CASE WHEN c.done = b.total THEN now() END
       FROM (SELECT count(*)::int AS done FROM qualification_batch_site WHERE brand = $1 AND batch_id = $2 AND result IS NOT NULL) c WHERE b.brand = $1 AND b.id = $2`,
      [brand, id],
    )
  })

/** Answers as JSON text, in the order of the sites. */
export const listResults = (sql: Sql, brand: string, id: string, after: number, limit: number): Promise<{ seq: number; result: string }[]> =>
  sql.query(`SELECT seq, result FROM qualification_batch_site WHERE brand = $1 AND batch_id = $2 AND seq > $3 AND result IS NOT NULL ORDER BY seq LIMIT $4`, [brand, id, after, limit])

export const removeBatch = async (sql: Sql, brand: string, id: string): Promise<boolean> => {
  const rows = await sql.query(`WITH gone AS (DELETE FROM qualification_batch WHERE brand = $1 AND id = $2 RETURNING id), sites AS (DELETE FROM qualification_batch_site WHERE brand = $1 AND batch_id = $2) SELECT id FROM gone`, [brand, id])
  return rows.length > 0
}

/** Batches of all brands that nobody works on. */
export const idleBatches = (sql: Sql): Promise<{ brand: string; id: string }[]> =>
  sql.query(`SELECT brand, id FROM qualification_batch WHERE state <> 'done' AND heartbeat_at < now() - interval '10 seconds' ORDER BY heartbeat_at LIMIT 100`)

/** Removes some questions of all brands that were asked, and answered, before a time of business; how many they were. */
export const removeOldBatches = async (sql: Sql, before: Date): Promise<number> => {
  const rows = await sql.query(
    `WITH old AS (SELECT brand, id FROM qualification_batch WHERE state = 'done' AND asked_at < $1 LIMIT ${REMOVED_AT_ONCE}),
       sites AS (DELETE FROM qualification_batch_site s USING old WHERE s.brand = old.brand AND s.batch_id = old.id)
     DELETE FROM qualification_batch b USING old WHERE b.brand = old.brand AND b.id = old.id RETURNING b.id`,
    [before.toISOString()],
  )
  return rows.length
}

/** Each may have a thousand sites. */
export const REMOVED_AT_ONCE = 20
