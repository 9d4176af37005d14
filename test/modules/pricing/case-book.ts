/** Turns the catalogs of the case files (cases/*.json) into what the engine computes with, and its answers into the lines that the cases expect. */
import type { LoadedOffering, LoadedPrice } from '../../../src/modules/catalog/index.ts'
import type { CompiledOffering } from '../../../src/modules/pricing/candidate.ts'
import type { Circumstances, PromotionUsage } from '../../../src/modules/pricing/circumstances.ts'
import { compileEntry, compileList } from '../../../src/modules/pricing/compile-entry.ts'
import { compileOffering } from '../../../src/modules/pricing/compile-offering.ts'
import { compileAgreement, indexAgreements, type AgreementDoc, type AgreementIndex } from '../../../src/modules/pricing/frame-prices.ts'
import { price, type Snapshot } from '../../../src/modules/pricing/price.ts'
import type { PricingItem } from '../../../src/modules/pricing/price-request.ts'
import type { PricedComponent, PricingAnswer } from '../../../src/modules/pricing/priced.ts'
import { compilePromotion, promotionFaults, type PromotionDoc } from '../../../src/modules/pricing/promotion-pattern.ts'
import { indexPromotions } from '../../../src/modules/pricing/promotion-index.ts'
import { compilePriceRule, ruleFaults, type PriceRuleValue } from '../../../src/modules/pricing/rule.ts'
import { taxTable } from '../../../src/modules/pricing/tax-table.ts'
import { money } from '../../../src/platform/money.ts'

type Period = { startDateTime?: string; endDateTime?: string }
type Bag = Record<string, any>

export interface PromotionSketch {
  type?: 'Discount' | 'Reduction' | 'Award'
  value: string
  /** Criteria that must all be met; `any` of which one must. */
  when?: [string, string, string][]
  any?: [string, string, string][]
  priority?: number
  exclusive?: boolean
  budget?: string
  limit?: number
  perCustomer?: number
  on?: string
  /** actionType */
  action?: string
  off?: string
  months?: number
  valid?: [string?, string?]
  status?: string
}

export interface Shop {
  offerings: Record<string, { prices: (string | Bag)[]; category?: string[]; terms?: number[]; specification?: string; name?: string }>
  prices?: Record<string, Bag>
  rules?: Record<string, PriceRuleValue>
  lists?: Record<string, Bag>
  entries?: Record<string, Bag>
  promotions?: Record<string, PromotionSketch>
  /** Agreements as TMF651 has them; they are approved unless they say otherwise. */
  agreements?: Record<string, Bag>
  /** category, jurisdiction, percent, from, until */
  taxes?: [string, string, string, string?, string?][]
  /** Amounts that a price or entry had before: amount, from, until. */
  past?: Record<string, [string, string, string][]>
}

export interface Case {
  name: string
  why: string
  /** `fibre`, `fibre*3`, or an item without id; ids are 1, 2, 3 … */
  items: (string | (Omit<PricingItem, 'id'> & { id?: string }))[]
  context?: Bag
  /** By item id: `recurring 39.90`, with ` x3` for a quantity, ` = 119.70` for what it comes to, ` was 45.00`, ` low 35.00`, ` from <id>`, ` until 24 month`. */
  lines?: Record<string, string[]>
  total?: string[]
  faults?: Record<string, string>
  promotions?: string[]
  /** What each code did: `applied`, or why nothing. */
  codes?: Record<string, string>
}

/** `EUR 39.90` anywhere becomes TMF Money. */
const amounts = (value: unknown): unknown => {
  if (typeof value === 'string') {
    const [, unit, amount] = /^([A-Z]{3}) (-?\d+(?:\.\d+)?)$/.exec(value) ?? []
    return unit === undefined ? value : { unit, value: Number(amount) }
  }
  if (Array.isArray(value)) return value.map(amounts)
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'condition' ? inner : amounts(inner)])) : value
}

const periodOf = ([startDateTime, endDateTime]: [string?, string?] = []): Period => ({ ...(startDateTime && { startDateTime }), ...(endDateTime && { endDateTime }) })

