/**
 * Reads of resource rows: by id, by several ids, and lists with their total. Documents come as the stored text, so that one
 * goes to the socket unparsed and a page is put together by Postgres.
 */
import { createHash } from 'node:crypto'
import type { Sql, Statement } from '../../platform/database/sql.ts'
import { compileConditions, parameters } from '../filter/compile.ts'
import type { ListQuery, ParsedCondition } from '../filter/parse.ts'
import type { Resource } from '../resource.ts'
import { filterColumn, quoted } from './ddl.ts'
import { scopeSql, type Scope } from './scope.ts'

export interface Row {
  id: string
  revision: number
  brand: string
  owner_party: string | null
  /** JSON text. */
  doc: string
  created_at: Date | string
  updated_at: Date | string
}

export interface Page {
  /** JSON text of an array. */
  page: string
  /** How many the page holds. */
  count: number
  /** How many match in all. */
  total: number
  /** Of a short page where they were asked for. */
  ids?: readonly string[]
}

const COLUMNS = 'id, revision, brand, owner_party, doc::text AS doc, created_at, updated_at'
/** Past this many matches an ordered index scan finds a page sooner than sorting the matches does. */
const SORT_BELOW = 2000
/** Prepared shapes of lists per process; a client that varies its filters further gets unnamed statements. */
const MAX_NAMED_LISTS = 500
const namedLists = new Map<string, Statement>()

/** One row by id, within the scope. */
export async function readRow(sql: Sql, resource: Resource<any>, scope: Scope, id: string): Promise<Row | undefined> {
  const { holds, values, shape } = scopeSql(resource, scope)
  const [row] = await sql.query<Row>(
    {
      name: `get_${resource.table}_${shape}`,
      text: `SELECT ${COLUMNS} FROM ${quoted(resource.table)} WHERE ${holds} AND id = $${values.length + 1}`,
    },
    [...values, id],
  )
  return row
}

/** A row that is to be changed: the same, and whether it is kept who has a word in it. */
export async function readRowToChange(sql: Sql, resource: Resource<any>, scope: Scope, id: string): Promise<(Row & { sourced: boolean }) | undefined> {
  const { holds, values, shape } = scopeSql(resource, scope)
  const [row] = await sql.query<Row & { sourced: boolean }>(
    {
      name: `change_${resource.table}_${shape}`,
      text: `SELECT ${COLUMNS}, ${
        resource.external === false
          ? 'false'
          : `EXISTS (SELECT 1 FROM external_identity x WHERE x.brand = $1 AND x.resource = '${resource.name}' AND x.resource_id = $${values.length + 1})
               OR EXISTS (SELECT 1 FROM attribute_source a WHERE a.brand = $1 AND a.resource = '${resource.name}' AND a.resource_id = $${values.length + 1})`
      } AS sourced
             FROM ${quoted(resource.table)} WHERE ${holds} AND id = $${values.length + 1}`,
    },
    [...values, id],
  )
  return row
}

/** Which of these ids are rows within the scope. */
export async function readIds(sql: Sql, resource: Resource<any>, scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  const { holds, values, shape } = scopeSql(resource, scope)
  const rows = await sql.query<{ id: string }>(
    { name: `ids_${resource.table}_${shape}`, text: `SELECT id FROM ${quoted(resource.table)} WHERE ${holds} AND id = ANY($${values.length + 1}::text[])` },
    [...values, ids],
  )
  return new Set(rows.map(row => row.id))
}

/** The text and revision of one row: what a GET without field selection needs, and no more. */
export async function readText(sql: Sql, resource: Resource<any>, scope: Scope, id: string): Promise<{ doc: string; revision: number } | undefined> {
  const { holds, values, shape } = scopeSql(resource, scope)
  const [row] = await sql.query<{ doc: string; revision: number }>(
    {
      name: `text_${resource.table}_${shape}`,
      text: `SELECT doc::text AS doc, revision FROM ${quoted(resource.table)} WHERE ${holds} AND id = $${values.length + 1}`,
    },
    [...values, id],
  )
  return row
}

export async function readRows(sql: Sql, resource: Resource<any>, scope: Scope, ids: readonly string[]): Promise<Row[]> {
  const { holds, values, shape } = scopeSql(resource, scope)
  return await sql.query<Row>(
    {
      name: `many_${resource.table}_${shape}`,
      text: `SELECT ${COLUMNS} FROM ${quoted(resource.table)} WHERE ${holds} AND id = ANY($${values.length + 1}::text[])`,
    },
    [...values, ids],
  )
}

