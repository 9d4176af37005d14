/**
 * What is held on a person in resources: found by owner and by reference, never by a list that somebody has to keep. From the party to the
 * roles that it plays, to what belongs to these, to what refers to that. A row that belongs to somebody else and only names the person
 * is a mention: the person is shown, and is taken out of, the place that names the person and no more.
 */
import type { Sql } from '../../platform/database/sql.ts'
import type { PersonalHolding } from '../../tmf/contributions.ts'
import type { AnyResource } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { quoted } from '../../tmf/storage/ddl.ts'

export interface HeldRow {
  resource: AnyResource
  id: string
}

/** A place in somebody else's row that names the person. */
export interface Mention extends HeldRow {
  /** Declared paths: `relatedParty[]`. */
  paths: string[]
}

export interface Held {
  /** The party, and the parties that are the same person. */
  parties: string[]
  /** Ids of the parties and of the roles that they play. */
  subjects: string[]
  rows: HeldRow[]
  mentions: Mention[]
  /** Rows that may be the person's, by an address that nobody has verified; left out of `rows` unless they were asked for. */
  doubtful: HeldRow[]
}

/** How far references are followed from what belongs to the person: bill line → bill → account is two. */
const MAX_STEPS = 6
/** Path by which a role says whose role it is. */
const ROLE_PATH = 'engagedParty'

const keyOf = (resource: string, id: string): string => `${resource}/${id}`

/** What is held, as statements of holdings take it: `productOrder/42`. */
export const keysOf = (rows: readonly HeldRow[]): string[] => rows.map(row => keyOf(row.resource.name, row.id))

/** The holdings that are resources, by name; state is the rest. */
export const holdingsOf = (deps: Pick<Services, 'parts'>): { byResource: Map<string, PersonalHolding>; state: PersonalHolding[] } => {
  const names = new Set(deps.parts.resources.map(resource => resource.name))
  return {
    byResource: new Map(deps.parts.personal.filter(holding => names.has(holding.name)).map(holding => [holding.name, holding])),
    state: deps.parts.personal.filter(holding => !names.has(holding.name)),
  }
}

/** A holding's statement with the parameters that it uses: PostgreSQL takes no others. */
const holdingQuery = (sql: string, brand: string, subjects: readonly string[], keys: readonly string[], marks: readonly string[]): { text: string; values: unknown[] } => {
  const used = [...new Set([...sql.matchAll(/\$([1234])\b/g)].map(match => Number(match[1])))].toSorted()
  return { text: sql.replace(/\$([1234])\b/g, (_, number: string) => `$${used.indexOf(Number(number)) + 1}`), values: used.map(number => [brand, subjects, keys, marks][number - 1]) }
}

/** Runs a holding's statement; `wrap` makes another one around it, `marks` are what the person was called by. */
export const runHolding = <Row extends object>(sql: Sql, text: string, brand: string, subjects: readonly string[], keys: readonly string[], wrap: (inner: string) => string = inner => inner, marks: readonly string[] = []): Promise<Row[]> => {
  const query = holdingQuery(text, brand, subjects, keys, marks)
  return sql.query<Row>(wrap(query.text), query.values)
}

interface EdgeRow {
  from_resource: string
  from_id: string
  path: string
}

const referrers = (sql: Sql, brand: string, to: readonly { resource: string; id: string }[]): Promise<EdgeRow[]> =>
  sql.query<EdgeRow>(
    {
      name: 'privacy-referrers',
      text: `SELECT DISTINCT e.from_resource, e.from_id, e.path FROM unnest($2::text[], $3::text[]) AS t(resource, id)
        JOIN reference_edge e ON e.brand = $1 AND e.to_resource = t.resource AND e.to_id = t.id`,
    },
    [brand, to.map(one => one.resource), to.map(one => one.id)],
  )

/** Those of the rows whose owner is one of these, or nobody. */
const ownedOrFree = async (sql: Sql, brand: string, resource: AnyResource, ids: readonly string[], subjects: readonly string[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>(`SELECT id FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[]) AND (owner_party IS NULL OR owner_party = ANY($3::text[]))`, [brand, ids, subjects])
  return new Set(rows.map(row => row.id))
}

const existing = async (sql: Sql, brand: string, resource: AnyResource, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await sql.query<{ id: string }>(`SELECT id FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[])`, [brand, ids])).map(row => row.id))

const grouped = (edges: readonly EdgeRow[]): Map<string, Map<string, string[]>> => {
  const groups = new Map<string, Map<string, string[]>>()
  for (const { from_resource, from_id, path } of edges) {
    const ids = groups.get(from_resource) ?? new Map<string, string[]>()
    ids.set(from_id, [...(ids.get(from_id) ?? []), path])
    groups.set(from_resource, ids)
  }
  return groups
}

