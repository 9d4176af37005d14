/**
 * From an id to the person: which parties it is, and which roles these play. A party is an individual or an organization, a role whatever
 * resource has an `engagedParty`; which parties are one person, the identity module says.
 */
import type { Resource } from '../../tmf/resource.ts'
import { individual, organization } from '../customer/index.ts'
import { memberSql } from '../identity/index.ts'

export interface People {
  parties: readonly Resource<any>[]
  roles: readonly Resource<any>[]
}

/** Parties and roles among the resources that run. */
export const peopleOf = (resources: readonly Resource<any>[]): People => ({
  parties: resources.filter(resource => resource.name === individual.name || resource.name === organization.name),
  roles: resources.filter(resource => resource.references?.some(reference => reference.path === 'engagedParty') === true),
})

export const listSql = (names: readonly string[]): string => `ARRAY[${names.map(name => `'${name.replaceAll("'", "''")}'`).join(', ')}]::text[]`

/** The parties that are the same person as each of `relation(id)`, as a query of `id`. */
export const membersSql = (relation: string): string => `SELECT DISTINCT m.id FROM ${relation} AS p CROSS JOIN LATERAL (${memberSql('$1', 'p.id')}) AS m (id)`

/** The first of its members: tells persons apart. */
export const personKeySql = (id: string): string => `(SELECT min(m.id) FROM (${memberSql('$1', id)}) AS m (id))`

/** The party behind an id that may be a role's, as an expression. */
export const partySql = (roles: readonly Resource<any>[], id: string): string =>
  `coalesce((SELECT e.to_id FROM reference_edge e WHERE e.brand = $1 AND e.from_resource = ANY(${listSql(roles.map(role => role.name))}) AND e.from_id = ${id} AND e.path = 'engagedParty' LIMIT 1), ${id})`

/** Roles of the parties in `relation(id)`, as a query of `id` and `resource`. */
export const rolesSql = ({ parties, roles }: People, relation: string): string =>
  `SELECT e.from_id AS id, e.from_resource AS resource FROM ${relation} AS m JOIN reference_edge e ON e.brand = $1 AND e.to_resource = ANY(${listSql(parties.map(party => party.name))}) AND e.to_id = m.id
    WHERE e.path = 'engagedParty' AND e.from_resource = ANY(${listSql(roles.map(role => role.name))})`
