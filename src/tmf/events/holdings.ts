/** What the kit itself holds on people: copies of what modules hold, identities in other systems, and the keys and listeners made for a party. */
import type { PersonalHolding } from '../contributions.ts'

/** The rows of $3 (`resource/id`), as a relation `held(resource, id)`. */
const HELD = `(SELECT split_part(k, '/', 1) AS resource, substr(k, strpos(k, '/') + 1) AS id FROM unnest($3::text[]) AS k) AS held`

export const kitHoldings: readonly PersonalHolding[] = [
  {
    name: 'eventLog',
    purpose: 'The record of what was created, changed and deleted, from which other parts of the system and its listeners are told.',
    onErasure: 'redact',
    tables: ['event', 'event_reaction'],
    exportSql: `SELECT json_build_object('eventType', e.event_type, 'eventTime', e.event_time, 'resource', e.resource, 'id', e.resource_id, 'revision', e.revision, 'document', e.doc) AS doc
      FROM ${HELD} JOIN event e ON e.brand = $1 AND e.resource = held.resource AND e.resource_id = held.id ORDER BY e.seq`,
  },
  {
    name: 'notification',
    purpose: 'Notices on their way to systems that subscribed to them.',
    onErasure: 'redact',
    tables: ['hub_delivery'],
    exportSql: `SELECT json_build_object('listener', h.callback, 'state', d.state, 'notice', d.payload) AS doc
      FROM ${HELD} JOIN event e ON e.brand = $1 AND e.resource = held.resource AND e.resource_id = held.id
      JOIN hub h ON h.brand = $1 JOIN hub_delivery d ON d.hub_id = h.id AND d.position = e.position ORDER BY d.position`,
  },
  {
    name: 'rememberedAnswer',
    purpose: 'Answers kept for a day, so that a request that is sent twice is carried out once.',
    onErasure: 'redact',
    days: 1,
    tables: ['idempotency_key'],
    exportSql: `SELECT json_build_object('method', i.method, 'path', i.path, 'status', i.status, 'answer', i.body, 'at', i.created_at) AS doc
      FROM ${HELD} JOIN idempotency_key i ON i.brand = $1 AND i.resource = held.resource AND i.resource_id = held.id`,
  },
  {
    name: 'pastRevision',
    purpose: 'Earlier versions of documents that others rest on.',
    onErasure: 'redact',
    tables: ['resource_revision'],
    exportSql: `SELECT json_build_object('resource', r.resource, 'id', r.resource_id, 'revision', r.revision, 'document', r.doc) AS doc
      FROM ${HELD} JOIN resource_revision r ON r.brand = $1 AND r.resource = held.resource AND r.resource_id = held.id ORDER BY r.resource, r.resource_id, r.revision`,
  },
  {
    name: 'externalIdentity',
    purpose: 'What the person and what is held on the person is called in other systems, so that both mean the same.',
    onErasure: 'erase',
    tables: ['external_identity'],
    exportSql: `SELECT json_build_object('source', x.source, 'type', x.type, 'externalId', x.external_id, 'resource', x.resource, 'id', x.resource_id) AS doc
      FROM ${HELD} JOIN external_identity x ON x.brand = $1 AND x.resource = held.resource AND x.resource_id = held.id`,
    marksSql: `SELECT x.external_id AS mark, json_build_array(x.source, x.type, x.external_id)::text AS key
      FROM ${HELD} JOIN external_identity x ON x.brand = $1 AND x.resource = held.resource AND x.resource_id = held.id`,
    eraseSql: `DELETE FROM external_identity x USING ${HELD} WHERE x.brand = $1 AND x.resource = held.resource AND x.resource_id = held.id`,
  },
  {
    name: 'attributeSource',
    purpose: 'Which system said what of the person and of what is held on the person, and when.',
    onErasure: 'erase',
    tables: ['attribute_source'],
    exportSql: `SELECT json_build_object('resource', a.resource, 'id', a.resource_id, 'attribute', a.attribute, 'source', a.source, 'value', a.value, 'since', a.seen_at) AS doc
      FROM ${HELD} JOIN attribute_source a ON a.brand = $1 AND a.resource = held.resource AND a.resource_id = held.id ORDER BY a.resource, a.resource_id, a.attribute, a.source`,
    eraseSql: `DELETE FROM attribute_source a USING ${HELD} WHERE a.brand = $1 AND a.resource = held.resource AND a.resource_id = held.id`,
  },
  {
    name: 'sharedRow',
    purpose: 'Whom records of others were shared with.',
    onErasure: 'erase',
    tables: ['shared_row', 'reference_edge'],
    exportSql: `SELECT json_build_object('resource', resource, 'id', resource_id) AS doc FROM shared_row WHERE brand = $1 AND party = ANY($2::text[])`,
    eraseSql: `DELETE FROM shared_row WHERE brand = $1 AND party = ANY($2::text[])`,
  },
  {
    name: 'listener',
    purpose: 'Systems that the person has told of events.',
    onErasure: 'erase',
    tables: ['hub'],
    exportSql: `SELECT json_build_object('callback', callback, 'query', query, 'since', created_at) AS doc FROM hub WHERE brand = $1 AND parties && $2::text[]`,
    eraseSql: `WITH gone AS (DELETE FROM hub WHERE brand = $1 AND parties && $2::text[] RETURNING id) DELETE FROM hub_delivery d USING gone WHERE d.hub_id = gone.id`,
  },
  {
    name: 'apiKey',
    purpose: 'Keys with which programs act for the person.',
    onErasure: 'erase',
    tables: ['api_key'],
    exportSql: `SELECT json_build_object('name', name, 'permissions', permissions, 'since', created_at, 'expiresAt', expires_at, 'revokedAt', revoked_at, 'lastUsedAt', last_used_at) AS doc
      FROM api_key WHERE $1 = ANY(brands) AND scope->'parties' ?| $2::text[]`,
    eraseSql: `DELETE FROM api_key WHERE $1 = ANY(brands) AND scope->'parties' ?| $2::text[]`,
  },
]
