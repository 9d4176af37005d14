/**
 * What a price as sold comes to: one-time charges, recurring ones in advance or arrears, discounts for as long as they last, and
 * the repair of what was charged beyond an end. Pure: given the schedule and what was charged, the same lines always.
 */
import { addDays, addMonths, cycleWindow, dayWindow, earlier, later, type CycleWindow, type LocalDate } from '../../platform/calendar.ts'
import { Decimal, moneyText, prorate, roundMoney, type Proration } from './proration.ts'

/** A discount as sold. Percentages and amounts are positive; an amount is per charge period and unit. */
export interface Alteration {
  name: string
  percentage?: string
  amount?: string
  /** Whole charge periods that it lasts, from the start of the price. Without it, as long as the price. */
  periods?: number
}

/** One price of one product, frozen at sale. A changed price is a new schedule; the old one gets an end. */
export interface PriceSchedule {
  id: string
  productId: string
  productName: string
  name: string
  kind: 'oneTime' | 'recurring'
  /** In advance: the coming period is charged. In arrears: the past one. */
  timing: 'advance' | 'arrears'
  /** Money per charge period and unit, as text. */
  amount: string
  currency: string
  quantity: string
  taxCategory: string
  /** Whether `amount` contains the tax. */
  taxInclusive: boolean
  /** The rate frozen at sale, for where no rate table says otherwise. */
  taxRate: string | null
  periodUnit: 'month' | 'day'
  periodCount: number
  startedOn: LocalDate
  endedOn: LocalDate | null
  /** First date that is not charged yet; null before the first charge. */
  chargedThrough: LocalDate | null
  alterations: readonly Alteration[]
}

/** What is on the books for one component of one charged period, repairs included. */
export interface Charged {
  priceId: string
  component: number
  cycleStart: LocalDate
  cycleEnd: LocalDate
  /** Start of the period as it was first charged. */
  periodStart: LocalDate
  /** What is still charged of it: the end, or where an earlier repair begins. */
  periodEnd: LocalDate
  amount: string
  taxCategory: string
  taxRate: string
  taxInclusive: boolean
}

type LineKind = 'recurring' | 'oneTime' | 'discount' | 'repair'

/** A line before tax. It says how it came about: period, quantity, unit price, days of days, factor. */
export interface ChargeLine {
  priceId: string
  productId: string
  productName: string
  kind: LineKind
  name: string
  /** 0 is the price itself, n its nth discount. */
  component: number
  cycleStart: LocalDate
  cycleEnd: LocalDate
  /** Start of the charge that a repair belongs to; of the period itself on other lines. */
  chargeStart: LocalDate
  periodStart: LocalDate
  /** The day after the last one. */
  periodEnd: LocalDate
  quantity: string
  /** Per whole period and unit; negative for discounts. */
  unitPrice: string
  days: number
  ofDays: number
  factor: string
  amount: string
  currency: string
  taxCategory: string
  taxInclusive: boolean
  /** Set on repairs: they go back at the rate that was charged. */
  fixedTaxRate: string | null
  frozenTaxRate: string | null
  explanation: string
}

/** The whole period of a price that a date lies in. */
const periodOf = (price: PriceSchedule, cycleDay: number, date: LocalDate): CycleWindow =>
  price.periodUnit === 'day'
    ? dayWindow(date, price.periodCount, price.startedOn)
    : cycleWindow(date, cycleDay, price.periodCount, price.startedOn)

const alterationEnd = (price: PriceSchedule, alteration: Alteration): LocalDate | undefined => {
  if (alteration.periods === undefined) return undefined
  const count = alteration.periods * price.periodCount
  return price.periodUnit === 'month'
    ? addMonths(price.startedOn, count)
    : addDays(price.startedOn, count)
}

interface Component {
  proration: Proration
  /** Not rounded yet. */
  amount: Decimal
  unitPrice: Decimal
}

