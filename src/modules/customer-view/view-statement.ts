/**
 * Puts the sections of all modules into one statement: the look-up, the person, what belongs to the person, and each section as a column.
 * What the common table expressions mean is said in tmf/contributions.ts, where the sections are declared.
 */
import type { Statement } from '../../platform/database/sql.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import type { SearchLookup, SearchSource, ViewSection } from '../../tmf/contributions.ts'
import type { Resource } from '../../tmf/resource.ts'
import { mayRead } from '../../tmf/storage/scope.ts'
import { EXTERNAL, externalSql, isAskedSql, type IdentifierForm } from './identifier-form.ts'
import { phoneOf } from './search-text.ts'
import { mayShow } from './perspective.ts'
import { listSql, membersSql, partySql, personKeySql, rolesSql, type People } from './person-sql.ts'
import { namedStatement, relationsFor, withRelations, type Relations } from './relations.ts'

/** References that are followed. Who is named in more of them is no customer but a dealer, whose lists are read as lists. */
export const MOST_REFERENCES = 20_000

export interface ViewParts {
  people: People
  served: ReadonlyMap<string, Resource<any>>
  search: readonly SearchSource[]
  lookups: readonly SearchLookup[]
}

/** Who is asked for: by id, or by an identifier of a kind. */
export type Asked = { id: string } | IdentifierForm

/** Parameters that every view has, by their numbers; what confines the caller comes behind them. */
const P = { brand: '$1', now: '$2', principal: '$3', onBehalfOf: '$4', channel: '$5', correlationId: '$6', query: '$7', id: '$8', keys: '$8', digits: '$9', type: '$10', value: '$11', whole: '$12', scoped: '$13', sources: '$14', ids: '$15' }

const valuesOf = ({ brand, principal, onBehalfOf, channel, correlationId }: Context, asked: Asked, now: Date, query: string | null): unknown[] => {
  const first = [brand, now.toISOString(), principal.id, onBehalfOf ?? null, channel, correlationId, query]
  if ('id' in asked) return [...first, asked.id]
  const phone = phoneOf(asked.value)
  const external = asked.type === EXTERNAL ? [asked.sources, asked.ids] : []
  return [...first, asked.keys, phone === undefined ? '' : `${phone.isInternational ? '+' : ''}${phone.digits}`, asked.type, asked.value, asked.whole, asked.scoped, ...external]
}

/** Rows whose identifier it is; what comes out are ids of parties and roles. */
const askedSql = (parts: ViewParts, context: Context, relations: Relations, asked: Asked): string => {
  if ('id' in asked) return `SELECT ${P.id}::text`
  const { type } = asked
  const readable = listSql(parts.search.filter(source => mayRead(context, source.resource)).map(source => source.resource))
  const numbered = listSql(parts.search.filter(source => source.idField.toLowerCase() === type && mayRead(context, source.resource)).map(source => source.resource))
  // A party or role is itself what was asked for; of anything else it is its people.
  const ofPeople = listSql([...parts.people.parties, ...parts.people.roles].map(resource => resource.name))
  const externalIds = type === EXTERNAL ? ` UNION SELECT x.id FROM (${externalSql(P.sources, P.ids, ofPeople)}) AS x` : ''
  const external = type === EXTERNAL ? ` UNION ALL SELECT e.* FROM (${externalSql(P.sources, P.ids, readable)}) AS x JOIN search_entry e ON e.brand = $1 AND e.resource = x.resource AND e.resource_id = x.id` : ''
  const subjects = `SELECT s.id FROM found e CROSS JOIN LATERAL (SELECT e.subject UNION SELECT unnest(e.also) UNION SELECT v.subject FROM search_entry v WHERE v.brand = $1 AND v.resource = e.via_resource AND v.resource_id = e.via_id) AS s (id) WHERE s.id IS NOT NULL`
  // Whom the caller may not see holds nothing before it.
  const held = parts.lookups
    .filter(lookup => lookup.reads.every(name => mayShow(context, parts.served, name)))
    .map(lookup => `SELECT l.id, l.sure FROM (${withRelations(lookup.sql.replaceAll('$2', P.keys).replaceAll('$3', P.now), relations)}) AS l${reachable(context, parts.people.parties, relations, 'l.id', isAskedSql(P.type, P.whole, P.scoped))}`)
  // A number that was given on stands in the records of those before: what a party's record says counts where nobody has it, what another one says where nobody has it verified.
  const weaker = ` AND NOT EXISTS (SELECT 1 FROM held WHERE sure) AND (e.resource <> ALL(${listSql(parts.people.parties.map(resource => resource.name))}) OR NOT EXISTS (SELECT 1 FROM held))`
  return `WITH held (id, sure) AS MATERIALIZED (${held.join(' UNION ALL ') || 'SELECT NULL::text, false WHERE false'}), found AS (
      -- All parameters are named, whichever lookups the caller may use: one that is not has no type.
      SELECT e.* FROM search_identifier i JOIN search_entry e ON e.id = i.entry_id WHERE i.brand = $1 AND i.value = ANY(${P.whole}::text[]) AND ${P.keys}::text[] IS NOT NULL AND ${P.scoped}::text[] IS NOT NULL AND e.resource = ANY(${readable})
        AND (lower(i.field) = ${P.type}::text OR i.kind = ${P.type}::text) AND (i.kind <> 'phone' OR tandem_same_phone(i.digits, ${P.digits}::text))${weaker}
      UNION ALL SELECT e.* FROM search_entry e WHERE e.brand = $1 AND e.resource_id COLLATE "C" = ${P.value}::text AND e.resource = ANY(${numbered})${external}
    ) SELECT h.id FROM held h WHERE h.sure OR NOT EXISTS (SELECT 1 FROM held WHERE sure) UNION ${subjects}${externalIds}`
}

