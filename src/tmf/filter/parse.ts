/**
 * Reads a list's query string by the rules of TMF630: attribute filters with operators, paging, sorting, field selection.
 * An attribute that the schema does not have is a 400 that names it: a filter never silently matches all.
 */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { attributeAt, type Attribute } from '../attributes.ts'
import type { FilterType, Resource } from '../resource.ts'
import { pairsOf, readFilter } from './path-syntax.ts'
import { resolveFilter, type Predicate } from './predicate.ts'
import { isJson, typed, unknownAttribute, type AttributeLookup, type Operator } from './values.ts'

/** One attribute compared with one or more values, of which one must match. Several conditions must all hold. */
export interface AttributeCondition {
  path: string
  op: Operator
  /** string, number, boolean, Date, or (containment) an object or array. */
  values: unknown[]
  attribute: Attribute
  /** Set when the attribute is a declared filter, kept as a column. */
  column?: FilterType
}

/** A JSONPath filter (TMF630 part 6), or what of it is not an attribute condition. */
export interface FilterCondition {
  path: 'filter'
  op: 'where'
  where: Predicate
  values: readonly unknown[]
  column?: undefined
}

export type ParsedCondition = AttributeCondition | FilterCondition

export interface ListQuery {
  conditions: ParsedCondition[]
  /** Declared columns, in order. Empty: the order of creation. */
  sort: { path: string; descending: boolean }[]
  offset: number
  limit: number
  /** Keyset paging: only rows after this id, in the order of creation. */
  after?: string
  fields?: string[]
}

export interface Limits {
  defaultLimit: number
  maxLimit: number
  maxOffset: number
}

const RESERVED = new Set(['fields', 'offset', 'limit', 'sort', 'after', 'filter'])
const SUFFIX = /^(.+)\.(eq|ne|gt|gte|lt|lte|regex)$/
const SYMBOL = /^(.+?)(>=|<=|!=|>|<|=~)(.*)$/s
const SYMBOLS: Record<string, Operator> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte', '!=': 'ne', '=~': 'regex' }
const MAX_VALUES = 100
const MAX_CONDITIONS = 30
const MAX_FILTERS = 5

const decode = (text: string, faults: Fault[]): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    faults.push(fault('', 'the query string has a percent sign that begins no character', text))
    return ''
  }
}

/** `name>=5` may come as name `name>` and value `5` (the raw form), or percent-encoded in the name. */
function readName(lookup: AttributeLookup, name: string, value: string): { path: string; op: Operator; value: string } {
  if (name.endsWith('!')) return { path: name.slice(0, -1), op: 'ne', value }
  const symbol = SYMBOL.exec(name)
  if (symbol) {
    const [, path, sign, rest] = symbol as unknown as [string, string, string, string]
    const withEquals = (sign === '>' || sign === '<') && rest === '' && value !== ''
    return { path, op: withEquals ? SYMBOLS[`${sign}=`]! : SYMBOLS[sign]!, value: rest === '' ? value : rest }
  }
  const suffix = SUFFIX.exec(name)
  // A specification's characteristic has an attribute that is called like an operator: regex.
  const isOperator = suffix !== null && (lookup(suffix[1]!)?.kind !== 'object' || lookup(name) === undefined)
  return isOperator ? { path: suffix[1]!, op: suffix[2] as Operator, value } : { path: name, op: 'eq', value }
}

const wholeNumber = (name: string, text: string, min: number, faults: Fault[]): number => {
  const number = Number(text)
  if (/^\d{1,15}$/.test(text) && number >= min) return number
  faults.push(fault(name, `must be a whole number of at least ${min}`, text))
  return min
}

function parseSort(resource: Resource<any>, text: string, faults: Fault[]): ListQuery['sort'] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => {
      const path = part.replace(/^[-+]/, '')
      if (path !== 'id' && !Object.hasOwn(resource.filters, path)) {
        faults.push(fault('sort', `can be by ${['id', ...Object.keys(resource.filters)].join(', ')}`, path))
      }
      return { path, descending: part.startsWith('-') }
    })
}

