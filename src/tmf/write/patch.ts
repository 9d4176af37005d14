/** Applies PATCH bodies by their media type: JSON merge patch (RFC 7396), JSON Patch (RFC 6902) and its extension by queries (TMF630 part 5). */
import { fault, refuse } from '../../platform/errors.ts'
import { jsonPatch } from './json-patch.ts'
import { patchByQuery } from './patch-query.ts'

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

const mergePatchBody = (doc: Doc, body: unknown): unknown => {
  if (!isObject(body)) throw refuse.invalid([fault('', 'a merge patch is an object')])
  return mergePatch(doc, body)
}

const FORMS: Readonly<Record<string, (doc: Doc, body: unknown) => unknown>> = {
  'application/json-patch+json': jsonPatch,
  'application/json-patch-query+json': patchByQuery,
}

/** The patched document by the body's media type. */
export function applyPatch(doc: Doc, body: unknown, mediaType: string): Doc {
  const patched = (FORMS[mediaType.split(';', 1)[0]!.trim().toLowerCase()] ?? mergePatchBody)(doc, body)
  if (!isObject(patched)) throw refuse.invalid([fault('', 'the patch leaves no object')])
  return patched
}