/** A past revision of a resource that keeps its history. */
export async function readRevision(sql: Sql, resource: Resource<any>, scope: Scope, id: string, revision: number): Promise<Row | undefined> {
  // Whoever may not see the row does not see what it was.
  const { holds, values, shape } = scopeSql(resource, scope)
  const at = values.length
  const [row] = await sql.query<Row>(
    {
      name: `get_revision_${resource.table}_${shape}`,
      text: `SELECT resource_id AS id, revision, brand, NULL AS owner_party, doc::text AS doc, created_at, created_at AS updated_at
             FROM resource_revision WHERE brand = $1 AND resource = $${at + 1} AND resource_id = $${at + 2} AND revision = $${at + 3}${
               scope.parties === undefined ? '' : ` AND EXISTS (SELECT 1 FROM ${quoted(resource.table)} WHERE ${holds} AND id = $${at + 2})`
             }`,
    },
    [...values, resource.name, id, revision],
  )
  return row
}

/** The digest is taken once for each shape: lists are asked for more often than they are new. */
const named = (text: string, plan: 'custom' | 'kept' = 'custom'): Statement => {
  const known = namedLists.get(text)
  if (known) return known
  if (namedLists.size >= MAX_NAMED_LISTS) return { text }
  const statement: Statement = { name: `list_${createHash('sha1').update(text).digest('base64url')}`, text, ...(plan === 'custom' && { plan }) }
  namedLists.set(text, statement)
  return statement
}

/** Ties go by id in the direction of the first key, and absent values where an index has them, so that one index scan gives the order both ways. */
const orderBy = (query: ListQuery): string => {
  const keys = query.sort.map(key => `${key.path === 'id' ? 'id' : quoted(filterColumn(key.path))}${key.descending ? ' DESC' : ''}`)
  return [...keys, ...(query.sort.some(key => key.path === 'id') ? [] : [`id${query.sort[0]?.descending ? ' DESC' : ''}`])].join(', ')
}

const onColumnOnly = (conditions: readonly ParsedCondition[]): boolean => conditions.every(c => c.column)

/** The index (brand, column, id) gives both the matches and their order, so no plan can go wrong. */
const isPlain = (query: ListQuery): boolean =>
  query.sort.length === 0 && (query.conditions.length === 0 || (query.conditions.length === 1 && query.conditions[0]!.column !== undefined && query.conditions[0]!.op === 'eq' && query.conditions[0]!.values.length === 1))

/** How many rows match. */
export async function countRows(sql: Sql, resource: Resource<any>, scope: Scope, conditions: readonly ParsedCondition[]): Promise<number> {
  const scoped = scopeSql(resource, scope)
  const params = parameters([...scoped.values])
  const where = compileConditions(conditions, params)
  const [row] = await sql.query<{ total: string }>(named(`SELECT count(*) AS total FROM ${quoted(resource.table)} WHERE ${scoped.where} AND ${where}`), params.values)
  return Number(row!.total)
}

interface PageRow {
  page: string
  count: string
  total: string
  ids?: string[] | null
}

const pageOf = ({ page, count, total, ids }: PageRow): Page => ({ page, count: Number(count), total: Number(total), ...(ids && { ids }) })

/** Ids are told apart from the documents up to this many: the audit keeps those of a page that somebody looks at, not those of an export. */
const MOST_IDS = 100
const idsOf = (id: string, order: string): string => `CASE WHEN count(*) <= ${MOST_IDS} THEN array_agg(${id} ORDER BY ${order}) END AS ids`

/** A plain query's first page: nothing is skipped, so the documents are taken where they are found. A page that is not full tells the total. */
async function firstPage(sql: Sql, table: string, where: string, after: string, limit: string, values: readonly unknown[], withIds: boolean): Promise<Page> {
  const total = `(SELECT count(*) FROM ${table} WHERE ${where})`
  const [row] = await sql.query<PageRow>(
    named(`SELECT page, count, ${withIds ? 'ids, ' : ''}${after === '' ? `CASE WHEN count < ${limit} THEN count ELSE ${total} END` : total} AS total
      FROM (SELECT coalesce('[' || string_agg(doc::text, ',' ORDER BY id) || ']', '[]') AS page, count(*) AS count${withIds ? `, ${idsOf('id', 'id')}` : ''}
        FROM (SELECT id, doc FROM ${table} WHERE ${where}${after} ORDER BY id LIMIT ${limit}) p) body`),
    values,
  )
  return pageOf(row!)
}

