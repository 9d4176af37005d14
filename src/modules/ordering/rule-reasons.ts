/** What the sales rules have against an order, also against one that was posted directly. */
import { exact } from '../../platform/money.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { PrepareAgain, type Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { exceededLimit, hasGuards, judgeSale, limitsOn, type SaleFinding, type SaleQuestion } from '../sales-rule/index.ts'
import { offeringId } from './business-check.ts'
import { customerOf, placeItems, type OrderItem, type PlacedItem, type PriceLine, type ProductOrderDocument, type RejectionReason } from './order-document.ts'

interface Amount {
  unit: string
  value: number
}

const placeOf = (placed: PlacedItem, all: ReadonlyMap<string, PlacedItem>): string | undefined => {
  for (let at: PlacedItem | undefined = placed; at; at = at.parent ? all.get(at.parent.id) : undefined) {
    const id = at.item.product?.place?.map(one => one['id']).find(one => typeof one === 'string')
    if (typeof id === 'string') return id
  }
  return undefined
}

const UNITS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 }

const termOf = (item: OrderItem): number => {
  const { amount, units } = (item.itemTerm?.[0]?.['duration'] ?? {}) as { amount?: number; units?: string }
  return amount === undefined ? 0 : amount * (UNITS[(units ?? 'month').toLowerCase().replace(/s$/, '')] ?? 0)
}

const sum = (lines: readonly PriceLine[]): Amount | undefined => {
  const unit = lines[0]?.price?.taxIncludedAmount?.unit
  return unit === undefined ? undefined : { unit, value: lines.reduce((total, one) => total.plus(exact(one.price?.taxIncludedAmount?.value ?? 0)), exact(0)).toNumber() }
}

const atOnce = (line: PriceLine): boolean => line.priceType === 'oneTime' || line.priceType === 'deposit'
const monthly = (line: PriceLine): boolean => line.priceType === 'recurring' && /^(1 )?month$/.test(line.recurringChargePeriod ?? '')

/** Totals that were agreed before; undefined where the price engine is still to be asked. */
const agreedTotal = (items: readonly OrderItem[]): { due: Amount | undefined; monthly: Amount | undefined } | undefined => {
  const bought = items.filter(item => item.action === 'add' || item.action === 'modify')
  if (!bought.some(item => item.itemTotalPrice !== undefined)) return undefined
  const lines = bought.flatMap(item => item.itemTotalPrice ?? [])
  // Agreed somewhere else, without a word on tax: the engine knows.
  if (lines.some(line => line.price?.taxIncludedAmount === undefined)) return undefined
  return { due: sum(lines.filter(atOnce)), monthly: sum(lines.filter(monthly)) }
}

/** The deposit that the checkout has agreed on, beside those that are prices of what is bought. */
const heldDeposit = (order: ProductOrderDocument, items: readonly OrderItem[]): Amount | undefined => {
  const of = (lines: readonly PriceLine[]): Amount | undefined => sum(lines.filter(line => line.priceType === 'deposit'))
  const [all, own] = [of((order.orderTotalPrice ?? []).filter(line => line.price?.taxIncludedAmount !== undefined)), of(items.flatMap(item => item.itemTotalPrice ?? []))]
  return all && { unit: all.unit, value: exact(all.value).minus(exact(own?.value ?? 0)).toNumber() }
}

/** What is wanted, and where it is paid: nothing but the checkout of a cart takes money. */
export const depositWanted = ({ unit, value }: Amount): string => `a deposit of ${value} ${unit} is asked for: put it into a cart and pay it at the checkout, POST /tandem/v1/checkout with acceptedDeposit`

const reasonOf = ({ code, message, itemId, rule, deposit, addition }: SaleFinding): RejectionReason => ({
  code,
  message: deposit === undefined ? message : `${message} (${depositWanted(deposit)})`,
  ...(itemId !== '' && { orderItemId: itemId }),
  salesRule: rule,
  ...(deposit && { deposit }),
  ...(addition && addition.length > 0 && { addition }),
})

