/** Finds attributes in a resource's schema by dotted path: what type they have, and where arrays lie on the way. */
import type { TSchema } from 'typebox'
import { TAG_KEYWORD } from './tags.ts'

type Node = Record<string, any>

export interface Attribute {
  /** The schema of the attribute itself (of the element, where the attribute is a list). */
  schema: Node
  /** For each segment of the path: is its value a list? */
  lists: boolean[]
  /** What a filter value is compared as. `any`: the definition leaves it open. */
  kind: 'text' | 'instant' | 'number' | 'boolean' | 'object' | 'any'
  /** It is tagged secret, or lies in what is. */
  secret?: boolean
  /** Something below it is hidden from who asks: it is not compared as a whole. */
  hidesBelow?: boolean
}

const resolve = (root: Node, node: Node | undefined, definitions: Node = {}): Node | undefined => {
  for (let hops = 0; node && typeof node.$ref === 'string' && hops < 20; hops++) {
    const name = node.$ref.replace(/^#\/\$defs\//, '')
    node = node.$defs?.[name] ?? definitions[name] ?? root.$defs?.[name] ?? (node.$ref === '#' ? root : undefined)
  }
  return node
}

const kindOf = (node: Node): Attribute['kind'] => {
  if (node.properties || node.type === 'object') return 'object'
  if (node.type === 'string') return node.format === 'date-time' ? 'instant' : 'text'
  if (node.type === 'number' || node.type === 'integer') return 'number'
  if (node.type === 'boolean') return 'boolean'
  const variants: Node[] | undefined = node.anyOf ?? node.oneOf
  if (variants && variants.length > 0) {
    const kinds = new Set(variants.map(v => ('const' in v ? kindOf({ type: typeof v.const }) : kindOf(v))))
    return kinds.size === 1 ? [...kinds][0]! : 'any'
  }
  return 'any'
}

/** The attribute at a dotted path through objects and lists; undefined when the schema has none. */
export function attributeAt(schema: TSchema, path: string): Attribute | undefined {
  const root = schema as Node
  let definitions: Node = root.$defs ?? {}
  let node: Node | undefined = root
  const lists: boolean[] = []
  let secret = false
  for (const segment of path.split('.')) {
    if (node?.$defs) definitions = { ...definitions, ...node.$defs }
    node = resolve(root, node, definitions)
    if (!node) return undefined
    if (kindOf(node) === 'any' && !node.properties) {
      lists.push(false)
      continue
    }
    const properties: Node | undefined = node.properties
    let child: Node | undefined = properties && Object.hasOwn(properties, segment) ? properties[segment] : undefined
    if (!child) return undefined
    if (child.$defs) definitions = { ...definitions, ...child.$defs }
    child = resolve(root, child, definitions)
    const isList = child?.type === 'array'
    secret ||= properties?.[segment]?.[TAG_KEYWORD] === 'secret' || child?.[TAG_KEYWORD] === 'secret' || (isList && child?.items?.[TAG_KEYWORD] === 'secret')
    lists.push(isList)
    node = isList ? child?.items : child
    if (node?.$defs) definitions = { ...definitions, ...node.$defs }
  }
  node = resolve(root, node, definitions)
  return node && { schema: node, lists, kind: kindOf(node), ...(secret && { secret }) }
}

/** Puts a value at a path into the smallest document that a stored one must contain: `a.b`=1 with a list at a → {a:[{b:1}]}. */
export function containing(path: string, lists: readonly boolean[], value: unknown): Record<string, unknown> {
  const segments = path.split('.')
  let inner: unknown = value
  for (let i = segments.length - 1; i >= 0; i--) inner = { [segments[i]!]: lists[i] && !Array.isArray(inner) ? [inner] : inner }
  return inner as Record<string, unknown>
}

/** Every value at a dotted path of a document, going through lists. */
export function valuesAt(doc: unknown, path: string): unknown[] {
  let found: unknown[] = [doc]
  for (const segment of path.split('.')) {
    found = found
      .flatMap(value => (Array.isArray(value) ? value : [value]))
      .flatMap(value => (value !== null && typeof value === 'object' && Object.hasOwn(value, segment) ? [(value as Node)[segment]] : []))
  }
  return found.flatMap(value => (Array.isArray(value) ? value : [value]))
}
