/** Applies PATCH bodies: JSON merge patch (RFC 7396) and JSON Patch (RFC 6902). */
import jsonpatch from 'fast-json-patch'
import { fault, refuse, Refusal } from '../../platform/errors.ts'

type Doc = Record<string, unknown>

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

/** RFC 7396. Returns a new document; null removes an attribute. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Doc = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = isObject(value) ? mergePatch(result[key], value) : value
  }
  return result
}

/** `/a/b/0` as `a.b[0]`, for messages. */
const readable = (pointer: unknown): string =>
  typeof pointer === 'string' ? pointer.split('/').slice(1).reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '') : ''

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const MAX_OPERATIONS = 500

/** RFC 6902. A failed `test` is a 409, an operation that does not apply a 400 naming its path. */
export function jsonPatch(target: Doc, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw refuse.invalid([fault('', 'a JSON Patch is a list of operations')])
  if (operations.length > MAX_OPERATIONS) throw refuse.invalid([fault('', `a JSON Patch has at most ${MAX_OPERATIONS} operations`)])
  for (const [i, operation] of operations.entries()) {
    const { op, path, from, value } = isObject(operation) ? operation : ({} as Doc)
    if (typeof op !== 'string' || !OPERATIONS.has(op)) throw refuse.invalid([fault(`[${i}].op`, `must be one of ${[...OPERATIONS].join(', ')}`, op)])
    for (const [name, pointer] of [['path', path], ...(op === 'move' || op === 'copy' ? [['from', from]] : [])] as [string, unknown][]) {
      if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) throw refuse.invalid([fault(`[${i}].${name}`, 'must be a JSON Pointer', pointer)])
      if (/(^|\/)(__proto__|constructor|prototype)(\/|$)/.test(pointer)) throw refuse.invalid([fault(`[${i}].${name}`, 'is not an attribute', pointer)])
    }
    if (op === 'move' && (path as string).startsWith(`${from as string}/`)) throw refuse.invalid([fault(`[${i}].path`, 'must not lie inside what is moved', path)])
    if ((op === 'add' || op === 'replace' || op === 'test') && value === undefined) throw refuse.invalid([fault(`[${i}].value`, 'is required')])
  }
  try {
    return jsonpatch.applyPatch(structuredClone(target), structuredClone(operations), true, true, true).newDocument
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error
    const operation = operations[error.index ?? 0] as Doc
    if (error.name === 'TEST_OPERATION_FAILED') {
      throw new Refusal({ status: 409, code: 'patchTestFailed', reason: 'A test of the JSON Patch does not hold', message: `${readable(operation.path)} is not what the test says` })
    }
    throw refuse.invalid([fault(readable(operation.path), `cannot be changed by ${String(operation.op)}: ${error.name.toLowerCase().replace(/_/g, ' ')}`)])
  }
}

/** The patched document by the body's media type. */
export function applyPatch(doc: Doc, body: unknown, mediaType: string): Doc {
  // json-patch-query is a form of its own (TMF630 part 5): taken for a merge patch it would corrupt the resource.
  if (mediaType.startsWith('application/json-patch-query+json')) {
    throw new Refusal({ status: 415, code: 'unsupportedMediaType', reason: 'The media type of the body is not supported', message: 'A change is application/merge-patch+json, application/json or application/json-patch+json' })
  }
  const patched = mediaType.startsWith('application/json-patch+json') ? jsonPatch(doc, body) : mergePatchBody(doc, body)
  if (!isObject(patched)) throw refuse.invalid([fault('', 'the patch leaves no object')])
  return patched
}

const mergePatchBody = (doc: Doc, body: unknown): unknown => {
  if (!isObject(body)) throw refuse.invalid([fault('', 'a merge patch is an object')])
  return mergePatch(doc, body)
}
