/** Asks the rules that are in force about a sale: the one function for carts, checkouts, qualifications, quotes and orders. */
import { exact, money, type Money } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import { toMicros } from '../../platform/rules/micros.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import type { PartyReference } from '../customer/index.ts'
import { priceItems } from '../pricing/index.ts'
import { guard, inForce, itemsOf, type CompiledSalesRule, type Need, type RuledSaleItem, type SaleFacts, type Verdict } from './compile-sales-rule.ts'
import { rulesOf } from './rule-book.ts'
import { messageOf } from './rule-message.ts'
import { buyerOf, type Buyer } from './sale-facts.ts'
import type { Message, SalesRuleKind } from './sales-rule-types.ts'

export interface SaleItem {
  id: string
  offeringId: string
  action: 'add' | 'modify' | 'delete' | 'noChange'
  quantity?: number
  characteristic?: Readonly<Record<string, unknown>>
  termMonths?: number
  partOf?: string
  place?: string
  /** The product that is changed or ended. */
  productId?: string
}

interface Amount {
  unit: string
  value: number
}

export interface SaleQuestion {
  item: readonly SaleItem[]
  customer?: PartyReference
  channel?: string
  market?: string
  currency?: string
  /** Where what names no place of its own is wanted. */
  place?: { id?: string; country?: string }
  promotionCode?: readonly string[]
  /** What is due at once and what each month, where the asker knows; computed by the price engine where a rule asks and nobody does. */
  total?: { due?: Amount | undefined; monthly?: Amount | undefined }
  at: Date
  orderId?: string
  offerings?: ReadonlyMap<string, LoadedOffering>
  /** Who buys, where the asker asks several times of one. */
  buyer?: Buyer
}

export interface SaleFinding {
  itemId: string
  /** Code of the rule: its own, or its kind. */
  code: string
  message: string
  /** The same in the other languages that there are. */
  translation: Message[]
  rule: { id: string; name: string; kind: SalesRuleKind }
  /** What is asked instead of a refusal, for all of the item. */
  deposit?: Amount
  /** Offerings of which one would put it right. */
  addition?: string[]
  /** Why the rule could not be evaluated: it refuses then. */
  unknown?: string
}

type Deps = Services

export const categoriesOf = (offering: LoadedOffering | undefined): string[] => (offering?.doc.category ?? []).flatMap(one => one.id ?? [])

export const ruledItem = (item: SaleItem, offering: LoadedOffering | undefined, place: string | undefined): RuledSaleItem => ({
  id: item.id,
  offering: item.offeringId,
  category: categoriesOf(offering),
  specification: offering?.specification?.pin.id ?? '',
  quantity: item.quantity ?? 1,
  characteristic: item.characteristic ?? {},
  termMonths: item.termMonths ?? 0,
  partOf: item.partOf ?? '',
  action: item.action,
  ...((item.place ?? place) !== undefined && { place: item.place ?? place! }),
})

const micros = (amount: Amount | undefined): bigint => (amount === undefined ? 0n : toMicros(money(amount.value, amount.unit)))

/** What the items cost with tax, by the price engine. Nothing is said of a total that cannot be told: an item without a price, two currencies. */
const totalOf = async (deps: Deps, context: Context, question: SaleQuestion): Promise<SaleFacts['total']> => {
  if (question.total) return { due: micros(question.total.due), monthly: micros(question.total.monthly) }
  const bought = question.item.filter(one => one.action === 'add' || one.action === 'modify')
  if (bought.length === 0) return { due: 0n, monthly: 0n }
  const answer = await priceItems(deps, context, {
    item: bought.map(one => ({ id: one.id, offeringId: one.offeringId, quantity: one.quantity ?? 1, characteristic: one.characteristic ?? {}, ...(one.partOf !== undefined && { partOf: one.partOf }), ...(one.termMonths !== undefined && one.termMonths > 0 && { term: { amount: one.termMonths, units: 'month' } }) })),
    at: question.at,
    ...(question.channel !== undefined && { channel: question.channel }),
    ...(question.currency !== undefined && { currency: question.currency }),
    ...(question.customer && { customerId: question.customer.id }),
    ...(question.place && { place: question.place }),
    ...(question.promotionCode && { promotionCode: question.promotionCode }),
  }, question.offerings ? { offerings: question.offerings } : {})
  const all = answer.line.flatMap(line => line.component)
  if (answer.fault.length > 0 || new Set(all.map(one => one.currency)).size > 1) return {}
  const sum = (of: typeof all): bigint => {
    const total = of.reduce<Money | undefined>((so, one) => { const next = money(exact(one.taxIncludedAmount).toString(), one.currency); return so ? so.plus(next) : next }, undefined)
    return total === undefined ? 0n : toMicros(total)
  }
  return { due: sum(all.filter(one => one.kind === 'oneTime' || one.kind === 'deposit')), monthly: sum(all.filter(one => one.kind === 'recurring' && one.recurring?.unit === 'month' && one.recurring.count === 1)) }
}