export const promotionDoc = (id: string, of: PromotionSketch): PromotionDoc => ({
  id,
  name: id,
  lifecycleStatus: of.status ?? 'release',
  promotionType: of.type ?? 'Discount',
  validFor: periodOf(of.valid),
  ...(of.exclusive && { exclusive: true }),
  ...(of.budget && { budget: amounts(of.budget) as { unit: string; value: number } }),
  ...(of.limit !== undefined && { usageLimit: of.limit }),
  ...(of.perCustomer !== undefined && { usageLimitPerCustomer: of.perCustomer }),
  pattern: [
    {
      ...(of.priority !== undefined && { priority: of.priority }),
      criteriaGroup: [
        ...(of.when ? [{ criteria: of.when.map(([criteriaParameter, criteriaOperator, criteriaValue]) => ({ criteriaParameter, criteriaOperator, criteriaValue })) }] : []),
        ...(of.any ? [{ criteriaLogicalRelationship: 'OR', criteria: of.any.map(([criteriaParameter, criteriaOperator, criteriaValue]) => ({ criteriaParameter, criteriaOperator, criteriaValue })) }] : []),
      ],
      action: [{ actionType: of.action ?? 'given', actionValue: of.value, ...(of.off && { actionEntityRef: { id: of.off } }), ...(of.on && { chargeType: of.on }), ...(of.months && { applicationDuration: { amount: of.months, units: 'month' } }) }],
    },
  ],
})

const must = (faults: readonly { path: string; rule: string }[], what: string): void => {
  if (faults.length > 0) throw new Error(`${what}: ${JSON.stringify(faults)}`)
}

export const snapshotOf = (shop: Shop): Snapshot & { agreements: AgreementIndex } => {
  const prices = (amounts(shop.prices ?? {}) as Record<string, Bag>)
  const loadedPrice = (id: string): LoadedPrice => {
    const doc = prices[id]
    if (!doc) throw new Error(`no price ${id}`)
    return {
      pin: { id, revision: 1, name: id },
      doc: { id, href: id, name: id, lifecycleStatus: 'Launched', ...doc } as LoadedPrice['doc'],
      related: (doc['popRelationship'] ?? []).map((one: { id: string; relationshipType?: string }) => ({ relationshipType: one.relationshipType ?? '', price: loadedPrice(one.id) })),
      parts: (doc['bundledPopRelationship'] ?? []).map((one: { id: string }) => loadedPrice(one.id)),
    }
  }
  const rules = new Map(Object.entries(shop.rules ?? {}).map(([id, rule]) => [id, compilePriceRule(rule)]))
  const lists = new Map(
    Object.entries((amounts(shop.lists ?? {}) as Record<string, Bag>)).map(([id, list]) => {
      must(ruleFaults(list['rule'], 'rule'), id)
      return [id, compileList({ id, href: id, name: id, lifecycleStatus: 'active', ...list, ...(list['valid'] && { validFor: periodOf(list['valid']) }) } as never, 1)]
    }),
  )
  const compiled = new Map<string, CompiledOffering>()
  const entriesOf = new Map<string, [string, Bag][]>()
  for (const one of Object.entries(amounts(shop.entries ?? {}) as Record<string, Bag>)) entriesOf.set(one[1]['offering'], [...(entriesOf.get(one[1]['offering']) ?? []), one])
  for (const [id, sketch] of Object.entries(shop.offerings)) {
    const pin = { id, revision: 1, name: sketch.name ?? id }
    const offering = {
      pin,
      doc: {
        id,
        href: id,
        name: sketch.name ?? id,
        category: (sketch.category ?? []).map(one => ({ id: one })),
        ...(sketch.specification && { productSpecification: { id: sketch.specification } }),
        ...(sketch.terms && { productOfferingTerm: sketch.terms.map(amount => ({ name: `${amount} months`, duration: { amount, units: 'month' } })) }),
      },
      prices: sketch.prices.map(one => (typeof one === 'string' ? { kind: 'reference', price: loadedPrice(one), alterations: [] } : { kind: 'value', value: amounts(one) })),
      children: [],
    } as unknown as LoadedOffering
    const entries = (entriesOf.get(id) ?? []).flatMap(([entryId, { list, kind, valid, ...entry }]) => {
      must(ruleFaults(entry['rule'], 'rule'), entryId)
      return compileEntry({ revision: 1, doc: { id: entryId, href: entryId, priceType: kind ?? 'recurring', ...entry, ...(valid && { validFor: periodOf(valid) }) } as never }, lists.get(list), pin) ?? []
    })
    const one = compileOffering(offering, entries, rules)
    const past = (of: CompiledOffering['entries'][number]) => ({ ...of, past: (shop.past?.[of.source.entry?.id ?? of.source.price?.id ?? ''] ?? []).map(([amount, from, until]) => ({ unit: money(amount, of.currency).amount, from: Date.parse(from), until: Date.parse(until) })) })
    compiled.set(id, { ...one, entries: one.entries.map(past), slots: one.slots.map(slot => ({ ...slot, candidates: slot.candidates.map(past) })) })
  }
  const promotions = Object.entries(shop.promotions ?? {}).flatMap(([id, sketch]) => {
    const doc = promotionDoc(id, sketch)
    must(promotionFaults(doc), id)
    return compilePromotion(doc, 1)
  })
  const agreements = indexAgreements(new Map(Object.entries(amounts(shop.agreements ?? {}) as Record<string, Bag>).map(([id, one]) => [id, compileAgreement({ id, name: id, version: '1', status: 'approved', ...one } as AgreementDoc, 1)])))
  return {
    agreements,
    version: 7,
    offering: id => compiled.get(id),
    promotions: indexPromotions(promotions),
    taxes: taxTable((shop.taxes ?? []).map(([category, jurisdiction, rate, from, until]) => ({ category, jurisdiction, rate, from: from ? new Date(from) : undefined, until: until ? new Date(until) : undefined }))),
  }
}

