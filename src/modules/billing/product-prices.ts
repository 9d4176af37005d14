/** Reads the prices that were frozen into a product at its sale (TMF637 productPrice) as terms that can be charged. Pure. */
import { createHash } from 'node:crypto'
import type { Alteration } from './charges.ts'

interface MoneyDoc {
  unit?: string
  value?: number
}

interface PriceDoc {
  name?: string
  priceType: string
  recurringChargePeriod?: string
  billingAccount?: { id: string }
  price: { percentage?: number; taxRate?: number; dutyFreeAmount?: MoneyDoc; taxIncludedAmount?: MoneyDoc }
  productOfferingPrice?: { id: string; name?: string }
  productPriceAlteration?: AlterationDoc[]
  /** Own extension of productPrice: which rate of the table holds, and when it is charged. */
  taxCategory?: unknown
  chargeTiming?: unknown
  /** Own extension: a fee of a change, charged once by this key, whatever kind it is. */
  chargeId?: unknown
  /** Own extension: paid in instalments, which are charges of their own. */
  financed?: unknown
  /** Own extension: the payment that was taken for it at the checkout. */
  paid?: unknown
}

interface AlterationDoc {
  name?: string
  applicationDuration?: number
  priority?: number
  price: { percentage?: number; dutyFreeAmount?: MoneyDoc; taxIncludedAmount?: MoneyDoc }
}

/** What billing reads of a product. */
export interface BilledProductDoc {
  id: string
  name?: string
  status?: string
  startDate?: string
  terminationDate?: string
  billingAccount?: { id: string }
  productOffering?: { name?: string }
  productPrice?: PriceDoc[]
  relatedParty?: { id: string; name?: string; href?: string; role?: string; '@referredType'?: string }[]
}

const hashOf = (own: Omit<PriceTerms, 'key' | 'hash'>): string => createHash('sha256').update(JSON.stringify(own)).digest('hex').slice(0, 32)

/** The terms of one price. */
export interface PriceTerms {
  /** Which of the product's prices it is: its catalog price, else its name. */
  key: string
  /** Digest of everything that is charged by: other terms are another price. */
  hash: string
  accountId: string | undefined
  name: string
  kind: 'oneTime' | 'recurring'
  timing: 'advance' | 'arrears'
  amount: string
  currency: string
  quantity: string
  taxCategory: string
  taxInclusive: boolean
  taxRate: string | null
  periodUnit: 'month' | 'day'
  periodCount: number
  alterations: Alteration[]
}

/** The terms of something that is charged once, tax included: an instalment. */
export const onceTerms = (one: { key: string; name: string; amount: { unit: string; value: number }; taxCategory: string; taxRate: number | undefined; accountId: string | undefined }): PriceTerms => {
  const own = {
    accountId: one.accountId, name: one.name, kind: 'oneTime' as const, timing: 'advance' as const, amount: decimal(one.amount.value), currency: one.amount.unit, quantity: '1',
    taxCategory: one.taxCategory, taxInclusive: true, taxRate: one.taxRate === undefined ? null : decimal(one.taxRate), periodUnit: 'month' as const, periodCount: 1, alterations: [],
  }
  return { key: one.key, hash: hashOf(own), ...own }
}

const PERIODS: Readonly<Record<string, readonly ['month' | 'day', number]>> = {
  day: ['day', 1], daily: ['day', 1], week: ['day', 7], weekly: ['day', 7], month: ['month', 1], monthly: ['month', 1],
  quarter: ['month', 3], quarterly: ['month', 3], year: ['month', 12], yearly: ['month', 12], annual: ['month', 12], annually: ['month', 12],
}
const ISO_PERIODS: Readonly<Record<string, readonly ['month' | 'day', number]>> = { D: ['day', 1], W: ['day', 7], M: ['month', 1], Y: ['month', 12] }

/** `month`, `monthly`, `3 months`, `P1M`. undefined when it says nothing that can be charged by. */
export const readPeriod = (text: string | undefined): { unit: 'month' | 'day'; count: number } | undefined => {
  const iso = /^P(\d+)([DWMY])$/.exec(text ?? '')
  const words = /^(?:(\d+)\s*)?([a-z]+)$/.exec((text ?? 'month').trim().toLowerCase())
  const found = iso ? ISO_PERIODS[iso[2] ?? ''] : words ? (PERIODS[words[2] ?? ''] ?? PERIODS[(words[2] ?? '').replace(/s$/, '')]) : undefined
  const times = Number(iso?.[1] ?? words?.[1] ?? 1)
  return found && times > 0 ? { unit: found[0], count: found[1] * times } : undefined
}

