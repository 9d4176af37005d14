/** Finds the patterns that could apply to a pricing by what the pricing is about: those that cannot apply are never looked at. Pure. */
import { keyOf, type CompiledPattern } from './promotion-pattern.ts'
import type { Circumstances, RuledItem } from './circumstances.ts'

export interface PromotionIndex {
  /** Sorted by when they end: those that are over are skipped as a whole. */
  byKey: ReadonlyMap<string, readonly CompiledPattern[]>
  always: readonly CompiledPattern[]
  needs: ReadonlySet<'customer' | 'product'>
  size: number
}

const byEnd = (a: CompiledPattern, b: CompiledPattern): number => (a.until === b.until ? 0 : a.until - b.until)

export const indexPromotions = (patterns: Iterable<CompiledPattern>): PromotionIndex => {
  const byKey = new Map<string, CompiledPattern[]>()
  const always: CompiledPattern[] = []
  const needs = new Set<'customer' | 'product'>()
  let size = 0
  for (const pattern of patterns) {
    size++
    for (const need of pattern.needs) needs.add(need)
    if (pattern.keys === undefined) always.push(pattern)
    else {
      for (const key of new Set(pattern.keys)) {
        const list = byKey.get(key)
        if (list) list.push(pattern)
        else byKey.set(key, [pattern])
      }
    }
  }
  for (const list of byKey.values()) list.sort(byEnd)
  return { byKey, always: always.sort(byEnd), needs, size }
}

/** The first that ends after a time, by halving. */
const firstAfter = (patterns: readonly CompiledPattern[], at: number): number => {
  let [low, high] = [0, patterns.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (patterns[middle]!.until > at) high = middle
    else low = middle + 1
  }
  return low
}

const byOrder = (a: CompiledPattern, b: CompiledPattern): number =>
  a.priority - b.priority || (a.promotion.id < b.promotion.id ? -1 : a.promotion.id > b.promotion.id ? 1 : a.index - b.index)

/** Patterns that hold now and that something in the request could meet, by priority, then by id. */
export const candidatePatterns = (index: PromotionIndex, c: Circumstances, items: readonly RuledItem[]): CompiledPattern[] => {
  if (index.size === 0) return []
  const found = new Set<CompiledPattern>()
  const take = (patterns: readonly CompiledPattern[] | undefined): void => {
    if (patterns === undefined) return
    for (let at = firstAfter(patterns, c.at); at < patterns.length; at++) if (patterns[at]!.from <= c.at) found.add(patterns[at]!)
  }
  take(index.always)
  if (index.byKey.size > 0) {
    const look = (parameter: string, value: string | undefined): void => {
      if (value !== undefined) take(index.byKey.get(keyOf(parameter, value)))
    }
    for (const code of c.promotionCode) look('promotionCode', code)
    look('customer', c.customerId)
    for (const one of c.agreement) look('agreement', one)
    for (const one of c.segment) look('segment', one)
    for (const one of c.place) look('place', one)
    look('place', c.country)
    look('market', c.market)
    look('channel', c.channel)
    for (const item of items) {
      look('productOffering', item.offeringId)
      look('productSpecification', item.specificationId)
      for (const category of item.category) look('category', category)
    }
  }
  return [...found].sort(byOrder)
}
