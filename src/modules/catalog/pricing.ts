/**
 * What an offering costs at a time: its charges with the discounts on them, each telling which price at which revision it comes from.
 * Pure, exact and unrounded: an amount is rounded once, by whoever fixes it on an order or a bill. Same input, same price, in every channel.
 */
import { exact, money, type Money } from '../../platform/money.ts'
import type { EmbeddedAlterations, EmbeddedPrice, LoadedOffering, LoadedPrice, Pin } from './offering-loader.ts'
import { inForce, meantFor, priceKind, type ChargeKind, type Chosen, type PriceEntry } from './price-applies.ts'

export interface PriceRequest {
  /** When it is bought. */
  at: Date
  /** How many. Default 1. */
  quantity?: number | string
  /** Only charges in this currency. Left out, all charges must be in one: a currency is never guessed. */
  currency?: string
  /** Chosen characteristic values: a price can be meant for some of them only. */
  characteristics?: Chosen
  /** Also price the children of a bundle, each as often as the bundle presets. */
  withChildren?: boolean
}

/** Where an amount comes from: a price of the catalog at a revision, or a place in the offering that carries it by value. */
export interface PriceSource {
  offering: Pin
  price?: Pin
  /** Where the offering names or carries it: `productOfferingPrice[0]`. */
  path: string
}

/** A discount on a charge. It applies to what the ones before it left. */
export interface PricedAlteration {
  name: string
  source: PriceSource
  percentage?: string
  /** Per charge, for the whole quantity; decimal text. */
  amount?: string
  /** How long it lasts, counted from the start of the charge; as long as the charge when left out. */
  duration?: { amount: number; units: string }
  /** What it takes off, for the whole quantity; decimal text. */
  reduction: string
}

/** One charge. Amounts are unrounded decimal text in `currency`. */
export interface PricedComponent {
  kind: ChargeKind
  name: string
  source: PriceSource
  currency: string
  unitAmount: string
  quantity: string
  /** unitAmount × quantity, before discounts. */
  amount: string
  alterations: PricedAlteration[]
  /** After discounts. */
  net: string
  /** Whether the amounts contain the tax. */
  taxIncluded: boolean
  tax: { category?: string; rate?: string }[]
  /** Recurring: charged every `count` `unit`s. */
  recurring?: { unit: string; count: number }
  /** Usage: the amount is for so much of it. */
  per?: { amount: number; units: string }
}

/** The price cannot be told; the message says why. */
export class PricingFault extends Error {
  override readonly name = 'PricingFault'
  readonly code: 'currencyAmbiguous' | 'noPriceInCurrency' | 'priceIncomplete' | 'invalidQuantity'
  readonly offeringId: string
  constructor(code: PricingFault['code'], message: string, offeringId: string) {
    super(message)
    this.code = code
    this.offeringId = offeringId
  }
}

interface Charge {
  kind: ChargeKind
  name: string
  source: PriceSource
  unit: Money
  taxIncluded: boolean
  tax: { category?: string; rate?: string }[]
  recurring?: { unit: string; count: number }
  per?: { amount: number; units: string }
  discounts: Discount[]
}

interface Discount {
  name: string
  source: PriceSource
  priority: number
  percentage?: number
  /** Per unit and charge. */
  amount?: Money
  duration?: { amount: number; units: string }
}

const isChargeKind = (kind: string): kind is ChargeKind => kind === 'oneTime' || kind === 'recurring' || kind === 'usage'

const labelOf = (offering: LoadedOffering): string => offering.doc.name ?? offering.pin.id

const moneyOf = (amount: { unit?: string; value?: number } | undefined): Money | undefined =>
  amount?.unit !== undefined && amount.value !== undefined ? money(amount.value, amount.unit) : undefined

const cadence = (unit: string | undefined, count: number | undefined): { recurring: { unit: string; count: number } } => ({ recurring: { unit: unit ?? 'month', count: count ?? 1 } })

const perOf = (quantity: { amount?: number; units?: string } | undefined): { per?: { amount: number; units: string } } =>
  quantity?.units === undefined ? {} : { per: { amount: quantity.amount ?? 1, units: quantity.units } }

const durationOf = (duration: { amount?: number; units?: string } | undefined): Pick<Discount, 'duration'> =>
  duration?.amount === undefined ? {} : { duration: { amount: duration.amount, units: duration.units ?? 'month' } }

/** A discount that is a price of the catalog: a share or an amount, for as long as its first term with a duration says. */
function discountOf(price: LoadedPrice, source: PriceSource, priority: number): Discount {
  const amount = moneyOf(price.doc.price)
  return {
    name: price.doc.name ?? price.pin.id,
    source,
    priority,
    ...(price.doc.percentage !== undefined ? { percentage: price.doc.percentage } : amount ? { amount } : {}),
    ...durationOf((price.doc.productOfferingTerm ?? []).find(term => term.duration?.amount !== undefined)?.duration),
  }
}

