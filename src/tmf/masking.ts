/**
 * Takes tagged attributes out of documents, by the schema that declares them: what must not leave the house, what a caller may not see,
 * what is to be forgotten. The schema is walked beside the document, so that what is tagged is found at any depth.
 */
import type { TSchema } from 'typebox'
import { areExtensionsSecret, withoutTaggedExtensions } from './extensions/tagged.ts'
import { TAG_KEYWORD, type Tag } from './tags.ts'

type Node = Record<string, unknown>

/** What is to be taken out at one place of a document. */
interface Mask {
  /** Attributes that go. */
  drop: Set<string>
  /** Attributes that the schema knows; what else an object holds goes too where one of these does. */
  known: Set<string>
  inside: Map<string, Mask>
  items: Mask | undefined
  /** Something below it goes. */
  isNeeded: boolean
}

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A node with what it refers to and its variants: each may be what a value is held against. */
const flattened = (node: unknown, definitions: Node, found: Set<Node> = new Set()): Set<Node> => {
  if (!isNode(node) || found.has(node)) return found
  found.add(node)
  if (typeof node['$ref'] === 'string') flattened(definitions[node['$ref'].replace('#/$defs/', '')], definitions, found)
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const parts = node[key]
    if (Array.isArray(parts)) for (const part of parts) flattened(part, definitions, found)
  }
  return found
}

const compile = (schema: TSchema, tags: ReadonlySet<Tag>): Mask => {
  const root = schema as unknown as Node
  const definitions = isNode(root['$defs']) ? root['$defs'] : {}
  const names = new Map<Node, number>()
  const masks = new Map<string, Mask>()
  const nameOf = (node: Node): number => names.get(node) ?? (names.set(node, names.size), names.size - 1)

  const isTagged = (nodes: Iterable<Node>): boolean => [...nodes].some(node => tags.has(node[TAG_KEYWORD] as Tag))

  const build = (nodes: ReadonlySet<Node>): Mask => {
    const key = [...nodes].map(nameOf).join(' ')
    const known = masks.get(key)
    if (known) return known
    const mask: Mask = { drop: new Set(), known: new Set(), inside: new Map(), items: undefined, isNeeded: false }
    // Before what lies below: a definition may hold its own kind.
    masks.set(key, mask)
    const attributes = new Map<string, Set<Node>>()
    const elements = new Set<Node>()
    for (const node of nodes) {
      if (isNode(node['properties'])) for (const [name, child] of Object.entries(node['properties'])) attributes.set(name, flattened(child, definitions, attributes.get(name)))
      if (node['items'] !== undefined) flattened(node['items'], definitions, elements)
    }
    for (const [name, children] of attributes) {
      mask.known.add(name)
      if (isTagged(children)) mask.drop.add(name)
      else mask.inside.set(name, build(children))
    }
    if (elements.size > 0) mask.items = build(elements)
    return mask
  }

  const whole = build(flattened(root, definitions))
  // Definitions may hold each other, so need travels upwards until it stops.
  for (let changed = true; changed; ) {
    changed = false
    for (const mask of masks.values()) {
      if (mask.isNeeded || !(mask.drop.size > 0 || mask.items?.isNeeded || [...mask.inside.values()].some(child => child.isNeeded))) continue
      mask.isNeeded = true
      changed = true
    }
  }
  for (const mask of masks.values()) for (const [name, child] of mask.inside) if (!child.isNeeded) mask.inside.delete(name)
  return whole
}

const apply = (mask: Mask, value: unknown, unknown: 'drop' | 'keep' = 'drop'): unknown => {
  if (!mask.isNeeded || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return mask.items ? value.map(element => apply(mask.items!, element, unknown)) : value
  const copy: Node = {}
  for (const [name, inner] of Object.entries(value)) {
    if (mask.drop.has(name) || (unknown === 'drop' && mask.drop.size > 0 && !mask.known.has(name))) continue
    const below = mask.inside.get(name)
    copy[name] = below ? apply(below, inner, unknown) : inner
  }
  return copy
}

const compiled = new WeakMap<TSchema, Map<string, Mask>>()

const maskFor = (schema: TSchema, tags: readonly Tag[]): Mask => {
  const key = tags.join(' ')
  const ofSchema = compiled.get(schema) ?? new Map<string, Mask>()
  compiled.set(schema, ofSchema)
  let mask = ofSchema.get(key)
  if (!mask) ofSchema.set(key, (mask = compile(schema, new Set(tags))))
  return mask
}

/**
 * The document without the attributes that have one of these tags; the one given stays as it is. In an object that has such attributes,
 * those that the schema does not know (extensions) go too: nobody has said what they hold. Elsewhere registered extensions say it.
 */
export const withoutTagged = (schema: TSchema, doc: Record<string, unknown>, tags: readonly Tag[]): Record<string, unknown> =>
  withoutTaggedExtensions(apply(maskFor(schema, tags), doc) as Record<string, unknown>, tags)

/** The document as it is read: without what is tagged secret, and with all else, extensions too. */
export const withoutSecrets = (schema: TSchema, doc: Record<string, unknown>): Record<string, unknown> => withoutTaggedExtensions(apply(maskFor(schema, ['secret']), doc, 'keep') as Record<string, unknown>, ['secret'])

/** Whether a document of this schema may hold something secret: whoever answers with stored text need not read it otherwise. */
export const mayHoldSecrets = (schema: TSchema): boolean => maskFor(schema, ['secret']).isNeeded || areExtensionsSecret()
