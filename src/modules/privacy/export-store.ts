/** Statements on exports of personal data: claims by lease, the pieces of the document, and what is past its time. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'

export interface ExportRow {
  id: string
  brand: string
  party_id: string
  state: 'requested' | 'running' | 'completed' | 'failed' | 'expired' | 'erased'
  requested_by: string
  correlation_id: string
  requested_at: Date
  completed_at: Date | null
  available_until: Date | null
  contents: Record<string, number> | null
  bytes: string | null
  downloads: number
  attempts: number
  error: string | null
}

const COLUMNS = 'id, brand, party_id, state, requested_by, correlation_id, requested_at, completed_at, available_until, contents, bytes, downloads, attempts, error'
const LEASE = `interval '60 seconds'`

export const insertExport = async (tx: Transaction, row: Pick<ExportRow, 'brand' | 'party_id' | 'requested_by' | 'correlation_id' | 'requested_at'>): Promise<ExportRow> => {
  const [made] = await tx.query<ExportRow>(
    `INSERT INTO personal_data_export (brand, id, party_id, requested_by, correlation_id, requested_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    [row.brand, newId(), row.party_id, row.requested_by, row.correlation_id, row.requested_at],
  )
  return made!
}

export const readExport = async (sql: Sql, brand: string, id: string): Promise<ExportRow | undefined> =>
  (await sql.query<ExportRow>(`SELECT ${COLUMNS} FROM personal_data_export WHERE brand = $1 AND id = $2`, [brand, id]))[0]

export const listExports = (sql: Sql, brand: string, parties: readonly string[] | undefined, partyId: string | undefined): Promise<ExportRow[]> =>
  sql.query<ExportRow>(
    `SELECT ${COLUMNS} FROM personal_data_export WHERE brand = $1 AND ($2::text[] IS NULL OR party_id = ANY($2)) AND ($3::text IS NULL OR party_id = $3) ORDER BY requested_at DESC, id DESC LIMIT 1000`,
    [brand, parties ?? null, partyId ?? null],
  )

/** Exports of these parties whose document was written since then, or is being written. */
export const exportsSince = (sql: Sql, brand: string, parties: readonly string[], since: Date): Promise<{ id: string; party_id: string }[]> =>
  sql.query(`SELECT id, party_id FROM personal_data_export WHERE brand = $1 AND party_id = ANY($2::text[]) AND state <> 'erased' AND (completed_at IS NULL OR completed_at >= $3) ORDER BY id`, [brand, parties, since])

/** Takes an export for this process; undefined when another one has it, or when it has ended. */
export const claimExport = async (sql: Sql, brand: string, id: string): Promise<ExportRow | undefined> =>
  (
    await sql.query<ExportRow>(
      `UPDATE personal_data_export SET state = 'running', attempts = attempts + 1, lease_until = now() + ${LEASE}
       WHERE brand = $1 AND id = $2 AND state IN ('requested', 'running') AND (lease_until IS NULL OR lease_until < now()) RETURNING ${COLUMNS}`,
      [brand, id],
    )
  )[0]

/** Exports that nobody works on. */
export const waitingExports = (sql: Sql, limit: number): Promise<{ brand: string; id: string }[]> =>
  sql.query(`SELECT brand, id FROM personal_data_export WHERE state IN ('requested', 'running') AND (lease_until IS NULL OR lease_until < now()) ORDER BY requested_at LIMIT $1`, [limit])

/** Adds a piece while the export is still this attempt's; false when it is not. */
export const writePiece = async (sql: Sql, row: Pick<ExportRow, 'brand' | 'id' | 'attempts'>, seq: number, text: string): Promise<boolean> => {
  const [held] = await sql.query<{ held: number }>(
    {
      name: 'privacy-export-piece',
      text: `WITH held AS (UPDATE personal_data_export SET lease_until = now() + ${LEASE} WHERE brand = $1 AND id = $2 AND state = 'running' AND attempts = $3 RETURNING brand, id),
        piece AS (INSERT INTO personal_data_export_piece (brand, export_id, seq, text) SELECT brand, id, $4, $5 FROM held ON CONFLICT (brand, export_id, seq) DO UPDATE SET text = excluded.text)
        SELECT count(*)::int AS held FROM held`,
    },
    [row.brand, row.id, row.attempts, seq, text],
  )
  return (held?.held ?? 0) > 0
}

export const completeExport = async (tx: Transaction, row: Pick<ExportRow, 'brand' | 'id' | 'attempts'>, done: { at: Date; until: Date; contents: Record<string, number>; pieces: number; bytes: number }): Promise<boolean> => {
  const rows = await tx.query(
    `UPDATE personal_data_export SET state = 'completed', completed_at = $4, available_until = $5, contents = $6::jsonb, bytes = $7, lease_until = NULL, error = NULL
     WHERE brand = $1 AND id = $2 AND state = 'running' AND attempts = $3 RETURNING id`,
    [row.brand, row.id, row.attempts, done.at, done.until, JSON.stringify(done.contents), done.bytes],
  )
  // An earlier attempt may have written more.
  await tx.query('DELETE FROM personal_data_export_piece WHERE brand = $1 AND export_id = $2 AND seq >= $3', [row.brand, row.id, done.pieces])
  return rows.length > 0
}

/** An attempt went wrong: it is tried again after a pause, or given up. */
export const releaseExport = async (sql: Sql, row: Pick<ExportRow, 'brand' | 'id' | 'attempts'>, most: number, error: string): Promise<void> => {
  await sql.query(
    `UPDATE personal_data_export SET state = CASE WHEN attempts >= $4 THEN 'failed' ELSE state END, error = $5, lease_until = now() + attempts * interval '2 seconds'
     WHERE brand = $1 AND id = $2 AND state = 'running' AND attempts = $3`,
    [row.brand, row.id, row.attempts, most, error.replaceAll('\0', '').slice(0, 500)],
  )
}

/** The document in its pieces; each is read when the one before has been taken. */
export async function* readPieces(sql: Sql, brand: string, id: string): AsyncGenerator<string> {
  for (let seq = 0; ; seq++) {
    const [row] = await sql.query<{ text: string }>({ name: 'privacy-export-read', text: 'SELECT text FROM personal_data_export_piece WHERE brand = $1 AND export_id = $2 AND seq = $3' }, [brand, id, seq])
    if (!row) return
    yield row.text
  }
}

export const countDownload = async (tx: Transaction, brand: string, id: string): Promise<void> => {
  await tx.query('UPDATE personal_data_export SET downloads = downloads + 1 WHERE brand = $1 AND id = $2', [brand, id])
}

/** Takes the document away; what remains says that there was one. */
export const dropExport = async (tx: Transaction, brand: string, id: string): Promise<boolean> => {
  const rows = await tx.query(`UPDATE personal_data_export SET state = 'erased', lease_until = NULL WHERE brand = $1 AND id = $2 AND state <> 'erased' RETURNING id`, [brand, id])
  await tx.query('DELETE FROM personal_data_export_piece WHERE brand = $1 AND export_id = $2', [brand, id])
  return rows.length > 0
}

/** Takes away the documents whose time is over. */
export const expireExports = async (sql: Sql, now: Date): Promise<number> => {
  const rows = await sql.query(
    `WITH over AS (UPDATE personal_data_export SET state = 'expired' WHERE (brand, id) IN (SELECT brand, id FROM personal_data_export WHERE state = 'completed' AND available_until <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING brand, id),
     gone AS (DELETE FROM personal_data_export_piece p USING over WHERE p.brand = over.brand AND p.export_id = over.id)
     SELECT id FROM over`,
    [now],
  )
  return rows.length
}
