/**
 * Money: exact decimal amounts in one currency. Calculations keep every digit; rounding happens once, where an amount is fixed,
 * half away from zero to the currency's minor unit (ISO 4217).
 */
import { Decimal } from 'decimal.js'

/** A decimal type of our own: 50 digits carry any product of price, quantity and rate exactly, and no other library's settings reach it. */
export const Exact = Decimal.clone({ precision: 50, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -50, toExpPos: 50 })
export type Exact = Decimal

/** ISO 4217 minor units that are not 2 (active codes, published 2026). */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}

const CURRENCY = /^[A-Z]{3}$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/

/** Whether the text has the form of an ISO 4217 alphabetic code. */
export const isCurrency = (code: string): boolean => CURRENCY.test(code)

/** Decimal places of a currency's minor unit: 2 unless ISO 4217 says 0, 3 or 4. */
export const minorUnits = (currency: string): number => {
  if (!CURRENCY.test(currency)) throw new MoneyError('invalidCurrency', `${JSON.stringify(currency)} is not an ISO 4217 currency code`)
  return Object.hasOwn(MINOR_UNITS, currency) ? (MINOR_UNITS[currency] ?? 2) : 2
}

/** An amount that cannot be read, carried or combined. A caller that got it from a request turns it into a 400. */
export class MoneyError extends Error {
  readonly code: 'invalidAmount' | 'invalidCurrency' | 'currencyMismatch' | 'inexactAmount'
  constructor(code: MoneyError['code'], message: string) {
    super(message)
    this.name = 'MoneyError'
    this.code = code
  }
}

/** An exact decimal from a JSON number, a decimal string (`12.50`, no exponent) or a numeric column. */
export const exact = (value: number | string | Decimal): Decimal => {
  if (typeof value === 'string' && (!DECIMAL.test(value) || value.length > 60)) throw new MoneyError('invalidAmount', `${JSON.stringify(value.slice(0, 60))} is not a decimal number`)
  const decimal = new Exact(value)
  if (!decimal.isFinite()) throw new MoneyError('invalidAmount', 'The amount is not finite')
  return decimal
}

/** The shape of TMF Money in documents (`{ unit, value }`). */
export interface MoneyJson {
  unit: string
  value: number
}

/** An immutable amount. Make one with `money`. */
export interface Money {
  readonly currency: string
  readonly amount: Decimal
  plus(other: Money): Money
  minus(other: Money): Money
  /** Times a quantity, a rate or a share; not rounded. */
  times(factor: number | string | Decimal): Money
  /** Divided; not rounded beyond 50 digits. */
  over(divisor: number | string | Decimal): Money
  /** `percent(19)` is 19 % of the amount; not rounded. */
  percent(rate: number | string | Decimal): Money
  negated(): Money
  /** Rounded half away from zero to the minor unit. Do it once, where the amount is fixed. */
  rounded(): Money
  /** −1, 0 or 1. */
  compare(other: Money): number
  equals(other: Money): boolean
  isZero(): boolean
  isNegative(): boolean
  /** Plain decimal text with at least the minor unit's digits: `12.50`, `1200`. What goes into numeric columns and calculations inside documents. */
  toString(): string
  /** TMF Money. Throws when the amount is not one that a JSON number carries exactly: round first. */
  toJSON(): MoneyJson
}

const make = (amount: Decimal, currency: string): Money => {
  const digits = minorUnits(currency)
  const same = (other: Money): Decimal => {
    if (other.currency !== currency) throw new MoneyError('currencyMismatch', `Amounts in ${currency} and ${other.currency} cannot be combined`)
    return other.amount
  }
  return Object.freeze<Money>({
    currency,
    amount,
    plus: other => make(amount.plus(same(other)), currency),
    minus: other => make(amount.minus(same(other)), currency),
    times: factor => make(amount.times(exact(factor)), currency),
    over: divisor => {
      const by = exact(divisor)
      if (by.isZero()) throw new MoneyError('invalidAmount', 'An amount cannot be divided by zero')
      return make(amount.dividedBy(by), currency)
    },
    percent: rate => make(amount.times(exact(rate)).dividedBy(100), currency),
    negated: () => make(amount.isZero() ? amount : amount.negated(), currency),
    rounded: () => make(amount.toDecimalPlaces(digits, Decimal.ROUND_HALF_UP), currency),
    compare: other => amount.comparedTo(same(other)),
    equals: other => amount.equals(same(other)),
    isZero: () => amount.isZero(),
    isNegative: () => amount.isNegative() && !amount.isZero(),
    toString: () => amount.toFixed(Math.max(digits, amount.decimalPlaces())),
    toJSON: () => ({ unit: currency, value: jsonNumber(amount) }),
  })
}

/** A JSON number that reads back as the very same decimal; throws otherwise. */
export const jsonNumber = (value: Decimal | string): number => {
  const decimal = exact(value)
  const number = decimal.toNumber()
  if (!new Exact(number).equals(decimal) || (decimal.isInteger() && !Number.isSafeInteger(number))) {
    throw new MoneyError('inexactAmount', `${decimal.toString()} cannot be carried exactly by a JSON number`)
  }
  return Object.is(number, -0) ? 0 : number
}

/** An amount in a currency: `money('12.50', 'EUR')`, `money(12.5, 'EUR')`. */
export const money = (amount: number | string | Decimal, currency: string): Money => make(exact(amount), currency)

/** An amount from TMF Money; a missing part is an error that names it. */
export const moneyFrom = (json: { unit?: string | undefined; value?: number | string | undefined }): Money => {
  if (json.unit === undefined) throw new MoneyError('invalidCurrency', 'The amount has no unit (currency)')
  if (json.value === undefined) throw new MoneyError('invalidAmount', 'The amount has no value')
  return money(json.value, json.unit)
}

/** The sum of amounts of one currency; zero of `currency` for none. */
export const sum = (amounts: Iterable<Money>, currency: string): Money => {
  let total = money(0, currency)
  for (const amount of amounts) total = total.plus(amount)
  return total
}

/** Splits an amount over weights so that the rounded parts add up to the rounded whole: the largest remainders get the odd minor units. */
export const allocate = (whole: Money, weights: readonly (number | string | Decimal)[]): Money[] => {
  const exactWeights = weights.map(exact)
  const total = exactWeights.reduce((all, weight) => all.plus(weight), new Exact(0))
  if (exactWeights.some(weight => weight.isNegative()) || total.isZero()) throw new MoneyError('invalidAmount', 'The weights of an allocation must be positive')
  const step = new Exact(10).pow(-minorUnits(whole.currency))
  const fixed = whole.rounded().amount
  const shares = exactWeights.map(weight => fixed.times(weight).dividedBy(total))
  const floors = shares.map(share => share.dividedBy(step).floor().times(step))
  let left = fixed.minus(floors.reduce((all, part) => all.plus(part), new Exact(0))).dividedBy(step).round().toNumber()
  const order = shares.map((share, index) => ({ index, rest: share.minus(floors[index] ?? 0) })).sort((a, b) => b.rest.comparedTo(a.rest) || a.index - b.index)
  for (const { index } of order) {
    if (left <= 0) break
    floors[index] = (floors[index] ?? new Exact(0)).plus(step)
    left -= 1
  }
  return floors.map(part => make(part, whole.currency))
}
