/**
 * The rows that a caller may reach, as relations to select from: by permission nothing or something, by the one scope function which of them.
 * Sections of the view and the search read every resource through here, so that no statement can forget to ask.
 */
import { createHash } from 'node:crypto'
import type { Statement } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Resource } from '../../tmf/resource.ts'
import { quoted } from '../../tmf/storage/ddl.ts'
import { mayRead, scopeOf, scopeSql } from '../../tmf/storage/scope.ts'

export interface Relations {
  /** `(SELECT * FROM "product" WHERE …)`, to be given an alias. $1 is the brand. */
  of: (resource: string) => string
  /** Adds a parameter and answers its number: `$4`. */
  add: (value: unknown) => string
  values: readonly unknown[]
}

/** Of a resource that no running module serves: what every table has. */
const NOTHING = '(SELECT NULL::text AS brand, NULL::text AS id, NULL::text AS owner_party, NULL::json AS doc, NULL::timestamptz AS created_at, NULL::timestamptz AS updated_at WHERE false)'

/** `first` are the parameters that the statement has anyway, the brand above all. */
export const relationsFor = (context: Context, served: ReadonlyMap<string, Resource<any>>, first: readonly unknown[]): Relations => {
  const values = [...first]
  const known = new Map<string, string>()
  // Scopes of several resources are mostly alike: each value travels once.
  const numbers = new Map<string, string>()
  const add = (value: unknown): string => {
    const key = JSON.stringify(value) ?? ''
    const number = numbers.get(key) ?? `$${values.push(value)}`
    numbers.set(key, number)
    return number
  }
  const make = (name: string): string => {
    const resource = served.get(name)
    if (resource === undefined) return NOTHING
    const table = quoted(resource.table)
    if (!mayRead(context, name)) return `(SELECT * FROM ${table} WHERE false)`
    const scope = scopeSql(resource, scopeOf(context, resource))
    const condition = scope.holds.replace(/\$(\d+)/g, (_, digits: string) => (digits === '1' ? '$1' : add(scope.values[Number(digits) - 1])))
    return `(SELECT * FROM ${table} WHERE ${condition})`
  }
  return {
    values,
    add,
    of: name => {
      const text = known.get(name) ?? make(name)
      known.set(name, text)
      return text
    },
  }
}

/** Prepared shapes per process; callers that are confined in ever new ways get unnamed statements. */
const MOST_NAMED = 500
const named = new Map<string, Statement>()

/** Equal text is one prepared statement. */
export const namedStatement = (prefix: string, text: string): Statement => {
  const found = named.get(text)
  if (found) return found
  if (named.size >= MOST_NAMED) return { text }
  const statement: Statement = { name: `${prefix}_${createHash('sha1').update(text).digest('base64url')}`, text }
  named.set(text, statement)
  return statement
}

const PLACEHOLDER = /\{([A-Za-z]\w*)\}/g

/** Puts relations in the place of `{product}`. Texts in quotes are left alone: `'{remainingAmount,unit}'`. */
export const withRelations = (sql: string, relations: Relations): string =>
  sql
    .split(/('(?:[^']|'')*')/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(PLACEHOLDER, (_, name: string) => relations.of(name))))
    .join('')