const rowsOf = (resources: readonly Resource<any>[], relations: Relations, ids: string): string =>
  resources.map(({ name }) => `SELECT r.id, '${name}' AS resource FROM ${relations.of(name)} AS r WHERE r.id IN (SELECT id FROM ${ids})`).join(' UNION ALL ') || `SELECT NULL::text, NULL::text WHERE false`

/** A confined caller meets only what it may read; for all others a party counts also where its document lies elsewhere. */
const reachable = (context: Context, resources: readonly Resource<any>[], relations: Relations, id: string, also = 'true'): string =>
  !isConfined(context.principal) ? ` WHERE ${also}` : ` WHERE ${also} AND (${resources.map(({ name }) => `EXISTS (SELECT 1 FROM ${relations.of(name)} AS r WHERE r.id = ${id})`).join(' OR ') || 'false'})`

export interface ViewRow {
  /** One for each person that was found. */
  persons: string[] | null
  parties: string[] | null
  /** JSON text: [{"id", "resource"}] */
  roles: string | null
  /** Ids by which lists of what belongs to the person are filtered. */
  known: string[] | null
  cut: boolean
  /** JSON text of each section, by its place: `s0`. */
  [section: `s${number}`]: string | null
}

const textOf = (parts: ViewParts, context: Context, sections: readonly ViewSection[], asked: Asked, relations: Relations): string => {
  const { people } = parts
  const [partyNames, roleNames] = [people.parties, people.roles].map(list => listSql(list.map(resource => resource.name)))
  const ctes = [
    `moment (now) AS (SELECT ${P.now}::timestamptz)`,
    `asked (id) AS MATERIALIZED (${askedSql(parts, context, relations, asked)})`,
    `seed (id, resource) AS MATERIALIZED (${rowsOf([...people.parties, ...people.roles], relations, 'asked')})`,
    `party (id) AS MATERIALIZED (SELECT DISTINCT CASE WHEN s.resource = ANY(${roleNames}) THEN ${partySql(people.roles, 's.id')} ELSE s.id END FROM seed s)`,
    // What is engaged elsewhere has no party here: then it is nothing but its role.
    `own (id) AS MATERIALIZED (SELECT p.id FROM party p WHERE NOT EXISTS (SELECT 1 FROM seed s WHERE s.id = p.id AND s.resource = ANY(${roleNames})))`,
    `member (id) AS MATERIALIZED (SELECT m.id FROM (${membersSql('own')}) AS m${reachable(context, people.parties, relations, 'm.id')})`,
    `role (id, resource) AS MATERIALIZED (SELECT id, resource FROM seed WHERE resource = ANY(${roleNames}) UNION SELECT p.id, p.resource FROM (${rolesSql(people, 'member')}) AS p${reachable(context, people.roles, relations, 'p.id')})`,
    `known (id) AS MATERIALIZED (SELECT id FROM member UNION SELECT id FROM role)`,
    `target (resource, id) AS MATERIALIZED (SELECT r, m.id FROM member m CROSS JOIN unnest(${partyNames}) AS r UNION ALL SELECT resource, id FROM role)`,
    `ref (from_resource, from_id, path, to_id) AS MATERIALIZED (SELECT e.from_resource, e.from_id, e.path, e.to_id FROM target t JOIN reference_edge e ON e.brand = $1 AND e.to_resource = t.resource AND e.to_id = t.id LIMIT ${MOST_REFERENCES})`,
    `paid (from_resource, from_id, account_id) AS MATERIALIZED (SELECT e.from_resource, e.from_id, e.to_id FROM (SELECT DISTINCT from_id FROM ref WHERE from_resource = 'billingAccount') AS a JOIN reference_edge e ON e.brand = $1 AND e.to_resource = 'billingAccount' AND e.to_id = a.from_id LIMIT ${MOST_REFERENCES})`,
    // Nothing is shown that is not recorded, and the record costs no round trip of its own (the columns of tmf/audit).
    `audited AS (INSERT INTO audit_record (at, brand, principal, on_behalf_of, channel, correlation_id, operation, resource, resource_ids, query)
      SELECT clock_timestamp(), $1, ${P.principal}, ${P.onBehalfOf}, ${P.channel}, ${P.correlationId}, 'read', 'customer360', (SELECT array_agg(id) FROM known), ${P.query} WHERE EXISTS (SELECT 1 FROM seed))`,
  ]
  const columns = sections.map((section, index) => `(${withRelations(section.sql, relations)})::json AS s${index}`)
  return `WITH ${ctes.join(',\n')}
SELECT (SELECT array_agg(DISTINCT ${personKeySql('p.id')}) FROM party p) AS persons, (SELECT array_agg(id ORDER BY id) FROM member) AS parties,
  (SELECT json_agg(json_build_object('id', id, 'resource', resource) ORDER BY resource, id) FROM role) AS roles, (SELECT array_agg(id ORDER BY id) FROM known) AS known,
  (SELECT count(*) FROM ref) >= ${MOST_REFERENCES} OR (SELECT count(*) FROM paid) >= ${MOST_REFERENCES} AS cut${columns.map(column => `,\n${column}`).join('')}`
}

