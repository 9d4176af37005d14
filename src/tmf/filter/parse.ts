/**
 * Reads a list's query string by the rules of TMF630: attribute filters with operators, paging, sorting, field selection.
 * An attribute that the schema does not have is a 400 that names it: a filter never silently matches all.
 */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { attributeAt, type Attribute } from '../attributes.ts'
import type { FilterType, Resource } from '../resource.ts'

export type Operator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'regex'

/** One attribute compared with one or more values, of which one must match. Several conditions must all hold. */
export interface ParsedCondition {
  path: string
  op: Operator
  /** string, number, boolean, Date, or (containment) an object or array. */
  values: unknown[]
  attribute: Attribute
  /** Set when the attribute is a declared filter, kept as a column. */
  column?: FilterType
}

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

const RESERVED = new Set(['fields', 'offset', 'limit', 'sort', 'after'])
const SUFFIX = /^(.+)\.(eq|ne|gt|gte|lt|lte|regex)$/
const SYMBOL = /^(.+?)(>=|<=|!=|>|<|=~)(.*)$/s
const SYMBOLS: Record<string, Operator> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte', '!=': 'ne', '=~': 'regex' }
const MAX_VALUES = 100
const MAX_CONDITIONS = 30
const MAX_REGEX = 100

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

const decode = (text: string, faults: Fault[]): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    faults.push(fault('', 'the query string has a percent sign that begins no character', text))
    return ''
  }
}

/** `name>=5` may come as name `name>` and value `5` (the raw form), or percent-encoded in the name. */
function readName(resource: Resource<any>, name: string, value: string): { path: string; op: Operator; value: string } {
  if (name.endsWith('!')) return { path: name.slice(0, -1), op: 'ne', value }
  const symbol = SYMBOL.exec(name)
  if (symbol) {
    const [, path, sign, rest] = symbol as unknown as [string, string, string, string]
    const withEquals = (sign === '>' || sign === '<') && rest === '' && value !== ''
    return { path, op: withEquals ? SYMBOLS[`${sign}=`]! : SYMBOLS[sign]!, value: rest === '' ? value : rest }
  }
  const suffix = SUFFIX.exec(name)
  // A specification's characteristic has an attribute that is called like an operator: regex.
  const isOperator = suffix !== null && (attributeAt(resource.schema, suffix[1]!)?.kind !== 'object' || attributeAt(resource.schema, name) === undefined)
  return isOperator ? { path: suffix[1]!, op: suffix[2] as Operator, value } : { path: name, op: 'eq', value }
}

const isJson = (text: string): boolean => /^\s*[{[]/.test(text)

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
export function condition(resource: Resource<any>, path: string, op: Operator, texts: string[], faults: Fault[]): ParsedCondition | undefined {
  const attribute = path.length > 200 ? undefined : attributeAt(resource.schema, path)
  if (!attribute) {
    faults.push(fault(path.slice(0, 100), `is not an attribute of ${resource.name}`))
    return undefined
  }
  if (op !== 'eq' && op !== 'ne' && (attribute.kind === 'object' || (op === 'regex' ? !['text', 'any'].includes(attribute.kind) : attribute.kind === 'boolean'))) {
    faults.push(fault(path, `cannot be compared by ${op}`))
    return undefined
  }
  // A JSON array on a list means containment, whatever the kind of its elements.
  const isWhole = (text: string): boolean => attribute.lists.at(-1) === true && (op === 'eq' || op === 'ne') && /^\s*\[/.test(text)
  const values = texts.flatMap(text => typed(path, isWhole(text) ? 'object' : attribute.kind, text, op, faults))
  const column = path === 'id' ? 'text' : resource.filters[path]
  return { path, op, values, attribute, ...(column && { column }) }
}

/** The raw query string (without `?`) as a list query. Throws a Refusal that lists every fault. */
export function parseListQuery(resource: Resource<any>, raw: string, limits: Limits): ListQuery {
  const faults: Fault[] = []
  const query: ListQuery = { conditions: [], sort: [], offset: 0, limit: limits.defaultLimit }
  const texts = new Map<string, { path: string; op: Operator; texts: string[] }>()
  for (const pair of raw.split('&')) {
    if (pair === '') continue
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
      else query.after = value
      continue
    }
    const read = readName(resource, name, value)
    const key = `${read.path} ${read.op}`
    const entry = texts.get(key) ?? { path: read.path, op: read.op, texts: [] }
    // A comma means OR where it stands raw; the whole text counts too, because values may hold commas.
    const parts = read.op === 'regex' || isJson(read.value) || !rawValue.includes(',') ? [] : rawValue.split(',').map(part => decode(part, faults))
    const kind = attributeAt(resource.schema, read.path)?.kind
    entry.texts.push(...(parts.length > 0 && kind !== 'text' && kind !== 'any' ? parts : [read.value, ...parts]))
    if (entry.texts.length > MAX_VALUES) faults.push(fault(read.path, `is compared with more than ${MAX_VALUES} values`))
    texts.set(key, entry)
  }
  if (texts.size > MAX_CONDITIONS) faults.push(fault('', `the query has more than ${MAX_CONDITIONS} conditions`))
  else for (const entry of texts.values()) {
    const parsed = condition(resource, entry.path, entry.op, entry.texts.slice(0, MAX_VALUES), faults)
    if (parsed) query.conditions.push(parsed)
  }
  if (query.offset > limits.maxOffset) faults.push(fault('offset', `must be at most ${limits.maxOffset}; use after=<id of the last item> to read further`))
  if (query.after !== undefined && (query.sort.length > 0 || query.offset > 0)) faults.push(fault('after', 'goes with neither sort nor offset: it reads on in the order of creation'))
  if (faults.length > 0) throw refuse.invalid(faults)
  return query
}