/**
 * The price and its discounts for a part of a period, unrounded. Discounts apply in their order, each to what the ones before it
 * left, and never below nothing; one that runs out inside the part counts for its own days.
 */
const componentsOf = (price: PriceSchedule, from: LocalDate, to: LocalDate, cycle: CycleWindow): Component[] => {
  const gross = new Decimal(price.amount).times(price.quantity)
  const whole = prorate(from, to, cycle)
  const ends = price.alterations.map(alteration => alterationEnd(price, alteration))
  const cuts = [...new Set(ends.filter((end): end is LocalDate => end !== undefined && end > from && end < to)), to].sort()
  const discounts: Component[] = price.alterations.map((_, index) => {
    const until = earlier(ends[index] ?? to, to)
    return { proration: prorate(from, until, cycle), amount: new Decimal(0), unitPrice: new Decimal(0) }
  })
  let start = from
  for (const cut of cuts) {
    const part = prorate(start, cut, cycle)
    let left = gross
    price.alterations.forEach((alteration, index) => {
      const end = ends[index]
      const discount = discounts[index]
      if (!discount || (end !== undefined && start >= end)) return
      const asked = alteration.percentage === undefined ? new Decimal(alteration.amount ?? 0).times(price.quantity) : left.times(alteration.percentage).div(100)
      const taken = Decimal.max(0, Decimal.min(asked, left))
      left = left.minus(taken)
      if (discount.unitPrice.isZero()) discount.unitPrice = taken.negated()
      discount.amount = discount.amount.minus(taken.times(part.factor))
    })
    start = cut
  }
  return [{ proration: whole, amount: gross.times(whole.factor), unitPrice: gross }, ...discounts]
}

const describe = (price: PriceSchedule, name: string, part: Component, amount: string, from: LocalDate, to: LocalDate): string => {
  const quantity = price.quantity === '1' ? '' : `${price.quantity} × `
  const share = part.proration.days === part.proration.of ? '' : ` × ${part.proration.days}/${part.proration.of} days`
  return `${name}, ${from} to ${to}: ${quantity}${moneyText(part.unitPrice.div(price.quantity), price.currency)}${share} = ${amount} ${price.currency}`
}

const line = (price: PriceSchedule, component: number, part: Component, cycle: CycleWindow, from: LocalDate): ChargeLine => {
  const alteration = component === 0 ? undefined : price.alterations[component - 1]
  const name = alteration?.name ?? price.name
  const amount = moneyText(part.amount, price.currency)
  const to = price.kind === 'oneTime' ? from : addDays(from, part.proration.days)
  return {
    priceId: price.id,
    productId: price.productId,
    productName: price.productName,
    kind: alteration ? 'discount' : price.kind,
    name,
    component,
    cycleStart: cycle.start,
    cycleEnd: cycle.end,
    chargeStart: from,
    periodStart: from,
    periodEnd: to,
    quantity: price.quantity,
    unitPrice: part.unitPrice.div(price.quantity).toFixed(),
    days: part.proration.days,
    ofDays: part.proration.of,
    factor: part.proration.factor.toFixed(9),
    amount,
    currency: price.currency,
    taxCategory: price.taxCategory,
    taxInclusive: price.taxInclusive,
    fixedTaxRate: null,
    frozenTaxRate: price.taxRate,
    explanation:
      price.kind === 'oneTime' ? `${name}, ${from}, once: ${amount} ${price.currency}` : describe(price, name, part, amount, from, to),
  }
}

const linesOfPart = (price: PriceSchedule, from: LocalDate, to: LocalDate, cycle: CycleWindow): ChargeLine[] =>
  componentsOf(price, from, to, cycle)
    .map((part, component) => line(price, component, part, cycle, from))
    .filter(charge => !new Decimal(charge.amount).isZero())

/** On a one-time charge a discount has no end. */
const lasting = (alteration: Alteration): Alteration => {
  const { periods, ...rest } = alteration
  return periods === undefined ? alteration : rest
}

