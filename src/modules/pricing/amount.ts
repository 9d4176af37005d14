/**
 * Amounts while they are computed: whole numbers of a decimal place, exact as long as a double carries them, and decimals of fifty digits beyond
 * that. A pricing does hundreds of small sums, and these are twenty times as fast as decimals. Also amounts as text: at least the minor unit's
 * digits, all digits that there are.
 */
import { allocate, exact, Exact, minorUnits, money } from '../../platform/money.ts'

/** `digits` × 10^-`places`, exactly; or `wide`, when there are more digits than that can hold. Never changed. */
export interface Amount {
  readonly digits: number
  readonly places: number
  readonly wide: Exact | undefined
}

const MOST_PLACES = 15
const POWERS: readonly number[] = Array.from({ length: MOST_PLACES + 1 }, (_, power) => 10 ** power)
/** Digits in a word of a decimal. */
const WORD = 7

const isExact = (digits: number): boolean => digits <= Number.MAX_SAFE_INTEGER && digits >= -Number.MAX_SAFE_INTEGER
const small = (digits: number, places: number): Amount => ({ digits, places, wide: undefined })

export const NOTHING = small(0, 0)

/** Zeros at the end of a word, as far as there are places to leave out. */
const idleIn = (word: number, places: number): number => {
  let idle = 0
  for (let rest = word; idle < places && idle < WORD - 1 && rest % 10 === 0; idle++) rest /= 10
  return idle
}

/** From the words that a decimal is kept in. */
export const amountOf = (value: Exact): Amount => {
  const { d: words, e: exponent, s: sign } = value
  const last = words.length - 1
  const places = WORD * (last - Math.floor(exponent / WORD))
  if (last > 2 || places < 0 || places > 2 * WORD) return otherAmount(value)
  const idle = idleIn(words[last]!, places)
  let digits = 0
  for (let at = 0; at < last; at++) digits = digits * 10 ** WORD + words[at]!
  digits = digits * POWERS[WORD - idle]! + words[last]! / POWERS[idle]!
  return isExact(digits) ? small(sign < 0 ? -digits : digits, places - idle) : { digits: 0, places: 0, wide: value }
}

/** Very large, very small or with very many digits. */
const otherAmount = (value: Exact): Amount => {
  const places = value.decimalPlaces()
  const digits = places > MOST_PLACES ? Infinity : value.times(new Exact(10).pow(places)).toNumber()
  return isExact(digits) ? small(digits, places) : { digits: 0, places: 0, wide: value }
}

/**
 * Of what is compiled and lives long. The runtime learns by the place in the code how long objects live: if these were made where the short-lived
 * ones are, it would put all of those among the long-lived too, where clearing them up costs half the time of a pricing.
 */
export const lastingAmount = (value: Exact): Amount => {
  const { digits: own, places, wide } = amountOf(value)
  return { digits: own, places, wide }
}

/** Of a number that was counted. */
export const amountOfNumber = (value: number): Amount => (Number.isSafeInteger(value) ? small(value, 0) : amountOf(exact(value)))

export const exactOf = ({ digits, places, wide }: Amount): Exact => wide ?? new Exact(`${digits}e-${places}`)

/** The same amount with more places; not a number when it is beyond what can be held. */
const widened = (digits: number, by: number): number => {
  const more = by > MOST_PLACES ? NaN : digits * POWERS[by]!
  return isExact(more) ? more : NaN
}

export const plus = (a: Amount, b: Amount): Amount => {
  if (a.wide === undefined && b.wide === undefined) {
    const sum = a.places === b.places ? a.digits + b.digits : a.places > b.places ? a.digits + widened(b.digits, a.places - b.places) : widened(a.digits, b.places - a.places) + b.digits
    if (isExact(sum)) return small(sum, a.places > b.places ? a.places : b.places)
  }
  return amountOf(exactOf(a).plus(exactOf(b)))
}

export const minus = (a: Amount, b: Amount): Amount => plus(a, b.wide === undefined ? small(-b.digits, b.places) : { digits: 0, places: 0, wide: b.wide.negated() })

export const times = (a: Amount, b: Amount): Amount => {
  if (a.wide === undefined && b.wide === undefined) {
    const [digits, places] = [a.digits * b.digits, a.places + b.places]
    if (places <= MOST_PLACES && isExact(digits)) return small(digits, places)
  }
  return amountOf(exactOf(a).times(exactOf(b)))
}

/** Below zero when `a` is less than `b`, above when it is more. */
export const compare = (a: Amount, b: Amount): number => {
  if (a.wide === undefined && b.wide === undefined) {
    const difference = a.places === b.places ? a.digits - b.digits : a.places > b.places ? a.digits - widened(b.digits, a.places - b.places) : widened(a.digits, b.places - a.places) - b.digits
    // A difference of two that are exact may be rounded, but has the right sign.
    // Zero has no sign here: a product of nothing and something negative is nothing.
    if (!Number.isNaN(difference)) return difference || 0
  }
  return exactOf(a).comparedTo(exactOf(b))
}

