/**
 * Turns a filter's predicate into SQL over a document: values as parameters, each element of a list a row of its own, so that conditions on one element
 * stay together. What equalities demand of a document is asked of the GIN index first (containment); the rest is looked at in what it found.
 */
import type { Parameters } from './compile.ts'
import type { Predicate, Way } from './predicate.ts'

type Compare = Extract<Predicate, { kind: 'compare' }>

const DOCUMENT = 'doc::jsonb'
/** Alternatives that are asked of the index; more are not worth it. */
const MAX_ALTERNATIVES = 8
const SIGN = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=', regex: '~' } as const

/** Lax: it goes through lists by itself, and what is not there is nothing. */
const jsonpath = (names: readonly string[]): string => `lax $${names.map(name => `.${JSON.stringify(name)}`).join('')}`

/** Casts stand in CASE, because the order of AND is the planner's to choose. */
function test(compare: Compare, params: Parameters): string {
  const sign = SIGN[compare.op]
  switch (compare.as) {
    case 'null':
      return `v = 'null'::jsonb`
    case 'boolean':
      return `v = ${params.add(String(compare.value), 'jsonb')}`
    case 'number':
      return `CASE WHEN jsonb_typeof(v) = 'number' THEN v::numeric ${sign} ${params.add(compare.value, 'numeric')} ELSE false END`
    case 'instant':
      return `CASE WHEN jsonb_typeof(v) = 'string' THEN tandem_instant(v #>> '{}') ${sign} ${params.add(compare.value, 'timestamptz')} ELSE false END`
    case 'text':
      return `CASE WHEN jsonb_typeof(v) = 'string' THEN (v #>> '{}') COLLATE "C" ${sign} ${params.add(compare.value, 'text')} ELSE false END`
    case 'pattern':
      return `CASE WHEN jsonb_typeof(v) = 'string' THEN (v #>> '{}') ${compare.ignoreCase ? '~*' : '~'} ${params.add(compare.value, 'text')} ELSE false END`
  }
}

function sqlOf(predicate: Predicate, context: string, level: number, params: Parameters): string {
  const values = (way: Way): string => `jsonb_path_query(${context}, ${params.add(`${jsonpath(way.names)}[*]`, 'jsonpath')})`
  switch (predicate.kind) {
    case 'and':
      return `(${predicate.parts.map(part => sqlOf(part, context, level, params)).join(' AND ')})`
    case 'or':
      return predicate.parts.length === 0 ? 'false' : `(${predicate.parts.map(part => sqlOf(part, context, level, params)).join(' OR ')})`
    case 'not':
      return `NOT ${sqlOf(predicate.part, context, level, params)}`
    case 'exists':
      return `jsonb_path_exists(${context}, ${params.add(jsonpath(predicate.way.names), 'jsonpath')})`
    case 'some': {
      const element = `e${level}`
      return `EXISTS (SELECT 1 FROM ${values(predicate.way)} ${element} WHERE ${sqlOf(predicate.where, element, level + 1, params)})`
    }
    case 'compare':
      return `EXISTS (SELECT 1 FROM ${values(predicate.way)} v WHERE ${test(predicate, params)})`
  }
}

/** Documents of which a match must contain one. `exact`: and what contains one is a match. */
interface Demand {
  alternatives: unknown[]
  exact: boolean
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

/** What contains both; undefined when nothing can. */
function both(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other]
  if (isObject(one) && isObject(other)) {
    const merged: Record<string, unknown> = { ...one }
    for (const [key, value] of Object.entries(other)) {
      merged[key] = Object.hasOwn(merged, key) ? both(merged[key], value) : value
      if (merged[key] === undefined) return undefined
    }
    return merged
  }
  return one === other ? one : undefined
}

/** The value at the end of a way, with the lists that lie on it; where the schema leaves it open, both forms. */
function placed({ names, lists }: Way, values: readonly unknown[]): unknown[] {
  let forms = [...values]
  for (let i = names.length - 1; i >= 0; i--) {
    const list = lists[i]
    forms = forms.flatMap(form => [...(list === true ? [] : [form]), ...(list === false ? [] : [[form]])]).map(form => ({ [names[i]!]: form }))
  }
  return forms
}

const bounded = (demand: Demand): Demand | undefined => (demand.alternatives.length > MAX_ALTERNATIVES ? undefined : demand)

/** What a predicate demands of a document that the index can tell; undefined when there is nothing of that kind. */
function demandOf(predicate: Predicate): Demand | undefined {
  switch (predicate.kind) {
    case 'compare':
      if (predicate.op !== 'eq' || predicate.as === 'instant') return undefined
      return bounded({ alternatives: placed(predicate.way, [predicate.value]), exact: true })
    case 'some': {
      const inner = demandOf(predicate.where)
      return inner && bounded({ alternatives: placed(predicate.way, inner.alternatives), exact: inner.exact })
    }
    case 'or': {
      const parts = predicate.parts.map(demandOf)
      if (!parts.every(part => part !== undefined)) return undefined
      return bounded({ alternatives: parts.flatMap(part => part.alternatives), exact: parts.every(part => part.exact) })
    }
    case 'and': {
      let result: Demand | undefined
      let exact = true
      for (const part of predicate.parts) {
        const next = demandOf(part)
        exact &&= next?.exact === true
        if (next === undefined) continue
        if (result === undefined) {
          result = next
          continue
        }
        const pairs = result.alternatives.flatMap(one => next.alternatives.map(other => both(one, other))).filter(pair => pair !== undefined)
        // Two values of one attribute, or too many forms: the first demand is enough for the index, and the rest is looked at.
        if (pairs.length === 0 || pairs.length > MAX_ALTERNATIVES) exact = false
        else result = { alternatives: pairs, exact: true }
      }
      return result && { alternatives: result.alternatives, exact: exact && result.exact }
    }
    default:
      return undefined
  }
}

/** The predicate as a condition on a resource's table. */
export function compilePredicate(predicate: Predicate, params: Parameters): string {
  const demand = demandOf(predicate)
  if (demand === undefined) return sqlOf(predicate, DOCUMENT, 1, params)
  if (demand.alternatives.length === 0) return 'false'
  const indexed = `(${demand.alternatives.map(part => `${DOCUMENT} @> ${params.add(JSON.stringify(part), 'jsonb')}`).join(' OR ')})`
  return demand.exact ? indexed : `(${indexed} AND ${sqlOf(predicate, DOCUMENT, 1, params)})`
}
