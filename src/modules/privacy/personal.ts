/** What this module itself holds on people, and what of it must outlive them: the proof that it did right by them. */
import type { PersonalHolding, Unmergeable } from '../../tmf/contributions.ts'

/** What was decided of a person is carried out on the records that were the person then. */
export const beingForgotten: Unmergeable = {
  sql: `SELECT e.party_id AS id FROM personal_data_erasure e WHERE e.brand = $1 AND e.party_id = ANY($2::text[]) AND e.state IN ('running', 'failed') LIMIT 1`,
  because: 'is being forgotten: it is neither merged with others nor taken apart',
}

const PROOF = 'Who uses personal data must be able to prove that it was allowed (Regulation (EU) 2016/679, articles 5(2), 7(1) and 17(3)(e)), for as long as claims can be raised'

export const privacyHoldings: readonly PersonalHolding[] = [
  { name: 'partyPrivacyProfile', purpose: 'What the person has said may be done with the data.', onErasure: 'erase' },
  { name: 'partyPrivacyAgreement', purpose: 'What was agreed on the use of the data.', onErasure: 'erase' },
  {
    name: 'consent',
    purpose: 'What the person has allowed and forbidden, with the proof of it.',
    onErasure: 'keep',
    because: PROOF,
    days: 1095,
    tables: ['consent'],
    exportSql: `SELECT json_build_object('purpose', purpose, 'channel', channel, 'recipient', nullif(recipient, ''), 'granted', granted, 'textVersion', text_version, 'givenChannel', given_channel, 'givenAt', given_at,
        'validFrom', valid_from, 'validUntil', valid_until, 'recordedBy', recorded_by, 'recordedAt', recorded_at, 'source', source, 'document', source_id) AS doc
      FROM consent WHERE brand = $1 AND party_id = ANY($2::text[]) ORDER BY given_at, seq`,
    eraseSql: `DELETE FROM consent WHERE brand = $1 AND party_id = ANY($2::text[])`,
    // Words that a later one has overtaken.
    expireSql: `WITH old AS (SELECT c.seq FROM consent c WHERE c.brand = $1 AND c.given_at < $2
        AND (NOT c.granted OR EXISTS (SELECT 1 FROM consent n WHERE n.brand = c.brand AND n.party_id = c.party_id AND n.purpose = c.purpose AND n.channel = c.channel AND n.recipient = c.recipient AND (n.given_at, n.seq) > (c.given_at, c.seq) AND n.given_at < $2))
        ORDER BY c.seq LIMIT $3)
      DELETE FROM consent c USING old WHERE c.seq = old.seq RETURNING c.id`,
  },
  {
    name: 'withdrawnConsent',
    purpose: 'That nothing is allowed any longer once the person is forgotten.',
    onErasure: 'erase',
    // The newest word on everything that was ever allowed is a no.
    eraseSql: `INSERT INTO consent (id, brand, party_id, purpose, channel, recipient, granted, given_at, source)
      SELECT gen_random_uuid()::text, $1, l.party_id, l.purpose, l.channel, l.recipient, false, greatest(l.given_at, now() + coalesce((SELECT offset_ms FROM clock_setting WHERE id = 1), 0) * interval '1 millisecond'), 'erasure'
      FROM (SELECT DISTINCT ON (party_id, purpose, channel, recipient) * FROM consent WHERE brand = $1 AND party_id = ANY($2::text[]) ORDER BY party_id, purpose, channel, recipient, given_at DESC, seq DESC) AS l
      WHERE l.granted`,
  },
  {
    name: 'personalDataExport',
    purpose: 'Exports of personal data that were asked for.',
    onErasure: 'redact',
    because: 'That there was an export stays on record; the document goes',
    days: 14,
    tables: ['personal_data_export', 'personal_data_export_piece'],
    exportSql: `SELECT json_build_object('id', id, 'state', state, 'requestedBy', requested_by, 'requestedAt', requested_at, 'availableUntil', available_until, 'downloads', downloads) AS doc
      FROM personal_data_export WHERE brand = $1 AND party_id = ANY($2::text[]) ORDER BY requested_at, id`,
    eraseSql: `WITH gone AS (DELETE FROM personal_data_export_piece p USING personal_data_export e WHERE e.brand = $1 AND e.party_id = ANY($2::text[]) AND p.brand = e.brand AND p.export_id = e.id)
      UPDATE personal_data_export SET state = 'erased', lease_until = NULL WHERE brand = $1 AND party_id = ANY($2::text[]) AND state <> 'erased'`,
  },
  {
    name: 'privacyRecord',
    purpose: 'What was done with the data: exports, downloads, erasures, consents, by whom and when.',
    onErasure: 'keep',
    because: PROOF,
    days: 1095,
    tables: ['privacy_record', 'personal_data_erasure', 'personal_data_erasure_item'],
    exportSql: `SELECT json_build_object('operation', operation, 'by', principal, 'channel', channel, 'at', at) AS doc FROM privacy_record WHERE brand = $1 AND party_id = ANY($2::text[]) ORDER BY seq`,
    eraseSql: `DELETE FROM privacy_record WHERE brand = $1 AND party_id = ANY($2::text[])`,
    expireSql: `WITH old AS (SELECT seq FROM privacy_record WHERE brand = $1 AND at < $2 ORDER BY seq LIMIT $3) DELETE FROM privacy_record r USING old WHERE r.seq = old.seq RETURNING r.seq`,
  },
]
