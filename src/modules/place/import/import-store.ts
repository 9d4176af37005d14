/** The rows of imports: their state and counts, the file in pieces, the lines that were rejected. The only SQL on them. */
import type { Sql, Transaction } from '../../../platform/database/sql.ts'
import type { Loaded } from '../address-store.ts'
import type { ImportOptions } from './options.ts'

export type ImportState = 'receiving' | 'waiting' | 'running' | 'done' | 'failed'

export interface AddressImport {
  id: string
  state: ImportState
  source: string
  url: string | null
  options: ImportOptions
  received: boolean
  received_bytes: string
  attempt: number
  lines: string
  created: string
  changed: string
  unchanged: string
  rejected: string
  error: string | null
  requested_by: string
  created_at: Date
  updated_at: Date
  ended_at: Date | null
}

/** A line that was rejected. */
export interface LineFault {
  line: number
  /** Name of the column; empty for the whole line. */
  column: string
  reason: string
}

/** Somebody else has taken the import up, or it was removed: whoever is told so stops. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

const COLUMNS = 'id, state, source, url, options, received, received_bytes, attempt, lines, created, changed, unchanged, rejected, error, requested_by, created_at, updated_at, ended_at'

export const insertImport = async (sql: Sql, brand: string, id: string, row: { source: string; url?: string | undefined; options: ImportOptions; requestedBy: string }): Promise<AddressImport> => {
  const rows = await sql.query<AddressImport>(
    { name: 'address-import-insert', text: `INSERT INTO address_import (brand, id, state, source, url, options, requested_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now()) RETURNING ${COLUMNS}` },
    [brand, id, row.url === undefined ? 'receiving' : 'waiting', row.source, row.url ?? null, JSON.stringify(row.options), row.requestedBy],
  )
  return rows[0]!
}

export const readImport = async (sql: Sql, brand: string, id: string): Promise<AddressImport | undefined> => {
  const [row] = await sql.query<AddressImport>({ name: 'address-import-read', text: `SELECT ${COLUMNS} FROM address_import WHERE brand = $1 AND id = $2` }, [brand, id])
  return row
}

/** The newest first. */
export const listImports = (sql: Sql, brand: string, before: string | undefined, limit: number): Promise<AddressImport[]> =>
  sql.query<AddressImport>(
    { name: 'address-import-list', text: `SELECT ${COLUMNS} FROM address_import WHERE brand = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3` },
    [brand, before ?? null, limit],
  )

export const removeImport = async (sql: Sql, brand: string, id: string): Promise<boolean> =>
  (await sql.query({ name: 'address-import-remove', text: 'DELETE FROM address_import WHERE brand = $1 AND id = $2 RETURNING id' }, [brand, id])).length > 0

/** Takes it up: whoever was at it before learns that it is superseded. undefined when there is nothing to do. */
export const takeUp = async (sql: Sql, brand: string, id: string): Promise<AddressImport | undefined> => {
  const [row] = await sql.query<AddressImport>(
    { name: 'address-import-take', text: `UPDATE address_import SET attempt = attempt + 1, state = 'running', updated_at = now() WHERE brand = $1 AND id = $2 AND state IN ('waiting', 'running') RETURNING ${COLUMNS}` },
    [brand, id],
  )
  return row
}

/** A piece of a file that is being fetched or sent; says how many bytes there are now. The number of a piece follows from those before. */
export const writePiece = async (sql: Sql, brand: string, id: string, attempt: number, at: number, bytes: Buffer): Promise<number> => {
  const [row] = await sql.query<{ received_bytes: string }>(
    {
      name: 'address-import-piece',
      text: `WITH held AS (UPDATE address_import SET received_bytes = received_bytes + length($5::bytea), updated_at = now()
          WHERE brand = $1 AND id = $2 AND attempt = $3 AND received_bytes = $4 AND NOT received RETURNING received_bytes),
        piece AS (INSERT INTO address_import_piece (brand, import_id, seq, bytes)
          SELECT $1, $2, (SELECT count(*) FROM address_import_piece WHERE brand = $1 AND import_id = $2), $5::bytea FROM held)
        SELECT received_bytes FROM held`,
    },
    [brand, id, attempt, at, bytes],
  )
  if (row === undefined) throw new Superseded()
  return Number(row.received_bytes)
}

/** Drops what was fetched by an attempt that died. */
export const dropPieces = async (tx: Transaction, brand: string, id: string): Promise<void> => {
  await tx.query('DELETE FROM address_import_piece WHERE brand = $1 AND import_id = $2', [brand, id])
  await tx.query('UPDATE address_import SET received_bytes = 0 WHERE brand = $1 AND id = $2 AND NOT received', [brand, id])
}

