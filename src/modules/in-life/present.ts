/** What a customer has, as in-life sales see it: what it costs a month as sold, which discounts still run, its term and how much of that is left. Pure. */
import { addMonths, daysBetween, localDate, startOfDay, type LocalDate } from '../../platform/calendar.ts'
import { exact, jsonNumber, money, type Exact, type Money, type MoneyJson } from '../../platform/money.ts'
import type { ProductDoc } from '../inventory/index.ts'
import { monthsOf, type Adjustment } from '../pricing/index.ts'

type Price = NonNullable<ProductDoc['productPrice']>[number]

/** An amount a month, without and with tax. */
export interface Monthly {
  taxExcluded: MoneyJson
  taxIncluded: MoneyJson
}

export interface PresentTerm {
  name?: string
  months: number
  start: LocalDate
  end: LocalDate
  endsAt: Date
}

export interface Present {
  currency: string | undefined
  /** With the discounts that run now; undefined when nothing is charged by the month. */
  monthly: Monthly | undefined
  /** Without discounts: what offers are compared by. */
  listMonthly: Exact
  /** Of the first recurring price: what fees are taxed like when they do not say. */
  tax: { included: boolean; category?: string; rate?: number }
  discounts: { name: string; adjustment: Adjustment }[]
  term: PresentTerm | undefined
}

/** The number of months of a recurring price's period; undefined when it is not counted in months. */
const periodMonths = (text: string | undefined): number | undefined => {
  const found = /^(?:(\d+)\s*)?([a-z]+?)(?:ly|s)?$/i.exec((text ?? 'month').trim())
  return found ? monthsOf({ amount: Number(found[1] ?? 1), units: found[2] ?? 'month' }) : undefined
}

/** Months from one date to another, those begun counted; 0 when it is past. */
export const monthsUntil = (from: LocalDate, to: LocalDate): number => {
  if (to <= from) return 0
  let months = Math.max(0, Math.floor(daysBetween(from, to) / 31))
  while (addMonths(from, months) < to) months++
  return months
}

/** Since when a price is charged: since it was changed last, else since the product began. */
const startOfPrice = (price: Price, product: ProductDoc, at: Date): string => (price as { startDate?: string }).startDate ?? product.startDate ?? at.toISOString()

interface Running {
  name: string
  percentage?: number
  amount?: number
  /** Periods that are left, when it ends. */
  left?: number
}

/** Discounts of a price that are not over, in their order. */
const runningOf = (price: Price, product: ProductDoc, at: Date, zone: string): Running[] =>
  (price.productPriceAlteration ?? [])
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .flatMap(alteration => {
      const { percentage, dutyFreeAmount, taxIncludedAmount } = alteration.price
      const amount = dutyFreeAmount?.value ?? taxIncludedAmount?.value
      const every = periodMonths(price.recurringChargePeriod) ?? 1
      const periods = alteration.applicationDuration
      const end = periods === undefined || periods <= 0 ? undefined : addMonths(localDate(new Date(startOfPrice(price, product, at)), zone), periods * every)
      const left = end === undefined ? undefined : Math.ceil(monthsUntil(localDate(at, zone), end) / every)
      if (left === 0) return []
      return [{ name: alteration.name ?? 'Discount', ...(percentage === undefined ? { amount: Math.abs(amount ?? 0) } : { percentage: Math.abs(percentage) }), ...(left !== undefined && { left }) }]
    })

const reduced = (base: Exact, discounts: readonly Running[]): Exact =>
  discounts.reduce((left, one) => {
    const taken = one.percentage === undefined ? exact(one.amount ?? 0) : left.times(one.percentage).dividedBy(100)
    return left.minus(taken.greaterThan(left) ? left : taken)
  }, base)

const both = (amount: Money, included: boolean, rate: number): { excluded: Money; included: Money } => {
  const factor = exact(rate).dividedBy(100).plus(1)
  return included ? { excluded: amount.over(factor).rounded(), included: amount.rounded() } : { excluded: amount.rounded(), included: amount.times(factor).rounded() }
}

export const monthlyOf = (excluded: Money, included: Money): Monthly => ({ taxExcluded: excluded.rounded().toJSON(), taxIncluded: included.rounded().toJSON() })