/** Everything in resources that is held on the parties (which are one person). `known` are roles that they played and that are gone by now, `withDoubtful` takes what may be theirs as theirs. */
export const findHeld = async (deps: Pick<Services, 'parts'>, sql: Sql, brand: string, parties: readonly string[], known: readonly string[] = [], withDoubtful = false): Promise<Held> => {
  const byName = new Map(deps.parts.resources.map(resource => [resource.name, resource]))
  const { byResource } = holdingsOf(deps)
  const rows = new Map<string, HeldRow>()
  const mentions = new Map<string, Mention>()
  const add = (resource: AnyResource, id: string): boolean => {
    const key = keyOf(resource.name, id)
    if (rows.has(key)) return false
    rows.set(key, { resource, id })
    return true
  }

  const partyKinds = ['individual', 'organization'].flatMap(name => byName.get(name) ?? [])
  for (const resource of partyKinds) for (const id of await existing(sql, brand, resource, parties)) add(resource, id)
  const partyTargets = partyKinds.flatMap(resource => parties.map(id => ({ resource: resource.name, id })))
  const toParties = await referrers(sql, brand, partyTargets)
  const roles = toParties.filter(edge => edge.path === ROLE_PATH).flatMap(edge => (byName.has(edge.from_resource) ? [{ resource: edge.from_resource, id: edge.from_id }] : []))
  for (const role of roles) add(byName.get(role.resource)!, role.id)
  const subjects = [...new Set([...parties, ...roles.map(role => role.id), ...known])]

  // What belongs to them, whether or not it refers to them.
  for (const resource of deps.parts.resources) {
    if (!byResource.has(resource.name)) continue
    const owned = await sql.query<{ id: string }>(`SELECT id FROM ${quoted(resource.table)} WHERE brand = $1 AND owner_party = ANY($2::text[])`, [brand, subjects])
    for (const { id } of owned) add(resource, id)
  }

  // What names them.
  for (const [name, ids] of grouped(await referrers(sql, brand, [...partyTargets, ...roles]))) {
    const resource = byName.get(name)
    if (!resource) continue
    const mine = byResource.has(name) ? await ownedOrFree(sql, brand, resource, [...ids.keys()], subjects) : new Set<string>()
    for (const [id, paths] of ids) {
      if (mine.has(id)) add(resource, id)
      else if (!rows.has(keyOf(name, id))) mentions.set(keyOf(name, id), { resource, id, paths: [...new Set(paths)] })
    }
  }

  // What names nobody, and was left under an address of theirs.
  const doubtful: HeldRow[] = []
  for (const resource of deps.parts.resources) {
    const { foundSql } = byResource.get(resource.name) ?? {}
    if (foundSql === undefined) continue
    for (const { id, sure } of await runHolding<{ id: string; sure: boolean }>(sql, foundSql, brand, subjects, [])) {
      if (sure || withDoubtful) add(resource, id)
      else if (!rows.has(keyOf(resource.name, id))) doubtful.push({ resource, id })
    }
  }

  // What refers to what belongs to them. A step looks at what the one before has found.
  let frontier = [...rows.values()].filter(row => !subjects.includes(row.id))
  for (let step = 0; step < MAX_STEPS && frontier.length > 0; step++) {
    const found: HeldRow[] = []
    for (const [name, ids] of grouped(await referrers(sql, brand, frontier.map(row => ({ resource: row.resource.name, id: row.id }))))) {
      const resource = byName.get(name)
      if (!resource || !byResource.has(name)) continue
      for (const id of await ownedOrFree(sql, brand, resource, [...ids.keys()], subjects)) if (add(resource, id)) found.push({ resource, id })
    }
    frontier = found
  }
  for (const key of rows.keys()) mentions.delete(key)
  return { parties: [...parties], subjects, rows: [...rows.values()], mentions: [...mentions.values()], doubtful: doubtful.filter(row => !rows.has(keyOf(row.resource.name, row.id))) }
}

/** The documents of some rows of one resource, as text. */
export const readDocs = (sql: Sql, brand: string, resource: AnyResource, ids: readonly string[], lock = false): Promise<{ id: string; doc: string; updated_at: Date }[]> =>
  sql.query(`SELECT id, doc::text AS doc, updated_at FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[]) ORDER BY id${lock ? ' FOR UPDATE' : ''}`, [brand, ids])

/** Every object at a declared path that refers to one of the ids. */
export const objectsNaming = (doc: unknown, path: string, ids: ReadonlySet<string>): Record<string, unknown>[] => {
  const walk = (node: unknown, segments: readonly string[]): Record<string, unknown>[] => {
    if (Array.isArray(node)) return node.flatMap(one => walk(one, segments))
    if (node === null || typeof node !== 'object') return []
    const [segment, ...rest] = segments
    if (segment === undefined) return ids.has(String((node as { id?: unknown }).id)) ? [node as Record<string, unknown>] : []
    return walk((node as Record<string, unknown>)[segment.replace('[]', '')], rest)
  }
  return walk(doc, path.split('.'))
}