/** The file is whole. */
export const markReceived = async (sql: Sql, brand: string, id: string, attempt: number): Promise<void> => {
  const rows = await sql.query(
    { name: 'address-import-received', text: `UPDATE address_import SET received = true, state = CASE WHEN state = 'receiving' THEN 'waiting' ELSE state END, updated_at = now() WHERE brand = $1 AND id = $2 AND attempt = $3 RETURNING id` },
    [brand, id, attempt],
  )
  if (rows.length === 0) throw new Superseded()
}

/** The file, each piece read when the one before has been taken. */
export async function* readPieces(sql: Sql, brand: string, id: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq++) {
    const [row] = await sql.query<{ bytes: Buffer }>({ name: 'address-import-pieces', text: 'SELECT bytes FROM address_import_piece WHERE brand = $1 AND import_id = $2 AND seq = $3' }, [brand, id, seq])
    if (!row) return
    yield row.bytes
  }
}

/** Locks the row for a chunk; throws when another has come further, or it is somebody else's. */
export const holdImport = async (tx: Transaction, brand: string, id: string, attempt: number, lines: number): Promise<{ rejected: number }> => {
  const [row] = await tx.query<{ rejected: string }>(
    { name: 'address-import-hold', text: `SELECT rejected FROM address_import WHERE brand = $1 AND id = $2 AND attempt = $3 AND lines = $4 AND state = 'running' FOR UPDATE` },
    [brand, id, attempt, lines],
  )
  if (row === undefined) throw new Superseded()
  return { rejected: Number(row.rejected) }
}

export const recordChunk = async (tx: Transaction, brand: string, id: string, lines: number, loaded: Loaded, rejected: number, faults: readonly LineFault[]): Promise<void> => {
  await tx.query(
    { name: 'address-import-chunk', text: 'UPDATE address_import SET lines = $3, created = created + $4, changed = changed + $5, unchanged = unchanged + $6, rejected = rejected + $7, updated_at = now() WHERE brand = $1 AND id = $2' },
    [brand, id, lines, loaded.created, loaded.changed, loaded.unchanged, rejected],
  )
  if (faults.length === 0) return
  await tx.query(
    { name: 'address-import-faults', text: 'INSERT INTO address_import_fault (brand, import_id, line, "column", reason) SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING' },
    [brand, id, faults.map(one => one.line), faults.map(one => one.column), faults.map(one => one.reason)],
  )
}

/** Ends it; the file is no longer needed. */
export const endImport = async (tx: Transaction, brand: string, id: string, attempt: number, error?: string): Promise<void> => {
  const rows = await tx.query(
    { name: 'address-import-end', text: 'UPDATE address_import SET state = $4, error = $5, ended_at = now(), updated_at = now() WHERE brand = $1 AND id = $2 AND attempt = $3 RETURNING id' },
    [brand, id, attempt, error === undefined ? 'done' : 'failed', error ?? null],
  )
  if (rows.length === 0) throw new Superseded()
  await tx.query('DELETE FROM address_import_piece WHERE brand = $1 AND import_id = $2', [brand, id])
}

export const listFaults = (sql: Sql, brand: string, id: string, afterLine: number, limit: number): Promise<{ line: string; column: string; reason: string }[]> =>
  sql.query({ name: 'address-import-fault-list', text: 'SELECT line, "column", reason FROM address_import_fault WHERE brand = $1 AND import_id = $2 AND line > $3 ORDER BY line, "column" LIMIT $4' }, [brand, id, afterLine, limit])

/** Imports of any brand that nobody has worked on for a while: their wake-up was lost, or their process died. */
export const unfinishedImports = (sql: Sql): Promise<{ brand: string; id: string }[]> =>
  sql.query({ name: 'address-import-unfinished', text: `SELECT brand, id FROM address_import WHERE state IN ('waiting', 'running') AND updated_at < now() - interval '20 seconds' ORDER BY updated_at LIMIT 100` })

/** Files whose sender has not come back for a day. */
export const giveUpUnsent = async (sql: Sql): Promise<void> => {
  await sql.query({
    name: 'address-import-unsent',
    text: `WITH gone AS (UPDATE address_import SET state = 'failed', error = 'The file was not sent whole within a day', ended_at = now(), updated_at = now()
        WHERE state = 'receiving' AND updated_at < now() - interval '1 day' RETURNING brand, id)
      DELETE FROM address_import_piece p USING gone WHERE p.brand = gone.brand AND p.import_id = gone.id`,
  })
}
