/** The statements on the work that signatures are: who talks to the signature service about one, and when it is looked at again. Leases are real time. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Beside } from '../../tmf/resource.ts'

export interface SignatureWork {
  brand: string
  signatureId: string
  callbackToken: string
  nudges: number
  tries: number
  cancelAsked: boolean
}

const COLUMNS = `brand, signature_id AS "signatureId", callback_token AS "callbackToken", nudges, tries, cancel_asked AS "cancelAsked"`
const LEASE_SECONDS = 45

/** A signature that is asked for is work from then on. */
export const workBeside = (token: string): Beside => ({
  name: 'work',
  sql: (param, { brand, id }) => `INSERT INTO contract_signature_work (brand, signature_id, callback_token, due_at) SELECT ${brand}, ${id}, ${param(token, 'text')}, now() FROM written`,
})

export const readWork = async (sql: Sql, signatureId: string): Promise<SignatureWork | undefined> =>
  (await sql.query<SignatureWork>({ name: 'signature_work', text: `SELECT ${COLUMNS} FROM contract_signature_work WHERE signature_id = $1` }, [signatureId]))[0]

/** Takes the lease where nobody has it, or who had it is gone. */
export const claimWork = async (sql: Sql, signatureId: string, owner: string): Promise<SignatureWork | undefined> =>
  (
    await sql.query<SignatureWork>(
      {
        name: 'signature_claim',
        text: `UPDATE contract_signature_work SET lease_owner = $2, due_at = now() + ${LEASE_SECONDS} * interval '1 second' WHERE signature_id = $1 AND due_at IS NOT NULL AND (lease_owner IS NULL OR due_at <= now()) RETURNING ${COLUMNS}`,
      },
      [signatureId, owner],
    )
  )[0]

/** Gives the lease back; looked at again after a while, at once when there was news meanwhile, never when it has ended. */
export const releaseWork = async (sql: Sql, work: SignatureWork, owner: string, next: { afterMs: number; tries: number } | 'over'): Promise<void> => {
  await sql.query(
    {
      name: 'signature_release',
      text: `UPDATE contract_signature_work SET lease_owner = NULL, tries = $4, due_at = CASE WHEN $3::bigint IS NULL THEN NULL WHEN nudges <> $5 THEN now() ELSE now() + $3 * interval '1 millisecond' END WHERE signature_id = $1 AND lease_owner = $2`,
    },
    [work.signatureId, owner, next === 'over' ? null : next.afterMs, next === 'over' ? 0 : next.tries, work.nudges],
  )
}

/** There is news, or somebody wants it taken back: looked at at once. */
export const nudgeWork = async (sql: Sql, signatureId: string, cancel = false): Promise<void> => {
  await sql.query(
    { name: 'signature_nudge', text: `UPDATE contract_signature_work SET nudges = nudges + 1, cancel_asked = cancel_asked OR $2, due_at = CASE WHEN lease_owner IS NULL THEN now() ELSE due_at END WHERE signature_id = $1 AND due_at IS NOT NULL` },
    [signatureId, cancel],
  )
}

export const findDueWork = async (sql: Sql, limit: number): Promise<string[]> =>
  (await sql.query<{ id: string }>({ name: 'signature_due', text: 'SELECT signature_id AS id FROM contract_signature_work WHERE due_at <= now() ORDER BY due_at LIMIT $1' }, [limit])).map(row => row.id)
