/** The whole catalog of a brand as it is checked: every document by kind and id, and offerings put together as a sale sees them. */
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering, type productOffering } from '../catalog/index.ts'
import type { Doc as DocOf } from '../../tmf/resource.ts'
import type { priceList, priceListEntry, priceRule } from '../pricing/index.ts'
import type { promotion } from '../promotion/index.ts'
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
const CHUNK = 500

export const docsOf = <T = Doc>(graph: Graph, kind: KindName): T[] => [...(graph.docs.get(kind)?.values() ?? [])] as T[]
export const docOf = <T = Doc>(graph: Graph, kind: KindName, id: string | undefined): T | undefined => (id === undefined ? undefined : (graph.docs.get(kind)?.get(id) as T | undefined))

/** What it is called in messages. */
export const labelOf = (doc: { id?: unknown; name?: unknown } | undefined, id: string): string => (typeof doc?.name === 'string' ? `${doc.name} (${id})` : id)

export const finding = (code: string, severity: Finding['severity'], resource: KindName, id: string, path: string | undefined, message: string): Finding => ({ code, severity, resource, id, ...(path !== undefined && { path }), message })

export async function readGraph(deps: Pick<Services, 'database' | 'store' | 'clock'>, tx: Transaction, brand: string, currencies: readonly string[]): Promise<Graph> {
  const docs = new Map<KindName, ReadonlyMap<string, Doc>>()
  const revisions = new Map<string, number>()
  for (const kind of KINDS) {
    const found = await deps.store.find(systemContext(brand, 'catalog-change'), kind, { limit: ALL }, { tx })
    for (const one of found) revisions.set(keyOf(kind.name, one.id), one.revision)
    docs.set(kind.name as KindName, new Map(found.map(one => [one.id, one.doc as Doc])))
  }
  const ids = [...(docs.get('productOffering') ?? [])].flatMap(([id, doc]) => (doc['lifecycleStatus'] === 'Launched' ? [id] : []))
  const launched = new Map<string, LoadedOffering>()
  for (let at = 0; at < ids.length; at += CHUNK) for (const [id, offering] of await loadOfferings(deps, { brand }, ids.slice(at, at + CHUNK), { tx })) launched.set(id, offering)
  return { now: deps.clock.now(), docs, revisions, launched, currencies }
}

interface Period {
  startDateTime?: string
  endDateTime?: string
}
export const startOf = (period: Period | undefined): number => (period?.startDateTime === undefined ? -Infinity : Date.parse(period.startDateTime))
export const endOf = (period: Period | undefined): number => (period?.endDateTime === undefined ? Infinity : Date.parse(period.endDateTime))
