/** Identifiers as they are asked for in one text: `<type>:<value>`, and where who gave it is said too `<type>:<scope>:<value>`. */
import type { Sql } from '../../platform/database/sql.ts'
import { fault, refuse, type Refusal } from '../../platform/errors.ts'
import { normalise, type phoneCountry } from '../identity/index.ts'
import { keysOf } from './search-text.ts'
import type { ViewParts } from './view-statement.ts'

export interface IdentifierForm {
  /** In lower case. */
  type: string
  /** As it was asked for. */
  said: string
  value: string
  /** Normal forms of the value, and of what is left of it when a scope is taken off: what is looked up. */
  keys: readonly string[]
  /** Normal forms of the value as a whole. */
  whole: readonly string[]
  /** `scope:key`, for each way to read a scope in it. */
  scoped: readonly string[]
  /** Each way to read it as the id of a record in another system, side by side. */
  sources: readonly string[]
  ids: readonly string[]
}

/** The type by which records are found under the id that another system gave them: `external:<system>:<id>`. */
export const EXTERNAL = 'external'
/** Colons in a value at which a scope may end: a scope may have some itself, and so may an id. */
const MOST_COLONS = 5

export type PhoneCountry = ReturnType<typeof phoneCountry>

/** A telephone number in the one form in which identifiers are kept; nothing for any other text. */
export const phoneKeys = (text: string, country: PhoneCountry): string[] => {
  const number = normalise('phone', text, country)
  return 'value' in number ? [number.value] : []
}

/** `country`: by whose rules a telephone number is read that is written without one. */
export const formOf = (type: string, value: string, country?: PhoneCountry): IdentifierForm => {
  const colons = [...value.matchAll(/:/g)].map(match => match.index).filter(at => at > 0 && at < value.length - 1).slice(0, MOST_COLONS)
  const splits = colons.map(at => ({ scope: value.slice(0, at).trim(), rest: value.slice(at + 1).trim() })).filter(({ scope, rest }) => scope !== '' && rest !== '')
  const whole = [...new Set([...keysOf(value), ...(type.toLowerCase() === 'phone' ? phoneKeys(value, country) : [])])]
  return {
    type: type.toLowerCase(),
    said: `${type}:${value}`,
    value,
    whole,
    keys: [...new Set([...whole, ...splits.flatMap(({ rest }) => keysOf(rest))])],
    scoped: splits.flatMap(({ scope, rest }) => keysOf(rest).map(key => `${scope.toLowerCase()}:${key}`)),
    sources: splits.map(({ scope }) => scope),
    ids: splits.map(({ rest }) => rest),
  }
}

/** The types that are known whatever is stored. Beside them names of characteristics are types: those by which somebody can be found. */
export const knownTypes = ({ search, lookups }: Pick<ViewParts, 'search' | 'lookups'>): string[] =>
  [...new Set(['email', 'phone', EXTERNAL, ...lookups.flatMap(lookup => lookup.types), ...search.flatMap(source => [source.idField, ...(source.fields ?? [])])])].toSorted((a, b) => (a < b ? -1 : 1))

const FORM = /^\s*(\w[\w.-]*)\s*:\s*(\S.*?)\s*$/su

/** The form of a text that begins with a known type; undefined for any other. */
export const formIn = (parts: Pick<ViewParts, 'search' | 'lookups'>, text: string, country?: PhoneCountry): IdentifierForm | undefined => {
  const [, type, value] = FORM.exec(text) ?? []
  if (type === undefined || value === undefined) return undefined
  return knownTypes(parts).some(known => known.toLowerCase() === type.toLowerCase()) ? formOf(type, value, country) : undefined
}

export const unknownType = (parts: Pick<ViewParts, 'search' | 'lookups'>, type: string): Refusal =>
  refuse.invalid([fault('identifier', `must begin with a known type: ${knownTypes(parts).join(', ')}, or the name of a characteristic by which somebody is found`, type)])

/** Rows that are looked at to learn whether anybody has a characteristic of this name: one that is rarer than that is none. */
const LOOKED_AT = 100_000

/** Whether something goes by this name: a type that is known, or a characteristic that somebody has. */
export const isType = async (sql: Sql, parts: Pick<ViewParts, 'search' | 'lookups'>, brand: string, type: string): Promise<boolean> => {
  if (knownTypes(parts).some(known => known.toLowerCase() === type.toLowerCase())) return true
  const rows = await sql.query(
    { name: 'search-field', text: `SELECT 1 FROM (SELECT i.field FROM search_identifier i WHERE i.brand = $1 LIMIT ${LOOKED_AT}) AS f WHERE lower(f.field) = lower($2) LIMIT 1` },
    [brand, type],
  )
  return rows.length > 0
}

/**
 * Ids of rows with their resource that other systems know under an id: a query of `id` and `resource`, by the parameters that hold
 * `sources` and `ids` of the form. The primary key finds them, name by name.
 */
export const externalSql = (sources: string, ids: string, resources: string): string =>
  `SELECT x.resource_id AS id, x.resource, x.external_id AS value FROM unnest(${sources}::text[], ${ids}::text[]) AS u (source, id) JOIN external_identity x ON x.brand = $1 AND x.source = u.source AND x.external_id = u.id AND x.type = ANY(${resources}) WHERE x.gone_at IS NULL`

/** Of what a lookup `l` finds by one of the keys: what was asked for. */
export const isAskedSql = (type: string, whole: string, scoped: string): string => `lower(l.field) = ${type}::text AND (l.key = ANY(${whole}::text[]) OR lower(l.scope) || ':' || l.key = ANY(${scoped}::text[]))`
