/** What contains or replaces itself through others. Pure. */
import { childIdsOf } from '../catalog/index.ts'
import type { Finding } from './change-set-types.ts'
import { docsOf, finding, labelOf, type Graph } from './graph.ts'
import type { Doc, KindName } from './kinds.ts'

interface Containment {
  code: string
  kind: KindName
  path: string
  next: (doc: Doc) => readonly string[]
}

const idsIn = (doc: Doc, attribute: string, fits: (one: Doc) => boolean = () => true): string[] => {
  const list = doc[attribute]
  return Array.isArray(list) ? (list as Doc[]).flatMap(one => (typeof one?.['id'] === 'string' && fits(one) ? [one['id']] : [])) : []
}
const ofType = (type: RegExp) => (one: Doc): boolean => typeof one['relationshipType'] === 'string' && type.test(one['relationshipType'])

const CONTAINMENTS: readonly Containment[] = [
  { code: 'cyclicBundle', kind: 'productOffering', path: 'bundledProductOffering', next: doc => childIdsOf(doc) },
  { code: 'cyclicReplacement', kind: 'productOffering', path: 'productOfferingRelationship', next: doc => idsIn(doc, 'productOfferingRelationship', ofType(/^replacedBy/i)) },
  { code: 'cyclicSpecification', kind: 'productSpecification', path: 'bundledProductSpecification', next: doc => idsIn(doc, 'bundledProductSpecification') },
  { code: 'cyclicPrice', kind: 'productOfferingPrice', path: 'bundledPopRelationship', next: doc => idsIn(doc, 'bundledPopRelationship') },
  { code: 'cyclicPrice', kind: 'productOfferingPrice', path: 'popRelationship', next: doc => idsIn(doc, 'popRelationship', ofType(/^(alternativ|replac|overrid|substitut)/i)) },
  { code: 'cyclicCategory', kind: 'category', path: 'subCategory', next: doc => idsIn(doc, 'subCategory') },
  { code: 'cyclicCategory', kind: 'category', path: 'parentId', next: doc => (typeof doc['parentId'] === 'string' ? [doc['parentId']] : []) },
]

/** The rings of a graph, each once, beginning with its smallest id. Depth first without recursion: a chain may be long. */
export const ringsOf = (nodes: ReadonlyMap<string, readonly string[]>): string[][] => {
  const state = new Map<string, 'open' | 'done'>()
  const rings = new Map<string, string[]>()
  for (const start of nodes.keys()) {
    if (state.has(start)) continue
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }]
    state.set(start, 'open')
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = nodes.get(top.id)?.[top.next]
      if (target === undefined) {
        state.set(top.id, 'done')
        path.pop()
        continue
      }
      top.next += 1
      if (state.get(target) === 'open') {
        const ring = path.slice(path.findIndex(one => one.id === target)).map(one => one.id)
        const least = ring.indexOf([...ring].sort()[0]!)
        const turned = [...ring.slice(least), ...ring.slice(0, least)]
        rings.set(turned.join(' '), turned)
      } else if (!state.has(target) && nodes.has(target)) {
        state.set(target, 'open')
        path.push({ id: target, next: 0 })
      }
    }
  }
  return [...rings.values()]
}

export const cycleFindings = (graph: Graph): Finding[] =>
  CONTAINMENTS.flatMap(({ code, kind, path, next }) => {
    const docs = new Map(docsOf(graph, kind).map(doc => [String(doc['id']), doc]))
    return ringsOf(new Map([...docs].map(([id, doc]) => [id, next(doc)]))).map(ring => finding(code, 'error', kind, ring[0]!, path, `${[...ring, ring[0]!].map(id => labelOf(docs.get(id), id)).join(' → ')} closes a ring`))
  })

/** Offerings that contain themselves through others. */
export const bundleRings = (graph: Graph): Set<string> => new Set(ringsOf(new Map(docsOf(graph, 'productOffering').map(doc => [String(doc['id']), childIdsOf(doc)]))).flat())
