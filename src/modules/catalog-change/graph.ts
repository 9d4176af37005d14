/** The whole catalog of a brand as it is checked: every document by kind and id, and offerings put together as a sale sees them. */
import { setImmediate as letOthers } from 'node:timers/promises'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { offeringFrom, type LoadedOffering, type productOffering } from '../catalog/index.ts'
import type { Doc as DocOf } from '../../tmf/resource.ts'
import type { priceList, priceListEntry, priceRule } from '../pricing/index.ts'
import type { promotion } from '../promotion/index.ts'
import type { Step } from './apply.ts'
import type { Finding } from './change-set-types.ts'
import { keyOf, KINDS, type Doc, type KindName } from './kinds.ts'

export type Offering = DocOf<typeof productOffering>
export type PriceList = DocOf<typeof priceList>
export type PriceListEntry = DocOf<typeof priceListEntry>
export type PriceRule = DocOf<typeof priceRule>
export type Promotion = DocOf<typeof promotion>

export interface Graph {
  now: Date
  docs: ReadonlyMap<KindName, ReadonlyMap<string, Doc>>
  /** By keyOf. */
  revisions: ReadonlyMap<string, number>
  /** Offerings that are on sale, or will be. */
  launched: ReadonlyMap<string, LoadedOffering>
  /** Currencies that the brand says it sells in. */
  currencies: readonly string[]
}

const ALL = 1_000_000

export const docsOf = <T = Doc>(graph: Graph, kind: KindName): T[] => [...(graph.docs.get(kind)?.values() ?? [])] as T[]
export const docOf = <T = Doc>(graph: Graph, kind: KindName, id: string | undefined): T | undefined => (id === undefined ? undefined : (graph.docs.get(kind)?.get(id) as T | undefined))

/** What it is called in messages. */
export const labelOf = (doc: { id?: unknown; name?: unknown } | undefined, id: string): string => (typeof doc?.name === 'string' ? `${doc.name} (${id})` : id)

export const finding = (code: string, severity: Finding['severity'], resource: KindName, id: string, path: string | undefined, message: string): Finding => ({ code, severity, resource, id, ...(path !== undefined && { path }), message })

const PARTS = ['productOffering', 'productSpecification', 'productOfferingPrice'] as const

/** Offerings that are put together before others have their turn: a catalog of ten thousand takes a second, and nobody waits so long. */
const AT_ONCE = 200

/** A graph of documents. */
export const graphOf = async ({ now, docs, revisions, currencies }: Omit<Graph, 'launched'>): Promise<Graph> => {
  const parts = PARTS.flatMap(kind =>
    [...(docs.get(kind) ?? [])].map(([id, doc]) => ({
      kind,
      id,
      revision: revisions.get(keyOf(kind, id)) ?? 1,
      get doc() {
        return JSON.stringify(doc)
      },
    })),
  )
  const offering = offeringFrom(parts)
  const launched = new Map<string, LoadedOffering>()
  let count = 0
  for (const [id, doc] of docs.get('productOffering') ?? []) {
    if (doc['lifecycleStatus'] !== 'Launched') continue
    const found = offering(id)
    if (found) launched.set(id, found)
    if (++count % AT_ONCE === 0) await letOthers()
  }
  return { now, docs, revisions, currencies, launched }
}

/** The catalog as a transaction sees it. */
export async function readGraph(deps: Pick<Services, 'store' | 'clock'>, tx: Transaction, brand: string, currencies: readonly string[]): Promise<Graph> {
  const docs = new Map<KindName, ReadonlyMap<string, Doc>>()
  const revisions = new Map<string, number>()
  for (const kind of KINDS) {
    const found = await deps.store.find(systemContext(brand, 'catalog-change'), kind, { limit: ALL }, { tx })
    for (const one of found) revisions.set(keyOf(kind.name, one.id), one.revision)
    docs.set(kind.name as KindName, new Map(found.map(one => [one.id, one.doc as Doc])))
  }
  return graphOf({ now: deps.clock.now(), docs, revisions, currencies })
}

/** The documents as changes would leave them, without asking whether they may. */
export const overlaid = (graph: Graph, steps: readonly Step[]): Promise<Graph> => {
  const docs = new Map([...graph.docs].map(([kind, known]) => [kind, new Map(known)]))
  for (const { resource, resourceId: id, action, document, next } of steps) {
    const known = docs.get(resource) ?? new Map<string, Doc>()
    docs.set(resource, known)
    const before = known.get(id)
    if (action === 'delete') known.delete(id)
    else if (action === 'create') known.set(id, { ...document, id })
    else if (before && next) known.set(id, next(before))
  }
  return graphOf({ ...graph, docs })
}

interface Period {
  startDateTime?: string
  endDateTime?: string
}
export const startOf = (period: Period | undefined): number => (period?.startDateTime === undefined ? -Infinity : Date.parse(period.startDateTime))
export const endOf = (period: Period | undefined): number => (period?.endDateTime === undefined ? Infinity : Date.parse(period.endDateTime))
