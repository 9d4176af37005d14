/** Field selection (TMF630): `fields=a,b.c`. id, href and @type are always there; unknown names are ignored. */

type Doc = Record<string, unknown>

const ALWAYS = ['id', 'href', '@type']

/** Reads the `fields` parameters of a raw query string; undefined when there are none. */
export function fieldsOf(rawQuery: string): string[] | undefined {
  if (!rawQuery.includes('fields=')) return undefined
  const fields = new URLSearchParams(rawQuery).getAll('fields')
  return fields.length === 0 ? undefined : fields.flatMap(f => f.split(',')).map(f => f.trim()).filter(Boolean)
}

const pick = (value: unknown, path: readonly string[]): unknown => {
  if (path.length === 0) return value
  if (Array.isArray(value)) return value.map(element => pick(element, path))
  if (value === null || typeof value !== 'object') return undefined
  const [name, ...rest] = path as [string, ...string[]]
  if (!Object.hasOwn(value, name)) return {}
  return { [name]: pick((value as Doc)[name], rest) }
}

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Puts two selections of the same document together. */
const merge = (a: unknown, b: unknown): unknown => {
  if (Array.isArray(a) && Array.isArray(b)) return a.map((element, i) => merge(element, b[i]))
  if (!isObject(a) || !isObject(b)) return b ?? a
  const result: Doc = { ...a }
  for (const [key, value] of Object.entries(b)) result[key] = key in result ? merge(result[key], value) : value
  return result
}

/** The document with the selected attributes only. */
export function select(doc: Doc, fields: readonly string[]): Doc {
  let selected: unknown = {}
  for (const field of [...ALWAYS, ...fields]) selected = merge(selected, pick(doc, field.split('.')))
  return selected as Doc
}
