/**
 * The price of items in their circumstances: a pure function over what is compiled. Same snapshot, same circumstances, same price; the order of
 * items, prices, rules and promotions has no say, and an item that no condition speaks of changes no other item's price.
 */
import { exact, type Exact } from '../../platform/money.ts'
import { applyAdjustments, applyCatalogDiscounts, applyPromotions, type Charge, type Line } from './alterations.ts'
import { amountText } from './amount.ts'
import { holdsAt, type Candidate, type CompiledOffering } from './candidate.ts'
import type { Circumstances, RuledItem } from './circumstances.ts'
import { incompleteAt } from './compile-offering.ts'
import type { PricingItem } from './price-request.ts'
import type { AppliedPromotion, ComponentTax, PricedComponent, PricedLine, PricingAnswer, PricingFault, PricingFaultCode, PriceTotal } from './priced.ts'
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
const ONE = exact(1)
const DECIMAL = /^\d+(\.\d+)?$/

const quantityOf = (item: PricingItem, offering: CompiledOffering): Exact => {
  if (item.quantity === undefined || item.quantity === 1) return ONE
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

const lineOf = (item: PricingItem, ruled: RuledItem, offering: CompiledOffering, c: Circumstances, cart: CartFacts): Line | undefined => {
  const incomplete = incompleteAt(offering, c.at)
  if (incomplete !== undefined) throw new Unpriced('priceIncomplete', `Price ${incomplete} of ${labelOf(offering)} has no amount`)
  const meant = openSlots(offering).map(slot => slot.candidates.filter(one => isMeant(one, c, ruled, cart)))
  const currency = currencyOf(meant, offering, c)
  if (currency === undefined) return undefined
  const charges = meant.flatMap((candidates): Charge[] => {
    const selected = selectPrice(candidates.every(one => one.currency === currency) ? candidates : candidates.filter(one => one.currency === currency), c.at, ruled.quantity)
    if (!selected) return []
    const amount = ruled.quantity === ONE ? selected.taken.unit : selected.taken.unit.times(ruled.quantity)
    return [{ selected, unit: selected.taken.unit, quantity: ruled.quantity, amount, left: amount, alterations: [], promoted: 0, isClosed: false }]
  })
  const line: Line = { item: ruled, offering, adjustment: item.adjustment ?? [], currency, charges }
  applyCatalogDiscounts(line, c.at)
  return line
}

const consideredOf = ({ candidate, unit, rank }: Match): PricedComponent['considered'][number] => ({
  source: candidate.source,
  listType: candidate.listType,
  unitAmount: amountText(unit, candidate.currency),
  rank,
  rules: candidate.rules.map(rule => rule.text),
})

/** Rates by category, looked up once in a pricing. */
type Rates = Map<string, ComponentTax>

const taxedAs = (candidate: Candidate, snapshot: Snapshot, c: Circumstances, at: Date, rates: Rates): ComponentTax => {
  const { kind, tax } = candidate
  const key = tax.length === 0 ? kind : `${kind} ${tax[0]!.category} ${tax[0]!.rate}`
  let found = rates.get(key)
  if (!found) rates.set(key, (found = taxOf(candidate, snapshot.taxes, c.jurisdiction, at)))
  return found
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
  const amount = amountText(charge.amount, currency)
  const component: PricedComponent = {
    kind: candidate.kind,
    name: candidate.name,
    source: candidate.source,
    currency,
    unitAmount: amountText(charge.unit, currency),
    quantity: charge.quantity.toString(),
    amount,
    alterations: charge.alterations,
    net: charge.left === charge.amount ? amount : amountText(charge.left, currency),
    taxIncluded: candidate.taxIncluded,
    tax: candidate.tax,
    taxed,
    taxExcludedAmount: amountText(amounts.excluded, currency),
    taxAmount: amountText(amounts.tax, currency),
    taxIncludedAmount: amountText(amounts.included, currency),
    considered: selected.matched.map(consideredOf),
  }
  if (candidate.recurring) component.recurring = candidate.recurring
  if (candidate.per) component.per = candidate.per
  if (candidate.tariff) component.tariff = candidate.tariff
  if (selected.regular !== undefined && (selected.regular !== selected.taken || charge.alterations.length > 0)) component.was = amountText(selected.regular.unit, currency)
  if (selected.lowest) component.lowestPrice30Days = amountText(selected.lowest, currency)
  return { component, amounts }
}

/** Sums of what is fixed on the lines: rounded before, so that lines and totals always agree. */
const totalsOf = (fixed: readonly Fixed[]): PriceTotal[] => {
  const totals = new Map<string, TaxedAmounts & { of: PricedComponent }>()
  for (const { component: one, amounts } of fixed) {
    if (one.kind === 'usage' || one.kind === 'penalty') continue
    const key = `${one.kind} ${one.recurring?.unit} ${one.recurring?.count} ${one.currency}`
    const have = totals.get(key)
    if (have) {
      have.excluded = have.excluded.plus(amounts.excluded)
      have.tax = have.tax.plus(amounts.tax)
      have.included = have.included.plus(amounts.included)
    } else totals.set(key, { of: one, ...amounts })
  }
  return [...totals.values()]
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
  specificationId: offering.specificationId,
  quantity: quantityOf(item, offering),
  characteristic: item.characteristic ?? {},
  term: item.term ?? offering.term,
  partOf: item.partOf,
})

const byId = (a: Line, b: Line): number => (a.item.id < b.item.id ? -1 : 1)

const promote = (lines: readonly Line[], snapshot: Snapshot, c: Circumstances, cart: CartFacts): AppliedPromotion[] => {
  const patterns = candidatePatterns(snapshot.promotions, c, lines.map(line => line.item))
  if (patterns.length === 0) return []
  const currencies = [...new Set(lines.map(line => line.currency))].sort()
  return currencies.flatMap(currency => applyPromotions(lines.filter(line => line.currency === currency).sort(byId), currency, patterns, c, cart))
}

export function price(snapshot: Snapshot, c: Circumstances, items: readonly PricingItem[]): PricingAnswer {
  const at = new Date(c.at)
  const faults: PricingFault[] = []
  const cart: CartFacts = { offering: [...new Set(items.map(item => item.offeringId))].sort(), quantity: items.reduce((all, item) => all + Number(item.quantity ?? 1), 0), failed: new Map() }
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
  const lines = priced.flatMap(one => one.line ?? [])
  const promotion = promote(lines, snapshot, c, cart)
  for (const line of lines) applyAdjustments(line)
  const rates: Rates = new Map()
  const fixed: Fixed[] = []
  const answered = priced.map(({ item, offering, ruled, line }): PricedLine => ({
    id: item.id,
    offering: offering.pin,
    quantity: ruled.quantity.toString(),
    component: (line?.charges ?? []).map(charge => {
      const one = componentOf(charge, snapshot, c, at, rates)
      fixed.push(one)
      return one.component
    }),
  }))
  return {
    version: snapshot.version,
    at: at.toISOString(),
    line: answered,
    total: totalsOf(fixed),
    promotion,
    fault: faults,
    ...(cart.failed.size > 0 && { failedCondition: [...cart.failed].map(([condition, message]) => ({ condition, message })) }),
  }
}