/** Discounts that a charge names itself, in popRelationship. */
const ownDiscounts = (price: LoadedPrice, source: PriceSource, request: PriceRequest): Discount[] =>
  price.related
    .filter(({ price: other }) => priceKind(other.doc) === 'discount' && inForce(other.doc, request.at) && meantFor(other.doc, request.characteristics ?? {}))
    .map(({ price: other }, index) => discountOf(other, { ...source, price: other.pin, path: `${source.path}.popRelationship[${index}]` }, index))

/** Discounts that the offering writes into its price entry, by their priority. */
const embeddedDiscounts = (alterations: EmbeddedAlterations, source: PriceSource, request: PriceRequest): Discount[] =>
  alterations.flatMap((alteration, index) => {
    if (!inForce(alteration, request.at, true)) return []
    const amount = moneyOf(alteration.price.dutyFreeAmount ?? alteration.price.taxIncludedAmount)
    return [
      {
        name: alteration.name ?? `Discount ${index + 1}`,
        source: { ...source, path: `${source.path}.priceAlteration[${index}]` },
        priority: alteration.priority ?? index,
        ...(alteration.price.percentage !== undefined ? { percentage: alteration.price.percentage } : amount ? { amount } : {}),
        ...durationOf(alteration.applicationDuration),
      },
    ]
  })

/** The charges of a catalog price: its own, or, for a bundled price without an amount, those that it is made of. */
function chargesOf(price: LoadedPrice, source: PriceSource, offering: LoadedOffering, request: PriceRequest): Charge[] {
  const { doc } = price
  const kind = priceKind(doc)
  if (!isChargeKind(kind) || !inForce(doc, request.at) || !meantFor(doc, request.characteristics ?? {})) return []
  const unit = moneyOf(doc.price)
  if (!unit && price.parts.length > 0) {
    return price.parts.flatMap((part, index) => chargesOf(part, { ...source, price: part.pin, path: `${source.path}.bundledPopRelationship[${index}]` }, offering, request))
  }
  if (!unit) {
    // A usage tariff may be computed by an algorithm, elsewhere; a charge at the sale must say what it is.
    if (kind === 'usage') return []
    throw new PricingFault('priceIncomplete', `Price ${doc.name ?? price.pin.id} of ${labelOf(offering)} has no amount`, offering.pin.id)
  }
  return [
    {
      kind,
      name: doc.name ?? labelOf(offering),
      source,
      unit,
      taxIncluded: false,
      tax: (doc.tax ?? []).map(tax => ({ ...(tax.taxCategory !== undefined && { category: tax.taxCategory }), ...(tax.taxRate !== undefined && { rate: String(tax.taxRate) }) })),
      ...(kind === 'recurring' && cadence(doc.recurringChargePeriodType, doc.recurringChargePeriodLength)),
      ...(kind === 'usage' && perOf(doc.unitOfMeasure)),
      discounts: ownDiscounts(price, source, request),
    },
  ]
}

/** The charge of a price that the offering carries by value. */
function embeddedCharge(entry: EmbeddedPrice, source: PriceSource, offering: LoadedOffering, request: PriceRequest): Charge[] {
  const kind = priceKind(entry)
  if (!isChargeKind(kind) || !inForce(entry, request.at, true)) return []
  const dutyFree = moneyOf(entry.price?.dutyFreeAmount)
  const unit = dutyFree ?? moneyOf(entry.price?.taxIncludedAmount)
  if (!unit) throw new PricingFault('priceIncomplete', `Price ${entry.name ?? source.path} of ${labelOf(offering)} has no amount`, offering.pin.id)
  const { taxCategory, taxRate } = entry.price ?? {}
  return [
    {
      kind,
      name: entry.name ?? labelOf(offering),
      source,
      unit,
      taxIncluded: dutyFree === undefined,
      tax: taxCategory === undefined && taxRate === undefined ? [] : [{ ...(taxCategory !== undefined && { category: taxCategory }), ...(taxRate !== undefined && { rate: String(taxRate) }) }],
      ...(kind === 'recurring' && cadence(entry.recurringChargePeriod, entry.recurringChargePeriodLength)),
      ...(kind === 'usage' && perOf(entry.unitOfMeasure)),
      discounts: [],
    },
  ]
}

/**
 * A discount that the offering lists beside its charges. One with a period is about the recurring charges; a share without a period is
 * about all of them, an amount without one about the first one-time charge: an amount is taken off once.
 */
function targetsOf(entry: PriceEntry, charges: readonly Charge[]): readonly Charge[] {
  const price = entry.kind === 'value' ? entry.value : entry.price.doc
  const isShare = entry.kind === 'value' ? entry.value.price?.percentage !== undefined : entry.price.doc.percentage !== undefined
  const isRecurring = ('recurringChargePeriodType' in price && price.recurringChargePeriodType !== undefined) || ('recurringChargePeriod' in price && price.recurringChargePeriod !== undefined)
  const charged = charges.filter(charge => charge.kind !== 'usage' && (isRecurring ? charge.kind === 'recurring' : isShare || charge.kind === 'oneTime'))
  return isShare ? charged : charged.slice(0, 1)
}

