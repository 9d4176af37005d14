/**
 * The price of items in their circumstances: a pure function over what is compiled. Same snapshot, same circumstances, same price; the order of
 * items, prices, rules and promotions has no say, and an item that no condition speaks of changes no other item's price.
 */
import { exact, type Exact } from '../../platform/money.ts'
import { applyAdjustments, applyCatalogDiscounts, applyPromotions, type Charge, type Line } from './alterations.ts'
import { amountOf, amountText, plainText, plus, times } from './amount.ts'
import { holdsAt, type Candidate, type CompiledOffering } from './candidate.ts'
import type { Circumstances, RuledItem } from './circumstances.ts'
import { incompleteAt } from './compile-offering.ts'
import type { PricingItem } from './price-request.ts'
import type { AppliedPromotion, ComponentTax, PricedComponent, PricedLine, PricingAnswer, PricingFault, PricingFaultCode, PriceTotal } from './priced.ts'
import { codeResults, type CodeTrace } from './promotion-code.ts'
import { candidatePatterns, type PromotionIndex } from './promotion-index.ts'
import type { CartFacts } from './rule.ts'
import { isMeant, openSlots, selectPrice, type Match } from './select-price.ts'
import { taxedAmounts, taxOf, type TaxedAmounts, type TaxTable } from './tax-table.ts'

export interface Snapshot {
  version: number
  offering: (id: string) => CompiledOffering | undefined
  promotions: PromotionIndex
  taxes: TaxTable
}

