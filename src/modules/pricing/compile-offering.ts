/** Compiles an offering's own prices (TMF620), which are the default list: charges with alternatives, conditions, terms, tiers and discounts. Pure. */
import { exact } from '../../platform/money.ts'
import { IN_USE, priceKind, type EmbeddedPrice, type LoadedOffering, type LoadedPrice } from '../catalog/index.ts'
import { holdsAt, moneyValue, slotKey, spanOf, type Candidate, type CatalogDiscount, type CompiledOffering, type ListedDiscount, type Slot } from './candidate.ts'
import { isPeriod, termKey, unitOf } from './circumstances.ts'
import { keysOfItem } from './promotion-index.ts'
import { compilePriceRule, type CompiledRule } from './rule.ts'
import type { ComponentKind, PriceSource, Tariff } from './priced.ts'
import { sortedTiers } from './tariff.ts'

/** Managed rules that catalog prices name in `constraint`, by id. */
export type RuleBook = ReadonlyMap<string, CompiledRule>

const CHARGES: readonly string[] = ['oneTime', 'recurring', 'usage', 'deposit', 'penalty']
const isCharge = (kind: string): kind is ComponentKind => CHARGES.includes(kind)
const inUse = (price: { lifecycleStatus?: string }): boolean => price.lifecycleStatus !== undefined && IN_USE.includes(price.lifecycleStatus)
const ALTERNATIVE = /^(alternativ|replac|overrid|substitut)/i

type Incomplete = CompiledOffering['incomplete'][number]
interface Found {
  candidates: Candidate[]
  incomplete: Incomplete[]
}

const durationOf = (duration: { amount?: number; units?: string } | undefined): Pick<CatalogDiscount, 'duration'> => (duration?.amount === undefined ? {} : { duration: { amount: duration.amount, units: duration.units ?? 'month' } })

const sizeOf = (price: { percentage?: number } | undefined, amount: { unit?: string; value?: number } | undefined): Pick<CatalogDiscount, 'percentage' | 'share' | 'amount'> => {
  if (price?.percentage !== undefined) return { percentage: exact(price.percentage), share: exact(price.percentage).dividedBy(100) }
  const value = moneyValue(amount)
  return value ? { amount: value } : {}
}

/** A discount that is a price of the catalog: a share or an amount, for as long as its first term with a duration says. */
const discountOf = (price: LoadedPrice, source: PriceSource, priority: number): CatalogDiscount => ({
  name: price.doc.name ?? price.pin.id,
  source,
  priority,
  ...sizeOf(price.doc, price.doc.price),
  ...durationOf((price.doc.productOfferingTerm ?? []).find(term => term.duration?.amount !== undefined)?.duration),
  uses: price.doc.prodSpecCharValueUse ? price.doc : undefined,
  ...spanOf(price.doc.validFor),
})

const ownDiscounts = (price: LoadedPrice, source: PriceSource): CatalogDiscount[] =>
  price.related
    .filter(({ price: other }) => priceKind(other.doc) === 'discount' && inUse(other.doc))
    .map(({ price: other }, index) => discountOf(other, { ...source, price: other.pin, path: `${source.path}.popRelationship[${index}]` }, index))

const embeddedDiscounts = (alterations: NonNullable<EmbeddedPrice['priceAlteration']>, source: PriceSource): CatalogDiscount[] =>
  alterations.map((alteration, index) => ({
    name: alteration.name ?? `Discount ${index + 1}`,
    source: { ...source, path: `${source.path}.priceAlteration[${index}]` },
    priority: alteration.priority ?? index,
    ...sizeOf(alteration.price, alteration.price.dutyFreeAmount ?? alteration.price.taxIncludedAmount),
    ...durationOf(alteration.applicationDuration),
    uses: undefined,
    ...spanOf(alteration.validFor),
  }))

