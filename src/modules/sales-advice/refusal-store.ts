/** The statements on what somebody does not want to be offered for a time. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'

export interface Refused {
  brand: string
  subject: string
  offeringId: string
  partyId: string | undefined
  ruleId: string | undefined
  channel: string
  at: Date
  until: Date
}

/** Said again it holds from then on. */
export const insertRefusal = async (sql: Sql, one: Refused): Promise<void> => {
  await sql.query(
    {
      name: 'sales-advice-refuse',
      text: `INSERT INTO sales_advice_refusal (brand, subject, offering_id, party_id, rule_id, channel, refused_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (brand, subject, offering_id) DO UPDATE SET rule_id = excluded.rule_id, channel = excluded.channel, refused_at = excluded.refused_at, expires_at = excluded.expires_at`,
    },
    [one.brand, one.subject, one.offeringId, one.partyId ?? null, one.ruleId ?? null, one.channel, one.at, one.until],
  )
}

/** Offerings that these have refused and that are not to be offered yet. */
export const refusedBy = async (sql: Sql, brand: string, subjects: readonly string[], at: Date): Promise<Set<string>> => {
  if (subjects.length === 0) return new Set()
  const rows = await sql.query<{ id: string }>({ name: 'sales-advice-refused', text: 'SELECT DISTINCT offering_id AS id FROM sales_advice_refusal WHERE brand = $1 AND subject = ANY($2::text[]) AND expires_at > $3' }, [brand, subjects, at])
  return new Set(rows.map(row => row.id))
}

export const hasRefused = async (sql: Sql, brand: string, subject: string): Promise<boolean> =>
  (await sql.query({ name: 'sales-advice-has-refused', text: 'SELECT 1 FROM sales_advice_refusal WHERE brand = $1 AND subject = $2 LIMIT 1' }, [brand, subject])).length > 0

/** What one has refused is from now on what the other has; of two refusals of one thing the one that holds longer stays. */
export const moveRefusals = async (tx: Transaction, brand: string, from: string, to: string, partyId: string | undefined): Promise<void> => {
  await tx.query(
    {
      name: 'sales-advice-move',
      text: `WITH moved AS (DELETE FROM sales_advice_refusal WHERE brand = $1 AND subject = $2 RETURNING *)
        INSERT INTO sales_advice_refusal (brand, subject, offering_id, party_id, rule_id, channel, refused_at, expires_at)
        SELECT brand, $3, offering_id, coalesce($4::text, party_id), rule_id, channel, refused_at, expires_at FROM moved ORDER BY offering_id
        ON CONFLICT (brand, subject, offering_id) DO UPDATE SET rule_id = excluded.rule_id, channel = excluded.channel, refused_at = excluded.refused_at, expires_at = excluded.expires_at
        WHERE excluded.expires_at > sales_advice_refusal.expires_at`,
    },
    [brand, from, to, partyId ?? null],
  )
}

const AT_ONCE = 5_000

export const dropExpired = async (sql: Sql, at: Date): Promise<void> => {
  await sql.query({ name: 'sales-advice-expired', text: `DELETE FROM sales_advice_refusal WHERE ctid = ANY (ARRAY(SELECT ctid FROM sales_advice_refusal WHERE expires_at <= $1 LIMIT ${AT_ONCE}))` }, [at])
}
