/**
 * What the rules of in-life sales say of items that change or end what a customer has, however the order came: what it costs, when it can be, why
 * not. The module that has the rules registers who is asked, for it knows orders, which know nothing of it. Items that were answered before keep that.
 */
import { mayWaive } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { PrepareAgain, type Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { offeringId, type ProductFacts } from './business-check.ts'
import { feeAmounts, type Adjustment } from '../pricing/index.ts'
import { mapItems, placeItems, type OrderItem, type PlacedItem, type PriceLine, type ProductOrderDocument, type RejectionReason } from './order-document.ts'

/** A change as somebody wrote it, without having asked what it would be. */
export interface WrittenChange {
  itemId: string
  productId: string
  action: 'modify' | 'delete'
  offeringId?: string
  place?: Record<string, unknown>
  /** A term was named. */
  hasTerm: boolean
  /** Its bundle is changed by the same order, and it stays a part of it. */
  isPart?: boolean
  /** When it shall be, where somebody said so. */
  at?: Date
}

export interface ChangeVerdict {
  reasons: { code: string; message: string }[]
  fee: PriceLine[]
  /** When it takes effect, where that is not at once. */
  later?: string
  /** What was answered; undefined where nothing but the term is kept. */
  agreed?: Record<string, unknown>
  payOff: string[]
  /** The term that it has from then on, whatever the order says. */
  itemTerm?: Record<string, unknown>[]
  /** Discounts that it keeps at its new price. */
  adjustment?: readonly Adjustment[]
  /** The price stays as it was sold: the same offering is not sold anew. */
  keepsPrice?: boolean
  /** What the offering charges once is charged too. */
  oneTimeCharges?: boolean
  /** It cannot stay what it is, its number above all: it ends, and this is added in its place. */
  replacedBy?: { productOffering: { id: string }; itemTerm?: Record<string, unknown>[] }
}

/** Answers by item; items that no rule is about are left out. */
export type ChangeJudge = (deps: Services, context: Context, changes: readonly WrittenChange[]) => Promise<ReadonlyMap<string, ChangeVerdict>>

/** Takes a product for an order, in the transaction that makes it: one change at a time. Answers the order that has it already. */
type ChangeClaim = (deps: Services, context: Context, tx: Transaction, change: { productId: string; orderId: string; action: string; effectiveAt: Date }) => Promise<{ orderId: string } | undefined>

const judges = new WeakMap<object, { judge: ChangeJudge; claim: ChangeClaim }>()

export const judgeChangesBy = (deps: Pick<Services, 'database'>, judge: ChangeJudge, claim: ChangeClaim): void => void judges.set(deps.database, { judge, claim })

const claimsOf = (order: ProductOrderDocument): { productId: string; action: string; effectiveAt: Date }[] =>
  placeItems(order.productOrderItem)
    .flatMap(({ item }) => {
      const { action, effectiveDate } = (item['inLife'] ?? {}) as { action?: string; effectiveDate?: string }
      return item.action === 'add' || item.product?.id === undefined || action === undefined || effectiveDate === undefined ? [] : [{ productId: item.product.id, action, effectiveAt: new Date(effectiveDate) }]
    })
    // In one order, so that two that want the same never wait for each other.
    .toSorted((a, b) => (a.productId < b.productId ? -1 : 1))

export const changesProducts = (order: ProductOrderDocument): boolean => order.state === 'acknowledged' && claimsOf(order).length > 0

/** An order for whose product another came first is looked at again, and rejected then. */
export const claimChanges = async (order: ProductOrderDocument, { tx, deps, context }: { tx: Transaction; deps: Services; context: Context }): Promise<void> => {
  const claim = changesProducts(order) ? judges.get(deps.database)?.claim : undefined
  for (const change of claim ? claimsOf(order) : []) {
    const other = await claim?.(deps, context, tx, { ...change, orderId: order.id })
    if (other !== undefined) throw new PrepareAgain(`order ${other.orderId} changes product ${change.productId} already`)
  }
}

/** What lets an item pass without asking the rules. */
const WAIVER = 'inLifeWaiver'

const isAsked = ({ item, parent }: PlacedItem, products: ReadonlyMap<string, ProductFacts>): boolean => {
  const id = item.product?.id
  if (id === undefined || (item.action !== 'modify' && item.action !== 'delete') || item['inLife'] !== undefined || item['waiver'] !== undefined) return false
  // The parts of a bundle end with it: what that costs is said of the bundle.
  return !(parent?.action === 'delete' && products.get(parent.product?.id ?? '')?.parts?.includes(id))
}

const writtenAs = ({ item, parent }: PlacedItem, products: ReadonlyMap<string, ProductFacts>, at: Date | undefined): WrittenChange => {
  const offering = offeringId(item)
  const place = item.product?.place?.[0]
  const isNew = typeof place?.['id'] === 'string' && products.get(item.product?.id ?? '')?.places?.includes(place['id']) === false
  return {
    itemId: item.id,
    productId: item.product?.id ?? '',
    action: item.action as 'modify' | 'delete',
    hasTerm: item.itemTerm !== undefined,
    ...(item.action === 'modify' && offering !== undefined && { offeringId: offering }),
    ...(item.action === 'modify' && place && isNew && { place }),
    ...(item.action === 'modify' && parent?.action === 'modify' && products.get(parent.product?.id ?? '')?.parts?.includes(item.product?.id ?? '') && { isPart: true }),
    ...(at && { at }),
  }
}

const charged = (item: OrderItem, orderId: string, fee: readonly PriceLine[]): OrderItem => {
  const { itemPrice, ...rest } = item
  const all = [...(itemPrice ?? []).filter(line => line['@type'] !== 'FeePrice'), ...fee.map((line, index) => ({ ...line, chargeId: `${orderId}/${item.id}/${index + 1}` }))]
  return all.length > 0 ? { ...rest, itemPrice: all } : rest
}

/** Fees among the totals of an order, without tax and with it as the others are. */
export const feeTotals = (fees: readonly PriceLine[]): PriceLine[] =>
  fees.map(({ name, priceType, price }) => {
    const amounts = feeAmounts(price)
    return {
      ...(name !== undefined && { name }),
      ...(priceType !== undefined && { priceType }),
      ...(price && { price: { ...price, ...(amounts && { dutyFreeAmount: amounts.excluded.toJSON(), taxIncludedAmount: amounts.included.toJSON() }) } }),
      '@type': 'FeePrice',
      '@baseType': 'OrderPrice',
    }
  })

/** What is to be done once the rules were heard: a product that cannot stay what it is ends, and another comes in its place. */
const judgedItems = (items: readonly OrderItem[], verdicts: ReadonlyMap<string, ChangeVerdict>, ids: ReadonlySet<string>): OrderItem[] =>
  items.flatMap((one): OrderItem[] => {
    const item = one.productOrderItem ? { ...one, productOrderItem: judgedItems(one.productOrderItem, verdicts, ids) } : one
    const verdict = verdicts.get(item.id)
    if (verdict === undefined) return [item]
    const agreed = { ...(verdict.agreed && { inLife: verdict.agreed }), ...(verdict.payOff.length > 0 && { payOff: { plan: verdict.payOff } }) }
    if (verdict.replacedBy) {
      const { id = '', productSpecification, place } = item.product ?? {}
      const { productOffering: _offering, itemTerm: _term, itemPrice: _price, ...ending } = item
      return [
        { ...ending, action: 'delete', product: { id, ...(productSpecification && { productSpecification }) }, ...agreed },
        { id: addedFor(item.id, ids), action: 'add', quantity: 1, product: { ...(place && { place }) }, ...verdict.replacedBy, ...(verdict.agreed && { inLife: verdict.agreed }) },
      ]
    }
    if (item.action !== 'modify') return [{ ...item, ...agreed }]
    const isKept = verdict.keepsPrice === true
    const hasTerm = verdict.itemTerm && (offeringId(item) !== undefined || isKept)
    return [{ ...(isKept ? asSold(item) : item), ...(hasTerm && { itemTerm: verdict.itemTerm }), ...agreed }]
  })

/** What stays as it was sold is not sold anew. */
const asSold = ({ productOffering: _offering, product, ...item }: OrderItem): OrderItem => {
  const { productOffering: _inside, ...own } = product ?? {}
  return { ...item, product: own }
}

/** The id of the item that is added for one that ends. */
const addedFor = (id: string, ids: ReadonlySet<string>): string => {
  let next = `${id}.new`
  while (ids.has(next)) next += '+'
  return next
}

export interface Judged {
  items: OrderItem[]
  reasons: RejectionReason[]
  requestedStartDate?: string
  /** How items are priced that were judged. */
  pricing: ReadonlyMap<string, { adjustment: readonly Adjustment[]; oneTimeCharges: boolean }>
  /** The items with their fees, put on once they have their prices. */
  withFees: (items: OrderItem[]) => OrderItem[]
  fee: PriceLine[]
}

/** Who waives the rules needs the permission, and says why. */
const checkWaivers = (items: readonly PlacedItem[], { context, by }: Pick<Work<unknown>, 'context' | 'by'>): void => {
  if (by === 'client' && items.some(({ item }) => item['waiver'] !== undefined) && !mayWaive(context, WAIVER)) throw refuse.forbidden(`The permission ${WAIVER}:create is needed to waive what in-life rules ask for`)
}

export const judgeItems = async (order: ProductOrderDocument, items: OrderItem[], products: ReadonlyMap<string, ProductFacts>, work: Pick<Work<unknown>, 'context' | 'deps' | 'by'>): Promise<Judged> => {
  const nothing: Judged = { items, reasons: [], pricing: new Map(), withFees: all => all, fee: [] }
  const placed = placeItems(items)
  checkWaivers(placed, work)
  const asked = placed.filter(one => isAsked(one, products))
  const judge = judges.get(work.deps.database)?.judge
  if (asked.length === 0 || judge === undefined) return nothing
  const endsOnly = placed.every(({ item }) => item.action === 'delete')
  const wish = order.requestedStartDate ?? (endsOnly ? order.requestedCompletionDate : undefined)
  const channel = work.by === 'server' ? (order.channel?.[0]?.id ?? work.context.channel) : work.context.channel
  // A rule binds also where the caller sees nothing of what it is about.
  const house = { ...systemContext(work.context.brand, work.context.correlationId), channel }
  const verdicts = await judge(work.deps, house, asked.map(one => writtenAs(one, products, wish === undefined ? undefined : new Date(wish))))
  if (verdicts.size === 0) return nothing
  const reasons: RejectionReason[] = [...verdicts].flatMap(([orderItemId, verdict]) => verdict.reasons.map(reason => ({ ...reason, orderItemId })))
  const laters = new Set([...verdicts.values()].flatMap(one => one.later ?? []))
  const [later] = laters
  const parts = new Set(placed.flatMap(({ item, parent }) => (parent?.action === 'delete' ? [item.id] : [])))
  if (wish === undefined && later !== undefined && (laters.size > 1 || placed.some(({ item }) => !parts.has(item.id) && verdicts.get(item.id)?.later === undefined))) reasons.push({ code: 'effectiveDatesDiffer', message: `the items take effect at different times (${[...laters].join(', ')}): order them one by one` })
  const ids = new Set(placed.map(({ item }) => item.id))
  return {
    items: judgedItems(items, verdicts, ids),
    reasons,
    pricing: new Map([...verdicts].flatMap(([id, { adjustment = [], oneTimeCharges = false, replacedBy }]) => [id, ...(replacedBy ? [addedFor(id, ids)] : [])].map(one => [one, { adjustment, oneTimeCharges }] as const))),
    ...(wish === undefined && later !== undefined && { requestedStartDate: later }),
    withFees: all => mapItems(all, item => (verdicts.has(item.id) ? charged(item, order.id, verdicts.get(item.id)?.fee ?? []) : item)),
    fee: [...verdicts.values()].flatMap(one => one.fee),
  }
}
