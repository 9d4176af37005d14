/** Proration by days, and the one place where amounts of money are rounded in billing. Decimal throughout, no floats. */
import { Exact as Decimal, minorUnits } from '../../platform/money.ts'
import { daysBetween, type CycleWindow, type LocalDate } from '../../platform/calendar.ts'

/** Exact decimals; a half rounds away from zero, for credits too. */
export { Decimal }

/** Digits of a proration factor (DOMAIN.md, Billing). */
const FACTOR_SCALE = 9

/** Rounds to the currency's minor unit, half up. Done once, where an amount is fixed. */
export const roundMoney = (amount: Decimal, currency: string): Decimal => amount.toDecimalPlaces(minorUnits(currency), Decimal.ROUND_HALF_UP)

/** The amount as it is stored and printed: `15.00`. */
export const moneyText = (amount: Decimal, currency: string): string => roundMoney(amount, currency).toFixed(minorUnits(currency))

/** A part of a cycle, and how much of the cycle it is. */
export interface Proration {
  /** Days of the part. */
  days: number
  /** Days of the whole cycle. */
  of: number
  /** days / of at scale 9, half up. 1 for a whole cycle. */
  factor: Decimal
}

/**
 * How much of a cycle the dates from `from` (included) to `to` (not included) are. A leading part ends with the cycle, a trailing
 * part starts with it, a part in the middle is what an upgrade leaves.
 */
export const prorate = (from: LocalDate, to: LocalDate, cycle: CycleWindow): Proration => {
  const days = Math.max(0, daysBetween(from, to))
  const of = daysBetween(cycle.start, cycle.end)
  return { days, of, factor: new Decimal(days).div(of).toDecimalPlaces(FACTOR_SCALE, Decimal.ROUND_HALF_UP) }
}

/**
 * Shares of a whole that add up to exactly the rounded whole: each is the difference of two rounded running totals.
 * `cumulated` are the unrounded running totals, ending with the whole.
 */
export const sharesOf = (cumulated: readonly Decimal[], currency: string): Decimal[] => {
  let before = new Decimal(0)
  return cumulated.map(total => {
    const rounded = roundMoney(total, currency)
    const share = rounded.minus(before)
    before = rounded
    return share
  })
}
