/** The consents of a person in the 360° view: what is in force, the newest word of each purpose, channel and recipient. */
import type { ViewSection } from '../../tmf/contributions.ts'

export const consentSection: ViewSection = {
  name: 'consents',
  reads: ['consent'],
  description: 'What the person allows and forbids, by purpose and channel, with the proof of it',
  sql: `(SELECT json_build_object('total', count(*), 'item', coalesce(json_agg(json_build_object('purpose', c.purpose, 'channel', c.channel, 'recipient', nullif(c.recipient, ''),
      'granted', c.granted AND (c.valid_from IS NULL OR c.valid_from <= m.now) AND (c.valid_until IS NULL OR c.valid_until > m.now), 'textVersion', c.text_version, 'givenChannel', c.given_channel,
      'givenAt', c.given_at, 'validUntil', c.valid_until, 'recordedBy', c.recorded_by, 'source', json_build_array(json_build_object('source', c.source, 'id', c.source_id, 'asOf', c.given_at)))
      ORDER BY c.purpose, c.channel, c.recipient), '[]'))
    FROM (SELECT DISTINCT ON (purpose, channel, recipient) * FROM consent WHERE brand = $1 AND (party_id IN (SELECT id FROM member) OR party_id IN (SELECT id FROM role))
      ORDER BY purpose, channel, recipient, given_at DESC, seq DESC) AS c, moment AS m)`,
}
