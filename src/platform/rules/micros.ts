/** Money as rules see it: integer millionths of the currency's main unit, so that CEL calculates exactly. */
import { exact, MoneyError, money, type Money } from '../money.ts'

const MICROS = 1_000_000
const MOST = 2n ** 63n - 1n

/** `12.34 EUR` → 12340000n. Throws MoneyError for an amount with more than six decimals, or past 64 bits. */
export const toMicros = (amount: Money): bigint => {
  const micros = amount.amount.times(MICROS)
  if (!micros.isInteger()) throw new MoneyError('inexactAmount', `${amount.toString()} has more than six decimals: round it first`)
  const whole = BigInt(micros.toFixed(0))
  if (whole > MOST || whole < -MOST) throw new MoneyError('invalidAmount', `${amount.toString()} is too large for a rule`)
  return whole
}

/** 12340000n → `12.34` in the currency; not rounded. */
export const fromMicros = (micros: bigint, currency: string): Money => money(exact(micros.toString()).dividedBy(MICROS), currency)