const rulesOf = ({ doc }: LoadedPrice, rules: RuleBook): CompiledRule[] => [
  ...(doc.constraint ?? []).flatMap(({ id, '@referredType': type }): CompiledRule[] => {
    const known = rules.get(id)
    // A price must not come to hold for all because its rule was deleted; a policy of another system is that system's.
    return known ? [known] : type === 'PriceRule' ? [{ text: `rule ${id}, which is gone`, rank: 'list', needs: new Set(), matches: () => false }] : []
  }),
  ...((doc.place ?? []).length > 0 ? [compilePriceRule({ about: 'place', value: (doc.place ?? []).map(one => one.id) })] : []),
]

const cadence = (unit: string | undefined, count: number | undefined, until?: { amount?: number; units?: string }): Pick<Candidate, 'recurring'> => ({
  recurring: { unit: unitOf(unit ?? 'month'), count: count ?? 1, ...(until?.amount !== undefined && { until: { amount: until.amount, units: until.units ?? 'month' } }) },
})

const perOf = (quantity: { amount?: number; units?: string } | undefined): Pick<Candidate, 'per'> => (quantity?.units === undefined ? {} : { per: { amount: quantity.amount ?? 1, units: quantity.units } })

const tariffOf = (kind: ComponentKind, per: Candidate['per'], unit: string, algorithm: NonNullable<LoadedPrice['doc']['pricingLogicAlgorithm']>[number] | undefined): { tariff?: Tariff } =>
  kind !== 'usage'
    ? {}
    : {
        tariff: {
          per: per ?? { amount: 1, units: 'unit' },
          mode: algorithm?.mode ?? 'volume',
          tiers: [{ from: '0', price: unit }, ...sortedTiers(algorithm?.tier ?? []).map(tier => ({ from: tier.from.toString(), price: tier.price.toString() }))].filter((_, index, all) => index > 0 || !all.slice(1).some(other => Number(other.from) <= 1)),
          ...(algorithm?.allowance !== undefined && { allowance: String(algorithm.allowance) }),
        },
      }

const NO_AMOUNT = 'has no amount'

/** Why nobody can tell what is charged: a kind or a period that is misspelt would be sold for nothing. */
const notUnderstood = (kind: string, doc: { priceType?: string; recurringChargePeriodType?: string }): string | undefined => {
  if (kind === 'other') return `has the kind ${JSON.stringify((doc.priceType ?? '').slice(0, 40))}, which is none that is charged`
  const period = doc.recurringChargePeriodType
  return kind === 'recurring' && period !== undefined && !isPeriod(period) ? `is charged each ${JSON.stringify(period.slice(0, 40))}, which is no period` : undefined
}

/** The charges of a catalog price: its own, or, for a bundled price without an amount, those that it is made of. */
function chargesOf(price: LoadedPrice, source: PriceSource, label: string, rules: RuleBook): Found {
  const { doc } = price
  const kind = priceKind(doc)
  if (!inUse(doc)) return { candidates: [], incomplete: [] }
  const unknown = notUnderstood(kind, doc)
  if (unknown !== undefined) return { candidates: [], incomplete: [{ name: doc.name ?? price.pin.id, why: unknown, ...spanOf(doc.validFor) }] }
  if (!isCharge(kind)) return { candidates: [], incomplete: [] }
  const unit = moneyValue(doc.price)
  if (!unit && price.parts.length > 0) {
    const parts = price.parts.map((part, index) => chargesOf(part, { ...source, price: part.pin, path: `${source.path}.bundledPopRelationship[${index}]` }, label, rules))
    return { candidates: parts.flatMap(one => one.candidates), incomplete: parts.flatMap(one => one.incomplete) }
  }
  // A usage tariff may be computed by an algorithm, elsewhere; a charge at the sale must say what it is.
  if (!unit) return { candidates: [], incomplete: kind === 'usage' || kind === 'penalty' ? [] : [{ name: doc.name ?? price.pin.id, why: NO_AMOUNT, ...spanOf(doc.validFor) }] }
  const [algorithm] = doc.pricingLogicAlgorithm ?? []
  const per = kind === 'usage' ? perOf(doc.unitOfMeasure) : {}
  return {
    candidates: [
      {
        listType: 'DEFAULT',
        source,
        kind,
        name: doc.name ?? label,
        currency: unit.currency,
        unit: unit.value,
        tiers: kind === 'usage' ? [] : sortedTiers(algorithm?.tier ?? []),
        taxIncluded: doc.taxIncluded === true,
        tax: (doc.tax ?? []).map(tax => ({ ...(tax.taxCategory !== undefined && { category: tax.taxCategory }), ...(tax.taxRate !== undefined && { rate: String(tax.taxRate) }) })),
        ...(kind === 'recurring' && cadence(doc.recurringChargePeriodType, doc.recurringChargePeriodLength, doc.chargeDuration)),
        ...per,
        ...tariffOf(kind, per.per, unit.value.toString(), algorithm),
        terms: (doc.productOfferingTerm ?? []).flatMap(term => (term.duration?.amount === undefined ? [] : [termKey({ amount: term.duration.amount, units: term.duration.units ?? 'month' })])),
        uses: doc.prodSpecCharValueUse ? doc : undefined,
        ...spanOf(doc.validFor),
        rules: rulesOf(price, rules),
        discounts: ownDiscounts(price, source),
        isGoods: false,
        past: [],
        priceId: price.pin.id,
        restsOn: [['productOfferingPrice', price.pin.id, price.pin.revision]],
      },
    ],
    incomplete: [],
  }
}

