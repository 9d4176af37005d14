/** Turns conditions into SQL over a resource's table: generated columns where they are declared, the document's GIN index for other equalities. */
import { containing } from '../attributes.ts'
import { filterColumn, quoted, sqlType } from '../storage/ddl.ts'
import type { AttributeCondition, ParsedCondition } from './parse.ts'
import { compilePredicate } from './path-sql.ts'

/** Collects values and hands out their placeholders. */
export interface Parameters {
  values: unknown[]
  add(value: unknown, cast?: string): string
}

export const parameters = (values: unknown[] = []): Parameters => ({
  values,
  add(value, cast) {
    values.push(value instanceof Date ? value.toISOString() : value)
    return `$${values.length}${cast ? `::${cast}` : ''}`
  },
})

const SIGN = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function onColumn(condition: AttributeCondition, params: Parameters): string {
  const column = condition.path === 'id' ? 'id' : quoted(filterColumn(condition.path))
  const type = sqlType(condition.column!)
  switch (condition.op) {
    case 'eq':
      return condition.values.length === 1 ? `${column} = ${params.add(condition.values[0], type)}` : `${column} = ANY(${params.add(asArray(condition.values), `${type}[]`)})`
    case 'ne':
      return `(${column} IS NULL OR ${column} <> ALL(${params.add(asArray(condition.values), `${type}[]`)}))`
    case 'regex':
      return anyOf(condition.values.map(value => `${column} ~ ${params.add(value, 'text')}`))
    default:
      return anyOf(condition.values.map(value => `${column} ${SIGN[condition.op as keyof typeof SIGN]} ${params.add(value, type)}`))
  }
}

const asArray = (values: readonly unknown[]): unknown[] => values.map(value => (value instanceof Date ? value.toISOString() : value))
const anyOf = (parts: string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`)

/** SQL for one value compared with each value found at the path; lax jsonpath goes through lists by itself. */
function onEach(condition: AttributeCondition, params: Parameters, compare: string, value: unknown): string {
  const path = `$${condition.path.split('.').map(segment => `.${JSON.stringify(segment)}`).join('')}[*]`
  // Each takes its parameter only when it is used: Postgres cannot type one that stands nowhere.
  const test = {
    instant: () => `jsonb_typeof(v) = 'string' AND tandem_instant(v #>> '{}') ${compare} ${params.add(value, 'timestamptz')}`,
    number: () => `jsonb_typeof(v) = 'number' AND v::numeric ${compare} ${params.add(value, 'numeric')}`,
    text: () => `v #>> '{}' ${compare} ${params.add(value, 'text')}`,
  }
  const kind = condition.attribute.kind
  const form = condition.op === 'regex' ? 'text' : kind === 'any' ? (typeof value === 'number' ? 'number' : 'text') : kind === 'instant' || kind === 'number' ? kind : 'text'
  return `EXISTS (SELECT 1 FROM jsonb_path_query(doc::jsonb, ${params.add(path, 'text')}::jsonpath) v WHERE ${test[form]()})`
}

function onDocument(condition: AttributeCondition, params: Parameters): string {
  const { attribute, op, path, values } = condition
  if (op === 'eq' || op === 'ne') {
    const equal = anyOf(
      values.map(value =>
        attribute.kind === 'instant' && value instanceof Date ? onEach(condition, params, '=', value) : `doc::jsonb @> ${params.add(JSON.stringify(containing(path, attribute.lists, value)), 'jsonb')}`,
      ),
    )
    return op === 'eq' ? equal : `NOT ${anyOf([equal])}`
  }
  const compare = op === 'regex' ? '~' : SIGN[op]
  return anyOf(values.map(value => onEach(condition, params, compare, value)))
}

/** All conditions as one boolean expression; `true` for none. */
export const compileConditions = (conditions: readonly ParsedCondition[], params: Parameters): string =>
  conditions.length === 0 ? 'true' : conditions.map(c => (c.op === 'where' ? compilePredicate(c.where, params) : c.column ? onColumn(c, params) : onDocument(c, params))).join(' AND ')