/** one-time, oneTime, ONE TIME and non recurring are one kind; usage, allowance, penalty and deposit are not billed from here. */
const kindOf = (priceType: string): 'oneTime' | 'recurring' | 'discount' | undefined => {
  const plain = priceType.toLowerCase().replace(/[^a-z]/g, '')
  if (plain === 'onetime' || plain === 'once' || plain === 'nonrecurring') return 'oneTime'
  if (plain === 'recurring') return 'recurring'
  return plain === 'discount' ? 'discount' : undefined
}

const decimal = (value: number): string => (Object.is(value, -0) ? '0' : String(value))

const alterationsOf = (price: PriceDoc): Alteration[] =>
  (price.productPriceAlteration ?? [])
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .map(alteration => {
      const amount = alteration.price.dutyFreeAmount?.value ?? alteration.price.taxIncludedAmount?.value
      const { percentage } = alteration.price
      return {
        name: alteration.name ?? 'Discount',
        ...(percentage === undefined ? { amount: decimal(Math.abs(amount ?? 0)) } : { percentage: decimal(Math.abs(percentage)) }),
        ...(alteration.applicationDuration === undefined || alteration.applicationDuration <= 0 ? {} : { periods: alteration.applicationDuration }),
      }
    })

/** What keys of fees begin with. */
const CHARGE = 'charge:'
export const isChargeKey = (key: string): boolean => key.startsWith(CHARGE)

/** The prices of a product that are billed from here, and why others could not be. */
export interface ReadPrices {
  terms: PriceTerms[]
  problems: string[]
}

export const readPrices = (product: BilledProductDoc, timing: 'advance' | 'arrears'): ReadPrices => {
  const terms: PriceTerms[] = []
  const problems: string[] = []
  const seen = new Map<string, number>()
  const prices = product.productPrice ?? []
  // A percentage that stands beside the prices is a discount on each recurring one.
  const shared: Alteration[] = prices.flatMap(price =>
    kindOf(price.priceType) === 'discount' && price.price.percentage !== undefined
      ? [{ name: price.name ?? 'Discount', percentage: decimal(Math.abs(price.price.percentage)) }]
      : [],
  )
  for (const price of prices) {
    const chargeId = typeof price.chargeId === 'string' ? price.chargeId : undefined
    const kind = chargeId === undefined ? kindOf(price.priceType) : 'oneTime'
    const money = price.price.dutyFreeAmount ?? price.price.taxIncludedAmount
    if (kind === undefined || price.financed === true || price.paid !== undefined || (kind === 'discount' && price.price.percentage !== undefined)) continue
    const label = price.name ?? price.productOfferingPrice?.name ?? product.name ?? price.priceType
    if (money?.unit === undefined || money.value === undefined) {
      problems.push(`price ${label} has no amount with a currency`)
      continue
    }
    const period = kind === 'oneTime' ? { unit: 'month' as const, count: 1 } : readPeriod(price.recurringChargePeriod)
    if (!period) {
      problems.push(`price ${label} recurs every ${price.recurringChargePeriod}, which is no period`)
      continue
    }
    const base = chargeId !== undefined ? `${CHARGE}${chargeId}` : price.productOfferingPrice?.id ?? price.name ?? price.priceType
    const times = (seen.get(base) ?? 0) + 1
    seen.set(base, times)
    const own = {
      accountId: price.billingAccount?.id ?? product.billingAccount?.id,
      name: label,
      kind: kind === 'oneTime' ? ('oneTime' as const) : ('recurring' as const),
      timing: price.chargeTiming === 'advance' || price.chargeTiming === 'arrears' ? price.chargeTiming : timing,
      amount: kind === 'discount' ? decimal(-Math.abs(money.value)) : decimal(money.value),
      currency: money.unit,
      // Each unit of an order item is a product of its own.
      quantity: '1',
      taxCategory: typeof price.taxCategory === 'string' ? price.taxCategory : 'standard',
      taxInclusive: price.price.dutyFreeAmount === undefined,
      taxRate: price.price.taxRate === undefined ? null : decimal(price.price.taxRate),
      periodUnit: period.unit,
      periodCount: period.count,
      alterations: [...alterationsOf(price), ...(kind === 'recurring' ? shared : [])],
    }
    const key = times === 1 ? base : `${base} #${times}`
    terms.push({ key, hash: hashOf(own), ...own })
  }
  return { terms, problems }
}