/** The charge of a price that the offering carries by value. */
function embeddedCharge(entry: EmbeddedPrice, source: PriceSource, label: string): Found {
  const kind = priceKind(entry)
  if (entry.lifecycleStatus !== undefined && !inUse(entry)) return { candidates: [], incomplete: [] }
  const unknown = notUnderstood(kind, entry)
  if (unknown !== undefined) return { candidates: [], incomplete: [{ name: entry.name ?? source.path, why: unknown, ...spanOf(entry.validFor) }] }
  if (!isCharge(kind)) return { candidates: [], incomplete: [] }
  const dutyFree = moneyValue(entry.price?.dutyFreeAmount)
  const unit = dutyFree ?? moneyValue(entry.price?.taxIncludedAmount)
  if (!unit) return { candidates: [], incomplete: [{ name: entry.name ?? source.path, why: NO_AMOUNT, ...spanOf(entry.validFor) }] }
  const { taxCategory, taxRate } = entry.price ?? {}
  const per = kind === 'usage' ? perOf(entry.unitOfMeasure) : {}
  return {
    candidates: [
      {
        listType: 'DEFAULT',
        source,
        kind,
        name: entry.name ?? label,
        currency: unit.currency,
        unit: unit.value,
        tiers: [],
        taxIncluded: dutyFree === undefined,
        tax: taxCategory === undefined && taxRate === undefined ? [] : [{ ...(taxCategory !== undefined && { category: taxCategory }), ...(taxRate !== undefined && { rate: String(taxRate) }) }],
        ...(kind === 'recurring' && cadence(entry.recurringChargePeriod, entry.recurringChargePeriodLength)),
        ...per,
        ...tariffOf(kind, per.per, unit.value.toString(), undefined),
        terms: [],
        uses: undefined,
        ...spanOf(entry.validFor),
        rules: [],
        discounts: [],
        isGoods: false,
        past: [],
        restsOn: [],
      },
    ],
    incomplete: [],
  }
}

function listedDiscount(entry: LoadedOffering['prices'][number], source: PriceSource, priority: number): ListedDiscount[] {
  if (entry.kind === 'reference') {
    const { price } = entry
    return inUse(price.doc) ? [{ ...discountOf(price, source, priority), isRecurring: price.doc.recurringChargePeriodType !== undefined }] : []
  }
  const { value } = entry
  if (value.lifecycleStatus !== undefined && !inUse(value)) return []
  return [{ name: value.name ?? 'Discount', source, priority, ...sizeOf(value.price, value.price?.dutyFreeAmount ?? value.price?.taxIncludedAmount), uses: undefined, ...spanOf(value.validFor), isRecurring: value.recurringChargePeriod !== undefined }]
}

