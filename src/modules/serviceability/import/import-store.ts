/** Imports of coverage: their rows, the pieces of their files, and the switch of a source to what an import made. The only SQL on these tables. */
import { changesCoverage } from '../coverage-changed.ts'
import type { Database, Sql, Transaction } from '../../../platform/database/sql.ts'
import { visible } from '../../../platform/text.ts'
import type { CoverageFormat } from '../coverage-source.ts'
import type { RejectedPart } from './rejected.ts'

export type ImportState = 'receiving' | 'waiting' | 'running' | 'done' | 'failed'

export interface CoverageImport {
  id: string
  sourceId: string
  state: ImportState
  url: string | null
  format: CoverageFormat
  fileName: string | null
  asOf: Date
  attempt: number
  version: number | null
  received: boolean
  bytes: number
  linesRead: number
  rowsAccepted: number
  rowsStored: number
  linesRejected: number
  rejected: RejectedPart[]
  error: string | null
  createdAt: Date
  endedAt: Date | null
}

const COLUMNS = `id, source_id AS "sourceId", state, url, format, file_name AS "fileName", as_of AS "asOf", attempt, version, received, bytes::float8 AS bytes, lines_read AS "linesRead",
  rows_accepted AS "rowsAccepted", rows_stored AS "rowsStored", lines_rejected AS "linesRejected", rejected, error, created_at AS "createdAt", ended_at AS "endedAt"`

export interface NewImport {
  id: string
  sourceId: string
  state: 'receiving' | 'waiting'
  url?: string
  format: CoverageFormat
  fileName?: string
  asOf: Date
}

/** Adds an import; undefined when one of the source is still under way. */
export const insertImport = async (sql: Sql, brand: string, given: NewImport): Promise<CoverageImport | undefined> => {
  const rows = await sql.query<CoverageImport>(
    `INSERT INTO coverage_import (brand, id, source_id, state, url, format, file_name, as_of, rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '[]')
     ON CONFLICT (brand, source_id) WHERE state IN ('receiving', 'waiting', 'running') DO NOTHING RETURNING ${COLUMNS}`,
    [brand, given.id, given.sourceId, given.state, given.url ?? null, given.format, given.fileName ?? null, given.asOf],
  )
  return rows[0]
}

export const getImport = async (sql: Sql, brand: string, id: string): Promise<CoverageImport | undefined> => {
  const rows = await sql.query<CoverageImport>(`SELECT ${COLUMNS} FROM coverage_import WHERE brand = $1 AND id = $2`, [brand, id])
  return rows[0]
}

