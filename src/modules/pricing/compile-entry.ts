/** Compiles an entry of a price list to what the engine computes with. Pure. */
import type { Pin } from '../catalog/index.ts'
import { moneyValue, spanOf, type Candidate } from './candidate.ts'
import { termKey, unitOf } from './circumstances.ts'
import type { PriceListEntry } from './price-list-entry.ts'
import type { PriceList } from './price-list.ts'
import { compilePriceRule, type CompiledRule } from './rule.ts'
import { sortedTiers } from './tariff.ts'

export interface Revised<T> {
  revision: number
  doc: T
}

/** A list with its rules made ready once for all its entries. */
export interface CompiledList extends Revised<PriceList> {
  rules: readonly CompiledRule[]
}

export const compileList = (doc: PriceList, revision: number): CompiledList => ({ doc, revision, rules: (doc.rule ?? []).map(compilePriceRule) })

/** Undefined for an entry of a list that does not count. */
export const compileEntry = ({ doc, revision }: Revised<PriceListEntry>, list: CompiledList | undefined, offering: Pin): Candidate | undefined => {
  const unit = moneyValue(doc.price)
  if (!list || list.doc.lifecycleStatus !== 'active' || list.doc.listType === undefined || doc.priceType === undefined || !unit) return undefined
  const { from, until } = spanOf(doc.validFor)
  const whole = spanOf(list.doc.validFor)
  const kind = doc.priceType
  const per = kind === 'usage' ? { amount: doc.unitOfMeasure?.amount ?? 1, units: doc.unitOfMeasure?.units ?? 'unit' } : undefined
  const tiers = sortedTiers(doc.tier ?? [])
  return {
    listType: list.doc.listType,
    source: { offering, list: { id: list.doc.id, revision: list.revision, ...(list.doc.name !== undefined && { name: list.doc.name }) }, entry: { id: doc.id, revision, ...(doc.name !== undefined && { name: doc.name }) }, path: `priceListEntry/${doc.id}` },
    kind,
    name: doc.name ?? offering.name ?? offering.id,
    currency: unit.currency,
    unit: unit.value,
    tiers: kind === 'usage' ? [] : tiers,
    taxIncluded: list.doc.taxIncluded === true,
    tax: doc.taxCategory === undefined ? [] : [{ category: doc.taxCategory }],
    ...(kind === 'recurring' && {
      recurring: {
        unit: unitOf(doc.recurringChargePeriodType ?? 'month'),
        count: doc.recurringChargePeriodLength ?? 1,
        ...(doc.chargeDuration?.amount !== undefined && { until: { amount: doc.chargeDuration.amount, units: doc.chargeDuration.units ?? 'month' } }),
      },
    }),
    ...(per && {
      per,
      tariff: {
        per,
        mode: doc.mode ?? 'volume',
        tiers: [...((tiers[0]?.from.toNumber() ?? 2) <= 1 ? [] : [{ from: '0', price: unit.value.toString() }]), ...tiers.map(tier => ({ from: tier.from.toString(), price: tier.price.toString() }))],
        ...(doc.allowance !== undefined && { allowance: String(doc.allowance) }),
      },
    }),
    terms: doc.term?.amount === undefined ? [] : [termKey({ amount: doc.term.amount, units: doc.term.units ?? 'month' })],
    uses: doc.characteristic === undefined ? undefined : { prodSpecCharValueUse: doc.characteristic.map(one => ({ name: one.name, productSpecCharacteristicValue: [{ value: one.value }] })) },
    from: Math.max(from, whole.from),
    until: Math.min(until, whole.until),
    rules: [...list.rules, ...(doc.rule ?? []).map(compilePriceRule)],
    discounts: [],
    isGoods: list.doc.listType === 'SALE' && list.doc.goods === true,
    past: [],
    ...(doc.productOfferingPrice && { priceId: doc.productOfferingPrice.id }),
    restsOn: [['priceListEntry', doc.id, revision], ['priceList', list.doc.id, list.revision]],
  }
}
