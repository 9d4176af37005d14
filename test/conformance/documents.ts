/** Walks schemas and documents: what attributes there are, of which kind, which values stand where. Apart from the kit's own walk, which it checks. */
import { collectTags } from '../../src/tmf/tags.ts'
import type { AnyResource } from '../../src/tmf/module.ts'

type Node = Record<string, any>

export type Kind = 'text' | 'instant' | 'number' | 'boolean' | 'object' | 'list' | 'any'

/** Follows $ref into the $defs of the schema. */
export const resolved = (root: Node, node: Node | undefined): Node => {
  let found: Node = node ?? {}
  for (let hops = 0; typeof found['$ref'] === 'string' && hops < 10; hops += 1) found = root['$defs']?.[String(found['$ref']).replace('#/$defs/', '')] ?? {}
  return found
}

export const kindOf = (node: Node): Kind => {
  if (node['type'] === 'array') return 'list'
  if (node['properties'] !== undefined || node['type'] === 'object') return 'object'
  if (node['type'] === 'boolean') return 'boolean'
  if (node['type'] === 'number' || node['type'] === 'integer') return 'number'
  if (node['type'] === 'string') return node['format'] === 'date-time' ? 'instant' : 'text'
  return 'any'
}

/** The top-level attributes with their schemas. */
export const attributesOf = (resource: AnyResource): [string, Node][] =>
  Object.entries((resource.schema as Node)['properties'] as Node).map(([name, node]) => [name, resolved(resource.schema, node as Node)])

/** The schema of an attribute by dotted path, through lists; undefined when the schema has none. */
export const schemaAt = (resource: AnyResource, path: string): Node | undefined => {
  const root = resource.schema as Node
  let node = root
  for (const name of path.split('.')) {
    if (kindOf(node) === 'list') node = resolved(root, node['items'] as Node)
    const next = (node['properties'] as Node | undefined)?.[name] as Node | undefined
    if (next === undefined) return undefined
    node = resolved(root, next)
  }
  return node
}

export interface Leaf {
  path: string
  value: string | number | boolean
  kind: Kind
}

/** Every scalar in a document whose attribute the schema knows; the first of each path. */
export const leavesOf = (resource: AnyResource, doc: unknown): Leaf[] => {
  const leaves = new Map<string, Leaf>()
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, path)
    else if (value !== null && typeof value === 'object') for (const [name, one] of Object.entries(value)) walk(one, path === '' ? name : `${path}.${name}`)
    else if (value !== null && value !== undefined && !leaves.has(path)) {
      const node = schemaAt(resource, path)
      const kind = node === undefined ? undefined : kindOf(node['type'] === 'array' ? resolved(resource.schema, node['items'] as Node) : node)
      if (kind !== undefined && kind !== 'object') leaves.set(path, { path, value: value as Leaf['value'], kind })
    }
  }
  walk(doc, '')
  return [...leaves.values()]
}

/** The lists of objects that a document has, each with the scalars of its first element that the schema knows. */
export const listsOf = (resource: AnyResource, doc: Node): { list: string; scalars: Leaf[] }[] =>
  attributesOf(resource).flatMap(([list, node]) => {
    const value = doc[list] as unknown
    if (kindOf(node) !== 'list' || !Array.isArray(value) || value[0] === null || typeof value[0] !== 'object') return []
    const scalars = Object.entries(value[0] as Node).flatMap(([name, scalar]): Leaf[] => {
      const kind = schemaAt(resource, `${list}.${name}`)
      return kind === undefined || scalar === null || typeof scalar === 'object' ? [] : [{ path: name, value: scalar as Leaf['value'], kind: kindOf(kind) }]
    })
    return scalars.length === 0 ? [] : [{ list, scalars }]
  })

