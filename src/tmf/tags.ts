/**
 * Attribute tags: what an attribute means beyond its type. Log redaction, masking, export and erasure read them from the schema,
 * so that an attribute is tagged once, where it is declared.
 */
import type { TSchema } from 'typebox'

/** personal: says something about a person. secret: must not be shown again once stored. */
export type Tag = 'personal' | 'secret'

/** The schema keyword that carries the tag. */
export const TAG_KEYWORD = 'x-tandem-tag'

const tagged = <S extends TSchema>(tag: Tag, schema: S): S => Object.defineProperty(schema, TAG_KEYWORD, { value: tag, enumerable: true })

/** Marks an attribute that says something about a person: names, birth data, contact data, identification, addresses. */
export const personal = <S extends TSchema>(schema: S): S => tagged('personal', schema)

/** Marks an attribute that is write-only: keys, passwords, tokens. */
export const secret = <S extends TSchema>(schema: S): S => tagged('secret', schema)

export interface TaggedPath {
  /** Dotted path, lists with []: `contactMedium[].characteristic.emailAddress`. */
  path: string
  tag: Tag
}

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object'

/**
 * Every tagged attribute below a schema. A shared definition ($defs) is entered once on each way down: what lies deeper inside
 * itself has the same tags as its first level.
 */
export function collectTags(schema: TSchema): TaggedPath[] {
  const root = schema as Node
  const definitions = isNode(root.$defs) ? root.$defs : {}
  const found = new Map<string, TaggedPath>()
  const walk = (node: unknown, path: string, entered: readonly string[]): void => {
    if (!isNode(node)) return
    const tag = node[TAG_KEYWORD]
    if (tag === 'personal' || tag === 'secret') found.set(`${path} ${tag}`, { path, tag })
    if (typeof node.$ref === 'string') {
      const name = node.$ref.replace('#/$defs/', '')
      if (!entered.includes(name)) walk(definitions[name], path, [...entered, name])
    }
    if (node.items !== undefined) walk(node.items, `${path}[]`, entered)
    for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
      const parts = node[key]
      if (Array.isArray(parts)) for (const part of parts) walk(part, path, entered)
    }
    if (isNode(node.properties)) for (const [name, child] of Object.entries(node.properties)) walk(child, path === '' ? name : `${path}.${name}`, entered)
  }
  walk(root, '', [])
  return [...found.values()]
}

