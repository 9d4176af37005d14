/**
 * Objects that many schemas contain (a reference, a period, an amount) are compiled once and called from wherever they stand:
 * compiled anew in each schema, the validators of all resources take seconds after each start and a quarter of the server's memory.
 */
import type { Ajv } from 'ajv'
import { closed } from './closed.ts'

type Node = Record<string, unknown>

/** Says nothing about what is valid. */
const ANNOTATIONS = new Set(['description', 'title', 'examples', 'default', 'x-tandem-tag'])
/** Hold values, not schemas. */
const VALUES = new Set(['enum', 'const', 'required'])
/** Hold schemas by a name that may look like a keyword. */
const NAMED = new Set(['properties', '$defs'])

/** Is only valid inside of its own root. */
const isBound = (json: string): boolean => json.includes('"#/$defs/')

/** Makes schemas as they are enforced (see closed.ts), whose parts are shared by all that the same `ajv` compiles. */
export function createShapes(ajv: Ajv): (schema: unknown) => Node {
  const ids = new Map<string, string>()

  const inner = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(inner)
    if (node === null || typeof node !== 'object') return node
    const shape = outer(node as Node)
    if (shape['properties'] === undefined) return shape
    const json = JSON.stringify(shape)
    if (isBound(json)) return shape
    let id = ids.get(json)
    if (id === undefined) {
      ids.set(json, (id = `shape:${ids.size}`))
      ajv.addSchema(shape, id)
    }
    return { $ref: id }
  }

  const outer = (node: Node): Node => {
    const shape: Node = {}
    for (const [key, value] of Object.entries(node)) {
      if (ANNOTATIONS.has(key)) continue
      if (VALUES.has(key)) shape[key] = value
      else if (NAMED.has(key)) shape[key] = Object.fromEntries(Object.entries(value as Node).map(([name, child]) => [name, inner(child)]))
      else shape[key] = inner(value)
    }
    return shape
  }

  return schema => outer(closed(schema) as Node)
}
