/**
 * What is tagged secret, towards callers: it is taken, and never shown, compared or told apart again, but for a caller with the permission
 * `<resource>:readSecret`. Tandem's own code reads whole documents through the store.
 */
import { isDeepStrictEqual } from 'node:util'
import { maySeeSecrets, READ_SECRET } from '../platform/auth/permission.ts'
import { fault, refuse } from '../platform/errors.ts'
import type { Context } from '../platform/principal.ts'
import type { AttributeLookup } from './filter/values.ts'
import { mayHoldSecrets, withoutSecrets } from './masking.ts'
import type { Resource } from './resource.ts'
import { collectTags } from './tags.ts'
import { applyPatch } from './write/patch.ts'

type Doc = Record<string, unknown>

const pathsOf = new WeakMap<Resource<any>, string[]>()

/** Dotted paths of what the schema tags, lists gone through. */
const secretPaths = (resource: Resource<any>): string[] => {
  let paths = pathsOf.get(resource)
  if (!paths) pathsOf.set(resource, (paths = collectTags(resource.schema).filter(({ tag }) => tag === 'secret').map(({ path }) => path.replaceAll('[]', ''))))
  return paths
}

/** Whether the caller is shown documents of the resource without something. */
export const isBlindTo = (context: Context, resource: Resource<any>): boolean => mayHoldSecrets(resource.schema) && !maySeeSecrets(context.principal, resource.name)

/** The text of a stored document as the caller may see it. */
export const seenText = (context: Context, resource: Resource<any>, text: string): string => (isBlindTo(context, resource) ? JSON.stringify(withoutSecrets(resource.schema, JSON.parse(text) as Doc)) : text)

/** The same of a list of documents. */
export const seenPage = (context: Context, resource: Resource<any>, page: string): string =>
  isBlindTo(context, resource) ? JSON.stringify((JSON.parse(page) as Doc[]).map(doc => withoutSecrets(resource.schema, doc))) : page

/**
 * The attributes that somebody may filter by. One that is secret is refused by its name before a value is looked at, so that the answer is the
 * same whether or not something has the value. `onSecret` is told of one that the caller may filter by.
 */
export const filterable = (resource: Resource<any>, lookup: AttributeLookup, isBlind: boolean, onSecret: () => void = () => undefined): AttributeLookup =>
  mayHoldSecrets(resource.schema)
    ? path => {
        const attribute = lookup(path)
        if (attribute?.secret === true && isBlind) throw refuse.invalid([fault(path, `is secret: it can be compared with the permission ${resource.name}:${READ_SECRET} alone`)])
        if (attribute?.secret === true) onSecret()
        const hidesBelow = isBlind && attribute !== undefined && (secretPaths(resource).some(one => one.startsWith(`${path}.`)) || collectTags(attribute.schema).some(({ tag }) => tag === 'secret'))
        return hidesBelow ? { ...attribute, hidesBelow } : attribute
      }
    : lookup

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Puts back what was hidden, where the change has said nothing of it. */
const restored = (next: unknown, shown: unknown, whole: unknown): unknown => {
  if (Array.isArray(next) && Array.isArray(shown) && Array.isArray(whole)) {
    return next.map((element: unknown) => {
      const at = shown.findIndex(one => isDeepStrictEqual(one, element) || (isObject(one) && isObject(element) && one['id'] !== undefined && one['id'] === element['id']))
      return at < 0 ? element : restored(element, shown[at], whole[at])
    })
  }
  if (!isObject(next) || !isObject(shown) || !isObject(whole)) return next
  const result: Doc = { ...next }
  for (const [name, value] of Object.entries(whole)) {
    if (!Object.hasOwn(shown, name)) result[name] = Object.hasOwn(next, name) ? next[name] : value
    else if (Object.hasOwn(next, name)) result[name] = restored(next[name], shown[name], value)
  }
  return result
}

/** A merge patch takes away by null, also what its sender does not see. */
const withoutNulls = (doc: unknown, body: unknown): void => {
  if (!isObject(doc) || !isObject(body)) return
  for (const [name, value] of Object.entries(body)) {
    if (value === null) delete doc[name]
    else withoutNulls(doc[name], value)
  }
}

/**
 * A change by somebody who does not see what is secret: tests, copies and conditions in it see the document as its sender does, and what it says
 * nothing of stays. `onSecret` is told when it gives or takes away something secret: such a change is written even where nothing is new, because
 * whoever could tell would have guessed it.
 */
export const blindPatch = (resource: Resource<any>, doc: Doc, body: unknown, mediaType: string, onSecret: () => void): Doc => {
  const shown = withoutSecrets(resource.schema, doc)
  const patched = applyPatch(structuredClone(shown), body, mediaType)
  const said = !isDeepStrictEqual(withoutSecrets(resource.schema, patched), patched)
  const next = restored(patched, shown, doc) as Doc
  const before = structuredClone(next)
  withoutNulls(next, body)
  if (said || !isDeepStrictEqual(before, next)) onSecret()
  return next
}
