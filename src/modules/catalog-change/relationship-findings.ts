/** Offerings that need what they rule out, through others too. Pure. */
import { childLimits, EXCLUDES, REQUIRES, within } from '../catalog/index.ts'
import type { Finding } from './change-set-types.ts'
import { docsOf, finding, labelOf, type Graph, type Offering } from './graph.ts'

const OUT = ['Retired', 'Obsolete', 'Rejected']

interface Links {
  doc: Offering
  /** What is bought with it in any case: what it requires, and what its bundle takes at least once. */
  needs: { id: string; path: string }[]
  excludes: { id: string; path: string }[]
}

const linksOf = (doc: Offering, now: Date): Links => {
  const related = (type: RegExp): Links['needs'] => (doc.productOfferingRelationship ?? []).flatMap((one, index) => (one.id !== undefined && type.test(one.relationshipType ?? '') && within(one.validFor, now) ? [{ id: one.id, path: `productOfferingRelationship[${index}].id` }] : []))
  return {
    doc,
    needs: [...related(REQUIRES), ...(doc.bundledProductOffering ?? []).flatMap((child, index) => (child.id !== undefined && childLimits(child).lower > 0 ? [{ id: child.id, path: `bundledProductOffering[${index}].id` }] : []))],
    excludes: related(EXCLUDES),
  }
}

/** Everything that comes with an offering, each with the attribute of the offering that it comes by. */
const bought = (links: ReadonlyMap<string, Links>, id: string): Map<string, string> => {
  const found = new Map<string, string>([[id, 'productOfferingRelationship']])
  const open = (links.get(id)?.needs ?? []).map(one => ({ id: one.id, path: one.path }))
  for (let next = open.pop(); next; next = open.pop()) {
    if (found.has(next.id)) continue
    found.set(next.id, next.path)
    for (const further of links.get(next.id)?.needs ?? []) open.push({ id: further.id, path: next.path })
  }
  return found
}

export const relationshipFindings = (graph: Graph): Finding[] => {
  const docs = docsOf<Offering>(graph, 'productOffering').filter(doc => !OUT.includes(doc.lifecycleStatus ?? ''))
  const links = new Map(docs.map(doc => [doc.id, linksOf(doc, graph.now)]))
  const label = (id: string): string => labelOf(links.get(id)?.doc, id)
  return docs.flatMap(({ id }): Finding[] => {
    const own = links.get(id)!
    if (own.needs.length === 0 && own.excludes.length === 0) return []
    const all = bought(links, id)
    const found: Finding[] = []
    for (const [member, path] of all) {
      for (const out of links.get(member)?.excludes ?? []) {
        const other = all.get(out.id)
        if (other === undefined) continue
        const at = member === id ? out.path : path
        const inWords = member === id ? `${label(id)} excludes ${label(out.id)}, which it ${out.id === id ? 'is itself' : 'needs'}` : `${label(id)} needs ${label(member)}, which excludes ${out.id === id ? 'it' : `${label(out.id)}, which it needs too`}`
        found.push(finding('contradictoryRelationship', 'error', 'productOffering', id, at, inWords))
      }
    }
    return found
  })
}