function listedDiscount(entry: PriceEntry, source: PriceSource, request: PriceRequest, priority: number): Discount | undefined {
  if (entry.kind === 'reference') {
    const { doc } = entry.price
    return inForce(doc, request.at) && meantFor(doc, request.characteristics ?? {}) ? discountOf(entry.price, source, priority) : undefined
  }
  if (!inForce(entry.value, request.at, true)) return undefined
  const { price } = entry.value
  const amount = moneyOf(price?.dutyFreeAmount ?? price?.taxIncludedAmount)
  return { name: entry.value.name ?? 'Discount', source, priority, ...(price?.percentage !== undefined ? { percentage: price.percentage } : amount ? { amount } : {}) }
}

const inCurrency = (charges: readonly Charge[], offering: LoadedOffering, currency: string | undefined): Charge[] => {
  const currencies = [...new Set(charges.map(charge => charge.unit.currency))]
  if (currency === undefined) {
    if (currencies.length > 1) throw new PricingFault('currencyAmbiguous', `${labelOf(offering)} has prices in ${currencies.join(' and ')}: a currency has to be named`, offering.pin.id)
    return [...charges]
  }
  if (charges.length > 0 && !currencies.includes(currency)) throw new PricingFault('noPriceInCurrency', `${labelOf(offering)} has no price in ${currency}, but in ${currencies.join(' and ')}`, offering.pin.id)
  return charges.filter(charge => charge.unit.currency === currency)
}

/** Takes the discounts off in their order, each from what is left, never below nothing. */
function priced(charge: Charge, quantity: string): PricedComponent {
  const amount = charge.unit.times(quantity)
  let left = amount
  const alterations = [...charge.discounts]
    .sort((a, b) => a.priority - b.priority)
    .flatMap((discount): PricedAlteration[] => {
      // An amount in another currency is not converted: it is a discount for buyers in that currency.
      if (discount.amount && discount.amount.currency !== charge.unit.currency) return []
      if (discount.percentage === undefined && !discount.amount) return []
      const asked = discount.percentage === undefined ? discount.amount!.times(quantity) : left.percent(discount.percentage)
      const taken = asked.compare(left) > 0 ? left : asked
      left = left.minus(taken)
      return [
        {
          name: discount.name,
          source: discount.source,
          ...(discount.percentage === undefined ? { amount: asked.toString() } : { percentage: String(discount.percentage) }),
          ...(discount.duration && { duration: discount.duration }),
          reduction: taken.toString(),
        },
      ]
    })
  const { discounts: _, unit, kind, name, source, taxIncluded, tax, recurring, per } = charge
  return {
    kind,
    name,
    source,
    currency: unit.currency,
    unitAmount: unit.toString(),
    quantity,
    amount: amount.toString(),
    alterations,
    net: left.toString(),
    taxIncluded,
    tax,
    ...(recurring && { recurring }),
    ...(per && { per }),
  }
}

const quantityOf = (offering: LoadedOffering, quantity: number | string): string => {
  const decimal = exact(quantity)
  if (!decimal.isPositive() || decimal.isZero()) throw new PricingFault('invalidQuantity', `${labelOf(offering)} cannot be bought ${String(quantity)} times`, offering.pin.id)
  return decimal.toString()
}

/** The charges of an offering, in the offering's order; with `withChildren`, those of a bundle's preset children after them. */
export function priceOffering(offering: LoadedOffering, request: PriceRequest): PricedComponent[] {
  const quantity = quantityOf(offering, request.quantity ?? 1)
  const charges: Charge[] = []
  const listed: { entry: PriceEntry; source: PriceSource }[] = []
  for (const [index, entry] of offering.prices.entries()) {
    const path = `productOfferingPrice[${index}]`
    const source: PriceSource = { offering: offering.pin, path, ...(entry.kind === 'reference' && { price: entry.price.pin }) }
    if (priceKind(entry.kind === 'value' ? entry.value : entry.price.doc) === 'discount') {
      listed.push({ entry, source })
      continue
    }
    const own = entry.kind === 'reference' ? chargesOf(entry.price, source, offering, request) : embeddedCharge(entry.value, source, offering, request)
    const embedded = embeddedDiscounts(entry.kind === 'reference' ? entry.alterations : (entry.value.priceAlteration ?? []), source, request)
    charges.push(...own.map(charge => ({ ...charge, discounts: [...charge.discounts, ...embedded] })))
  }
  const asked = inCurrency(charges, offering, request.currency)
  for (const [index, { entry, source }] of listed.entries()) {
    // After a charge's own discounts: those are more specific.
    const discount = listedDiscount(entry, source, request, 1_000_000 + index)
    if (discount) for (const charge of targetsOf(entry, asked)) charge.discounts.push(discount)
  }
  const components = asked.map(charge => priced(charge, quantity))
  if (request.withChildren !== true) return components
  return [
    ...components,
    ...offering.children.flatMap(child => (child.preset === 0 ? [] : priceOffering(child.offering, { ...request, quantity: exact(quantity).times(child.preset).toString() }))),
  ]
}
