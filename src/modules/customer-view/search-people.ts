/** From entries to people: whose they are, which parties and roles the same person has, and all that is kept of these. One statement. */
import { isConfined } from '../../platform/principal.ts'
import type { SearchTerm } from '../../tmf/contributions.ts'
import { memberSql } from '../identity/index.ts'
import { listSql, partySql, personKeySql, rolesSql, type People } from './person-sql.ts'
import { namedStatement, relationsFor } from './relations.ts'
import { visibleSql, type Finder } from './search-find.ts'

export interface FoundEntry {
  id: string
  resource: string
  resourceId: string
  terms: SearchTerm[]
  /** Orders people: a digest of the party, as text of a bigint. */
  key: string
}

export interface FoundPerson {
  /** Tells persons apart; not shown, because it may be the id of a party that the caller may not see. */
  person: string
  parties: { id: string; resource: string }[]
  roles: { id: string; resource: string }[]
  entries: Map<string, FoundEntry>
}

interface Row {
  hits: { entry: string; person: string }[] | null
  given: { party: string; person: string }[] | null
  members: { person: string; id: string; resource: string }[] | null
  roles: { person: string; id: string; resource: string }[] | null
  entries: (FoundEntry & { person: string })[] | null
}

/** Roles and documents of one person that are looked at: an organization may be a customer many times. */
const MOST_PER_PERSON = 50

export interface FoundPeople {
  /** By `person`. */
  people: Map<string, FoundPerson>
  /** Of each entry that was asked for: whose it is; of several where a product has an owner and a user. */
  ofEntry: Map<string, string[]>
  /** Of each party that was asked for. */
  ofParty: Map<string, string>
}

/** The people behind entries (by their ids) and parties. */
export const readPeople = async (finder: Finder, people: People, entryIds: readonly string[], partyIds: readonly string[] = []): Promise<FoundPeople> => {
  const relations = relationsFor(finder.context, finder.served, [finder.context.brand, entryIds, partyIds])
  const documents = [...people.parties, ...people.roles].map(resource => resource.name)
  const row = (e: string): string => `json_build_object('id', ${e}.id::text, 'resource', ${e}.resource, 'resourceId', ${e}.resource_id, 'terms', ${e}.terms, 'key', hashtextextended(coalesce(${e}.subject, ${e}.resource_id), 0)::text, 'person', person)`
  const seen = (resources: People['parties'], id: string, resource?: string): string =>
    isConfined(finder.context.principal) ? ` WHERE ${resources.map(({ name }) => `${resource === undefined ? '' : `${resource} = '${name}' AND `}EXISTS (SELECT 1 FROM ${relations.of(name)} AS r WHERE r.id = ${id})`).join(' OR ') || 'false'}` : ''
  const text = `WITH hit AS MATERIALIZED (SELECT e.* FROM search_entry e WHERE e.brand = $1 AND e.id = ANY($2::bigint[])),
    subject AS MATERIALIZED (SELECT h.id AS entry, s.id FROM hit h CROSS JOIN LATERAL (SELECT h.subject UNION SELECT unnest(h.also) UNION SELECT v.subject FROM search_entry v WHERE v.brand = $1 AND v.resource = h.via_resource AND v.resource_id = h.via_id) AS s (id) WHERE s.id IS NOT NULL
      UNION ALL SELECT NULL, unnest($3::text[])),
    party AS MATERIALIZED (SELECT s.entry, s.id AS asked, ${partySql(people.roles, 's.id')} AS id FROM subject s),
    -- Each party once: mostly many entries are of few.
    own AS MATERIALIZED (SELECT p.id, ${personKeySql('p.id')} AS person FROM (SELECT DISTINCT id FROM party) AS p),
    member AS MATERIALIZED (SELECT DISTINCT o.person, m.id FROM own o CROSS JOIN LATERAL (${memberSql('$1', 'o.id')}) AS m (id)),
    shown AS MATERIALIZED (SELECT m.person, m.id FROM member m${seen(people.parties, 'm.id')}),
    role AS MATERIALIZED (SELECT q.* FROM (SELECT s.person, r.id, r.resource FROM (SELECT DISTINCT person FROM own) AS s CROSS JOIN LATERAL (SELECT * FROM (${rolesSql(people, '(SELECT id FROM shown WHERE shown.person = s.person)')}) AS x LIMIT ${MOST_PER_PERSON}) AS r) AS q${seen(people.roles, 'q.id', 'q.resource')}),
    document AS MATERIALIZED (SELECT m.person, e.* FROM (SELECT person, id FROM member UNION SELECT person, id FROM own) AS m CROSS JOIN LATERAL (SELECT e.* FROM search_entry e WHERE e.brand = $1 AND e.subject = m.id AND e.resource = ANY(${listSql(documents)}) AND ${visibleSql(finder, relations)} LIMIT ${MOST_PER_PERSON}) AS e)
  SELECT (SELECT json_agg(json_build_object('entry', p.entry::text, 'person', o.person)) FROM party p JOIN own o ON o.id = p.id WHERE p.entry IS NOT NULL)::jsonb AS hits,
    (SELECT json_agg(json_build_object('party', p.asked, 'person', o.person)) FROM party p JOIN own o ON o.id = p.id WHERE p.entry IS NULL)::jsonb AS given,
    (SELECT json_agg(json_build_object('person', s.person, 'id', s.id, 'resource', (SELECT e.resource FROM search_entry e WHERE e.brand = $1 AND e.resource_id COLLATE "C" = s.id AND e.resource = ANY(${listSql(people.parties.map(party => party.name))}) LIMIT 1))) FROM shown s)::jsonb AS members,
    (SELECT json_agg(json_build_object('person', person, 'id', id, 'resource', resource)) FROM role)::jsonb AS roles,
    (SELECT json_agg(x.item) FROM (SELECT ${row('d')} AS item FROM document d UNION ALL SELECT ${row('h')} FROM hit h JOIN party p ON p.entry = h.id JOIN own o ON o.id = p.id) AS x)::jsonb AS entries`
  const [found] = await finder.sql.query<Row>(namedStatement('search', text), relations.values)
  const result = new Map<string, FoundPerson>()
  const of = (person: string): FoundPerson => {
    const known = result.get(person) ?? { person, parties: [], roles: [], entries: new Map<string, FoundEntry>() }
    result.set(person, known)
    return known
  }
  for (const { person, ...entry } of found?.entries ?? []) of(person).entries.set(entry.id, entry)
  // A role that nobody here plays is engaged elsewhere: it has no party.
  for (const { person, id, resource } of found?.members ?? []) if (resource !== null) of(person).parties.push({ id, resource })
  for (const { person, id, resource } of found?.roles ?? []) of(person).roles.push({ id, resource })
  const ofEntry = new Map<string, string[]>()
  for (const { entry, person } of found?.hits ?? []) ofEntry.set(entry, [...(ofEntry.get(entry) ?? []), person])
  for (const { person } of found?.given ?? []) of(person)
  return { people: result, ofEntry, ofParty: new Map((found?.given ?? []).map(({ party, person }) => [party, person])) }
}