/** The circumstances with what the rules ask for, and nothing else. */
export const factsOf = async (deps: Deps, context: Context, question: SaleQuestion, buyer: Buyer, needs: ReadonlySet<Need>, offerings: ReadonlyMap<string, LoadedOffering>): Promise<SaleFacts> => {
  const [customer, product, total] = await Promise.all([
    needs.has('customer') ? buyer.customer() : { id: question.customer?.id ?? '' },
    needs.has('product') ? buyer.products() : [],
    needs.has('total') ? totalOf(deps, context, question) : {},
  ])
  const places = [...new Set([...(question.place?.id === undefined ? [] : [question.place.id]), ...question.item.flatMap(one => one.place ?? [])])].sort()
  return {
    customer, product, total, at: question.at,
    channel: question.channel ?? context.channel,
    market: question.market ?? '',
    place: { id: places, country: question.place?.country ?? '' },
    currency: question.currency ?? '',
    item: question.item.map(one => ruledItem(one, offerings.get(one.offeringId), question.place?.id)),
  }
}

const findingOf = (rule: CompiledSalesRule, { outcome, item, detail }: Verdict, language: string | undefined): SaleFinding => {
  const { doc } = rule
  const message = messageOf(doc, language)
  return {
    itemId: item?.id ?? '',
    code: doc.code ?? rule.kind,
    message: detail === undefined ? message : `${message} (what the rule asks is not known: ${detail})`,
    translation: [...(doc.message ?? [])],
    rule: { id: rule.id, name: doc.name ?? rule.id, kind: rule.kind },
    ...(outcome === 'deposit' && doc.deposit && { deposit: { unit: doc.deposit.unit, value: exact(doc.deposit.value).times(item?.quantity ?? 1).toNumber() } }),
    ...(rule.kind === 'requiredAddition' && { addition: (doc.addition?.productOffering ?? []).map(one => one.id) }),
    ...(detail !== undefined && { unknown: detail }),
  }
}

/** Whether any rule of the brand guards sales: without one nothing else is asked. */
export const hasGuards = async (deps: Deps, brand: string): Promise<boolean> => (await rulesOf(deps, brand)).guards.length > 0

/** Every objection of the rules to a sale, those of higher priority first. Reads what is known of the customer as far as `context` may. */
export const judgeSale = async (deps: Deps, context: Context, question: SaleQuestion): Promise<SaleFinding[]> => {
  const { guards } = await rulesOf(deps, context.brand)
  if (guards.length === 0 || question.item.length === 0) return []
  const offerings = question.offerings ?? (await loadOfferings(deps, context, question.item.map(one => one.offeringId)))
  const items = question.item.map(one => ruledItem(one, offerings.get(one.offeringId), question.place?.id))
  const channel = question.channel ?? context.channel
  const asked = guards.filter(rule => inForce(rule, question.at, channel) && itemsOf(rule, { item: items } as unknown as SaleFacts).length > 0)
  if (asked.length === 0) return []
  const without = new Set(question.item.flatMap(one => (one.action === 'noChange' || one.productId === undefined ? [] : [one.productId])))
  const buyer = question.buyer ?? buyerOf(deps, context, { customer: question.customer, at: question.at, without, ...(question.orderId !== undefined && { orderId: question.orderId }) })
  const facts = await factsOf(deps, context, question, buyer, new Set(asked.flatMap(rule => [...rule.needs])), offerings)
  const findings: SaleFinding[] = []
  for (const rule of asked) {
    const counts = new Map<RuledSaleItem, number | string>()
    if (rule.kind === 'limit') for (const item of itemsOf(rule, facts)) counts.set(item, await buyer.had(rule, item))
    for (const verdict of guard(rule, facts, (_, item) => counts.get(item) ?? 0)) if (verdict.outcome !== 'allowed') findings.push(findingOf(rule, verdict, context.language))
  }
  return findings
}
