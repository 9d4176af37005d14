/** What this module holds on people, and its section of the 360° view. */
import type { Contributions } from '../../tmf/contributions.ts'
import { IDENTIFIER_TYPES } from './normalise.ts'
import { LASTING, recognized } from './lasting.ts'

const identifierJson = `json_build_object('party', i.party_id, 'type', i.type, 'scope', nullif(i.scope, ''), 'value', i.value, 'source', i.source, 'confidence', round(i.confidence::numeric, 2), 'verified', i.verified,
  'verifiedAt', i.verified_at, 'since', i.since, 'until', i.until)`

/** Of the rows of one identifier the one that says most. */
const SUREST = 'i.verified DESC, i.confidence DESC, i.since, i.id'

/** Of a lookup, whose $3 is the instant. */
const IN_FORCE = 'i.since <= $3::timestamptz AND (i.until IS NULL OR i.until > $3::timestamptz)'

export const identityContributions: Contributions = {
  recognized,
  // What the sources of all members say shows in the one that leads them.
  peers: ['individual', 'organization'].map(resource => ({
    resource,
    sql: `SELECT l.party_id AS id, m.party_id AS peer FROM party_cluster l JOIN party_cluster m ON m.brand = l.brand AND m.cluster_id = l.party_id AND m.party_id <> l.party_id WHERE l.brand = $1 AND l.party_id = ANY($2::text[])`,
  })),
  view: [
    {
      name: 'identifiers',
      reads: ['partyIdentifier'],
      description: 'How the person is recognized: phones, e-mails, customer numbers of each stack, logins and documents, each once, with confidence and verification, and with every record and source that it comes from (`origin`)',
      sql: `SELECT coalesce(json_agg(one.item ORDER BY one.verified DESC, one.type, one.value, one.scope), '[]') FROM (
        SELECT i.type, i.value, i.scope, bool_or(i.verified) AS verified, (array_agg(${identifierJson}::jsonb ORDER BY ${SUREST}))[1] || jsonb_build_object('origin', jsonb_agg(jsonb_build_object('party', i.party_id, 'source', i.source, 'value', i.raw, 'verified', i.verified, 'since', i.since) ORDER BY ${SUREST})) AS item
        FROM member m JOIN party_identifier i ON i.brand = $1 AND i.party_id = m.id WHERE i.until IS NULL GROUP BY i.type, i.value, i.scope) AS one`,
    },
  ],
  lookups: [
    {
      name: 'partyIdentifier',
      reads: ['partyIdentifier'],
      types: IDENTIFIER_TYPES,
      // The types by name, so that the index (brand, type, value) is used.
      sql: `SELECT i.party_id AS id, i.type AS field, i.raw AS value, i.value AS key, i.scope, i.verified AS sure FROM party_identifier i
        WHERE i.brand = $1 AND i.type IN ('email', 'phone', 'customerNumber', 'login', 'device', 'document', 'external') AND i.value = ANY($2::text[]) AND ${IN_FORCE}
        UNION ALL SELECT i.party_id, i.type, i.raw, lower(i.value), i.scope, i.verified FROM party_identifier i WHERE i.brand = $1 AND i.type = 'email' AND lower(i.value) = ANY($2::text[]) AND ${IN_FORCE}`,
    },
  ],
  personal: [
    {
      name: 'partyIdentifier',
      purpose: 'To recognize you, whichever of our systems and channels you come to',
      onErasure: 'erase',
      tables: ['party_identifier', 'party_trait', 'party_block'],
      exportSql: `SELECT ${identifierJson} AS doc FROM party_identifier i WHERE i.brand = $1 AND i.party_id = ANY($2::text[]) ORDER BY i.since, i.id`,
      marksSql: `SELECT DISTINCT m.mark FROM party_identifier i CROSS JOIN LATERAL (VALUES (i.value), (i.raw)) AS m(mark) WHERE i.brand = $1 AND i.party_id = ANY($2::text[])`,
      // Those that a system has given, and others once somebody has looked: a claim does not keep a stranger away.
      tombstoneSql: `SELECT DISTINCT i.type || ' ' || i.scope AS scope, i.value FROM party_identifier i WHERE i.brand = $1 AND i.party_id = ANY($2::text[]) AND i.until IS NULL
        AND i.type IN (${LASTING.map(type => `'${type}'`).join(', ')}) AND (i.verified OR i.type IN ('customerNumber', 'login'))`,
      eraseSql: `WITH i AS (DELETE FROM party_identifier WHERE brand = $1 AND party_id = ANY($2::text[])), t AS (DELETE FROM party_trait WHERE brand = $1 AND party_id = ANY($2::text[])) DELETE FROM party_block WHERE brand = $1 AND party_id = ANY($2::text[])`,
    },
    {
      name: 'partyCluster',
      purpose: 'To know which of our records are about you',
      onErasure: 'erase',
      tables: ['party_cluster'],
      exportSql: `SELECT json_build_object('party', c.party_id, 'person', c.cluster_id) AS doc FROM party_cluster c WHERE c.brand = $1 AND c.party_id = ANY($2::text[]) ORDER BY c.party_id`,
      // All of a person's parties are forgotten together: $2 names them.
      eraseSql: `DELETE FROM party_cluster WHERE brand = $1 AND cluster_id IN (SELECT cluster_id FROM party_cluster WHERE brand = $1 AND party_id = ANY($2::text[]))`,
    },
    { name: 'partyMerge', purpose: 'To take back a merge of records that turned out to be about two people', onErasure: 'erase' },
    { name: 'identitySuggestion', purpose: 'To find records that may be about the same person', onErasure: 'erase' },
  ],
}
