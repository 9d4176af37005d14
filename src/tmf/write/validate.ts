/**
 * Validates documents against a resource's schema: every fault at once, each naming its attribute. Unknown attributes are refused,
 * unless the object says by @type and @baseType (or @schemaLocation) that it extends the class.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { fault, type Fault } from '../../platform/errors.ts'
import { instantOf } from '../filter/values.ts'
import type { Located } from '../extensions/extension.ts'
import type { Resource } from '../resource.ts'
import { createShapes } from './shapes.ts'

type Node = Record<string, any>

/** A declared text filter goes into a B-tree index, whose entries Postgres caps at about 2,700 bytes. */
const MAX_INDEXED_BYTES = 1000
const MAX_FAULTS = 50

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true, addUsedSchema: false, inlineRefs: false, meta: false, validateSchema: false })
formats.default(ajv, ['uri', 'date', 'time', 'email', 'uuid', 'byte', 'int32', 'int64', 'float', 'double', 'uri-reference'])
// Only what Postgres can read as an instant: with an offset, year 1 or later.
ajv.addFormat('date-time', { type: 'string', validate: (text: string) => /[Tt]/.test(text) && instantOf(text) !== undefined })
const shaped = createShapes(ajv)

const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '')

/** The value that an error is about. Ajv would carry it along (`verbose`), at three times the cost of compiling. */
const dataAt = (doc: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, part) => (node === null || typeof node !== 'object' ? undefined : (node as Node)[part.replace(/~1/g, '/').replace(/~0/g, '~')]), doc)

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name)

/** Does this object declare itself an extension of the class that the schema describes? */
const isExtension = (data: unknown, baseType: string | undefined): boolean => {
  if (data === null || typeof data !== 'object') return false
  const { '@type': type, '@baseType': base, '@schemaLocation': location } = data as Node
  return typeof type === 'string' && type !== baseType && (typeof base === 'string' || typeof location === 'string')
}

const inWords = (error: ErrorObject, data: unknown): Fault => {
  const path = pathOf(error.instancePath)
  const params = error.params as Node
  switch (error.keyword) {
    case 'required':
      return fault(join(path, params.missingProperty), 'is required')
    case 'additionalProperties':
      return fault(join(path, String(params.additionalProperty).slice(0, 100)), 'is not an attribute of this resource')
    case 'enum':
      return fault(path, `must be one of ${(params.allowedValues as unknown[]).join(', ')}`, data)
    case 'const':
      return fault(path, `must be ${JSON.stringify(params.allowedValue)}`, data)
    case 'format':
      return fault(path, params.format === 'date-time' ? 'must be a date-time with an offset (RFC 3339)' : `must be a valid ${params.format}`, data)
    case 'maxItems':
      return fault(path, `must have at most ${params.limit} elements`)
    default:
      return fault(path, error.message ?? 'is not valid', data)
  }
}

export interface Validator {
  /** The faults of a document; empty when it is valid. `located` are the objects in it that a registered schema extends. */
  (doc: unknown, located?: readonly Located[]): Fault[]
}

/** The faults of what is extended, by the schemas that extend it. */
const extensionFaults = (located: readonly Located[]): Fault[] =>
  located.flatMap(({ pointer, value, extension }) => extension.validate(value).map(error => inWords({ ...error, instancePath: pointer + error.instancePath }, dataAt(value, error.instancePath))))

/** A schema of our own may be named by its path alone, as hrefs are. */
const isOwnPath = (error: ErrorObject, data: unknown): boolean => error.keyword === 'format' && error.instancePath.endsWith('/@schemaLocation') && typeof data === 'string' && data.startsWith('/tandem/')

/** Compiles the validator of a resource: the stored form with id and href optional, so that drafts validate too. */
export function createValidator(resource: Resource<any>): Validator {
  const schema = shaped(resource.schema)
  schema.required = (resource.create?.required ?? []).slice()
  const validate: ValidateFunction = ajv.compile(schema)
  const indexed = Object.entries(resource.filters).filter(([, type]) => type === 'text').map(([path]) => path)
  return (doc, located = []) => {
    const faults: Fault[] = []
    if (!validate(doc)) {
      // A failed anyOf or oneOf repeats what its branches say; the branch-level errors are left out unless nothing else is there.
      const errors = validate.errors ?? []
      for (const error of errors) {
        const data = dataAt(doc, error.instancePath)
        if (error.keyword === 'additionalProperties') {
          const registered = located.find(one => one.pointer === error.instancePath)?.extension
          if (registered ? registered.declares(String((error.params as Node)['additionalProperty'])) : isExtension(data, error.instancePath === '' ? resource.type : undefined)) continue
        }
        if (error.keyword === 'if' || isOwnPath(error, data)) continue
        faults.push(inWords(error, data))
        if (faults.length >= MAX_FAULTS) break
      }
    }
    if (located.length > 0) faults.push(...extensionFaults(located).slice(0, MAX_FAULTS))
    for (const path of indexed) {
      let value: any = doc
      for (const segment of path.split('.')) value = value?.[segment]
      if (typeof value === 'string' && Buffer.byteLength(value) > MAX_INDEXED_BYTES) faults.push(fault(path, `must be at most ${MAX_INDEXED_BYTES} bytes long`, value))
    }
    return faults
  }
}
