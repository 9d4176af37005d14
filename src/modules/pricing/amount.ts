/** Amounts as text: at least the minor unit's digits, all digits that there are. */
import { minorUnits, type Exact } from '../../platform/money.ts'

const digitsOf = new Map<string, number>()

/** Decimal places of a currency; looked up once. */
export const digits = (currency: string): number => {
  let found = digitsOf.get(currency)
  if (found === undefined) digitsOf.set(currency, (found = minorUnits(currency)))
  return found
}

export const amountText = (amount: Exact, currency: string): string => amount.toFixed(Math.max(digits(currency), amount.decimalPlaces()))
