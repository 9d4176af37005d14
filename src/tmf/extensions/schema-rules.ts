/**
 * Which JSON Schemas may be registered for extensions, and what they are compiled to. A schema comes from outside and runs on every write of
 * what it describes: it stands by itself (nothing is fetched), has an end (no definition holds itself) and a size, and its patterns run in linear time.
 */
import { Ajv, type ErrorObject } from 'ajv'
import formats from 'ajv-formats'
import { RE2JS } from 're2js'
import { fault, type Fault } from '../../platform/errors.ts'
import { instantOf } from '../filter/values.ts'
import { TAG_KEYWORD } from '../tags.ts'
import { closed } from '../write/closed.ts'

type Node = Record<string, unknown>

const MAX_BYTES = 65_536
const MAX_DEPTH = 12
/** Parts when every reference is followed: how much a document can be held against. */
const MAX_PARTS = 2000
const MAX_LIST = 500
const MAX_PATTERN = 200
/** A text longer than this matches no pattern. */
const MAX_MATCHED = 10_000
const MAX_FAULTS = 20

const FORMATS = ['date', 'time', 'date-time', 'email', 'uri', 'uri-reference', 'uuid'] as const
const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isShortList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.length <= MAX_LIST
const isAnything = (): boolean => true

const patternFault = (pattern: unknown): string | undefined => {
  if (typeof pattern !== 'string') return 'must be a text'
  if (pattern.length > MAX_PATTERN) return `must be at most ${MAX_PATTERN} characters long`
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    return `must be a regular expression that runs in linear time (RE2: no back references, nothing that looks around): ${error instanceof Error ? error.message.slice(0, 200) : ''}`
  }
}

/** Keywords that say something of a value, with what they must be. Whatever is not here is refused: it would look enforced and not be. */
const VALUES: Readonly<Record<string, { is: (value: unknown) => boolean; rule: string }>> = {
  $schema: { is: isText, rule: 'must be a text' },
  $id: { is: isText, rule: 'must be a text' },
  $comment: { is: isText, rule: 'must be a text' },
  title: { is: isText, rule: 'must be a text' },
  description: { is: isText, rule: 'must be a text' },
  default: { is: isAnything, rule: '' },
  examples: { is: isAnything, rule: '' },
  example: { is: isAnything, rule: '' },
  deprecated: { is: isFlag, rule: 'must be true or false' },
  readOnly: { is: isFlag, rule: 'must be true or false' },
  writeOnly: { is: isFlag, rule: 'must be true or false' },
  type: { is: value => (Array.isArray(value) ? value.length > 0 && value.every(one => TYPES.includes(one as string)) : TYPES.includes(value as string)), rule: `must be among ${TYPES.join(', ')}` },
  enum: { is: isShortList, rule: `must be a list of 1 to ${MAX_LIST} values` },
  const: { is: isAnything, rule: '' },
  required: { is: value => Array.isArray(value) && value.length <= MAX_LIST && value.every(isText), rule: 'must be a list of names' },
  minimum: { is: isNumber, rule: 'must be a number' },
  maximum: { is: isNumber, rule: 'must be a number' },
  exclusiveMinimum: { is: isNumber, rule: 'must be a number' },
  exclusiveMaximum: { is: isNumber, rule: 'must be a number' },
  multipleOf: { is: value => isNumber(value) && (value as number) > 0, rule: 'must be a number above 0' },
  minLength: { is: isCount, rule: 'must be a whole number' },
  maxLength: { is: isCount, rule: 'must be a whole number' },
  minItems: { is: isCount, rule: 'must be a whole number' },
  maxItems: { is: isCount, rule: 'must be a whole number' },
  minProperties: { is: isCount, rule: 'must be a whole number' },
  maxProperties: { is: isCount, rule: 'must be a whole number' },
  uniqueItems: { is: isFlag, rule: 'must be true or false' },
  format: { is: value => (FORMATS as readonly unknown[]).includes(value), rule: `must be one of ${FORMATS.join(', ')}` },
  [TAG_KEYWORD]: { is: value => value === 'personal' || value === 'secret', rule: 'must be personal or secret' },
}

const LISTS_OF_SCHEMAS = ['anyOf', 'oneOf', 'allOf']