/** Texts for callers who see all rows: equal permissions make equal statements. One set for each set of modules. */
const remembered = new WeakMap<ViewParts, Map<string, Statement>>()
const MOST_REMEMBERED = 200

/** What of the question is in the text. Whatever a caller makes up for a type leads to one text. */
const kindOf = ({ search }: ViewParts, asked: Asked): string => {
  if ('id' in asked) return 'id'
  const { type } = asked
  if (type === EXTERNAL) return `type ${EXTERNAL}`
  return search.some(source => source.idField.toLowerCase() === type) ? `type ${type}` : 'type'
}

/** The statement of a view, and its values. `query` is the question as it is recorded, where it was one. */
export const viewStatement = (parts: ViewParts, context: Context, sections: readonly ViewSection[], asked: Asked, now: Date, query: string | null = null): { statement: Statement; values: readonly unknown[] } => {
  const values = valuesOf(context, asked, now, query)
  const make = (relations: Relations): Statement => namedStatement('customer360', textOf(parts, context, sections, asked, relations))
  if (isConfined(context.principal)) {
    const relations = relationsFor(context, parts.served, values)
    const statement = make(relations)
    return { statement, values: relations.values }
  }
  const statements = remembered.get(parts) ?? new Map<string, Statement>()
  remembered.set(parts, statements)
  const key = [sections.map(section => section.name).join(','), kindOf(parts, asked), ...context.principal.permissions].join(' ')
  let statement = statements.get(key)
  if (statement === undefined) {
    statement = make(relationsFor(context, parts.served, values))
    if (statements.size < MOST_REMEMBERED) statements.set(key, statement)
  }
  return { statement, values }
}