/** An alternative joins the charge that it names in popRelationship; every other charge has a slot of its own. */
function slotsOf(candidates: readonly Candidate[], alternatives: ReadonlyMap<string, string>): Slot[] {
  const slots: (Slot & { candidates: Candidate[] })[] = []
  const rooted = (id: string | undefined, seen: readonly string[] = []): string | undefined => {
    const to = id === undefined || seen.includes(id) ? undefined : alternatives.get(id)
    return to === undefined ? id : rooted(to, [...seen, id!])
  }
  for (const candidate of candidates) {
    const root = rooted(candidate.priceId)
    const slot = root === undefined ? undefined : slots.find(one => one.priceId === root)
    if (slot) slot.candidates.push(candidate)
    else slots.push({ key: slotKey(candidate.kind, candidate.recurring, candidate.per), ...(root !== undefined && { priceId: root }), candidates: [candidate] })
  }
  return slots
}

const everyPrice = (offering: LoadedOffering): LoadedPrice[] => {
  const found = new Map<string, LoadedPrice>()
  const walk = (price: LoadedPrice): void => {
    if (found.has(price.pin.id)) return
    found.set(price.pin.id, price)
    for (const one of price.related) walk(one.price)
    price.parts.forEach(walk)
  }
  for (const entry of offering.prices) if (entry.kind === 'reference') walk(entry.price)
  return [...found.values()]
}

/** What an offering was made from: resource, id and revision. */
export const partsOf = (offering: LoadedOffering): CompiledOffering['restsOn'] => [
  ['productOffering', offering.pin.id, offering.pin.revision],
  ...everyPrice(offering).map(price => ['productOfferingPrice', price.pin.id, price.pin.revision] as const),
]

export function compileOffering(offering: LoadedOffering, entries: readonly Candidate[], rules: RuleBook): CompiledOffering {
  const label = offering.doc.name ?? offering.pin.id
  const candidates: Candidate[] = []
  const incomplete: Incomplete[] = []
  const listed: ListedDiscount[] = []
  const alternatives = new Map<string, string>()
  for (const [index, entry] of offering.prices.entries()) {
    const source: PriceSource = { offering: offering.pin, path: `productOfferingPrice[${index}]`, ...(entry.kind === 'reference' && { price: entry.price.pin }) }
    if (priceKind(entry.kind === 'value' ? entry.value : entry.price.doc) === 'discount') {
      // After a charge's own discounts: those are more specific.
      listed.push(...listedDiscount(entry, source, 1_000_000 + listed.length))
      continue
    }
    const own = entry.kind === 'reference' ? chargesOf(entry.price, source, label, rules) : embeddedCharge(entry.value, source, label)
    const embedded = embeddedDiscounts(entry.kind === 'reference' ? entry.alterations : (entry.value.priceAlteration ?? []), source)
    candidates.push(...own.candidates.map(one => ({ ...one, discounts: [...one.discounts, ...embedded].sort((a, b) => a.priority - b.priority) })))
    incomplete.push(...own.incomplete)
    if (entry.kind === 'reference') for (const one of entry.price.related) if (ALTERNATIVE.test(one.relationshipType)) alternatives.set(entry.price.pin.id, one.price.pin.id)
  }
  const category = (offering.doc.category ?? []).flatMap(one => (one.id === undefined ? [] : [one.id]))
  const terms = (offering.doc.productOfferingTerm ?? []).flatMap(term => (term.duration?.amount === undefined ? [] : [{ amount: term.duration.amount, units: term.duration.units ?? 'month' }]))
  return {
    pin: offering.pin,
    category,
    keys: keysOfItem(offering.pin.id, offering.doc.productSpecification?.id, category),
    ...(offering.doc.productSpecification?.id !== undefined && { specificationId: offering.doc.productSpecification.id }),
    ...(terms.length === 1 && terms[0] && { term: terms[0] }),
    slots: slotsOf(candidates, alternatives),
    entries,
    listed,
    incomplete,
    restsOn: partsOf(offering),
  }
}

/** The first price without an amount that counts at a time. */
export const incompleteAt = (offering: CompiledOffering, at: number): Incomplete | undefined => offering.incomplete.find(one => holdsAt(one, at))
