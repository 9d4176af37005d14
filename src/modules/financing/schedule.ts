/**
 * The schedule of instalments: what is paid when, how much of it is interest, and what is still owed at any date. Pure. The parts of the
 * principal add up to the amount financed exactly, in the minor unit of its currency.
 */
import { addMonths, localDate, startOfDay, type LocalDate } from '../../platform/calendar.ts'
import { allocate, exact, jsonNumber, money, type Exact, type Money, type MoneyJson } from '../../platform/money.ts'

export interface Instalment {
  /** From 1. */
  number: number
  amount: MoneyJson
  principal: MoneyJson
  interest: MoneyJson
  /** Of the principal, once this one is paid. */
  remainder: MoneyJson
  /** Known once the device is there. */
  dueDate?: string
}

interface Parts {
  principal: Money
  interest: Money
}

/** Equal parts; the minor units that are left over go to the first ones. */
const withoutInterest = (financed: Money, count: number): Parts[] => allocate(financed, Array.from({ length: count }, () => 1)).map(principal => ({ principal, interest: money(0, financed.currency) }))

/** An annuity: equal payments, each with the interest of its month on what is still owed; the last one takes what rounding has left. */
const withInterest = (financed: Money, count: number, monthly: Exact): Parts[] => {
  const growth = monthly.plus(1).pow(count)
  const payment = financed.times(monthly.times(growth).dividedBy(growth.minus(1))).rounded()
  const parts: Parts[] = []
  let left = financed
  for (let number = 1; number <= count; number++) {
    const interest = left.times(monthly).rounded()
    // Rounding up for many months can pay off a small amount early: nothing is paid beyond what is owed.
    const wanted = payment.minus(interest)
    const principal = number === count || wanted.compare(left) > 0 ? left : wanted
    parts.push({ principal, interest })
    left = left.minus(principal)
  }
  return parts
}

/** The instalments of an amount in minor units; `rate` is percent a year, the month's is a twelfth of it. */
export const scheduleOf = (financed: Money, count: number, rate: number): Instalment[] => {
  const parts = rate === 0 ? withoutInterest(financed, count) : withInterest(financed, count, exact(rate).dividedBy(1200))
  let left = financed
  return parts.map(({ principal, interest }, index) => {
    left = left.minus(principal)
    return { number: index + 1, amount: principal.plus(interest).toJSON(), principal: principal.toJSON(), interest: interest.toJSON(), remainder: left.toJSON() }
  })
}

/** The same with dates: each a month after the one before, the first a month after the start; the 31st is the last day of shorter months. */
export const datedFrom = (instalments: readonly Instalment[], start: Date, zone: string): Instalment[] => {
  const began: LocalDate = localDate(start, zone)
  return instalments.map(one => ({ ...one, dueDate: startOfDay(addMonths(began, one.number), zone).toISOString() }))
}

export interface Remainder {
  /** What is still to be paid of the principal: what it costs to pay it off at once. */
  remainder: MoneyJson
  /** Interest that is not charged any more when it is paid off. */
  interestSaved: MoneyJson
  /** Instalments that were not due yet. */
  open: number
}

/** What is owed at an instant: instalments that are due by then are on the bill, paid or not. */
export const remainderAt = (financed: MoneyJson, instalments: readonly Instalment[], at: Date): Remainder => {
  const open = instalments.filter(one => one.dueDate === undefined || new Date(one.dueDate) > at)
  const total = (values: readonly MoneyJson[]): MoneyJson => {
    const all = values.reduce((sum, one) => sum.plus(one.value), exact(0))
    return { unit: financed.unit, value: jsonNumber(all) }
  }
  return { remainder: total(open.map(one => one.principal)), interestSaved: total(open.map(one => one.interest)), open: open.length }
}
