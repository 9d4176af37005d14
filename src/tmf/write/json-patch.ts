/** JSON Patch (RFC 6902): operations one after the other, each checked before it is applied. */
import jsonpatch, { type Operation } from 'fast-json-patch'
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import { isForbidden, isIndex, readable, tokensOf } from './pointer.ts'

type Doc = Record<string, unknown>

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const MAX_OPERATIONS = 500

/** The operations of a body; each is an object with a known op and the value that it needs. */
export function operationsOf(body: unknown, what: string, most = MAX_OPERATIONS): Doc[] {
  if (!Array.isArray(body)) throw refuse.invalid([fault('', `a ${what} is a list of operations`)])
  if (body.length > most) throw refuse.invalid([fault('', `a ${what} has at most ${most} operations`)])
  return body.map((operation, i) => {
    const { op, value } = isObject(operation) ? operation : ({} as Doc)
    if (typeof op !== 'string' || !OPERATIONS.has(op)) throw refuse.invalid([fault(`[${i}].op`, `must be one of ${[...OPERATIONS].join(', ')}`, op)])
    if ((op === 'add' || op === 'replace' || op === 'test') && value === undefined) throw refuse.invalid([fault(`[${i}].value`, 'is required')])
    return operation as Doc
  })
}

/** RFC 6901: a position in a list has no leading zero; only what is added may stand after the last. */
function checkPositions(doc: unknown, tokens: readonly string[], mayAppend: boolean, at: string, pointer: unknown): void {
  let node: unknown = doc
  for (const [n, token] of tokens.entries()) {
    const isEnd = mayAppend && token === '-' && n === tokens.length - 1
    if (Array.isArray(node) && !isIndex(token) && !isEnd) throw refuse.invalid([fault(at, `must name a position of the list ${readable(tokens.slice(0, n))}, not ${token === '' ? 'nothing' : token.slice(0, 40)}`, pointer)])
    node = node !== null && typeof node === 'object' && Object.hasOwn(node, token) ? (node as Doc)[token] : undefined
  }
}

/** Applies one operation to a document that is the caller's to change; `i` is its place in the body. Answers the document. */
export function applyOperation(doc: unknown, operation: Doc, i: number): unknown {
  const { op, path, from } = operation
  const pointers = [['path', path], ...(op === 'move' || op === 'copy' ? [['from', from]] : [])] as [string, unknown][]
  for (const [name, pointer] of pointers) {
    const tokens = tokensOf(pointer)
    if (tokens === undefined) throw refuse.invalid([fault(`[${i}].${name}`, 'must be a JSON Pointer', pointer)])
    if (tokens.some(isForbidden)) throw refuse.invalid([fault(`[${i}].${name}`, 'is not an attribute', pointer)])
    checkPositions(doc, tokens, name === 'path' && (op === 'add' || op === 'move' || op === 'copy'), `[${i}].${name}`, pointer)
  }
  if (op === 'move' && (path as string).startsWith(`${from as string}/`)) throw refuse.invalid([fault(`[${i}].path`, 'must not lie inside what is moved', path)])
  try {
    return jsonpatch.applyOperation(doc, structuredClone(operation) as unknown as Operation, true, true, true, i).newDocument
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error
    const where = readable(tokensOf(path) ?? [])
    if (error.name === 'TEST_OPERATION_FAILED') {
      throw new Refusal({ status: 409, code: 'patchTestFailed', reason: 'A test of the JSON Patch does not hold', message: `${where} is not what the test says` })
    }
    throw refuse.invalid([fault(where, `cannot be changed by ${String(op)}: ${error.name.toLowerCase().replace(/_/g, ' ')}`)])
  }
}

/** RFC 6902. A failed `test` is a 409, an operation that does not apply a 400 naming its path. */
export function jsonPatch(target: Doc, body: unknown): unknown {
  const operations = operationsOf(body, 'JSON Patch')
  let doc: unknown = structuredClone(target)
  for (const [i, operation] of operations.entries()) doc = applyOperation(doc, operation, i)
  return doc
}
