/** The roles of a person in the 360° view: as a customer, and every other part that the person plays. */
import type { PersonalHolding, ViewSection } from '../../tmf/contributions.ts'
import { sourceSql } from '../../tmf/view-section.ts'

const roleSql = (resource: string, type: string, kind: string): string => `SELECT r.created_at, r.id, json_build_object('@type', '${type}', 'id', r.id, 'href', d.href, 'name', d.name, 'roleType', ${kind}, 'status', d.status,
    'engagedParty', d."engagedParty", 'relatedParty', d."relatedParty", 'validFor', d."validFor", 'source', ${sourceSql(resource, 'r')}) AS item
  FROM {${resource}} r CROSS JOIN LATERAL json_to_record(r.doc) AS d(href text, name text, "roleType" text, status text, "engagedParty" json, "relatedParty" json, "validFor" json)
  WHERE r.id IN (SELECT id FROM role WHERE resource = '${resource}' UNION SELECT from_id FROM ref WHERE from_resource = '${resource}' AND path IN ('engagedParty', 'relatedParty[]'))`

export const roleSection: ViewSection = {
  name: 'roles',
  reads: [],
  kinds: ['customer', 'partyRole'],
  description: 'Parts that the person plays: as a customer, in a household or a company; and who plays one for the person',
  list: { resource: 'partyRole', by: 'engagedParty.id' },
  sql: `(SELECT json_build_object('total', count(*), 'item', coalesce(json_agg(role_of.item ORDER BY role_of.created_at, role_of.id), '[]'))
    FROM (${roleSql('customer', 'Customer', `'customer'`)} UNION ALL ${roleSql('partyRole', 'PartyRole', 'd."roleType"')}) AS role_of)`,
}

export const roleHolding: PersonalHolding = {
  name: 'partyRole',
  purpose: 'To know for whom a person may speak, and who belongs to a household or a company',
  onErasure: 'redact',
  redacts: ['statusReason', 'characteristic[].value'],
}
