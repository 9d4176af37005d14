/** Turns the errors of ajv into faults that a caller can act on: attribute path with indexes, rule in words, shortened value. */
import { fault, type Fault } from '../errors.ts'

/** What is used of ajv's error objects; Fastify hands them over in `error.validation`. */
export interface SchemaError {
  instancePath: string
  keyword: string
  params: Record<string, unknown>
  message?: string | undefined
  /** Present when ajv runs verbose. */
  data?: unknown
}

/** More faults than this tell a caller nothing new, and an answer must not grow with the attack. */
const MOST_FAULTS = 100

/** Keywords that only say that some branch failed; the branch's own errors say why. */
const COMPOSITES = new Set(['anyOf', 'oneOf', 'allOf', 'if', 'not'])

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** `/productOrderItem/0/action` → `productOrderItem[0].action`. */
export const pathOfPointer = (pointer: string): string => {
  let path = ''
  for (const part of pointer.split('/').slice(1)) {
    if (/^\d+$/.test(part)) path += `[${part}]`
    else path += path === '' ? unescapePointer(part) : `.${unescapePointer(part)}`
  }
  return path
}

const valueAt = (data: unknown, pointer: string): unknown => {
  let value = data
  for (const part of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return undefined
    const key = unescapePointer(part)
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  }
  return value
}

const join = (path: string, name: unknown): string => (path === '' ? String(name) : `${path}.${String(name)}`)

const listed = (values: readonly unknown[]): string => {
  const shown = values.slice(0, 20).map(value => (typeof value === 'string' ? value : JSON.stringify(value)))
  return shown.join(', ') + (values.length > shown.length ? ', …' : '')
}

const ofError = (error: SchemaError, data: unknown): Fault => {
  const path = pathOfPointer(error.instancePath)
  const value = error.data ?? valueAt(data, error.instancePath)
  const { params } = error
  switch (error.keyword) {
    case 'required':
      return fault(join(path, params['missingProperty']), 'is required')
    case 'additionalProperties':
      return fault(join(path, params['additionalProperty']), 'is not an attribute of this resource')
    case 'unevaluatedProperties':
      return fault(join(path, params['unevaluatedProperty']), 'is not an attribute of this resource')
    case 'dependentRequired':
      return fault(join(path, params['missingProperty']), `is required beside ${String(params['property'])}`)
    case 'type':
      return fault(path, `must be ${[params['type']].flat().join(' or ')}`, value)
    case 'enum':
      return fault(path, `must be one of ${listed(params['allowedValues'] as unknown[])}`, value)
    case 'const':
      return fault(path, `must be ${JSON.stringify(params['allowedValue'])}`, value)
    case 'format':
      return fault(path, `must be a valid ${String(params['format'])}`, value)
    case 'uniqueItems':
      return fault(path, `must not hold an item twice (items ${String(params['j'])} and ${String(params['i'])} are equal)`)
    default:
      return fault(path, (error.message ?? `breaks the rule ${error.keyword}`).replace('must NOT', 'must not'), value)
  }
}

/**
 * Every fault of a validation, once each. `data` is what was validated; values are looked up in it.
 * Where all branches of a choice failed, the errors of the branches are listed, and the choice itself only if nothing else is.
 */
export const faultsOfSchemaErrors = (errors: readonly SchemaError[], data?: unknown): Fault[] => {
  const telling = errors.filter(error => !COMPOSITES.has(error.keyword))
  const seen = new Set<string>()
  const faults: Fault[] = []
  for (const error of telling.length > 0 ? telling : errors) {
    if (faults.length === MOST_FAULTS) break
    const one = ofError(error, data)
    const key = `${one.path}\n${one.rule}`
    if (seen.has(key)) continue
    seen.add(key)
    faults.push(one)
  }
  return faults
}
