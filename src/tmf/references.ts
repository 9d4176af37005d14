/** Finds the references in a document and tells the local ones, which must exist, from those that point at other systems. */
import type { Resource, Reference } from './resource.ts'

/** A local reference: an edge from a resource to another one that a running module serves. */
export interface Edge {
  /** Declared path: `productOrderItem[].billingAccount`. */
  path: string
  toResource: string
  toId: string
  weak: boolean
  /** Must the target exist for the write to succeed? */
  require: boolean
  /** Where in the document: `productOrderItem[0].billingAccount`. For messages. */
  at: string
}

/** Which resources run, by name and by @type, and which absolute addresses are this server's own. */
export interface Registry {
  byName(name: string): Resource<any> | undefined
  byType(type: string): Resource<any> | undefined
  isOwnOrigin(origin: string): boolean
}

export interface Ref {
  id?: unknown
  href?: unknown
  '@referredType'?: unknown
}

/** Every object at a declared path, with the place where it stands. */
export function* walk(node: unknown, segments: readonly string[], at: string): Generator<{ ref: Ref; at: string }> {
  if (node === null || typeof node !== 'object') return
  const [segment, ...rest] = segments
  if (segment === undefined) {
    yield { ref: node as Ref, at }
    return
  }
  const isList = segment.endsWith('[]')
  const key = isList ? segment.slice(0, -2) : segment
  const value = (node as Record<string, unknown>)[key]
  const here = at ? `${at}.${key}` : key
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield* walk(value[i], rest, `${here}[${i}]`)
  } else if (!isList) {
    yield* walk(value, rest, here)
  }
}

/** An href is ours when it is a path of ours or lies on an origin that is ours. */
export function isLocal(href: unknown, registry: Registry): boolean {
  if (href === undefined || href === null || href === '') return true
  if (typeof href !== 'string') return false
  if (href.startsWith('/') && !href.startsWith('//')) return /^\/(tmf-api|tandem)\//.test(href)
  try {
    const url = new URL(href)
    return registry.isOwnOrigin(url.origin)
  } catch {
    // `productSpecification/42`: a relative address can only mean this server.
    return !/^[a-z][a-z0-9+.-]*:/i.test(href)
  }
}

const target = (reference: Reference, ref: Ref, registry: Registry): Resource<any> | undefined => {
  if (reference.to !== undefined) return registry.byName(reference.to)
  return typeof ref['@referredType'] === 'string' ? (registry.byType(ref['@referredType']) ?? registry.byName(ref['@referredType'])) : undefined
}

/** The local references of a document, each target once per declared path. */
export function edgesOf(resource: Resource<any>, doc: unknown, registry: Registry): Edge[] {
  const edges = new Map<string, Edge>()
  for (const reference of resource.references ?? []) {
    for (const { ref, at } of walk(doc, reference.path.split('.'), '')) {
      if (typeof ref.id !== 'string' || !isLocal(ref.href, registry)) continue
      const to = target(reference, ref, registry)
      if (!to) continue
      const key = `${reference.path} ${to.name} ${ref.id}`
      if (!edges.has(key)) {
        edges.set(key, { path: reference.path, toResource: to.name, toId: ref.id, weak: reference.weak === true, require: reference.onMissing !== 'record', at })
      }
    }
  }
  return [...edges.values()]
}
