/** What an amount of something costs by its tiers: purchases in quantity, and usage with an allowance. Pure and exact. */
import { Exact, exact } from '../../platform/money.ts'
import type { Tariff } from './priced.ts'

export interface CompiledTier {
  /** From this amount on. */
  from: Exact
  price: Exact
}

/** Tiers by where they begin; before the first the base price counts. */
export const sortedTiers = (tiers: readonly { from: number | string; price: number | string | Exact }[]): CompiledTier[] =>
  tiers.map(tier => ({ from: exact(tier.from), price: exact(tier.price) })).sort((a, b) => a.from.comparedTo(b.from))

/** The price of each unit when this many are bought: the one of the tier that is reached. */
export const unitAt = (base: Exact, tiers: readonly CompiledTier[], quantity: Exact): Exact => {
  let price = base
  for (const tier of tiers) if (quantity.greaterThanOrEqualTo(tier.from)) price = tier.price
  return price
}

/**
 * What usage costs, unrounded: begun blocks of `per` count whole, the allowance is free, then each tier's price for what falls into it (graduated) or the
 * price of the tier that is reached for all of it (volume). `from` of a tier is its first block, from 1.
 */
export const usageCharge = (tariff: Tariff, used: number | string): string => {
  const over = Exact.max(exact(used).minus(exact(tariff.allowance ?? 0)), 0)
  const blocks = over.dividedBy(tariff.per.amount).ceil()
  const tiers = sortedTiers(tariff.tiers)
  const first = tiers[0]
  if (first === undefined || blocks.isZero()) return '0'
  if (tariff.mode === 'volume') return unitAt(first.price, tiers, blocks).times(blocks).toString()
  return tiers
    .reduce((cost, tier, index) => {
      const next = tiers[index + 1]
      const top = next === undefined ? blocks : Exact.min(blocks, next.from.minus(1))
      const bottom = index === 0 ? new Exact(0) : tier.from.minus(1)
      return cost.plus(Exact.max(top.minus(bottom), 0).times(tier.price))
    }, new Exact(0))
    .toString()
}