/** The faults of a schema that is to be registered; `at` is the attribute that holds it. */
export function schemaFaults(schema: unknown, at = 'schema'): Fault[] {
  const faults: Fault[] = []
  let parts = 0
  if (!isNode(schema)) return [fault(at, 'must be a JSON Schema: an object')]
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_BYTES) return [fault(at, `must be at most ${MAX_BYTES} bytes long`)]
  const definitions = isNode(schema['$defs']) ? schema['$defs'] : {}
  const seen = new Set<string>()
  const add = (path: string, rule: string, value?: unknown): void => {
    const one = fault(path, rule, value)
    if (faults.length < MAX_FAULTS && !seen.has(`${path} ${rule}`)) faults.push(one)
    seen.add(`${path} ${rule}`)
  }
  const walk = (node: unknown, path: string, depth: number, inside: readonly string[]): void => {
    if (++parts > MAX_PARTS || faults.length >= MAX_FAULTS) return
    if (!isNode(node)) return add(path, 'must be a JSON Schema: an object')
    if (depth > MAX_DEPTH) return add(path, `is nested deeper than ${MAX_DEPTH} levels`)
    for (const [keyword, value] of Object.entries(node)) {
      const here = `${path}.${keyword}`.slice(0, 300)
      const below = (child: unknown, name: string | number): void => walk(child, `${here}${typeof name === 'number' ? `[${name}]` : `.${name}`}`, depth + 1, inside)
      if (keyword === 'properties' || keyword === '$defs') {
        if (!isNode(value)) add(here, 'must be an object')
        else if (keyword === '$defs' && depth > 0) add(here, 'stands at the root of the schema only')
        else for (const [name, child] of Object.entries(value)) {
          if (['__proto__', 'constructor', 'prototype'].includes(name)) add(here, `must not have an attribute named ${name}`)
          else if (/[.[\]]/.test(name) || name.length > 100) add(here, 'has a name with a dot or a bracket, or one that is too long', name)
          else below(child, name)
        }
      } else if (keyword === 'items' || keyword === 'not') walk(value, here, depth + 1, inside)
      else if (keyword === 'additionalProperties') {
        if (typeof value !== 'boolean') walk(value, here, depth + 1, inside)
      } else if (LISTS_OF_SCHEMAS.includes(keyword)) {
        if (isShortList(value)) for (const [n, child] of (value as unknown[]).entries()) below(child, n)
        else add(here, `must be a list of 1 to ${MAX_LIST} schemas`)
      } else if (keyword === '$ref') {
        const name = typeof value === 'string' ? /^#\/\$defs\/([^/]+)$/.exec(value)?.[1] : undefined
        if (name === undefined || !Object.hasOwn(definitions, name)) add(here, 'must be #/$defs/<name> of this schema: nothing is fetched, and the class that is extended is known by itself', value)
        else if (inside.includes(name)) add(here, 'must not hold itself: a schema has an end', value)
        else walk(definitions[name], path, depth + 1, [...inside, name])
      } else if (keyword === 'pattern') {
        const rule = patternFault(value)
        if (rule !== undefined) add(here, rule, value)
      } else if (!Object.hasOwn(VALUES, keyword)) add(here, 'is not a keyword that is enforced', keyword)
      else if (!VALUES[keyword]!.is(value)) add(here, VALUES[keyword]!.rule, value)
    }
  }
  walk(schema, at, 0, [])
  if (parts > MAX_PARTS) faults.push(fault(at, `has more than ${MAX_PARTS} parts when its references are followed`))
  if (schema['type'] !== 'object') add(`${at}.type`, 'must be object: an extension adds attributes')
  if (!isNode(schema['properties'])) add(`${at}.properties`, 'is required: the attributes that the extension adds')
  if (faults.length === 0) {
    try {
      compileSchema(schema)
    } catch (error) {
      add(at, `cannot be used: ${error instanceof Error ? error.message.slice(0, 200) : 'it is not valid'}`)
    }
  }
  return faults
}

/** Texts that are too long for a pattern do not match it, so that no document can make one expensive. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern)
    return { test: (text: string) => text.length <= MAX_MATCHED && compiled.matcher(text).find() }
  },
  { code: '' },
)

/** What a registered schema says of a value; no faults are an empty list. Objects below the root are closed, as everywhere; at the root stand the attributes of the class too. */
export function compileSchema(schema: Record<string, unknown>): (value: unknown) => readonly ErrorObject[] {
  // An instance of its own: a shared one keeps all that it ever compiled.
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true, addUsedSchema: false, meta: false, validateSchema: false, code: { regExp: linear as never } })
  formats.default(ajv, ['date', 'time', 'email', 'uri', 'uri-reference', 'uuid'])
  ajv.addFormat('date-time', { type: 'string', validate: (text: string) => /[Tt]/.test(text) && instantOf(text) !== undefined })
  ajv.addKeyword({ keyword: TAG_KEYWORD, valid: true })
  // What the schema says of itself is not looked at: a dialect or an address would make ajv look for them.
  const enforced: Node = { ...(closed(schema) as Node), additionalProperties: true }
  delete enforced['$schema']
  delete enforced['$id']
  const validate = ajv.compile(enforced)
  return value => (validate(value) ? [] : (validate.errors ?? []))
}
