/** Amounts as text: at least the minor unit's digits, all digits that there are. */
import { minorUnits, type Exact } from '../../platform/money.ts'

const digitsOf = new Map<string, number>()

/** Decimal places of a currency; looked up once. */
export const digits = (currency: string): number => {
  let found = digitsOf.get(currency)
  if (found === undefined) digitsOf.set(currency, (found = minorUnits(currency)))
  return found
}

const ZEROS = '0000000000'

/** Plain: decimals of ours never turn to exponents within fifty digits. */
export const amountText = (amount: Exact, currency: string): string => {
  const text = amount.toString()
  const places = digits(currency)
  if (places === 0) return text
  const dot = text.indexOf('.')
  const have = dot < 0 ? 0 : text.length - dot - 1
  return have >= places ? text : `${text}${dot < 0 ? '.' : ''}${ZEROS.slice(0, places - have)}`
}
