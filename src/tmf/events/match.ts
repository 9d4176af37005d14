/** Holds conditions of a list query against a document in memory, with the meaning that they have in SQL. */
import { isDeepStrictEqual } from 'node:util'
import { valuesAt } from '../attributes.ts'
import { holds } from '../filter/path-match.ts'
import type { Predicate } from '../filter/predicate.ts'
import { instantOf, microseconds, type Operator } from '../filter/values.ts'

export type DocumentCondition = AttributeCondition | { op: 'where'; where: Predicate }

interface AttributeCondition {
  /** Dotted path through objects and lists. */
  path: string
  op: Operator
  /** One of them must match; dates are compared as instants. */
  values: readonly unknown[]
}

/** jsonb's `@>`: objects contain what has fewer attributes, lists what has fewer elements in any order, and a scalar they hold. */
export const contains = (whole: unknown, part: unknown): boolean => {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every(wanted => whole.some(element => contains(element, wanted)))
  if (part !== null && typeof part === 'object') {
    return (
      whole !== null &&
      typeof whole === 'object' &&
      !Array.isArray(whole) &&
      Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && contains((whole as Record<string, unknown>)[key], value))
    )
  }
  return isDeepStrictEqual(whole, part)
}

/** Negative, zero or positive; undefined when the two cannot be compared. */
const compare = (found: unknown, wanted: unknown): number | undefined => {
  if (wanted instanceof Date) {
    const instant = typeof found === 'string' ? instantOf(found) : undefined
    if (instant === undefined) return undefined
    const [one, other] = [microseconds(instant), microseconds(wanted)]
    return one < other ? -1 : one > other ? 1 : 0
  }
  if (typeof wanted === 'number') return typeof found === 'number' ? found - wanted : undefined
  if (typeof wanted === 'string') return typeof found === 'string' ? (found < wanted ? -1 : found > wanted ? 1 : 0) : undefined
  return undefined
}

const equals = (found: unknown, wanted: unknown): boolean => (wanted instanceof Date ? compare(found, wanted) === 0 : contains(found, wanted))

const HOLDS: Readonly<Record<'gt' | 'gte' | 'lt' | 'lte', (order: number) => boolean>> = {
  gt: order => order > 0,
  gte: order => order >= 0,
  lt: order => order < 0,
  lte: order => order <= 0,
}

const matchesOne = (doc: unknown, { path, op, values }: AttributeCondition): boolean => {
  const found = valuesAt(doc, path)
  // A list can be asked for as a whole: `category=[{"id":"1"}]`.
  const isEqual = (): boolean => values.some(wanted => (Array.isArray(wanted) ? wanted.every(part => found.some(value => contains(value, part))) : found.some(value => equals(value, wanted))))
  switch (op) {
    case 'eq':
      return isEqual()
    case 'ne':
      return !isEqual()
    case 'regex':
      // Patterns are the caller's: running them in this process could block it. Hub queries refuse them.
      throw new Error('Patterns are not matched in memory')
    default:
      return found.some(value =>
        values.some(wanted => {
          const order = compare(value, wanted)
          return order !== undefined && HOLDS[op](order)
        }),
      )
  }
}

/** Whether all conditions hold. */
export const matches = (doc: unknown, conditions: readonly DocumentCondition[]): boolean => conditions.every(condition => (condition.op === 'where' ? holds(doc, condition.where) : matchesOne(doc, condition)))