/**
 * A page and the number of all matches. Ids are picked first and documents joined afterwards, so that skipped rows cost no document.
 * Without conditions, or with one equality on a declared column, an index gives the order and one statement does it.
 * With several, the planner's guess about ORDER BY with LIMIT is not trusted: few matches are sorted, many are met soon in index order.
 * Conditions on the document are always collected first.
 */
export async function readPage(sql: Sql, resource: Resource<any>, scope: Scope, query: ListQuery, withIds = false): Promise<Page> {
  const table = quoted(resource.table)
  const scoped = scopeSql(resource, scope)
  const params = parameters([...scoped.values])
  const where = `${scoped.where} AND ${compileConditions(query.conditions, params)}`
  const after = query.after === undefined ? '' : ` AND id > ${params.add(query.after, 'text')}`
  const limit = params.add(query.limit, 'bigint')
  if (isPlain(query) && query.offset === 0) return await firstPage(sql, table, where, after, limit, params.values, withIds)
  const offset = params.add(query.offset, 'bigint')
  const order = orderBy(query)
  const sortColumns = query.sort.filter(k => k.path !== 'id').map(k => `, ${quoted(filterColumn(k.path))}`).join('')
  // string_agg over the join, ordered by the row number that the picking gave.
  const assemble = `SELECT coalesce('[' || string_agg(d.doc::text, ',' ORDER BY p.n) || ']', '[]') AS page, count(p.n) AS count${withIds ? `, ${idsOf('p.id', 'p.n')}` : ''} FROM picked p JOIN ${table} d ON d.brand = $1 AND d.id = p.id`
  const picked = (source: string): string => `picked AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY ${order}) AS n FROM (${source} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}) s)`
  const direct = (total: string): string => `WITH ${picked(`SELECT id${sortColumns} FROM ${table} WHERE ${where}${after}`)}, body AS (${assemble})
    SELECT page, count, ${withIds ? 'ids, ' : ''}${total} AS total FROM body`
  const collected = `WITH hit AS MATERIALIZED (SELECT id${sortColumns} FROM ${table} WHERE ${where}), ${picked(`SELECT * FROM hit WHERE true${after}`)}, body AS (${assemble})
    SELECT page, count, ${withIds ? 'ids, ' : ''}(SELECT count(*) FROM hit) AS total FROM body`

  let text: string
  if (isPlain(query)) {
    // A page that comes back short tells the total by itself; CASE spares the count then.
    text = direct(
      query.after === undefined
        ? `CASE WHEN count < ${limit} AND (count > 0 OR ${offset} = 0) THEN ${offset} + count ELSE (SELECT count(*) FROM ${table} WHERE ${where}) END`
        : `(SELECT count(*) FROM ${table} WHERE ${where})`,
    )
  } else if (!onColumnOnly(query.conditions)) {
    text = collected
  } else {
    const total = query.conditions.length === 0 ? Infinity : await countRows(sql, resource, scope, query.conditions)
    if (total <= SORT_BELOW) text = collected
    else text = direct(query.conditions.length === 0 ? `(SELECT count(*) FROM ${table} WHERE ${where})` : params.add(total, 'bigint'))
  }
  const [row] = await sql.query<PageRow>(named(text), params.values)
  return pageOf(row!)
}

/** The rows of a query, for Tandem's own code. */
export async function findRows(sql: Sql, resource: Resource<any>, scope: Scope, query: ListQuery): Promise<Row[]> {
  const scoped = scopeSql(resource, scope)
  const params = parameters([...scoped.values])
  const where = `${scoped.where} AND ${compileConditions(query.conditions, params)}`
  const limit = params.add(query.limit, 'bigint')
  const offset = params.add(query.offset, 'bigint')
  return await sql.query<Row>(named(`SELECT ${COLUMNS} FROM ${quoted(resource.table)} WHERE ${where} ORDER BY ${orderBy(query)} LIMIT ${limit} OFFSET ${offset}`, isPlain(query) ? 'kept' : 'custom'), params.values)
}