class Unpriced extends Error {
  readonly code: PricingFaultCode
  constructor(code: PricingFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

const labelOf = ({ pin }: CompiledOffering): string => pin.name ?? pin.id
/** Most quantities. */
const FEW: readonly (Exact | undefined)[] = [undefined, ...Array.from({ length: 100 }, (_, index) => exact(index + 1))]
const ONE = FEW[1]!
const DECIMAL = /^\d+(\.\d+)?$/

const quantityOf = (item: PricingItem, offering: CompiledOffering): Exact => {
  if (item.quantity === undefined || item.quantity === 1) return ONE
  if (typeof item.quantity === 'number' && FEW[item.quantity] !== undefined) return FEW[item.quantity]!
  const text = String(item.quantity)
  const quantity = DECIMAL.test(text) && text.length <= 30 ? exact(text) : undefined
  if (quantity === undefined || quantity.isZero()) throw new Unpriced('invalidQuantity', `${labelOf(offering)} cannot be bought ${text} times`)
  return quantity
}

/** The currency that all prices of the item are in; a price that does not hold now, or is not meant for this buyer, does not make it ambiguous. */
const currencyOf = (found: readonly (readonly Candidate[])[], offering: CompiledOffering, c: Circumstances): string | undefined => {
  const currencies: string[] = []
  for (const slot of found) for (const one of slot) if (!currencies.includes(one.currency) && holdsAt(one, c.at)) currencies.push(one.currency)
  if (currencies.length === 0) return c.currency
  if (c.currency === undefined) {
    if (currencies.length > 1) throw new Unpriced('currencyAmbiguous', `${labelOf(offering)} has prices in ${currencies.join(' and ')}: a currency has to be named`)
    return currencies[0]
  }
  if (!currencies.includes(c.currency)) throw new Unpriced('noPriceInCurrency', `${labelOf(offering)} has no price in ${c.currency}, but in ${currencies.join(' and ')}`)
  return c.currency
}

/** The list itself where all of it is meant, which is mostly so. */
const only = <T>(list: readonly T[], holds: (one: T) => boolean): readonly T[] => {
  let some: T[] | undefined
  for (let at = 0; at < list.length; at++) {
    if (!holds(list[at]!)) some ??= list.slice(0, at)
    else some?.push(list[at]!)
  }
  return some ?? list
}

const lineOf = (item: PricingItem, ruled: RuledItem, offering: CompiledOffering, c: Circumstances, cart: CartFacts): Line | undefined => {
  const incomplete = incompleteAt(offering, c.at)
  if (incomplete !== undefined) throw new Unpriced('priceIncomplete', `Price ${incomplete.name} of ${labelOf(offering)} ${incomplete.why}`)
  const meant: (readonly Candidate[])[] = []
  for (const { candidates } of openSlots(offering)) meant.push(only(candidates, one => isMeant(one, c, ruled, cart)))
  const currency = currencyOf(meant, offering, c)
  if (currency === undefined) return undefined
  const quantity = amountOf(ruled.quantity)
  const charges: Charge[] = []
  for (const candidates of meant) {
    const selected = selectPrice(only(candidates, one => one.currency === currency), c.at, ruled.quantity)
    if (!selected || (item.omit as readonly string[] | undefined)?.includes(selected.taken.candidate.kind)) continue
    const unit = amountOf(selected.taken.unit)
    const amount = ruled.quantity === ONE ? unit : times(unit, quantity)
    charges.push({ selected, unit, quantity, amount, left: amount, alterations: [], promoted: 0, isClosed: false })
  }
  const line: Line = { item: ruled, offering, adjustment: item.adjustment ?? [], currency, charges }
  applyCatalogDiscounts(line, c.at)
  return line
}

const consideredOf = ({ candidate, unit, rank }: Match, unitAmount = amountText(amountOf(unit), candidate.currency)): PricedComponent['considered'][number] => ({
  source: candidate.source,
  listType: candidate.listType,
  unitAmount,
  rank,
  rules: candidate.rules.length === 0 ? [] : candidate.rules.map(rule => rule.text),
})

/** Rates by category, looked up once in a pricing: there are few. */
type Rates = { kind: string; category: string | undefined; rate: string | undefined; taxed: ComponentTax }[]

const taxedAs = (candidate: Candidate, snapshot: Snapshot, c: Circumstances, at: Date, rates: Rates): ComponentTax => {
  const { kind, tax } = candidate
  const { category, rate } = tax[0] ?? {}
  for (const one of rates) if (one.kind === kind && one.category === category && one.rate === rate) return one.taxed
  const taxed = taxOf(candidate, snapshot.taxes, c.jurisdiction, at)
  rates.push({ kind, category, rate, taxed })
  return taxed
}

interface Fixed {
  component: PricedComponent
  amounts: TaxedAmounts
}

const componentOf = (charge: Charge, snapshot: Snapshot, c: Circumstances, at: Date, rates: Rates): Fixed => {
  const { selected } = charge
  const { candidate } = selected.taken
  const { currency } = candidate
  const taxed = taxedAs(candidate, snapshot, c, at, rates)
  const amounts = taxedAmounts(charge.left, taxed.rate, candidate.taxIncluded, currency)
  const unitAmount = amountText(charge.unit, currency)
  const amount = charge.amount === charge.unit ? unitAmount : amountText(charge.amount, currency)
  const { matched } = selected
  const component: PricedComponent = {
    kind: candidate.kind,
    name: candidate.name,
    source: candidate.source,
    currency,
    unitAmount,
    quantity: plainText(charge.quantity),
    amount,
    alterations: charge.alterations,
    net: charge.left === charge.amount ? amount : amountText(charge.left, currency),
    taxIncluded: candidate.taxIncluded,
    tax: candidate.tax,
    taxed,
    taxExcludedAmount: amountText(amounts.excluded, currency),
    taxAmount: amountText(amounts.tax, currency),
    taxIncludedAmount: amountText(amounts.included, currency),
    considered: matched.length === 1 ? [consideredOf(matched[0]!, unitAmount)] : matched.map(one => consideredOf(one)),
  }
  if (candidate.recurring) component.recurring = candidate.recurring
  if (candidate.per) component.per = candidate.per
  if (candidate.tariff) component.tariff = candidate.tariff
  if (selected.regular !== undefined && (selected.regular !== selected.taken || charge.alterations.length > 0)) component.was = amountText(amountOf(selected.regular.unit), currency)
  if (selected.lowest) component.lowestPrice30Days = amountText(amountOf(selected.lowest), currency)
  return { component, amounts }
}

/** Sums of what is fixed on the lines: rounded before, so that lines and totals always agree. */
const totalsOf = (fixed: readonly Fixed[]): PriceTotal[] => {
  const totals: (TaxedAmounts & { of: PricedComponent })[] = []
  for (const { component: one, amounts } of fixed) {
    if (one.kind === 'usage' || one.kind === 'penalty') continue
    const have = totals.find(({ of }) => of.kind === one.kind && of.currency === one.currency && of.recurring?.unit === one.recurring?.unit && of.recurring?.count === one.recurring?.count)
    if (have) {
      have.excluded = plus(have.excluded, amounts.excluded)
      have.tax = plus(have.tax, amounts.tax)
      have.included = plus(have.included, amounts.included)
    } else totals.push({ of: one, ...amounts })
  }
  return totals
    .map(({ of, excluded, tax, included }) => ({
      kind: of.kind,
      ...(of.recurring && { recurring: { unit: of.recurring.unit, count: of.recurring.count } }),
      currency: of.currency,
      taxExcludedAmount: amountText(excluded, of.currency),
      taxAmount: amountText(tax, of.currency),
      taxIncludedAmount: amountText(included, of.currency),
    }))
    .sort((a, b) => (totalKey(a) < totalKey(b) ? -1 : 1))
}
const KIND_ORDER: readonly string[] = ['oneTime', 'recurring', 'deposit']
const totalKey = (one: PriceTotal): string => `${one.currency} ${KIND_ORDER.indexOf(one.kind)} ${one.recurring?.unit} ${one.recurring?.count}`

export const ruledItem = (item: PricingItem, offering: CompiledOffering): RuledItem => ({
  id: item.id,
  offeringId: offering.pin.id,
  offeringName: labelOf(offering),
  category: offering.category,
  keys: offering.keys,
  specificationId: offering.specificationId,
  quantity: quantityOf(item, offering),
  characteristic: item.characteristic ?? {},
  term: item.term ?? offering.term,
  partOf: item.partOf,
})

const byId = (a: Line, b: Line): number => (a.item.id < b.item.id ? -1 : 1)

const promote = (lines: readonly Line[], snapshot: Snapshot, c: Circumstances, cart: CartFacts, trace: CodeTrace | undefined): AppliedPromotion[] => {
  const patterns = candidatePatterns(snapshot.promotions, c, lines.map(line => line.item))
  if (patterns.length === 0) return []
  const sorted = lines.toSorted(byId)
  const currencies = [...new Set(lines.map(line => line.currency))].sort()
  return currencies.flatMap(currency => applyPromotions(only(sorted, line => line.currency === currency), currency, patterns, c, cart, trace))
}

export function price(snapshot: Snapshot, c: Circumstances, items: readonly PricingItem[]): PricingAnswer {
  const at = new Date(c.at)
  const faults: PricingFault[] = []
  const cart: CartFacts = { offering: [...new Set(items.map(item => item.offeringId))].sort(), quantity: items.reduce((all, item) => all + Number(item.quantity ?? 1), 0), ordered: id => items.reduce((all, item) => (item.offeringId === id ? all + Number(item.quantity ?? 1) : all), 0), failed: new Map() }
  const priced: { item: PricingItem; offering: CompiledOffering; ruled: RuledItem; line: Line | undefined }[] = []
  for (const item of items) {
    const offering = snapshot.offering(item.offeringId)
    try {
      if (!offering) throw new Unpriced('offeringUnknown', `There is no offering ${item.offeringId}`)
      const ruled = ruledItem(item, offering)
      priced.push({ item, offering, ruled, line: lineOf(item, ruled, offering, c, cart) })
    } catch (error) {
      if (!(error instanceof Unpriced)) throw error
      faults.push({ itemId: item.id, offeringId: item.offeringId, code: error.code, message: error.message })
    }
  }
  const lines: Line[] = []
  for (const { line } of priced) if (line) lines.push(line)
  const trace: CodeTrace | undefined = c.promotionCode.size > 0 ? new Map() : undefined
  const promotion = promote(lines, snapshot, c, cart, trace)
  for (const line of lines) applyAdjustments(line)
  const rates: Rates = []
  const fixed: Fixed[] = []
  const answered = priced.map(({ item, offering, ruled, line }): PricedLine => {
    const component: PricedComponent[] = []
    for (const charge of line?.charges ?? []) {
      const one = componentOf(charge, snapshot, c, at, rates)
      fixed.push(one)
      component.push(one.component)
    }
    return { id: item.id, offering: offering.pin, quantity: plainText(amountOf(ruled.quantity)), component }
  })
  return {
    version: snapshot.version,
    at: at.toISOString(),
    line: answered,
    total: totalsOf(fixed),
    promotion,
    ...(trace && { promotionCodeResult: codeResults(snapshot.promotions, c, trace) }),
    fault: faults,
    ...(cart.failed.size > 0 && { failedCondition: [...cart.failed].map(([condition, message]) => ({ condition, message })) }),
  }
}
