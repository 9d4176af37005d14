/** What the generated document says of the bodies of a PATCH: one for each media type, with an example that works on the example of a create. */
import type { Resource } from '../resource.ts'

type Node = Record<string, any>

const text = (description: string): Node => ({ type: 'string', description })

/** RFC 6902, in words for a reader; write/json-patch.ts says what is refused. */
const JSON_PATCH: Node = {
  type: 'array',
  description: 'JSON Patch (RFC 6902): operations one after the other, all of them or none',
  items: {
    type: 'object',
    required: ['op', 'path'],
    properties: {
      op: { type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'], description: 'What to do' },
      path: text('Where: a JSON Pointer'),
      from: text('Whence, for move and copy: a JSON Pointer'),
      value: { description: 'What, for add, replace and test' },
    },
  },
}

/** TMF630 part 5; write/patch-query.ts says what is refused. */
const JSON_PATCH_QUERY: Node = {
  type: 'array',
  description:
    'JSON Patch whose paths choose elements of lists by what they hold (TMF630 part 5): /note/text?note.author=Mary, or /note?note.author=Mary/text, is the text of each note by Mary. ' +
    "Several conditions are joined by &; a value with / or & stands in quotes; a name without its list means the last list on the way. JSONPath is read too (part 6): note[?(@.author=='Mary')].text. " +
    'Each element that matches is changed; when none does, nothing is (400). add to a list appends, add to a chosen element gives it the attributes of the value.',
  items: {
    ...JSON_PATCH.items,
    properties: { ...JSON_PATCH.items.properties, path: text('Where: a JSON Pointer with conditions, or a JSONPath; plain for move and copy') },
  },
}

const isObject = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value)
const isShort = (value: unknown): value is string => typeof value === 'string' && value !== '' && !value.includes("'")
const quoted = (value: string): string => (/[&/'"]/.test(value) ? `'${value}'` : value)

/** An element of a list in the example of a create, chosen by one of its texts. */
const queryExample = (resource: Resource<any>): Node[] | undefined => {
  const kept = new Set<string>([...(resource.update?.immutable ?? []), ...(resource.serverSet ?? [])])
  for (const [list, elements] of Object.entries(resource.example as Node)) {
    if (kept.has(list) || !Array.isArray(elements) || !isObject(elements[0])) continue
    const texts = Object.entries(elements[0]).filter(([name, value]) => isShort(value) && !name.startsWith('@') && name !== 'href')
    const key = texts[0]
    if (key === undefined) continue
    const [name, value] = texts[1] ?? key
    return [{ op: 'replace', path: `/${list}/${name}?${list}.${key[0]}=${quoted(key[1] as string)}`, value }]
  }
  return undefined
}

/** The bodies that a PATCH takes, by media type. `update` is the component of the merge patch. */
export const patchBodies = (resource: Resource<any>, update: Node, change: Node | undefined): Node => {
  const pointer = change === undefined ? undefined : Object.entries(change).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
  const query = queryExample(resource) ?? pointer
  return {
    'application/merge-patch+json': { schema: update },
    'application/json': { schema: update },
    'application/json-patch+json': { schema: { ...JSON_PATCH, ...(pointer && { example: pointer }) } },
    'application/json-patch-query+json': { schema: { ...JSON_PATCH_QUERY, ...(query && { example: query }) } },
  }
}