export const itemsOf = (items: Case['items']): PricingItem[] =>
  items.map((one, index) => {
    if (typeof one !== 'string') return { ...one, id: one.id ?? String(index + 1) }
    const [offeringId = '', quantity] = one.split('*')
    return { id: String(index + 1), offeringId, ...(quantity !== undefined && { quantity }) }
  })

export const circumstancesOf = (context: Bag = {}): Circumstances => ({
  at: Date.parse(context['at'] ?? '2026-06-15T12:00:00Z'),
  currency: context['currency'],
  channel: context['channel'] ?? 'web',
  market: context['market'],
  customerId: context['customer'],
  segment: new Set(context['segment'] ?? []),
  agreement: new Set(context['agreement'] ?? []),
  product: context['product'] ?? [],
  place: new Set(context['place'] ?? []),
  country: context['country'],
  jurisdiction: context['jurisdiction'] ?? context['country'],
  promotionCode: new Set(context['code'] ?? []),
  usage: new Map(Object.entries((context['used'] ?? {}) as Record<string, Partial<PromotionUsage>>).map(([id, one]) => [id, { uses: 0, usesByCustomer: 0, spent: '0', ...one }])),
})

/** `context.customer` and `context.party` are party to agreements; `context.agreement` is what the customer's record names. */
export const run = (snapshot: Snapshot & { agreements?: AgreementIndex }, one: Pick<Case, 'items' | 'context'>): PricingAnswer => {
  const c = circumstancesOf(one.context)
  const { agreements } = snapshot
  if (agreements === undefined) return price(snapshot, c, itemsOf(one.items))
  const agreement = new Set(agreements.inForce(c.agreement, [c.customerId, one.context?.['party']], c.at))
  const framed = (id: string): CompiledOffering | undefined => {
    const offering = snapshot.offering(id)
    return offering && agreements.framed(offering, agreement)
  }
  return price({ ...snapshot, offering: framed }, { ...c, agreement }, itemsOf(one.items))
}

const periodText = (one: Pick<PricedComponent, 'recurring'>): string => (one.recurring && !(one.recurring.unit === 'month' && one.recurring.count === 1) ? `/${one.recurring.count} ${one.recurring.unit}` : '')

/** The parts that a case names are compared; what it leaves out is not. */
export const lineText = (one: PricedComponent, expected: string): string => {
  const asks = (word: string): boolean => expected.includes(` ${word} `)
  return [
    `${one.kind}${periodText(one)} ${one.unitAmount}`,
    one.quantity === '1' ? '' : ` x${one.quantity}`,
    one.net === one.unitAmount ? '' : ` = ${one.net}`,
    one.was === undefined ? '' : ` was ${one.was}`,
    one.lowestPrice30Days === undefined ? '' : ` low ${one.lowestPrice30Days}`,
    asks('from') ? ` from ${one.source.agreement ? one.source.path : (one.source.entry?.id ?? one.source.price?.id ?? one.source.path)}` : '',
    one.recurring?.until === undefined ? '' : ` until ${one.recurring.until.amount} ${one.recurring.until.units}`,
    asks('tax') ? ` tax ${one.taxExcludedAmount}+${one.taxAmount}=${one.taxIncludedAmount}` : '',
  ].join('')
}

export const totalText = (one: PricingAnswer['total'][number]): string => `${one.kind}${periodText(one)} ${one.currency} ${one.taxExcludedAmount}+${one.taxAmount}=${one.taxIncludedAmount}`
