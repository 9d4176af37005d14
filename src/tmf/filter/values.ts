/** What a filter compares with: values read in the type of their attribute, and the attributes that there are to compare. */
import { fault, type Fault } from '../../platform/errors.ts'
import type { Attribute } from '../attributes.ts'

export type Operator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'regex'

/** The attribute at a dotted path of a resource; undefined when neither its schema nor a registered extension has it. */
export type AttributeLookup = (path: string) => Attribute | undefined

const MAX_REGEX = 100
/** Counted repetitions inside each other are unrolled: measured, 1,000 cost 0.1 s, 40,000 well over one. */
const MAX_REPETITIONS = 1000

const repetitions = (pattern: string): number => [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce((product, [, least, most]) => product * Math.max(1, Number(most || least)), 1)

/** The refusal of an attribute that is not known. Where unregistered extensions carry more, it says how these are found. */
export const unknownAttribute = (path: string, resourceName: string): Fault =>
  fault(path, `is not an attribute of ${resourceName}, nor of an extension that is registered for it (attributes of others can be found by containment alone: attribute={"name":"value"})`)

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{3}(\d+)|\.\d+)?)?(?:[Zz]|[+-](\d{2}):?\d{2})$/
/** Postgres reads offsets up to 15:59. */
const MAX_OFFSET_HOURS = 15
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** 29 February is a day in leap years only; 400 years on the calendar is the same, and no year is below 100. */
const isDay = (year: number, month: number, day: number): boolean => new Date(Date.UTC(year + 400, month - 1, day)).getUTCDate() === day

/** A Date keeps milliseconds and Postgres microseconds, so the digits after those go along in its text. */
const withFinerDigits = (date: Date, digits: string | undefined): Date =>
  digits === undefined ? date : Object.assign(date, { toISOString: () => Date.prototype.toISOString.call(date).replace('Z', `${digits}Z`) })

/** A date-time as the kit accepts it: RFC 3339, a day that exists, and an instant of the years 1 to 9999, as Postgres can read it too. */
export const instantOf = (text: string): Date | undefined => {
  const parts = DATE_TIME.exec(text)
  if (!parts) return /^\d{4}-\d{2}-\d{2}$/.test(text) ? instantOf(`${text}T00:00:00Z`) : undefined
  const [, year, month, day, finer, offset] = parts
  const date = new Date(text.replace(' ', 'T'))
  const valid = isDay(Number(year), Number(month), Number(day)) && Number(offset ?? 0) <= MAX_OFFSET_HOURS && date.getTime() >= EARLIEST && date.getTime() <= LATEST
  return valid ? withFinerDigits(date, finer) : undefined
}

/** UTC with six digits after the second, as the database keeps instants: such texts are ordered as their instants are. */
export const microseconds = (date: Date): string => date.toISOString().slice(0, -1).padEnd(26, '0').slice(0, 26)

export const isJson = (text: string): boolean => /^\s*[{[]/.test(text)

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

/** One value in the attribute's type; undefined with a fault when it is none. */
export function typed(path: string, kind: Attribute['kind'], text: string, op: Operator, faults: Fault[]): unknown[] {
  if (op === 'regex') {
    if (text.length > MAX_REGEX) faults.push(fault(path, `has a pattern longer than ${MAX_REGEX} characters`))
    else if (repetitions(text) > MAX_REPETITIONS) faults.push(fault(path, `has a pattern that repeats more than ${MAX_REPETITIONS} times`, text))
    else if (/\\[1-9]/.test(text)) faults.push(fault(path, 'has a pattern with a back reference', text))
    else if (!isPattern(text)) faults.push(fault(path, 'has a pattern that is no regular expression', text))
    return [text]
  }
  if (kind === 'object' || (kind === 'any' && isJson(text))) {
    try {
      return [JSON.parse(text)]
    } catch {
      faults.push(fault(path, 'is compared with a JSON object or array, or by a path below it', text))
      return []
    }
  }
  switch (kind) {
    case 'instant': {
      // A plus sign that came raw was read as a space.
      const date = instantOf(text.replace(/ (\d{2}:?\d{2})$/, '+$1'))
      if (!date) faults.push(fault(path, 'must be compared with a date-time (RFC 3339)', text))
      return date ? [date] : []
    }
    case 'number': {
      const number = Number(text)
      const valid = text.trim() !== '' && Number.isFinite(number)
      if (!valid) faults.push(fault(path, 'must be compared with a number', text))
      return valid ? [number] : []
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') faults.push(fault(path, 'must be compared with true or false', text))
      return [text === 'true']
    case 'any': {
      const literals: unknown[] = [text]
      if (/^-?\d+(\.\d+)?$/.test(text) && text.length < 16) literals.push(Number(text))
      if (text === 'true' || text === 'false') literals.push(text === 'true')
      return literals
    }
    default:
      return [text]
  }
}
