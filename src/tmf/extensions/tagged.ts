/**
 * Attributes of extensions that are tagged as personal or secret. Whoever takes tagged attributes out of a document asks here too, with no
 * brand at hand: an attribute is hidden when any registered schema of this name tags it. What was once tagged stays so while the process runs,
 * because events that carry it live longer than its schema.
 */
import { TAG_KEYWORD, type Tag } from '../tags.ts'
import type { Extension } from './extension.ts'

type Node = Record<string, unknown>

/** By the name that @type or @schemaLocation gives: the schemas in which something is tagged. */
const tagged = new Map<string, Map<string, Node>>()

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value)

let isSecretTagged = false

/** Remembers those that tag something. */
export function tagExtensions(extensions: readonly Extension[]): void {
  for (const { id, name, schema } of extensions) {
    if (!JSON.stringify(schema).includes(`"${TAG_KEYWORD}"`)) continue
    isSecretTagged ||= JSON.stringify(schema).includes(`"${TAG_KEYWORD}":"secret"`)
    const ofName = tagged.get(name) ?? new Map<string, Node>()
    ofName.set(id, schema)
    tagged.set(name, ofName)
  }
}

/** The value without what a schema tags, the schema's own references followed. */
const stripped = (root: Node, given: unknown, value: unknown, tags: readonly Tag[]): unknown => {
  if (!isNode(given)) return value
  const node = typeof given['$ref'] === 'string' ? { ...((root['$defs'] as Node | undefined)?.[given['$ref'].replace('#/$defs/', '')] as Node | undefined), ...given, $ref: undefined } : given
  let result = value
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (Array.isArray(node[key])) for (const part of node[key]) result = stripped(root, part, result, tags)
  if (Array.isArray(result)) return result.map(element => stripped(root, node['items'], element, tags))
  if (!isNode(result) || !isNode(node['properties'])) return result
  const copy: Node = {}
  for (const [name, inner] of Object.entries(result)) {
    const child = Object.hasOwn(node['properties'], name) ? node['properties'][name] : undefined
    if (!isTagged(root, child, tags)) copy[name] = stripped(root, child, inner, tags)
  }
  return copy
}

const isTagged = (root: Node, node: unknown, tags: readonly Tag[]): boolean => {
  if (!isNode(node)) return false
  if (tags.includes(node[TAG_KEYWORD] as Tag)) return true
  if (typeof node['$ref'] === 'string' && isTagged(root, (root['$defs'] as Node | undefined)?.[node['$ref'].replace('#/$defs/', '')], tags)) return true
  return ['anyOf', 'oneOf', 'allOf'].some(key => Array.isArray(node[key]) && node[key].some(part => isTagged(root, part, tags)))
}

const nameIn = (location: unknown): string | undefined => (typeof location === 'string' ? /\/tandem\/v1\/schema\/([^/?#]+)/.exec(location)?.[1] : undefined)

const visit = (value: unknown, tags: readonly Tag[]): unknown => {
  if (Array.isArray(value)) return value.map(element => visit(element, tags))
  if (!isNode(value)) return value
  let result: unknown = value
  for (const name of [value['@type'], nameIn(value['@schemaLocation'])]) {
    const schemas = typeof name === 'string' ? tagged.get(name) : undefined
    if (schemas) for (const schema of schemas.values()) result = stripped(schema, schema, result, tags)
  }
  return Object.fromEntries(Object.entries(result as Node).map(([name, inner]) => [name, inner !== null && typeof inner === 'object' ? visit(inner, tags) : inner]))
}

/** The document without what registered extensions tag so; the same one where nothing is tagged. */
export const withoutTaggedExtensions = (doc: Node, tags: readonly Tag[]): Node => (tagged.size === 0 ? doc : (visit(doc, tags) as Node))

/** Whether any extension tags something as secret: most do not, and then stored text is answered with as it is. */
export const areExtensionsSecret = (): boolean => isSecretTagged
