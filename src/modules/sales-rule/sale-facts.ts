/**
 * What a sale knows of who buys: standing, segments and agreements (TMF629), what is held (TMF637) and what has been ordered and is not there
 * yet (TMF622), so that a purchase counts on the very next read. Each part is read when a rule asks for it, and once.
 */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { customerOf, isSegment, partyOf, type PartyReference } from '../customer/index.ts'
import { product } from '../inventory/index.ts'
import type { CompiledSalesRule, RuledProduct, RuledSaleItem } from './compile-sales-rule.ts'

type Deps = Pick<Services, 'store' | 'database' | 'clock'>

const LIVING = ['created', 'pendingActive', 'active', 'suspended', 'pendingTerminate']
/** Orders that are on their way. */
const OPEN = ['acknowledged', 'inProgress', 'pending', 'held', 'assessingCancellation']
/** Orders that count against a limit on a period. */
const COUNTED = [...OPEN, 'completed', 'partial']
const MOST = 1_000

interface ItemDoc {
  id?: string
  action?: string
  quantity?: number
  productOffering?: { id?: string }
  product?: { productSpecification?: { id?: string }; place?: { id?: string }[] }
  productOrderItem?: ItemDoc[]
}

interface OrderedItem {
  orderId: string
  itemId: string
  offering: string
  specification: string
  quantity: number
  place: string
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string')

/** What an order adds, parts of bundles with it; places are those of the bundle where a part names none. */
const itemsOf = (orderId: string, items: readonly ItemDoc[], around = ''): OrderedItem[] =>
  items.flatMap(item => {
    const place = item.product?.place?.find(one => one.id !== undefined)?.id ?? around
    const own = (item.action ?? 'add') === 'add' && item.productOffering?.id !== undefined ? [{ orderId, itemId: item.id ?? '', offering: item.productOffering.id, specification: item.product?.productSpecification?.id ?? '', quantity: item.quantity ?? 1, place }] : []
    return [...own, ...itemsOf(orderId, item.productOrderItem ?? [], place)]
  })

const once = <T>(load: () => Promise<T>): (() => Promise<T>) => {
  let value: Promise<T> | undefined
  return () => (value ??= load())
}

export interface Buyer {
  /** Every id that documents name the buyer by; empty when nobody is named. */
  ids: () => Promise<string[]>
  customer: () => Promise<Record<string, unknown>>
  /** What is held, and what is ordered and not there yet. */
  products: () => Promise<RuledProduct[]>
  /** How many of what a limit is about there are already, or why that cannot be said. */
  had: (rule: CompiledSalesRule, item: RuledSaleItem) => Promise<number | string>
}

const START: Readonly<Record<string, (at: Date, amount: number) => void>> = {
  day: (at, amount) => void at.setUTCDate(at.getUTCDate() - amount),
  week: (at, amount) => void at.setUTCDate(at.getUTCDate() - 7 * amount),
  month: (at, amount) => void at.setUTCMonth(at.getUTCMonth() - amount),
  year: (at, amount) => void at.setUTCFullYear(at.getUTCFullYear() - amount),
}

const since = (at: Date, { amount, units }: { amount: number; units: string }): Date => {
  const from = new Date(at)
  START[units]?.(from, amount)
  return from
}

const standingOf = (profiles: readonly { creditProfileDate?: string; creditRiskRating?: number; creditScore?: number; validFor?: { startDateTime?: string; endDateTime?: string } }[], at: Date): Record<string, number> => {
  const valid = profiles.filter(({ validFor }) => (validFor?.startDateTime === undefined || new Date(validFor.startDateTime) <= at) && (validFor?.endDateTime === undefined || at < new Date(validFor.endDateTime)))
  const newest = valid.toSorted((a, b) => (a.creditProfileDate ?? '').localeCompare(b.creditProfileDate ?? '')).at(-1)
  return { ...(newest?.creditRiskRating !== undefined && { creditClass: newest.creditRiskRating }), ...(newest?.creditScore !== undefined && { creditScore: newest.creditScore }) }
}

export interface BuyerQuestion {
  customer: PartyReference | undefined
  at: Date
  /** An order that is looked at itself: what it adds is not there already. */
  orderId?: string
  /** Products that are changed or ended by what is bought: they are not beside it. */
  without: ReadonlySet<string>
}

/** Reads as far as the caller may. */
export const buyerOf = (deps: Deps, context: Context, { customer: ref, at, orderId, without }: BuyerQuestion): Buyer => {
  const found = once(async () => (ref === undefined ? undefined : { role: await customerOf(deps, context, ref), party: await partyOf(deps, context, ref) }))
  const ids = once(async () => {
    if (ref === undefined) return []
    const who = await found()
    return [...new Set([ref.id, ...(who?.role ? [who.role.id] : []), ...(who?.party ? [who.party.id] : [])])]
  })
  const ordersWhere = async (path: string, value: string | string[], states: readonly string[], from?: Date): Promise<OrderedItem[]> => {
    const orders = deps.store.resource('productOrder')
    if (!orders) return []
    const where = [{ path, value }, { path: 'state', value: [...states] }, ...(from ? [{ path: 'orderDate', op: 'gte' as const, value: from.toISOString() }] : [])]
    return (await deps.store.find(context, orders, { where, limit: MOST })).flatMap(({ id, doc }) => (id === orderId ? [] : itemsOf(id, (doc as { productOrderItem?: ItemDoc[] }).productOrderItem ?? [])))
  }
  /** Products at, or of, somebody or something, and what is ordered for it and not there yet. */
  const heldWhere = async (productPath: string, orderPath: string, value: string | string[]): Promise<RuledProduct[]> => {
    const [products, ordered] = await Promise.all([deps.store.find(context, product, { where: [{ path: productPath, value }, { path: 'status', value: LIVING }], limit: MOST }), ordersWhere(orderPath, value, OPEN)])
    // What an order has delivered in part is there, and no longer only ordered.
    const there = new Set(products.flatMap(({ doc }) => (doc.productOrderItem ?? []).map(one => `${one.productOrderId} ${one.orderItemId}`)))
    const coming = ordered.filter(one => !there.has(`${one.orderId} ${one.itemId}`)).flatMap(one => Array.from({ length: Math.min(one.quantity, 100) }, () => ({ ...one, status: 'ordered' })))
    const held = products.filter(({ id }) => !without.has(id)).map(({ doc }) => ({ offering: doc.productOffering?.id ?? '', specification: doc.productSpecification?.id ?? '', status: doc.status ?? '', place: doc.place?.find(one => one.id !== undefined)?.id ?? '' }))
    const all = [...held, ...coming.map(({ offering, specification, status, place }) => ({ offering, specification, status, place }))]
    const offerings = await loadOfferings(deps as Services, context, [...new Set(all.map(one => one.offering).filter(id => id !== ''))])
    return all.map(one => ({ ...one, category: (offerings.get(one.offering)?.doc.category ?? []).flatMap(of => of.id ?? []) }))
  }
  const products = once(async () => {
    const own = await ids()
    return own.length === 0 ? [] : await heldWhere('relatedParty.id', 'relatedParty.id', own)
  })
  const places = new Map<string, Promise<RuledProduct[]>>()
  const at_ = (place: string): Promise<RuledProduct[]> => {
    let there = places.get(place)
    if (!there) places.set(place, (there = heldWhere('place.id', 'productOrderItem.product.place.id', place)))
    return there
  }
  const orderedSince = async (path: string, value: string | string[], from: Date, rule: CompiledSalesRule, place?: string): Promise<number> => {
    const items = (await ordersWhere(path, value, COUNTED, from)).filter(one => place === undefined || one.place === place)
    const offerings = await loadOfferings(deps as Services, context, [...new Set(items.map(one => one.offering))])
    return items.filter(one => rule.isAbout({ offering: one.offering, category: (offerings.get(one.offering)?.doc.category ?? []).flatMap(of => of.id ?? []) })).reduce((sum, one) => sum + one.quantity, 0)
  }
  return {
    ids,
    products,
    customer: once(async () => {
      const who = await found()
      const doc = who?.role?.doc
      return {
        id: who?.role?.id ?? ref?.id ?? '',
        segment: (doc?.characteristic ?? []).filter(of => isSegment(of.name)).flatMap(of => textsOf(of.value)).sort(),
        agreement: (doc?.agreement ?? []).map(of => of.id).sort(),
        kind: who?.party?.kind ?? '',
        status: doc?.status ?? '',
        ...standingOf(doc?.creditProfile ?? [], at),
      }
    }),
    had: async (rule, item) => {
      const { per, period } = rule.doc.limit ?? { per: 'order' as const }
      if (per === 'order') return 0
      if (per === 'customer') {
        const own = await ids()
        // Whoever buys without a name has nothing yet, as far as can be known; with a name it is asked again at the checkout.
        if (own.length === 0) return 0
        return period ? await orderedSince('relatedParty.id', own, since(at, period), rule) : (await products()).filter(rule.isAbout).length
      }
      if (item.place === undefined) return 'the address (product.place) is not known'
      return period ? await orderedSince('productOrderItem.product.place.id', item.place, since(at, period), rule, item.place) : (await at_(item.place)).filter(rule.isAbout).length
    },
  }
}
