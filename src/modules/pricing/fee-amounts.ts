/** What a fee comes to without tax and with it: its line states one of the two and the rate, totals state both. Pure. */
import { exact, money, type Money } from '../../platform/money.ts'
import type { PriceLine } from './price-line.ts'

/** Each rounded to the currency's minor unit. A line without a rate bears no tax. undefined where it states no amount. */
export const feeAmounts = (price: PriceLine['price']): { excluded: Money; included: Money } | undefined => {
  const net = price?.dutyFreeAmount
  const stated = net ?? price?.taxIncludedAmount
  if (stated?.unit === undefined || stated.value === undefined) return undefined
  const amount = money(stated.value, stated.unit)
  const factor = exact(price?.taxRate ?? 0).dividedBy(100).plus(1)
  return net === undefined ? { excluded: amount.over(factor).rounded(), included: amount } : { excluded: amount, included: amount.times(factor).rounded() }
}