/** Every object at a path with lists marked by []: `productOrderItem[].productOffering`, `relatedParty[]`. */
export const objectsAt = (doc: Node, path: string): { object: Node; at: string }[] => {
  let found: { object: unknown; at: string }[] = [{ object: doc, at: '' }]
  for (const segment of path.split('.')) {
    const name = segment.replace('[]', '')
    found = found.flatMap(({ object, at }) => {
      const value = object !== null && typeof object === 'object' ? (object as Node)[name] : undefined
      const here = at === '' ? name : `${at}.${name}`
      return Array.isArray(value) ? value.map((one, index) => ({ object: one, at: `${here}[${index}]` })) : [{ object: value, at: here }]
    })
  }
  return found.filter((one): one is { object: Node; at: string } => one.object !== null && typeof one.object === 'object')
}

/** The smallest value that a schema accepts: what it requires, and nothing else. */
export const minimal = (root: Node, given: Node, depth = 0): unknown => {
  const node = resolved(root, given)
  if (Array.isArray(node['enum'])) return node['enum'][0]
  if ('const' in node) return node['const']
  switch (kindOf(node)) {
    case 'list':
      return []
    case 'object':
      return Object.fromEntries(((node['required'] ?? []) as string[]).map(name => [name, depth > 6 ? null : minimal(root, (node['properties'] as Node)[name] as Node, depth + 1)]))
    case 'boolean':
      return true
    case 'number':
      return node['minimum'] ?? 1
    case 'instant':
      return '2026-01-01T00:00:00Z'
    case 'any':
      return 'any'
    default:
      return node['format'] === 'uri' ? 'https://example.com/x' : 'x'.repeat(Math.max(1, (node['minLength'] as number | undefined) ?? 1))
  }
}

/** Puts a reference at a declared path of a document, beside what is there. Returns where it stands, or undefined when the schema has no such place. */
export const withReference = (resource: AnyResource, doc: Node, path: string, reference: Node): string | undefined => {
  const root = resource.schema as Node
  let schema = root
  let target = doc
  let at = ''
  const segments = path.split('.')
  for (const [index, segment] of segments.entries()) {
    const isList = segment.endsWith('[]')
    const name = segment.replace('[]', '')
    const child = resolved(root, (schema['properties'] as Node | undefined)?.[name] as Node | undefined)
    schema = isList ? resolved(root, child['items'] as Node) : child
    if (kindOf(schema) !== 'object') return undefined
    const last = index === segments.length - 1
    const fresh = { ...(minimal(root, schema) as Node), ...(last && reference) }
    at = at === '' ? name : `${at}.${name}`
    if (isList) {
      const list = (target[name] ??= []) as Node[]
      // Inside an element that is there already, unless this is the reference itself.
      if (last || list.length === 0) list.push(fresh)
      at = `${at}[${list.length - 1}]`
      target = list[list.length - 1] as Node
    } else {
      if (last || target[name] === undefined) target[name] = { ...(last ? {} : (target[name] as Node | undefined)), ...fresh }
      target = target[name] as Node
    }
  }
  return at
}

/** A text that a client may change without meaning anything by it. */
export const freeText = (resource: AnyResource): string | undefined => {
  const fixed = new Set(['id', 'href', resource.lifecycle?.attribute, ...(resource.update?.immutable ?? []), ...(resource.serverSet ?? []), ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])])
  const texts = attributesOf(resource).filter(([name, node]) => kindOf(node) === 'text' && node['enum'] === undefined && node['format'] === undefined && name !== 'timeZone' && !fixed.has(name) && !name.startsWith('@')).map(([name]) => name)
  return ['description', 'name', 'externalId', 'tradingName', 'familyName'].find(name => texts.includes(name)) ?? texts[0] ?? ('@schemaLocation' in (resource.schema as unknown as Node)['properties'] ? '@schemaLocation' : undefined)
}

/** A value for it; the address of a schema must be an address. */
export const valueFor = (name: string, word: string): string => (name === '@schemaLocation' ? `https://example.com/${encodeURIComponent(word)}.json` : word)

/** Attributes that are taken and never shown. */
export const secretsOf = (resource: AnyResource): ReadonlySet<string> => new Set(collectTags(resource.schema).filter(({ tag }) => tag === 'secret').map(({ path }) => path))