const oneTime = (price: PriceSchedule): ChargeLine[] => {
  const cycle = dayWindow(price.startedOn, 1, price.startedOn)
  return linesOfPart({ ...price, alterations: price.alterations.map(lasting) }, cycle.start, cycle.end, cycle)
}

/** What an end that came after the charge gives back: what the kept part costs, less what was charged for the whole. */
const repairs = (price: PriceSchedule, charged: readonly Charged[], end: LocalDate): ChargeLine[] => {
  const lines: ChargeLine[] = []
  for (const past of charged) {
    if (past.periodEnd <= end) continue
    const cycle = { start: past.cycleStart, end: past.cycleEnd }
    const from = later(end, past.periodStart)
    const kept = componentsOf(price, past.periodStart, from, cycle)[past.component]
    if (!kept) continue
    const amount = roundMoney(kept.amount, price.currency).minus(past.amount)
    if (amount.isZero()) continue
    const unused = prorate(from, past.periodEnd, cycle)
    const alteration = past.component === 0 ? undefined : price.alterations[past.component - 1]
    const name = alteration?.name ?? price.name
    const text = moneyText(amount, price.currency)
    const explanation =
      price.kind === 'oneTime'
        ? `${name}, ${from}, once, given back as the sale was undone: ${text} ${price.currency}`
        : `${name}, ${from} to ${past.periodEnd} not used: ${moneyText(new Decimal(past.amount), price.currency)} charged, ` +
          `${moneyText(kept.amount, price.currency)} kept for ${kept.proration.days} of ${kept.proration.of} days = ${text} ${price.currency}`
    lines.push({
      ...line(price, past.component, kept, cycle, from),
      kind: 'repair',
      chargeStart: past.periodStart,
      periodStart: from,
      periodEnd: past.periodEnd,
      days: unused.days,
      ofDays: unused.of,
      factor: unused.factor.toFixed(9),
      amount: text,
      taxCategory: past.taxCategory,
      taxInclusive: past.taxInclusive,
      fixedTaxRate: past.taxRate,
      explanation,
    })
  }
  return lines
}

/** New lines of one price, and the date through which it is charged once they are on a bill. */
export interface PriceCharges {
  lines: ChargeLine[]
  chargedThrough: LocalDate | null
}

/**
 * Everything that a price owes on a bill of `billDate`: repairs first, then each period that is due and not charged yet.
 * `endedOn` is the end as known at the bill's cut-off. `charged` are the price's periods on the books that reach past the end.
 */
export const chargesOfPrice = (price: PriceSchedule, cycleDay: number, billDate: LocalDate, charged: readonly Charged[]): PriceCharges => {
  if (price.kind === 'oneTime') {
    // Only the undoing of a sale ends it. The day before says that nothing is on the books (any more).
    const before = addDays(price.startedOn, -1)
    if (price.endedOn !== null) return { lines: price.chargedThrough === null ? [] : repairs(price, charged, before), chargedThrough: before }
    const due = price.chargedThrough === null && price.startedOn <= billDate
    return due ? { lines: oneTime(price), chargedThrough: price.startedOn } : { lines: [], chargedThrough: price.chargedThrough }
  }
  const end = price.endedOn
  const through = price.chargedThrough
  if (end !== null && through !== null && through > end) return { lines: repairs(price, charged, end), chargedThrough: later(end, price.startedOn) }
  const lines: ChargeLine[] = []
  let from = through ?? price.startedOn
  while (end === null || from < end) {
    const cycle = periodOf(price, cycleDay, from)
    const to = end === null ? cycle.end : earlier(cycle.end, end)
    if (price.timing === 'advance' ? from > billDate : to > billDate) break
    lines.push(...linesOfPart(price, from, to, cycle))
    from = to
  }
  return { lines, chargedThrough: from === price.startedOn && lines.length === 0 ? through : from }
}