export const isZero = (a: Amount): boolean => (a.wide === undefined ? a.digits === 0 : a.wide.isZero())

/** The nearest whole number to a quotient of whole numbers that are not negative, halves up. */
const nearest = (dividend: number, divisor: number): number => {
  const rest = dividend % divisor
  const whole = (dividend - rest) / divisor
  return rest * 2 >= divisor ? whole + 1 : whole
}

/** Rounded half up to so many places. */
export const rounded = (a: Amount, places: number): Amount => {
  if (a.wide === undefined) {
    if (a.places <= places) return a
    if (a.digits >= 0) return small(nearest(a.digits, POWERS[a.places - places]!), places)
  }
  return amountOf(exactOf(a).toDecimalPlaces(places))
}

/** `a` × `factor` / `divisor`, rounded half up to so many places. */
export const share = (a: Amount, factor: Amount, divisor: Amount, places: number): Amount => {
  if (a.wide === undefined && factor.wide === undefined && divisor.wide === undefined && a.digits >= 0 && factor.digits >= 0 && divisor.digits > 0) {
    const shift = places + divisor.places - a.places - factor.places
    const dividend = widened(a.digits * factor.digits, shift > 0 ? shift : 0)
    const by = widened(divisor.digits, shift < 0 ? -shift : 0)
    if (isExact(dividend) && isExact(by)) return small(nearest(dividend, by), places)
  }
  return amountOf(exactOf(a).times(exactOf(factor)).dividedBy(exactOf(divisor)).toDecimalPlaces(places))
}

const digitsOf = new Map<string, number>()

/** Decimal places of a currency; looked up once. */
export const digits = (currency: string): number => {
  let found = digitsOf.get(currency)
  if (found === undefined) digitsOf.set(currency, (found = minorUnits(currency)))
  return found
}

const ZEROS = '00000000000000000000'
const ZERO = 48

/** With so many decimals at least, and as many as there are. Plain: decimals of ours never turn to exponents within fifty digits. */
const textWith = ({ digits: amount, places, wide }: Amount, least: number): string => {
  if (wide !== undefined) return padded(wide.toString(), least)
  const plain = String(amount)
  if (places === 0) return least === 0 ? plain : `${plain}.${ZEROS.slice(0, least)}`
  const sign = amount < 0 ? '-' : ''
  let text = sign === '' ? plain : plain.slice(1)
  if (text.length <= places) text = ZEROS.slice(0, places - text.length + 1) + text
  const point = text.length - places
  let end = text.length
  while (end > point + least && text.charCodeAt(end - 1) === ZERO) end--
  const decimals = end === point ? '' : `.${text.slice(point, end)}`
  return `${sign}${text.slice(0, point)}${decimals}${places < least ? ZEROS.slice(0, least - places) : ''}`
}

const padded = (text: string, least: number): string => {
  if (least === 0) return text
  const point = text.indexOf('.')
  const have = point < 0 ? 0 : text.length - point - 1
  return have >= least ? text : `${text}${point < 0 ? '.' : ''}${ZEROS.slice(0, least - have)}`
}

/** In a currency: `12.50`, `12.345`, `1200`. */
export const amountText = (amount: Amount, currency: string): string => textWith(amount, digits(currency))

/** As it is: `12.5`. */
export const plainText = (amount: Amount): string => textWith(amount, 0)

const isPlain = (one: Amount): boolean => one.wide === undefined && one.digits >= 0

/**
 * Splits an amount over weights into whole minor units that add up to it, as `allocate` of the platform, which decides where the order of two
 * fractions depends on the last of fifty digits.
 */
export const split = (whole: Amount, weights: readonly Amount[], currency: string): Amount[] => {
  const places = digits(currency)
  const fixed = rounded(whole, places)
  const units = widened(fixed.digits, places - fixed.places)
  const parts = isPlain(fixed) && isExact(units) && weights.every(isPlain) ? wholeParts(BigInt(units), weights) : undefined
  return parts ? parts.map(one => small(one, places)) : allocate(money(exactOf(whole), currency), weights.map(exactOf)).map(one => amountOf(one.amount))
}

const wholeParts = (units: bigint, weights: readonly Amount[]): number[] | undefined => {
  const places = Math.max(...weights.map(one => one.places))
  const heavy = weights.map(one => BigInt(one.digits) * BigInt(POWERS[places - one.places]!))
  const total = heavy.reduce((all, one) => all + one, 0n)
  if (total === 0n) return undefined
  const parts = heavy.map((weight, index) => ({ index, weight, whole: Number((units * weight) / total), rest: (units * weight) % total }))
  const inOrder = parts.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  // Equal weights lose equal fractions, and the first comes first.
  if (inOrder.some((one, at) => one.rest > 0n && one.rest === inOrder[at - 1]?.rest && one.weight !== inOrder[at - 1]?.weight)) return undefined
  let left = Number(units) - parts.reduce((all, one) => all + one.whole, 0)
  for (const one of inOrder) {
    if (left <= 0) break
    one.whole++
    left--
  }
  return parts.map(one => one.whole)
}
