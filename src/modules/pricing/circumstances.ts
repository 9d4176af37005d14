/** The circumstances of a pricing as rules see them, made once for all items. Pure. */
import type { Exact } from '../../platform/money.ts'
import type { ExistingProduct, Term } from './price-request.ts'

/** How much of a promotion has been used, without what the order that is priced has used itself. */
export interface PromotionUsage {
  uses: number
  /** By this customer. */
  usesByCustomer: number
  /** Decimal text in the budget's currency. */
  spent: string
}

export interface Circumstances {
  /** Business time, milliseconds. */
  at: number
  currency: string | undefined
  channel: string
  market: string | undefined
  customerId: string | undefined
  segment: ReadonlySet<string>
  agreement: ReadonlySet<string>
  product: readonly ExistingProduct[]
  /** The place and the areas it lies in. */
  place: ReadonlySet<string>
  country: string | undefined
  jurisdiction: string | undefined
  promotionCode: ReadonlySet<string>
  /** Of promotions with a budget or a limit. */
  usage: ReadonlyMap<string, PromotionUsage>
}

/** An item as rules see it. */
export interface RuledItem {
  id: string
  offeringId: string
  offeringName: string
  category: readonly string[]
  /** What promotions are found by. */
  keys: readonly string[]
  specificationId: string | undefined
  quantity: Exact
  characteristic: Readonly<Record<string, unknown>>
  term: Term | undefined
  partOf: string | undefined
}

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7 }
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 }

const NAMES: Readonly<Record<string, string>> = { daily: 'day', weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year', annual: 'year', annually: 'year' }
const knownUnits = new Map<string, string>()
const MOST_UNITS = 1000

/** `month`, from months, Month, monthly, annual. */
export const unitOf = (units: string): string => {
  const known = knownUnits.get(units)
  if (known !== undefined) return known
  const plain = units.trim().toLowerCase().replace(/s$/, '')
  const unit = Object.hasOwn(NAMES, plain) ? NAMES[plain]! : plain
  if (knownUnits.size < MOST_UNITS) knownUnits.set(units, unit)
  return unit
}

/** How long a promotion code may be, and how many are entered at most: the same wherever they are made or entered. */
export const LONGEST_CODE = 64
export const MOST_CODES = 20

/** Codes as people enter them: neither capitals nor blanks around them make another. */
export const codeOf = (entered: string): string => entered.trim().toUpperCase()

/** Whether a charge can come round after it. */
export const isPeriod = (units: string): boolean => Object.hasOwn(MONTHS, unitOf(units)) || Object.hasOwn(DAYS, unitOf(units))

/** Terms compare as months, or as days; `12 months` is `1 year`. */
export const termKey = (term: Term): string => {
  const unit = unitOf(term.units)
  if (MONTHS[unit] !== undefined) return `${term.amount * MONTHS[unit]} months`
  return DAYS[unit] === undefined ? `${term.amount} ${unit}` : `${term.amount * DAYS[unit]} days`
}

/** In months; undefined for what is not counted in months. */
export const monthsOf = (term: Term): number | undefined => {
  const months = MONTHS[unitOf(term.units)]
  return months === undefined ? undefined : term.amount * months
}

/** How many periods of a charge a duration covers, begun ones counted; undefined when the two cannot be compared. */
export const periodsIn = (duration: Term, recurring: { unit: string; count: number }): number | undefined => {
  const [have, every] = [unitOf(duration.units), unitOf(recurring.unit)]
  if (have === every) return Math.ceil(duration.amount / recurring.count)
  const scale = MONTHS[have] !== undefined && MONTHS[every] !== undefined ? MONTHS : DAYS
  const [a, b] = [scale[have], scale[every]]
  return a === undefined || b === undefined ? undefined : Math.ceil((duration.amount * a) / (b * recurring.count))
}