/** The newest first. */
export const listImports = (sql: Sql, brand: string, filter: { sourceId?: string | undefined; state?: string | undefined }, before: string | undefined, limit: number): Promise<CoverageImport[]> =>
  sql.query<CoverageImport>(
    `SELECT ${COLUMNS} FROM coverage_import WHERE brand = $1 AND ($2::text IS NULL OR source_id = $2) AND ($3::text IS NULL OR state = $3) AND ($4::text IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
    [brand, filter.sourceId ?? null, filter.state ?? null, before ?? null, limit],
  )

export const writePiece = async (sql: Sql, brand: string, id: string, seq: number, bytes: Buffer): Promise<void> => {
  await sql.query({ name: 'coverage-piece-write', text: 'INSERT INTO coverage_import_piece (brand, import_id, seq, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT (brand, import_id, seq) DO UPDATE SET bytes = excluded.bytes' }, [brand, id, seq, bytes])
}

const readPiece = async (sql: Sql, brand: string, id: string, seq: number): Promise<Buffer | undefined> => {
  const rows = await sql.query<{ bytes: Buffer }>({ name: 'coverage-piece-read', text: 'SELECT bytes FROM coverage_import_piece WHERE brand = $1 AND import_id = $2 AND seq = $3' }, [brand, id, seq])
  return rows[0]?.bytes
}

/** The file piece by piece; the next one is fetched while this one is worked on. */
export async function* readPieces(sql: Sql, brand: string, id: string): AsyncGenerator<Buffer> {
  let next = readPiece(sql, brand, id, 0)
  for (let seq = 1; ; seq += 1) {
    const bytes = await next
    if (bytes === undefined) return
    next = readPiece(sql, brand, id, seq)
    // Looked at when its turn comes; until then nobody waits for it.
    next.catch(() => undefined)
    yield bytes
  }
}

export const dropPieces = async (sql: Sql, brand: string, id: string, from = 0): Promise<void> => {
  await sql.query('DELETE FROM coverage_import_piece WHERE brand = $1 AND import_id = $2 AND seq >= $3', [brand, id, from])
}

/** The whole file is here. False when the import has ended meanwhile. */
export const markReceived = async (sql: Sql, brand: string, id: string, bytes: number): Promise<boolean> => {
  const rows = await sql.query(
    `UPDATE coverage_import SET received = true, bytes = $3, heartbeat_at = now(), state = CASE state WHEN 'receiving' THEN 'waiting' ELSE state END
     WHERE brand = $1 AND id = $2 AND state IN ('receiving', 'waiting', 'running') RETURNING id`,
    [brand, id, bytes],
  )
  return rows.length > 0
}

/** Takes an import up; whoever worked on it before is no longer listened to. Undefined when there is nothing to do. */
export const claimImport = async (sql: Sql, brand: string, id: string, version: number): Promise<CoverageImport | undefined> => {
  const rows = await sql.query<CoverageImport>(
    `UPDATE coverage_import SET state = 'running', attempt = attempt + 1, version = $3, heartbeat_at = now(), lines_read = 0, rows_accepted = 0, lines_rejected = 0, rejected = '[]'
     WHERE brand = $1 AND id = $2 AND (state = 'waiting' OR (state = 'running' AND heartbeat_at < now() - interval '10 seconds')) RETURNING ${COLUMNS}`,
    [brand, id, version],
  )
  return rows[0]
}

export interface Progress {
  linesRead: number
  rowsAccepted: number
  linesRejected: number
  rejected: readonly RejectedPart[]
}

/** Says that the attempt is alive, and how far it is. False when it is not the attempt that counts any more. */
export const beat = async (sql: Sql, brand: string, id: string, attempt: number, progress: Progress, bytes?: number): Promise<boolean> => {
  const rows = await sql.query(
    `UPDATE coverage_import SET heartbeat_at = now(), lines_read = $4, rows_accepted = $5, lines_rejected = $6, rejected = $7, bytes = coalesce($8, bytes)
     WHERE brand = $1 AND id = $2 AND attempt = $3 AND state = 'running' RETURNING id`,
    [brand, id, attempt, progress.linesRead, progress.rowsAccepted, progress.linesRejected, JSON.stringify(progress.rejected), bytes ?? null],
  )
  return rows.length > 0
}

/** Ends an attempt as failed; the source stays as it was. */
export const failImport = async (sql: Sql, brand: string, id: string, attempt: number | undefined, error: string): Promise<void> => {
  const rows = await sql.query(
    `UPDATE coverage_import SET state = 'failed', error = $4, ended_at = now(), received = false WHERE brand = $1 AND id = $2 AND ($3::int IS NULL OR attempt = $3) AND state IN ('receiving', 'waiting', 'running') RETURNING id`,
    [brand, id, attempt ?? null, visible(error.slice(0, 2000))],
  )
  if (rows.length > 0) await dropPieces(sql, brand, id)
}

/** The attempt gives the import back, to be taken up again. */
export const releaseImport = async (sql: Sql, brand: string, id: string, attempt: number): Promise<void> => {
  await sql.query(`UPDATE coverage_import SET state = 'waiting' WHERE brand = $1 AND id = $2 AND attempt = $3 AND state = 'running'`, [brand, id, attempt])
}

/** In one transaction: checks read the new version, and the import is done. False when the attempt does not count any more. */
export const switchVersion = (database: Database, brand: string, imported: CoverageImport, version: number, rowsStored: number, wake: (tx: Transaction) => void): Promise<boolean> =>
  database.transaction(async tx => {
    const done = await tx.query(
      `UPDATE coverage_import SET state = 'done', rows_stored = $4, ended_at = now(), heartbeat_at = now() WHERE brand = $1 AND id = $2 AND attempt = $3 AND state = 'running' RETURNING id`,
      [brand, imported.id, imported.attempt, rowsStored],
    )
    if (done.length === 0) return false
    const switched = await tx.query(
      `UPDATE coverage_source SET current_version = $3, as_of = $4, row_count = $5, import_id = $6, revision = revision + 1, updated_at = now() WHERE brand = $1 AND id = $2 RETURNING id`,
      [brand, imported.sourceId, version, imported.asOf, rowsStored, imported.id],
    )
    changesCoverage(tx)
    await dropPieces(tx, brand, imported.id)
    if (switched.length > 0) wake(tx)
    return true
  })

/** Imports that nobody works on, of all brands: never begun, or begun by a process that is gone. */
export const idleImports = (sql: Sql): Promise<{ brand: string; id: string }[]> =>
  sql.query(`SELECT brand, id FROM coverage_import WHERE (state = 'waiting' AND heartbeat_at < now() - interval '5 seconds') OR (state = 'running' AND heartbeat_at < now() - interval '10 seconds') ORDER BY heartbeat_at LIMIT 100`)

/** Files whose sender is gone. */
export const abandonedUploads = (sql: Sql): Promise<{ brand: string; id: string }[]> =>
  sql.query(`SELECT brand, id FROM coverage_import WHERE state = 'receiving' AND heartbeat_at < now() - interval '2 minutes' LIMIT 100`)

export const keepReceiving = async (sql: Sql, brand: string, id: string, bytes: number): Promise<void> => {
  await sql.query(`UPDATE coverage_import SET heartbeat_at = now(), bytes = $3 WHERE brand = $1 AND id = $2 AND state = 'receiving'`, [brand, id, bytes])
}
