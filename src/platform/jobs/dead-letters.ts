/** The list of jobs whose attempts are used up. It lives in PostgreSQL, so it survives a Redis that was emptied. */
import type { Database, Sql, Transaction } from '../database/sql.ts'

export interface DeadLetter {
  id: string
  /** Name of the job. */
  name: string
  data: unknown
  /** What the last attempt failed with. */
  error: string
  attempts: number
  failedAt: Date
}

interface Row {
  id: string
  name: string
  data: unknown
  error: string
  attempts: number
  failed_at: Date
}

const fromRow = (row: Row): DeadLetter => ({ id: row.id, name: row.name, data: row.data, error: row.error, attempts: row.attempts, failedAt: row.failed_at })

/** Records an exhausted job. Recording it again (its worker was killed before the queue knew) changes its error, not the number of entries. */
export const recordDeadLetter = async (sql: Sql, letter: Omit<DeadLetter, 'failedAt'>): Promise<void> => {
  await sql.query(
    {
      name: 'dead-job-record',
      text: `INSERT INTO dead_job (id, name, data, error, attempts, failed_at) VALUES ($1, $2, $3::jsonb, $4, $5, now())
             ON CONFLICT (id) DO UPDATE SET error = EXCLUDED.error, attempts = EXCLUDED.attempts, failed_at = EXCLUDED.failed_at`,
    },
    [letter.id, letter.name, JSON.stringify(letter.data ?? null), letter.error, letter.attempts],
  )
}

export const listDeadLetters = async (sql: Sql, page: { limit: number; offset: number }): Promise<DeadLetter[]> => {
  const rows = await sql.query<Row>('SELECT id, name, data, error, attempts, failed_at FROM dead_job ORDER BY failed_at DESC, id LIMIT $1 OFFSET $2', [page.limit, page.offset])
  return rows.map(fromRow)
}

export const countDeadLetters = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: string }>('SELECT count(*) AS count FROM dead_job')
  return Number(row?.count ?? 0)
}

/** Takes one out inside a transaction: of two operators that replay the same entry, the second finds nothing. */
export const takeDeadLetter = async (tx: Transaction, id: string): Promise<DeadLetter | undefined> => {
  const [row] = await tx.query<Row>('DELETE FROM dead_job WHERE id = $1 RETURNING id, name, data, error, attempts, failed_at', [id])
  return row && fromRow(row)
}

/** Takes one out that has become untrue. */
export const clearDeadLetter = async (sql: Sql, id: string): Promise<void> => {
  await sql.query({ name: 'dead-job-clear', text: 'DELETE FROM dead_job WHERE id = $1' }, [id])
}

export const discardDeadLetter = (database: Database, id: string): Promise<DeadLetter | undefined> => database.transaction(tx => takeDeadLetter(tx, id))