/** A condition on a known attribute; faults name it when the schema lacks it or the operator does not fit. */
function condition(resource: Resource<any>, lookup: AttributeLookup, path: string, op: Operator, texts: string[], faults: Fault[]): AttributeCondition | undefined {
  const attribute = path.length > 200 ? undefined : lookup(path)
  if (!attribute) {
    faults.push(unknownAttribute(path.slice(0, 100), resource.name))
    return undefined
  }
  if (op !== 'eq' && op !== 'ne' && (attribute.kind === 'object' || (op === 'regex' ? !['text', 'any'].includes(attribute.kind) : attribute.kind === 'boolean'))) {
    faults.push(fault(path, `cannot be compared by ${op}`))
    return undefined
  }
  if (attribute.hidesBelow === true && texts.some(isJson)) {
    faults.push(fault(path, 'holds what is secret and cannot be compared as a whole'))
    return undefined
  }
  // A JSON array on a list means containment, whatever the kind of its elements.
  const isWhole = (text: string): boolean => attribute.lists.at(-1) === true && (op === 'eq' || op === 'ne') && /^\s*\[/.test(text)
  const values = texts.flatMap(text => typed(path, isWhole(text) ? 'object' : attribute.kind, text, op, faults))
  const column = path === 'id' ? 'text' : resource.filters[path]
  return { path, op, values, attribute, ...(column && { column }) }
}

/** What is the same as a condition on a declared column becomes one: its index is better than the document's, and its ranges are indexed too. */
function conditionsOf(resource: Resource<any>, lookup: AttributeLookup, where: Predicate): ParsedCondition[] {
  if (where.kind === 'and') return where.parts.flatMap(part => conditionsOf(resource, lookup, part))
  if (where.kind === 'compare') {
    const path = where.way.names.join('.')
    const column = path === 'id' ? 'text' : Object.hasOwn(resource.filters, path) ? resource.filters[path] : undefined
    const attribute = column && lookup(path)
    // Texts are ordered by the column's collation, which is not that of filters.
    if (column && attribute && where.as !== 'null' && where.as !== 'pattern' && (where.op === 'eq' || where.as !== 'text')) return [{ path, op: where.op, values: [where.value], attribute, column }]
  }
  return [{ path: 'filter', op: 'where', where, values: [] }]
}

/**
 * The raw query string (without `?`) as a list query. Throws a Refusal that lists every fault.
 * `lookup` knows the attributes of registered extensions too; without it there are those of the schema.
 */
export function parseListQuery(resource: Resource<any>, raw: string, limits: Limits, lookup: AttributeLookup = path => attributeAt(resource.schema, path)): ListQuery {
  const faults: Fault[] = []
  const query: ListQuery = { conditions: [], sort: [], offset: 0, limit: limits.defaultLimit }
  const texts = new Map<string, { path: string; op: Operator; texts: string[] }>()
  let filters = 0
  for (const pair of pairsOf(raw)) {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at), faults)
    const rawValue = at < 0 ? '' : pair.slice(at + 1)
    const value = decode(rawValue, faults)
    if (value.includes('\0') || name.includes('\0')) {
      faults.push(fault(name.replaceAll('\0', ''), 'must not contain the NUL character'))
      continue
    }
    if (RESERVED.has(name)) {
      if (name === 'fields') query.fields = [...(query.fields ?? []), ...value.split(',').map(f => f.trim()).filter(Boolean)]
      else if (name === 'offset') query.offset = wholeNumber(name, value, 0, faults)
      else if (name === 'limit') query.limit = Math.min(wholeNumber(name, value, 0, faults), limits.maxLimit)
      else if (name === 'sort') query.sort = parseSort(resource, value, faults)
      else if (name === 'after') query.after = value
      else if (++filters > MAX_FILTERS) faults.push(fault('filter', `is given more than ${MAX_FILTERS} times`))
      else query.conditions.push(...conditionsOf(resource, lookup, resolveFilter(lookup, resource.name, readFilter(value), faults)))
      continue
    }
    const read = readName(lookup, name, value)
    const key = `${read.path} ${read.op}`
    const entry = texts.get(key) ?? { path: read.path, op: read.op, texts: [] }
    // A comma means OR where it stands raw; the whole text counts too, because values may hold commas.
    const parts = read.op === 'regex' || isJson(read.value) || !rawValue.includes(',') ? [] : rawValue.split(',').map(part => decode(part, faults))
    const kind = lookup(read.path)?.kind
    entry.texts.push(...(parts.length > 0 && kind !== 'text' && kind !== 'any' ? parts : [read.value, ...parts]))
    if (entry.texts.length > MAX_VALUES) faults.push(fault(read.path, `is compared with more than ${MAX_VALUES} values`))
    texts.set(key, entry)
  }
  if (texts.size > MAX_CONDITIONS) faults.push(fault('', `the query has more than ${MAX_CONDITIONS} conditions`))
  else for (const entry of texts.values()) {
    const parsed = condition(resource, lookup, entry.path, entry.op, entry.texts.slice(0, MAX_VALUES), faults)
    if (parsed) query.conditions.push(parsed)
  }
  if (query.offset > limits.maxOffset) faults.push(fault('offset', `must be at most ${limits.maxOffset}; use after=<id of the last item> to read further`))
  if (query.after !== undefined && (query.sort.length > 0 || query.offset > 0)) faults.push(fault('after', 'goes with neither sort nor offset: it reads on in the order of creation'))
  if (faults.length > 0) throw refuse.invalid(faults)
  return query
}
