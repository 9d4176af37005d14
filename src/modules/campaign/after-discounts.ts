/** What recurring charges come to once the discounts that do not last are over: said beside the price that an offer begins with. Pure. */
import { Exact, exact, money } from '../../platform/money.ts'
import type { CartItem, CartPrice } from '../cart/index.ts'
import { totalLinesOf, type PricedComponent } from '../pricing/index.ts'

const componentsOf = (lines: readonly CartItem[]): PricedComponent[] =>
  lines.flatMap(({ priceHold, cartItem }) => [...((priceHold?.component ?? []) as unknown as PricedComponent[]), ...componentsOf(cartItem ?? [])]).filter(one => one.kind === 'recurring')

/** Takes off no more than there is, as the price engine does (pricing/alterations.ts). */
const withoutEnding = (component: PricedComponent): PricedComponent => {
  const { currency, taxIncluded, tax } = component
  let rest = exact(component.amount)
  for (const { duration, percentage, amount } of component.alterations) {
    if (duration === undefined) rest = amount === undefined ? rest.times(exact(100).minus(percentage ?? 0)).div(100) : rest.minus(Exact.min(amount, rest))
  }
  const rate = tax.reduce((sum, one) => sum.plus(one.rate ?? 0), exact(100)).div(100)
  const text = (value: typeof rest): string => money(value, currency).rounded().toString()
  return { ...component, taxExcludedAmount: text(taxIncluded ? rest.div(rate) : rest), taxIncludedAmount: text(taxIncluded ? rest : rest.times(rate)) }
}

/** Totals by period of promised lines as they are after that; empty where no discount ends. */
export const afterDiscounts = (lines: readonly CartItem[]): CartPrice[] => {
  const components = componentsOf(lines)
  return components.some(one => one.alterations.some(({ duration }) => duration !== undefined)) ? totalLinesOf(components.map(withoutEnding)) : []
}
