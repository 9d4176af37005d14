/** The pieces that an export wrote, kept until its job is deleted. */
import type { Sql } from '../../../platform/database/sql.ts'

/** Drops the pieces from a number on: all of them, or what an earlier, longer run left. */
export async function dropPieces(sql: Sql, brand: string, jobId: string, from = 0): Promise<void> {
  await sql.query({ name: 'catalog_drop_pieces', text: 'DELETE FROM export_piece WHERE brand = $1 AND job_id = $2 AND seq >= $3' }, [brand, jobId, from])
}

/** Writing a piece again (after a kill) puts the new text in the old one's place. */
export async function writePiece(sql: Sql, brand: string, jobId: string, seq: number, text: string): Promise<void> {
  await sql.query({ name: 'catalog_write_piece', text: 'INSERT INTO export_piece (brand, job_id, seq, text) VALUES ($1, $2, $3, $4) ON CONFLICT (brand, job_id, seq) DO UPDATE SET text = excluded.text' }, [brand, jobId, seq, text])
}

/** The text piece by piece, each read when the one before has been taken. */
export async function* readPieces(sql: Sql, brand: string, jobId: string): AsyncGenerator<string> {
  for (let seq = 0; ; seq++) {
    const [row] = await sql.query<{ text: string }>({ name: 'catalog_read_piece', text: 'SELECT text FROM export_piece WHERE brand = $1 AND job_id = $2 AND seq = $3' }, [brand, jobId, seq])
    if (!row) return
    yield row.text
  }
}