type RuleWork = Pick<Work<ProductOrderDocument>, 'context' | 'deps' | 'now' | 'by'>

/** The order as a sale, seen by the house, with the totals that were agreed before where there are any. */
const saleOf = (order: ProductOrderDocument, whole: readonly OrderItem[], { context, now, by }: Omit<RuleWork, 'deps'>): { house: Context; question: SaleQuestion } => {
  const placed = placeItems(whole)
  const all = new Map(placed.map(one => [one.item.id, one]))
  const party = customerOf(order)
  const ref = order.relatedParty?.find(one => one.id === party)
  const type = ref?.['@referredType']
  const channel = by === 'server' ? (order.channel?.[0]?.id ?? context.channel) : context.channel
  const house = { ...systemContext(context.brand, context.correlationId), channel, ...(context.language !== undefined && { language: context.language }) }
  const item = placed.map(one => {
    const place = placeOf(one, all)
    return {
      id: one.item.id,
      offeringId: offeringId(one.item) ?? '',
      action: one.item.action,
      quantity: one.item.quantity ?? 1,
      characteristic: Object.fromEntries((one.item.product?.productCharacteristic ?? []).map(({ name, value }) => [name, value])),
      termMonths: termOf(one.item),
      ...(one.parent && { partOf: one.parent.id }),
      ...(place !== undefined && { place }),
      ...(one.item.action !== 'add' && one.item.product?.id !== undefined && { productId: one.item.product.id }),
    }
  })
  const total = by === 'server' ? agreedTotal(placed.map(one => one.item)) : undefined
  const currency = (total?.due ?? total?.monthly)?.unit
  return {
    house,
    question: {
      item, channel, at: now, orderId: order.id,
      ...(total && { total }), ...(currency !== undefined && { currency }),
      ...(ref && { customer: type === undefined || type === 'Party' ? { id: ref.id } : { id: ref.id, '@referredType': type } }),
      ...(order.promotionCode && { promotionCode: order.promotionCode }),
    },
  }
}

export interface Ruled {
  reasons: RejectionReason[]
  /** Limits per customer and household that the order counts against. */
  limitedBy: { id: string; name: string }[]
}

/** Every reason of a rule. What is known of the customer is read as the house knows it: a rule binds also where the caller sees nothing of it. */
export const ruleReasons = async (order: ProductOrderDocument, whole: readonly OrderItem[], offerings: ReadonlyMap<string, LoadedOffering>, work: RuleWork): Promise<Ruled> => {
  const { context, deps, by } = work
  if (!(await hasGuards(deps, context.brand))) return { reasons: [], limitedBy: [] }
  const items = placeItems(whole).map(({ item }) => item)
  const { house, question } = saleOf(order, whole, work)
  const asked = { ...question, offerings }
  const findings = await judgeSale(deps, house, asked)
  const held = by === 'server' ? heldDeposit(order, items) : undefined
  const deposit = findings.reduce((so, one) => so + (one.deposit?.value ?? 0), 0)
  const covered = held !== undefined && held.value >= deposit && findings.every(one => one.deposit === undefined || one.deposit.unit === held.unit)
  return { reasons: findings.filter(one => one.deposit === undefined || !covered).map(reasonOf), limitedBy: await limitsOn(deps, house, asked) }
}

export const isLimited = (order: ProductOrderDocument): boolean => order.state === 'acknowledged' && (order.limitedBy?.length ?? 0) > 0

/** An order for whose limit others came first is looked at again, and rejected then. */
export const countLimits = async (order: ProductOrderDocument, { tx, deps, ...work }: Omit<RuleWork, 'deps'> & { tx: Transaction; deps: Services }): Promise<void> => {
  if (!isLimited(order)) return
  const { house, question } = saleOf(order, order.productOrderItem, work)
  const exceeded = await exceededLimit(tx, deps, house, question)
  if (exceeded !== undefined) throw new PrepareAgain(`${exceeded}: others have ordered what was left meanwhile`)
}
