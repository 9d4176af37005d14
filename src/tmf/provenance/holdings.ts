/** What the provenance of resources holds on people. */
import type { PersonalHolding } from '../contributions.ts'

export const provenanceHoldings: readonly PersonalHolding[] = [
  {
    name: 'attributeSource',
    purpose: 'What other systems, and changes made here, say of the person and of what is held on the person: whose word is shown, and how old it is.',
    onErasure: 'erase',
    tables: ['attribute_source'],
    exportSql: `SELECT json_build_object('resource', a.resource, 'id', a.resource_id, 'attribute', a.attribute, 'source', a.source, 'externalId', nullif(a.external_id, ''), 'value', a.value, 'version', a.version, 'since', a.seen_at) AS doc
      FROM (SELECT split_part(k, '/', 1) AS resource, substr(k, strpos(k, '/') + 1) AS id FROM unnest($3::text[]) AS k) AS held
      JOIN attribute_source a ON a.brand = $1 AND a.resource = held.resource AND a.resource_id = held.id ORDER BY a.resource, a.resource_id, a.attribute, a.source`,
    eraseSql: `DELETE FROM attribute_source a USING (SELECT split_part(k, '/', 1) AS resource, substr(k, strpos(k, '/') + 1) AS id FROM unnest($3::text[]) AS k) AS held
      WHERE a.brand = $1 AND a.resource = held.resource AND a.resource_id = held.id`,
  },
]