const termOf = (product: ProductDoc, zone: string): PresentTerm | undefined => {
  for (const one of product.productTerm ?? []) {
    const months = one.duration?.amount === undefined ? undefined : monthsOf({ amount: one.duration.amount, units: one.duration.units ?? 'month' })
    const began = one.validFor?.startDateTime ?? product.startDate
    if (months === undefined || months < 1 || began === undefined) continue
    const start = localDate(new Date(began), zone)
    const end = one.validFor?.endDateTime === undefined ? addMonths(start, months) : localDate(new Date(one.validFor.endDateTime), zone)
    return { ...(one.name !== undefined && { name: one.name }), months, start, end, endsAt: startOfDay(end, zone) }
  }
  return undefined
}

export const presentOf = (product: ProductDoc, at: Date, zone: string): Present => {
  const recurring = (product.productPrice ?? []).filter(price => /^recurring$/i.test(price.priceType) && (price.price.dutyFreeAmount ?? price.price.taxIncludedAmount)?.value !== undefined)
  const first = recurring[0]
  const currency = (first?.price.dutyFreeAmount ?? first?.price.taxIncludedAmount ?? (product.productPrice ?? []).map(price => price.price.dutyFreeAmount ?? price.price.taxIncludedAmount).find(found => found?.unit !== undefined))?.unit
  let [excluded, included, list] = [exact(0), exact(0), exact(0)]
  const discounts: Present['discounts'] = []
  for (const [index, price] of recurring.entries()) {
    const isIncluded = price.price.dutyFreeAmount === undefined
    const base = exact((price.price.dutyFreeAmount ?? price.price.taxIncludedAmount)?.value ?? 0)
    const running = runningOf(price, product, at, zone)
    for (const [number, one] of running.entries()) {
      discounts.push({
        name: one.name,
        adjustment: {
          id: `kept-${index + 1}-${number + 1}`, name: one.name, on: 'recurring',
          ...(one.percentage === undefined ? { amount: { unit: currency ?? '', value: one.amount ?? 0 } } : { percentage: one.percentage }),
          ...(one.left !== undefined && { duration: { amount: one.left * (periodMonths(price.recurringChargePeriod) ?? 1), units: 'month' } }),
        },
      })
    }
    const months = periodMonths(price.recurringChargePeriod)
    if (months === undefined || currency === undefined) continue
    const amounts = both(money(reduced(base, running).dividedBy(months), currency), isIncluded, price.price.taxRate ?? 0)
    excluded = excluded.plus(amounts.excluded.amount)
    included = included.plus(amounts.included.amount)
    list = list.plus(base.dividedBy(months))
  }
  const category = (first as { taxCategory?: unknown } | undefined)?.taxCategory
  return {
    currency,
    monthly: recurring.length === 0 || currency === undefined ? undefined : { taxExcluded: { unit: currency, value: jsonNumber(excluded) }, taxIncluded: { unit: currency, value: jsonNumber(included) } },
    listMonthly: list,
    tax: { included: first !== undefined && first.price.dutyFreeAmount === undefined, ...(typeof category === 'string' && { category }), ...(first?.price.taxRate !== undefined && { rate: first.price.taxRate }) },
    discounts,
    term: termOf(product, zone),
  }
}

const summed = (amounts: readonly MoneyJson[]): MoneyJson | undefined => {
  const [first] = amounts
  return first && { unit: first.unit, value: jsonNumber(amounts.filter(one => one.unit === first.unit).reduce((all, one) => all.plus(exact(one.value)), exact(0))) }
}

/** A bundle with its parts: what all of it costs a month, and the longest term of a part where the bundle has none itself. */
export const wholeOf = (own: Present, parts: readonly Present[]): Present => {
  if (parts.length === 0) return own
  const all = [own, ...parts]
  const monthly = all.flatMap(one => one.monthly ?? [])
  const [taxExcluded, taxIncluded] = [summed(monthly.map(one => one.taxExcluded)), summed(monthly.map(one => one.taxIncluded))]
  return {
    currency: all.find(one => one.currency !== undefined)?.currency,
    monthly: taxExcluded && taxIncluded && { taxExcluded, taxIncluded },
    listMonthly: all.reduce((sum, one) => sum.plus(one.listMonthly), exact(0)),
    tax: (all.find(one => one.monthly !== undefined) ?? own).tax,
    discounts: own.discounts,
    term: own.term ?? parts.flatMap(one => one.term ?? []).toSorted((a, b) => b.endsAt.getTime() - a.endsAt.getTime())[0],
  }
}
