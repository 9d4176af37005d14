/** The record of what was done with people's data: which operation, on whom, by whom, when. Added to, never changed. Names nobody but by id. */
import type { Sql } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'

export type PrivacyOperation = 'consent.grant' | 'consent.revoke' | 'export.request' | 'export.complete' | 'export.download' | 'export.erase' | 'erasure.plan' | 'erasure.refuse' | 'erasure.confirm' | 'erasure.complete' | 'erasure.lift'

export const recordPrivacy = async (
  sql: Sql,
  context: Pick<Context, 'brand' | 'channel' | 'correlationId'> & { principal: { id: string } },
  at: Date,
  record: { operation: PrivacyOperation; partyId: string; subjectId?: string; detail?: Record<string, unknown> },
): Promise<void> => {
  await sql.query(
    {
      name: 'privacy-record',
      text: `INSERT INTO privacy_record (brand, operation, party_id, subject_id, principal, channel, correlation_id, at, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)`,
    },
    [context.brand, record.operation, record.partyId, record.subjectId ?? null, context.principal.id, context.channel, context.correlationId, at, JSON.stringify(record.detail ?? {})],
  )
}
