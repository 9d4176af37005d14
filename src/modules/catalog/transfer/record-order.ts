/** Puts records into an order in which what is referred to comes first, and finds the references that close a cycle. Pure. */
import type { Reference } from '../../../tmf/resource.ts'
import { collectionNamed } from './collections.ts'
import type { CatalogRecord, Doc } from './record-source.ts'

/** A reference from a record to a resource of the catalog. */
export interface Pointer {
  /** `productOffering 42` */
  target: string
  /** The object that holds the id. */
  ref: Doc
  /** Takes the reference out of the document that it stands in. */
  remove: () => void
}

export const keyOf = (record: Pick<CatalogRecord, 'resource' | 'id'>): string => `${record.resource.name} ${record.id}`

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

function* along(node: Doc, segments: readonly string[], remove: () => void): Generator<{ ref: Doc; remove: () => void }> {
  const [segment, ...rest] = segments
  if (segment === undefined) {
    yield { ref: node, remove }
    return
  }
  const name = segment.replace(/\[\]$/, '')
  const value = node[name]
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) if (isObject(element)) yield* along(element, rest, () => void (node[name] = (node[name] as unknown[]).filter(other => other !== element)))
  } else if (isObject(value)) {
    yield* along(value, rest, () => void delete node[name])
  }
}

/** The references of a document to resources of the catalog, or to what else `isKnown`, as its resource declares them. */
export function pointersOf(references: readonly Reference[] | undefined, doc: Doc, isKnown: (name: string) => boolean = name => collectionNamed(name) !== undefined): Pointer[] {
  return (references ?? []).flatMap(({ path, to }) => {
    if (to === undefined || !isKnown(to)) return []
    return [...along(doc, path.split('.'), () => {})].flatMap(({ ref, remove }) => (typeof ref['id'] === 'string' ? [{ target: `${to} ${ref['id']}`, ref, remove }] : []))
  })
}

export interface OrderedRecord<R extends CatalogRecord = CatalogRecord> {
  record: R
  /** Keys of records that come later although this one refers to them: they refer back. Written without them first, whole at the end. */
  deferred: ReadonlySet<string>
}

/** Depth first, without recursion: a chain of references may be as long as the file. */
export function orderRecords<R extends CatalogRecord>(records: readonly R[], isKnown?: (name: string) => boolean): OrderedRecord<R>[] {
  const byKey = new Map(records.map(record => [keyOf(record), record]))
  const state = new Map<string, 'open' | 'done'>()
  const ordered: OrderedRecord<R>[] = []
  const targetsOf = (record: R): string[] => [...new Set(pointersOf(record.resource.references, record.doc, isKnown).map(pointer => pointer.target))].filter(target => byKey.has(target))
  for (const start of records) {
    if (state.has(keyOf(start))) continue
    const open = (record: R) => {
      state.set(keyOf(record), 'open')
      return { record, targets: targetsOf(record), next: 0, deferred: new Set<string>() }
    }
    const stack = [open(start)]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = top.targets[top.next]
      if (target === undefined) {
        state.set(keyOf(top.record), 'done')
        ordered.push({ record: top.record, deferred: top.deferred })
        stack.pop()
        continue
      }
      top.next += 1
      const seen = state.get(target)
      if (seen === 'open') top.deferred.add(target)
      else if (seen === undefined) stack.push(open(byKey.get(target)!))
    }
  }
  return ordered
}
