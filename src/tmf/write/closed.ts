/** Schemas as they are enforced: what is not declared is not allowed, and no list is endless. */

type Node = Record<string, unknown>

/** Lists longer than this are refused: no TM Forum document needs them, and each element costs. */
const MAX_ITEMS = 2000

/** The schema with every object closed and every list bounded. */
export function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (node === null || typeof node !== 'object') return node
  const copy: Node = {}
  for (const [key, value] of Object.entries(node)) {
    // An attribute named like a keyword (`required`, `items`) must not be taken for one.
    copy[key] = key === 'properties' || key === '$defs' ? Object.fromEntries(Object.entries(value as Node).map(([name, child]) => [name, closed(child)])) : ['enum', 'const', 'default', 'examples', 'required'].includes(key) ? value : closed(value)
  }
  if (copy.properties && copy.additionalProperties === undefined && !copy.allOf) copy.additionalProperties = false
  if (copy.type === 'array' && copy.maxItems === undefined) copy.maxItems = MAX_ITEMS
  return copy
}
