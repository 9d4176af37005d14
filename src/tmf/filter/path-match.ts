/** Holds a filter's predicate against a document in memory, with the meaning that it has in SQL (path-sql.ts). */
import { instantOf, microseconds } from './values.ts'
import type { Predicate, Way } from './predicate.ts'

type Compare = Extract<Predicate, { kind: 'compare' }>

const elements = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

const reached = (context: unknown, { names }: Way): unknown[] => {
  let found: unknown[] = [context]
  for (const name of names) {
    found = found
      .flatMap(elements)
      .flatMap(value => (value !== null && typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : []))
  }
  return found
}

const order = (one: string | number, other: string | number): number => (one < other ? -1 : one > other ? 1 : 0)

/** Negative, zero or positive; undefined when the value has another type. */
const compared = (found: unknown, { as, value }: Compare): number | undefined => {
  switch (as) {
    case 'null':
      return found === null ? 0 : undefined
    case 'boolean':
      return found === value ? 0 : undefined
    case 'number':
      return typeof found === 'number' ? order(found, value as number) : undefined
    case 'text':
      // Bytes of UTF-8 have the order of code points, which is the database's "C"; UTF-16 has not.
      return typeof found === 'string' ? Buffer.compare(Buffer.from(found), Buffer.from(value as string)) : undefined
    case 'instant': {
      const instant = typeof found === 'string' ? instantOf(found) : undefined
      return instant && order(microseconds(instant), microseconds(value as Date))
    }
    case 'pattern':
      // Patterns are the caller's: running them in this process could block it. Hub queries refuse them.
      throw new Error('Patterns are not matched in memory')
  }
}

const HOLDS: Readonly<Record<Compare['op'], (order: number) => boolean>> = {
  eq: n => n === 0,
  gt: n => n > 0,
  gte: n => n >= 0,
  lt: n => n < 0,
  lte: n => n <= 0,
  regex: () => false,
}

/** Whether the predicate holds for a document, or for an element of one. */
export const holds = (context: unknown, predicate: Predicate): boolean => {
  switch (predicate.kind) {
    case 'and':
      return predicate.parts.every(part => holds(context, part))
    case 'or':
      return predicate.parts.some(part => holds(context, part))
    case 'not':
      return !holds(context, predicate.part)
    case 'exists':
      return reached(context, predicate.way).length > 0
    case 'some':
      return reached(context, predicate.way).flatMap(elements).some(element => holds(element, predicate.where))
    case 'compare':
      return reached(context, predicate.way)
        .flatMap(elements)
        .some(value => {
          const n = compared(value, predicate)
          return n !== undefined && HOLDS[predicate.op](n)
        })
  }
}
