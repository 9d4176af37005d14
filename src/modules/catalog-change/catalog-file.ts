/**
 * The catalog as a file that diffs well: one record a line, in the order of kinds and ids, keys sorted, nothing that the server writes by
 * itself. The same catalog gives the same text in every environment. And back: what a file says, as changes against what is there. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import { walk } from '../../tmf/references.ts'
import { KINDS, KIND_NAMES, kindNamed, volatileOf, type Doc, type KindName } from './kinds.ts'

export interface FileRecord {
  resource: KindName
  id: string
  document: Doc
}

const sortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sortedKeys(inner)]))
}

/** An address of a catalog resource that is a path of ours: it follows from the id, and differs between environments. */
const isOwnPath = (href: unknown): boolean => typeof href === 'string' && /^\/(tmf-api|tandem)\//.test(href)

/** A document without what the server writes, and without the addresses of references that their ids tell anyway. */
export const plain = (resource: KindName, doc: Doc): Doc => {
  const kind = kindNamed(resource)
  if (!kind) return doc
  const gone = new Set(volatileOf(kind))
  const copy = structuredClone(Object.fromEntries(Object.entries(doc).filter(([name]) => !gone.has(name)))) as Doc
  for (const { path } of kind.references ?? []) for (const { ref } of walk(copy, path.split('.'), '')) if (isOwnPath(ref.href)) delete ref.href
  return copy
}

/** The file's text. Ends with a newline. */
export const fileOf = (docs: ReadonlyMap<KindName, ReadonlyMap<string, Doc>>): string =>
  KIND_NAMES.flatMap(resource =>
    [...(docs.get(resource) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, doc]) => `${JSON.stringify({ resource, id, document: sortedKeys(plain(resource, doc)) })}\n`),
  ).join('')

/** RFC 7396: the patch that leads from one document to the other. Lists go as a whole. */
export const patchBetween = (from: Doc, to: Doc): Doc => {
  const patch: Doc = {}
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [have, want] = [from[name], to[name]]
    if (isDeepStrictEqual(have, want)) continue
    const nested = have !== null && want !== null && typeof have === 'object' && typeof want === 'object' && !Array.isArray(have) && !Array.isArray(want)
    patch[name] = want === undefined ? null : nested ? patchBetween(have as Doc, want as Doc) : want
  }
  return patch
}

/** What the server fills in where a document does not say it: no reason to take documents for different. */
const DERIVED: readonly string[] = ['@type', 'isBundle', 'isSellable', 'isRoot', 'lifecycleStatus']

export interface FileChange {
  resource: KindName
  resourceId: string
  action: 'create' | 'update' | 'delete'
  document?: Doc
}

/** What has to be done to have what the file says. What the file does not name stays, unless `deleteMissing`: then what is there of the file's kinds goes. */
export const changesBetween = (docs: ReadonlyMap<KindName, ReadonlyMap<string, Doc>>, records: readonly FileRecord[], deleteMissing: boolean): FileChange[] => {
  const changes: FileChange[] = []
  for (const { resource, id, document } of records) {
    const stored = docs.get(resource)?.get(id)
    const wanted = plain(resource, document)
    if (!stored) {
      changes.push({ resource, resourceId: id, action: 'create', document: wanted })
      continue
    }
    const have = plain(resource, stored)
    for (const name of DERIVED) if (wanted[name] === undefined && have[name] !== undefined) wanted[name] = have[name]
    const patch = patchBetween(have, wanted)
    if (Object.keys(patch).length > 0) changes.push({ resource, resourceId: id, action: 'update', document: patch })
  }
  if (!deleteMissing) return changes
  const named = new Set(records.map(one => `${one.resource} ${one.id}`))
  for (const resource of new Set(records.map(one => one.resource))) {
    for (const id of docs.get(resource)?.keys() ?? []) if (!named.has(`${resource} ${id}`)) changes.push({ resource, resourceId: id, action: 'delete' })
  }
  return changes
}

/** Ids with all that they need: what they refer to, directly or through others, and of offerings their entries in price lists. */
export const withDependencies = (docs: ReadonlyMap<KindName, ReadonlyMap<string, Doc>>, start: readonly { resource: KindName; id: string }[]): Map<KindName, Map<string, Doc>> => {
  const found = new Map<KindName, Map<string, Doc>>()
  const entries = new Map<string, string[]>()
  for (const [id, doc] of docs.get('priceListEntry') ?? []) {
    const offering = (doc['productOffering'] as { id?: string } | undefined)?.id
    if (offering !== undefined) entries.set(offering, [...(entries.get(offering) ?? []), id])
  }
  const open = [...start]
  for (let next = open.pop(); next; next = open.pop()) {
    const { resource, id } = next
    const doc = docs.get(resource)?.get(id)
    const have = found.get(resource) ?? new Map<string, Doc>()
    if (!doc || have.has(id)) continue
    found.set(resource, have.set(id, doc))
    const kind = KINDS.find(one => one.name === resource)
    for (const { path, to } of kind?.references ?? []) {
      if (to === undefined || !kindNamed(to) || (resource === 'category' && path === 'productOffering[]')) continue
      for (const { ref } of walk(doc, path.split('.'), '')) if (typeof ref.id === 'string') open.push({ resource: to as KindName, id: ref.id })
    }
    if (resource === 'productOffering') for (const entry of entries.get(id) ?? []) open.push({ resource: 'priceListEntry', id: entry })
    if (resource === 'category' && typeof doc['parentId'] === 'string') open.push({ resource: 'category', id: doc['parentId'] })
    for (const rule of (doc['constraint'] as { id?: string; '@referredType'?: string }[] | undefined) ?? []) if (rule['@referredType'] === 'PriceRule' && rule.id !== undefined) open.push({ resource: 'priceRule', id: rule.id })
  }
  return found
}
